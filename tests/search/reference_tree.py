"""Tree search once more, from the whole journal and by recursion: slow, and obvious enough to believe.

``python -m tests.search.reference_tree`` writes tests/golden/tree.json.
"""

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evo.search.uniform import Uniform
from evo.testing.search import ONE_STAGE, World
from evo.types import Evaluation, Event, OperatorShare, Proposal

GOLDEN = Path(__file__).parents[1] / "golden" / "tree.json"
PLAN = dataclasses.replace(ONE_STAGE, frontier=10, operators={"change": OperatorShare()})
SETTINGS: list[dict[str, Any]] = [
    {"c": 0.5, "k": 1.5, "alpha": 0.5, "quantile": 0.9},
    {"c": 2.0, "k": 0.5, "alpha": 0.7, "quantile": 0.6},
    {"c": 0.1, "k": 3.0, "alpha": 0.3, "quantile": 1.0},
]
CUTS = range(20, 161, 20)


def journal() -> list[Event]:
    """Written by a search that draws uniformly, so that the tree is broad; up to ten wait to be judged."""
    world, search = World(levels=15, repeating=0.15), Uniform(3, PLAN)
    for turn in range(110):
        world.tell(search, world.answers(*search.ask(2)))
        world.tell(search, map(world.judge, search.choose(1 + turn % 2)))
    return world.journal


class Reference:
    """Everything recomputed at every question; node ids, ``""`` for the root."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.parent: dict[str, str] = {}
        self.fruitless: dict[str, int] = {}
        self.final: dict[str, Evaluation] = {}
        lost: dict[str, int] = {}
        for event in events:
            if isinstance(event, Proposal) and event.status == "ok" and event.candidate:
                self.parent[event.candidate.id] = event.parents[0] if event.parents else ""
            elif isinstance(event, Proposal) and event.parents and event.status != "lost":
                self.fruitless[event.parents[0]] = self.fruitless.get(event.parents[0], 0) + 1
            elif isinstance(event, Evaluation):
                lost[event.candidate] = lost.get(event.candidate, 0) + (event.status == "lost")
                if event.status != "lost" or lost[event.candidate] == PLAN.max_attempts:
                    self.final[event.candidate] = event
        self.top = sorted(self.scores(""))[-64:]

    def children(self, node: str) -> list[str]:
        return [child for child, parent in self.parent.items() if parent == node]

    def subtree(self, node: str) -> list[str]:
        return [node] + [below for child in self.children(node) for below in self.subtree(child)]

    def scores(self, node: str) -> list[float]:
        found = [self.final[one].score for one in self.subtree(node) if one in self.final]
        return [score for score in found if score is not None]

    def visits(self, node: str) -> int:
        below = self.subtree(node)
        judged = sum(one in self.final and self.final[one].status != "lost" for one in below)
        return judged + sum(self.fruitless.get(one, 0) for one in below)

    def pending(self, node: str) -> int:
        return sum(one != "" and one not in self.final for one in self.subtree(node))

    def value(self, node: str, quantile: float) -> float | None:
        best = sorted(self.scores(node), reverse=True)
        reached = math.ceil(round((1 - quantile) * (self.visits(node) + self.pending(node)), 9))
        return best[min(max(reached, 1), len(best)) - 1] if best else None

    def rank(self, score: float) -> float:
        below = sum(one < score for one in self.top) + sum(one <= score for one in self.top)
        return below / (2 * len(self.top))

    def worth(self, node: str, c: float, quantile: float) -> float:
        value = self.value(node, quantile)
        scores = self.scores(node)
        if value is None:
            return 0.0
        spread = (0.3 + len(scores) * (self.rank(max(scores)) - self.rank(min(scores))) / 2) / (
            1 + len(scores)
        )
        above = self.parent[node]
        around, visits = (self.visits(one) + self.pending(one) for one in (above, node))
        return self.rank(value) + c * spread * math.sqrt(around) / (1 + visits)

    def own_worth(self, node: str, c: float) -> float:
        made = len(self.children(node)) + self.fruitless.get(node, 0)
        return self.rank(self.score(node)) + c * 0.3 * math.sqrt(self.visits(node) + self.pending(node)) / (
            1 + made
        )

    def is_open(self, node: str) -> bool:
        return node in self.final and self.final[node].score is not None

    def widens(self, node: str, k: float, alpha: float) -> bool:
        made = len(self.children(node)) + self.fruitless.get(node, 0)
        return bool(made < k * self.visits(node) ** alpha)

    def select(self, c: float, k: float, alpha: float, quantile: float) -> str:
        order = {node: place for place, node in enumerate(self.parent)}
        at = ""
        while True:
            below = [child for child in self.children(at) if any(map(self.is_open, self.subtree(child)))]
            free = [
                child
                for child in below
                if self.widens(child, k, alpha) or any(map(self.is_open, self.subtree(child)[1:]))
            ]
            if not below or (self.is_open(at) and not free):
                return at
            best = max(free or below, key=lambda child: (self.worth(child, c, quantile), order[child]))
            here = self.is_open(at) and self.widens(at, k, alpha)
            if here and self.own_worth(at, c) >= self.worth(best, c, quantile):
                return at
            at = best

    def mixed(self, best: int, uniform: float, sharpness: float, span: float = 0.0) -> dict[str, float]:
        order = {node: place for place, node in enumerate(self.parent)}
        ranked = sorted(filter(self.is_open, self.parent), key=lambda node: (self.score(node), order[node]))
        seeds = [node for node in self.children("") if self.is_open(node)]
        chosen = ranked[::-1][:best]
        if seeds[0] not in chosen:
            chosen[-1] = seeds[0]
        points = [self.score(node) for node in chosen]
        points = [100 * score / (span or max(points) - min(points)) for score in points]
        weights = [math.exp(sharpness * (score - max(points))) for score in points]
        return {
            node: uniform / len(chosen) + (1 - uniform) * weight / sum(weights)
            for node, weight in zip(chosen, weights, strict=True)
        }

    def score(self, node: str) -> float:
        score = self.final[node].score
        assert score is not None
        return score


def golden() -> dict[str, Any]:
    events = journal()
    found: dict[str, Any] = {}
    for cut in CUTS:
        told = Reference(events[:cut])
        found[str(cut)] = {
            "selected": [told.select(**settings) for settings in SETTINGS],
            "visits": {node: [told.visits(node), told.pending(node)] for node in told.parent},
            "values": {node: told.value(node, 0.7) for node in told.parent},
            "mixed": told.mixed(4, 0.3, 0.2),
            "mixed with a span": told.mixed(30, 0.2, 0.4, 5.0),
        }
    return found


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1, sort_keys=True) + "\n")
