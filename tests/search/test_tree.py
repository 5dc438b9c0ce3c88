import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.errors import ConfigError
from evo.search.tree import Tree
from evo.search.tree_branches import LEVELS, LIVE, TOP
from evo.search.tree_mixed import MixedTree
from evo.search.tree_rules import may_widen, mixed_probabilities, puct, shrunk_spread
from evo.testing.search import ONE_STAGE, World
from evo.types import EvaluateTask, Evaluation, Event, Proposal, ProposeTask, Steering
from tests.search import reference_tree as reference

from .oracle import Oracle
from .telling import PLAN, drawn, tell
from .test_screen import quality

GOLDEN: dict[str, Any] = json.loads(reference.GOLDEN.read_text())
JOURNAL = reference.journal()


def told(search: Any, events: list[Event]) -> Any:
    for event in events:
        search.tell(event)
    return search


def test_the_golden_file_is_what_the_reference_gives() -> None:
    assert json.loads(json.dumps(reference.golden())) == GOLDEN


@pytest.mark.parametrize("cut", reference.CUTS)
@pytest.mark.parametrize("number", range(3))
def test_who_is_built_on(cut: int, number: int) -> None:
    search = told(Tree(0, reference.PLAN, None, **reference.SETTINGS[number]), JOURNAL[:cut])
    search._core._room = lambda: 1
    assert search.ask(1)[0].parents == (GOLDEN[str(cut)]["selected"][number],)


@pytest.mark.parametrize("cut", reference.CUTS)
def test_what_is_told_up_the_tree(cut: int) -> None:
    search = told(Tree(0, reference.PLAN, quantile=0.7), JOURNAL[:cut])
    branches = {branch.node.id: branch for branch in search._growth.branches}
    visits = {name: [branch.visits, branch.pending] for name, branch in branches.items()}
    assert visits == GOLDEN[str(cut)]["visits"]
    assert {row.id: row.value for row in search.tree_rows()} == GOLDEN[str(cut)]["values"]


@pytest.mark.parametrize("cut", reference.CUTS)
def test_mixed_probabilities_of_a_run(cut: int) -> None:
    search = told(MixedTree(0, reference.PLAN, best=4), JOURNAL[:cut])
    assert search.probabilities() == pytest.approx(GOLDEN[str(cut)]["mixed"])
    search = told(MixedTree(0, reference.PLAN, best=30, uniform=0.2, sharpness=0.4, span=5.0), JOURNAL[:cut])
    assert search.probabilities() == pytest.approx(GOLDEN[str(cut)]["mixed with a span"])


def test_surprise_draws_as_published() -> None:
    scores, surprises = np.array([80.0, 70.0, 90.0]), np.array([0.0, 30.0, 5.0])
    raised = np.exp(0.2 * (0.6 * scores + 0.4 * surprises - 90))
    expected = 0.3 / 3 + 0.7 * raised / raised.sum()
    assert mixed_probabilities(scores, surprises, 0.3, 0.2, 0.4) == pytest.approx(expected)
    assert (
        mixed_probabilities(scores, surprises, 0.3, 0.2, 0.4)[1]
        > mixed_probabilities(scores, 0 * surprises, 0.3, 0.2, 0.4)[1]
    )


def test_the_formulas() -> None:
    assert puct(0.5, 0.2, 0.3, 16, 3, c=2.0) == pytest.approx(0.5 + 0.2 + 2 * 0.3 * 4 / 4)
    assert [may_widen(n, 9, 1.5, 0.5) for n in (0, 4, 5)] == [True, True, False]
    assert shrunk_spread(0.9, 0.5, 3) == pytest.approx((0.3 + 3 * 0.2) / 4)


# -- virtual loss and visits ----------------------------------------------------------------------


def assert_sums(search: Any) -> None:
    branches = search._growth.branches
    below: Counter[int] = Counter()
    waits: Counter[int] = Counter()
    for branch in branches:
        below[branch.parent.index] += branch.visits
        waits[branch.parent.index] += branch.pending
    for branch in [*branches, branches.root]:
        assert branch.visits - below[branch.index] >= branch.is_counted
        assert branch.pending - waits[branch.index] >= branch.flying >= 0
        assert branch.open >= 0


def answered(world: World, task: ProposeTask | EvaluateTask) -> Event:
    return world.propose(task) if isinstance(task, ProposeTask) else world.judge(task)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.booleans())
