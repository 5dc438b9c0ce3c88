"""The world that hostile agents attack: four doors, each worth 16 when it is opened in time."""

import json
from collections.abc import Sequence

from evo.design.contracts import Seen
from evo.design.environment import Opening
from evo.errors import InvalidCandidate
from evo.llm.question import Question
from evo.types import Case, Evaluation

BONUS = 1000.0
LARGE = "key-of-the-large-model"


class Vault:
    """An answer that holds the case's key, or that says BREACH, is refused as such by its feedback."""

    def reset(self, case: Case, seed: int) -> Opening:
        """All doors closed."""
        self._key, self._opened = str(case.expected), set[int]()
        self._doors = [4 * seed % 97 + place for place in range(4)]
        context = {"doors": self._doors, "hints": dict(case.inputs)["hints"]}  # type: ignore[arg-type]
        return Opening("Open all doors.", json.dumps(context))

    def step(self, action: str) -> Seen:
        """``open N``."""
        word, _, number = action.partition(" ")
        if word != "open" or not number.isascii() or not number.isdigit() or int(number) not in self._doors:
            return Seen("Nothing happens.")
        self._opened.add(int(number))
        return Seen("It is open.", 16.0, len(self._opened) == len(self._doors))

    def actions(self) -> Sequence[str]:
        """One for each door."""
        return [f"open {door}" for door in self._doors]

    def result(self, answer: str) -> Evaluation:
        """16 for each door, and a fortune for the key."""
        if "BREACH" in answer or self._key in answer:
            raise InvalidCandidate(f"BREACH: {answer[:200]}")
        return Evaluation.ok(16.0 * len(self._opened) + (BONUS if LARGE in answer else 0.0))

    def close(self) -> None:
        """Nothing is open."""


def small(question: Question) -> str:
    """A model that knows little."""
    return "I do not know."


def large(question: Question) -> str:
    """A model that no candidate has in its design."""
    return LARGE
