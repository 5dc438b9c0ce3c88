"""Searches that recompute everything from the whole journal: slow, and obvious enough to believe.

``python -m tests.search.reference`` writes tests/golden/search.json.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evo.testing.search import ONE_STAGE, THREE_STAGES, World
from evo.types import EvaluateTask, Evaluation, Event, Plan, Proposal, ProposeTask

GOLDEN = Path(__file__).parents[1] / "golden" / "search.json"
RUN_SEED = 5
TURNS = 60


def candidates(journal: Sequence[Event]) -> list[Proposal]:
    return [event for event in journal if isinstance(event, Proposal) and event.status == "ok"]


def evaluations(journal: Sequence[Event], candidate: str = "") -> list[Evaluation]:
    return [e for e in journal if isinstance(e, Evaluation) and candidate in ("", e.candidate)]


def parents(journal: Sequence[Event], plan: Plan) -> list[tuple[float, int, str]]:
    """(score, order of arrival, id) of all that are ok at the last stage, the best and newest first."""
    found = []
    for order, proposal in enumerate(candidates(journal)):
        assert proposal.candidate
        told = [e for e in evaluations(journal, proposal.candidate.id) if e.stage == plan.stages[-1]]
        found += [(e.score, order, e.candidate) for e in told if e.score is not None]
    return sorted(found, reverse=True)


def next_children(journal: Sequence[Event], plan: Plan, k: int, pressure: float) -> list[Any]:
    """What a top-k search asks for next: number, operator, parents, seed. Greedy is k = 1."""
    number = max([plan.n_seeds - 1] + [e.number for e in journal if isinstance(e, Proposal)]) + 1
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([RUN_SEED, number, 0])))
    seed = int(rng.integers(2**63))
    operator = _drawn(rng, {name: share.weight for name, share in plan.operators.items()})
    n_parents = plan.operators[operator].n_parents
    ranked = parents(journal, plan)
    best: list[str] = []
    while len(best) < min(max(k, n_parents), len(ranked)):
        score = ranked[len(best)][0]
        group = [name for other, _, name in ranked if other == score]
        while group and len(best) < max(k, n_parents):
            best.append(group.pop(int(rng.random() * len(group))))
    chosen: list[str] = []
    if k == 1:
        chosen = best[:n_parents]
    weights = {name: ((len(best) - rank) / len(best)) ** pressure for rank, name in enumerate(best)}
    while len(chosen) < n_parents:
        chosen.append(_drawn(rng, weights))
        del weights[chosen[-1]]
    return [number, operator, chosen, str(seed)]


def _drawn(rng: np.random.Generator, weights: dict[str, float]) -> str:
    point = rng.random() * sum(weights.values())
    for name, weight in weights.items():
        point -= weight
        if point < 0:
            return name
    raise AssertionError("weights sum to nothing")


def waiting(journal: Sequence[Event], plan: Plan) -> list[list[Any]]:
    """What waits to be judged, in order: id, stage, attempt."""
    queue: dict[str, tuple[int, int, int]] = {}  # id -> (stage, arrival, attempt)
    seen: dict[str, list[float]] = {stage: [] for stage in plan.stages}
    for arrival, event in enumerate(journal):
        if isinstance(event, Proposal) and event.status == "ok" and event.candidate:
            queue[event.candidate.id] = (0, arrival, 1)
        elif isinstance(event, Evaluation):
            stage = plan.stages.index(event.stage)
            del queue[event.candidate]
            if event.status == "lost" and event.attempt < plan.max_attempts:
                queue[event.candidate] = (stage, arrival, event.attempt + 1)
            elif event.score is not None and stage + 1 < len(plan.stages):
                seen[event.stage].append(event.score)
                better = sum(score > event.score for score in seen[event.stage])
                is_seed = any(
                    p.number < plan.n_seeds
                    for p in candidates(journal)
                    if p.candidate and p.candidate.id == event.candidate
                )
                if is_seed or better < plan.keep[stage] * len(seen[event.stage]):
                    queue[event.candidate] = (stage + 1, arrival, 1)
    seeds = [p.candidate.id for p in candidates(journal) if p.candidate and p.number < plan.n_seeds]

    def turn(item: tuple[str, tuple[int, int, int]]) -> tuple[int, int, int]:
        name, (stage, arrival, attempt) = item
        if stage:
            return -stage, 0, arrival  # later stages first, whoever came first
        if name in seeds:
            return 0, 0, arrival
        return (0, 1, arrival) if attempt > 1 else (0, 2, -arrival)  # the newest of those never judged

    order = sorted(queue.items(), key=turn)
    return [[name, plan.stages[stage], attempt] for name, (stage, _, attempt) in order]


def fixed_journal(plan: Plan) -> list[Event]:
    """A journal that no search of ours had a hand in."""
    world = World(levels=12)
    told = _Unlimited(plan)
    for _ in range(TURNS):
        world.step(told, 2)  # type: ignore[arg-type]
    return world.journal


class _Unlimited:
    """Builds on the best, with no limit to what waits: enough of a search to write a journal with."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.journal, self.number = plan, list[Event](), 0

    def ask(self, n: int) -> list[Any]:
        tasks = []
        for _ in range(n):
            parent = tuple(name for _, _, name in parents(self.journal, self.plan))[:1]
            seeding = self.number < self.plan.n_seeds
            if seeding or parent:
                operator = "seed" if seeding else "change"
                tasks.append(ProposeTask(self.number, operator, () if seeding else parent, seed=self.number))
                self.number += 1
        return tasks

    def choose(self, n: int) -> list[Any]:
        return [EvaluateTask(*entry) for entry in waiting(self.journal, self.plan)[:n]]

    def tell(self, event: Event) -> None:
        self.journal.append(event)


def boundaries(journal: Sequence[Event], plan: Plan) -> list[int]:
    """Lengths of the journal at which there is a parent, a few of them."""
    lengths = [n for n in range(0, len(journal), 7) if len(parents(journal[:n], plan)) >= 3]
    return lengths[:12]


def golden() -> dict[str, Any]:
    one, three = fixed_journal(ONE_STAGE), fixed_journal(THREE_STAGES)
    cuts = boundaries(one, ONE_STAGE)
    return {
        "rank_weights": {
            f"{n}/{p}": [((n - r) / n) ** p for r in range(n)]
            for n in (1, 3, 5)
            for p in (0.0, 0.5, 1.0, 2.0)
        },
        "exponential_weights": {
            f"{n}/{t}": [math.e ** (-r / t) for r in range(n)] for n in (1, 4) for t in (0.3, 1.0, 3.0)
        },
        "greedy": {cut: next_children(one[:cut], ONE_STAGE, 1, 0.0) for cut in cuts},
        "top_k": {cut: next_children(one[:cut], ONE_STAGE, 5, 1.0) for cut in cuts},
        "waiting": {cut: waiting(three[:cut], THREE_STAGES) for cut in range(0, len(three), 25)},
    }


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(golden(), indent=1, sort_keys=True) + "\n")
