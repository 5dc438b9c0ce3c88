"""Chains of steps: recombine, mutate the best of that, refine the best of that."""

import dataclasses
from collections import Counter
from typing import Any

import pytest

from evo.search.screen import MOST, Screening
from evo.search.tree import Tree
from evo.search.tree_mixed import MixedTree
from evo.testing.search import World
from evo.types import Candidate, Evaluation, OperatorShare, Plan, Proposal, ProposeTask

from .oracle import Oracle
from .test_screen import quality

STEPS = {
    "join": OperatorShare(1.0, 2, step="recombine"),
    "change": OperatorShare(2.0, 1, step="mutate"),
    "tune": OperatorShare(1.0, 1, step="refine"),
    "other": OperatorShare(1.0, 1),
}
PLAN = Plan(n_seeds=2, operators=STEPS, frontier=6)
KINDS = [Tree, MixedTree]


def make(kind: Any, seed: int = 0, chain: int = 3, plan: Plan = PLAN) -> Any:
    return kind(seed, plan, Oracle(quality, 0.1), chain=chain)


def played(search: Any, turns: int = 150, n: int = 4, **world: Any) -> tuple[World, list[ProposeTask]]:
    made, tasks = World(**world), []
    for _ in range(turns):
        asked = search.ask(n)
        tasks += asked
        made.tell(search, made.answers(*asked))
        made.tell(search, map(made.judge, search.choose(1)))
    return made, tasks


@pytest.mark.parametrize("kind", KINDS)
def test_steps_follow_each_other_on_what_is_not_judged(kind: Any) -> None:
    search = make(kind)
    world, tasks = played(search, failing=0, lost=0, repeating=0.1)
    made = {e.number: e.candidate for e in world.journal if isinstance(e, Proposal) and e.candidate}
    operator = {c.id: c.operator for c in made.values()}
    counts = Counter(task.operator for task in tasks[len(tasks) // 2 :])
    assert set(counts) <= {"join", "change", "tune"}  # only steps, once somebody is listened to
    assert max(counts.values()) < 1.5 * min(counts.values())
    late = tasks[len(tasks) // 2 :]
    built = Counter((operator[task.parents[0]], task.operator) for task in late)
    assert built["join", "change"] > 0.8 * counts["change"]
    assert built["change", "tune"] > 0.8 * counts["tune"]
    judged = [e.candidate for e in world.journal if isinstance(e, Evaluation)]
    assert any(task.parents[0] not in judged for task in late)


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_of_a_step_is_built_on(kind: Any) -> None:
    _, tasks = (found := played(make(kind), failing=0, lost=0, repeating=0))
    products: dict[str, list[str]] = {}
    for event in found[0].journal:
        if isinstance(event, Proposal) and event.candidate and event.operator == "join":
            products.setdefault(event.parents[0], []).append(event.candidate.id)
    tips = {task.parents[0] for task in tasks[200:] if task.operator == "change"}
    tries = [
        (quality(one), sum(map(quality, made)) / len(made))
        for made in products.values()
        for one in made
        if one in tips and len(made) >= 3
    ]
    assert len(tries) > 8
    assert sum(tip for tip, _ in tries) / len(tries) > sum(mean for _, mean in tries) / len(tries) + 0.05


def test_chains_need_a_model_that_is_listened_to_and_two_steps() -> None:
    nobody = Tree(0, PLAN, None, chain=3)
    fool = Tree(0, PLAN, Screening(Oracle(lambda one: 0.0), credit=0), chain=3)
    single = make(Tree, plan=dataclasses.replace(PLAN, operators={"change": STEPS["change"]}))
    off = make(Tree, chain=0)
    for search in (nobody, fool, single, off):
        played(search, 40, failing=0)
        assert not search._growth._chains.links()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 5])
def test_a_resumed_chain_goes_on_the_same(kind: Any, n: int) -> None:
    search, world, cuts = make(kind), World(failing=0.1), []
    links = 0
    for _ in range(150 if n == 1 else 50):
        cut = len(world.journal)
        cuts.append((cut, asked := search.ask(n), chosen := search.choose(1)))
        world.tell(search, [*world.answers(*asked), *map(world.judge, chosen)])
        links += len(search._growth._chains.links())
    assert links > 3
    for cut, asked, chosen in cuts[5::15]:
        resumed = make(kind)
        for event in world.journal[:cut]:
            resumed.tell(event)
            resumed.tell(event)
        assert resumed.ask(n) == asked
        assert resumed.choose(1) == chosen


@pytest.mark.parametrize("kind", KINDS)
def test_no_order_builds_on_what_failed(kind: Any) -> None:
    search, world = make(kind), World(failing=0.4, lost=0.1)
    failed: set[str] = set()
    for _ in range(60):
        asked = search.ask(5)
        assert not failed & {parent for task in asked for parent in task.parents}
        world.tell(search, [*world.answers(*asked), *map(world.judge, search.choose(3))])
        failed = {e.candidate for e in world.journal if isinstance(e, Evaluation) and e.status == "invalid"}


def test_never_more_wait_than_the_screen_lets() -> None:
    search, world = make(Tree), World(failing=0)
    for _ in range(60):
        world.tell(search, world.answers(*search.ask(20)))
        world.tell(search, map(world.judge, search.choose(1)))
        assert search._core.screen.n_waiting <= MOST * PLAN.frontier
    assert search._growth.branches.root.pending == search._core.screen.n_waiting


def test_an_overtaken_start_is_not_gone_on_with() -> None:
    search, world = make(Tree), World(failing=0, lost=0)
    chains = search._growth._chains
    while not (links := [link for link in chains.links() if link.tip is not link.start]):
        world.tell(search, world.answers(*search.ask(1)))
        world.tell(search, map(world.judge, search.choose(1)))
    (link,) = links
    better = Candidate("better", {}, (link.start.id,), "other")
    search.tell(Proposal(10_000, "other", better.parents, better))
    assert chains.links() == [link]
    assert search.ask(1)[0].parents[0] == link.tip.id
    search._core.screen.value.quality = lambda one: 0.5
    search.tell(Evaluation("better", "search", 1, "ok", 1e6))
    assert not chains.links()
