"""What a candidate says and how it was judged, kept from its proposal to the end of its judging."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evo.search.population import Node, Population
from evo.types import Evaluation, Event, Plan, Proposal

KEPT = 32
"""So many times the frontier are remembered of what waits, was dropped unjudged, or was lost."""

SPARE = 1024
"""And so many more: a frontier may be small."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a candidate beyond its score.

    Attributes:
        files: of the candidate; empty if they are not remembered any more.
        verdict: the first of the last stage that has a score; None if there is none.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    verdict: Evaluation | None = None


class Dossiers:
    """Dossiers of the candidates that are not judged to their end; of too many, the oldest are forgotten.

    Args:
        plan: what the run offers.
        population: of the search.
    """

    def __init__(self, plan: Plan, population: Population) -> None:
        self._stages = plan.stages
        self._capacity = KEPT * plan.frontier + SPARE
        self._population = population
        self._files: dict[str, Mapping[str, str]] = {}
        self._verdicts: dict[str, Evaluation] = {}

    def __len__(self) -> int:
        return len(self._files.keys() | self._verdicts.keys())

    def note(self, event: Event) -> None:
        """Takes down what may be wanted later; to be called before the search's core is told `event`."""
        if isinstance(event, Proposal):
            if event.candidate is not None and self._is_open(event.candidate.id):
                self._files.pop(event.candidate.id, None)
                self._files[event.candidate.id] = event.candidate.files
                _limit(self._files, self._capacity)
        elif (
            isinstance(event, Evaluation)
            and event.stage == self._stages[-1]
            and event.score is not None
            and self._is_open(event.candidate)
        ):
            self._verdicts.setdefault(event.candidate, event)
            _limit(self._verdicts, self._capacity)

    def close(self, node: Node) -> Dossier:
        """The dossier of `node`, which is judged to its end, or given up; it is not kept any longer.

        One that was lost may still get a verdict, so its dossier stays.
        """
        if node.status == "lost":
            return Dossier(self._files.get(node.id, {}))
        return Dossier(self._files.pop(node.id, {}), self._verdicts.pop(node.id, None))

    def is_through(self, node: Node) -> bool:
        """Whether it passed the last stage: only then can its score be compared."""
        return node.status == "ok" and node.stage + 1 == len(self._stages)

    def _is_open(self, candidate: str) -> bool:
        """Whether it may still get a verdict of the last stage, as far as is known."""
        node = self._population.find(candidate)
        return node is None or (node.status in (None, "ok", "lost") and not self.is_through(node))


def _limit(kept: dict[str, Any], capacity: int) -> None:
    if len(kept) > capacity:
        del kept[next(iter(kept))]
