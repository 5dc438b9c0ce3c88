"""The game or question set that designs are judged in: it lives in the judge's process.

A design reaches it through a pipe alone, as `evo.design.contracts.World`. A problem names its class in
``options={"world": "world.py:Games"}``, a reference as `evo.plugins.load` takes it; without one its cases are
questions, see `evaluators/agent.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evo.design.contracts import Seen
from evo.types import Case, Evaluation


@dataclass(frozen=True, slots=True)
class Opening:
    """How a case begins: what the agent's `evo.design.contracts.Task` is made of.

    Attributes:
        goal: what is wanted, in words.
        context: what is seen first, or what is given beside the question.
    """

    goal: str
    context: str = ""


class Environment(Protocol):
    """Plays one case at a time; for several at once there are several of it. Built without arguments.

    Everything it does follows from the case, the seed and the actions. An error that it raises is the
    judge's own failure, and the evaluation is ``lost``.
    """

    def reset(self, case: Case, seed: int) -> Opening:
        """Begins `case` from its start, the same for the same seed, and for all designs."""

    def step(self, action: str) -> Seen:
        """Acts; an action that is not possible is answered in words, and raises nothing."""

    def actions(self) -> Sequence[str]:
        """What can be done now, always in the same order; empty if anything may be tried."""

    def result(self, answer: str) -> Evaluation:
        """The verdict on the case as it stands now, with what the agent says at the end."""

    def close(self) -> None:
        """Ends what it started. Called once."""