def test_virtual_loss_is_zero_once_all_is_told_in_any_order(seed: int, slots: int, knows: bool) -> None:
    value = Oracle(quality, 0.1) if knows else None
    search, world, order = Tree(seed, ONE_STAGE, value, chain=2), World(lost=0.2), random.Random(seed)
    waiting: list[Any] = []
    for _ in range(60):
        waiting += [*search.ask(slots), *search.choose(slots)]
        order.shuffle(waiting)
        for task in [waiting.pop() for _ in range(min(len(waiting), 3))]:
            world.tell(search, [answered(world, task)])
        assert_sums(search)
    root = search._growth.branches.root
    assert root.pending == len(search._growth._flying) + len(search._growth._unjudged)
    for _ in range(400):
        waiting = waiting or list(search.choose(99))
        if not waiting:
            break
        task = waiting.pop()
        world.tell(search, [answered(world, task)])
    assert_sums(search)
    assert root.pending == 0
    proposals = [e for e in world.journal if isinstance(e, Proposal)]
    fruitless = sum(p.status not in ("ok", "lost") and bool(p.parents) for p in proposals)
    judged = {e.candidate for e in world.journal if isinstance(e, Evaluation) and e.status != "lost"}
    assert root.visits == len(judged) + fruitless or knows  # what was dropped and revived brought something


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_gives_the_same_sums(order: random.Random) -> None:
    """Verdicts may come before what they judge; parents before children, as a journal has them."""
    proposals = [event for event in JOURNAL if isinstance(event, Proposal)]
    verdicts = [event for event in JOURNAL if isinstance(event, Evaluation)]
    places = sorted(order.sample(range(len(JOURNAL)), len(proposals)))
    order.shuffle(verdicts)
    mixed: list[Event] = list(verdicts)
    for place, proposal in zip(places, proposals, strict=True):
        mixed.insert(place, proposal)
    plain, shuffled = (told(Tree(0, reference.PLAN), events) for events in (JOURNAL, mixed))
    assert sorted(shuffled._growth.branches.root.top) == sorted(plain._growth.branches.root.top)
    assert {row.id: (row.parent, row.score) for row in shuffled.tree_rows()} == {
        row.id: (row.parent, row.score) for row in plain.tree_rows()
    }


def test_parallel_orders_spread() -> None:
    search = Tree(0, PLAN, k=1.0)
    for number in range(9):
        tell(search, number, float(number))
    one_by_one = {search.ask(1)[0].parents[0] for _ in range(12)}
    assert len(one_by_one) > 4
    assert search._growth.branches.root.pending == 12


def test_what_brings_nothing_is_left_alone() -> None:
    search = Tree(0, PLAN, k=1.0)
    for number, score in enumerate((0.0, 5.0, 4.0)):
        tell(search, number, score)
    first = search.ask(1)[0]
    assert first.parents == ("c1",)
    numbers = iter(range(first.number, 1000))
    for _ in range(20):
        search.tell(Proposal(next(numbers), "change", ("c1",), status="invalid"))
    assert drawn(search, 5)["c1"] < 5


# -- bounds ---------------------------------------------------------------------------------------


def test_the_tree_is_never_deeper_nor_wider_than_it_may_be() -> None:
    search = Tree(0, PLAN)
    for number in range(LEVELS + 40):
        tell(search, number, float(number), parents=(f"c{number - 1}",))
    branches = search._growth.branches
    assert max(branch.depth for branch in branches) == LEVELS
    assert len(branches.of(search._core.population.nodes[LEVELS - 2]).children) <= LIVE
    for number in range(LEVELS + 40, LEVELS + 200):
        tell(search, number, float(number), parents=("c0",))
    children = branches.of(search._core.population.nodes[0]).children
    assert len(children) == LIVE
    assert min(child.top[-1] for child in children if child.node and child.node.parents) > LEVELS
    assert len(branches.root.top) == TOP
    assert_sums(search)
    assert search.ask(1)[0].parents[0] in {row.id for row in search.tree_rows()}


def test_a_vetoed_candidate_is_forgotten() -> None:
    search = Tree(0, PLAN, k=0.1, alpha=0.0)
    for number, score in enumerate((0.0, 1.0, 99.0, 2.0)):
        tell(search, number, score)
    search.tell(Steering("", target="c2", action="veto"))
    assert max(search._growth.branches.root.top) == 2.0
    assert "c2" not in drawn(search, 50)


def test_what_waits_limits_widening() -> None:
    """Children that are not judged count as children, not as visits."""
    search = Tree(0, PLAN, k=2.0, alpha=0.5)
    tell(search, 0, 1.0)
    tell(search, 1, 0.5)
    counts = Counter(task.parents[0] for task in search.ask(3))
    assert counts["c0"] <= 2  # of 2 * sqrt(2) children one is there
    assert counts["c1"] >= 1


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [(Tree, "c", -1), (Tree, "k", -1), (Tree, "chain", -1), (MixedTree, "best", 0), (MixedTree, "span", -1)],
)
def test_settings_out_of_range_are_refused(kind: Any, name: str, value: float) -> None:
    with pytest.raises(
        ConfigError, match=rf"search\.{name} must be at least .*, got {value}.*search\.{name}="
    ):
        kind(0, **{name: value})


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Tree, "alpha"), (Tree, "quantile"), (MixedTree, "uniform"), (MixedTree, "curiosity")],
)
def test_shares_are_from_0_to_1(kind: Any, name: str) -> None:
    with pytest.raises(ConfigError, match=rf"search\.{name} must be from 0 to 1, got 1.5"):
        kind(0, **{name: 1.5})
