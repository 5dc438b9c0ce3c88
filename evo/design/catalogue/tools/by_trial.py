"""Shows the tools that were of use so far, and now and then one that was hardly tried."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec, Tool
from evo.design.parameter import Choice, Int
from evo.design.tooling import FAILED, answered, offered_by

DECLARATION = Component(
    slot="tools",
    name="by_trial",
    purpose="tools that failed or told nothing new are shown later, or no more",
    use="ByTrial",
    source="Auer, Cesa-Bianchi and Fischer, Finite-time Analysis of the Multiarmed Bandit Problem (2002): UCB1",
    parameters=(
        Int("top", default=2, low=1, high=8, log=True),
        Choice("exploration", default=0.5, choices=(0.0, 0.25, 0.5, 1.0)),
        Int("patience", default=3, low=1, high=10),
    ),
)


@dataclass(slots=True)
class Trials:
    """How often a tool was called, and how often that was of use."""

    calls: int = 0
    uses: int = 0


class ByTrial:
    """A call is of use if its answer is not empty, no error, and no repetition of an answer to the same call.

    Tools are ordered by ``(uses + 1) / (calls + 2) + exploration * sqrt(ln(all calls + 1) / (calls + 1))``, of
    equals by name; nothing is drawn at random.

    Args:
        top: tools that are shown.
        exploration: weight of tools that were hardly tried.
        patience: calls without any use after which a tool is dropped, unless all would be.
        members: the tools.
    """

    def __init__(self, top: int, exploration: float, patience: int, members: Mapping[str, Tool]) -> None:
        self._top, self._exploration, self._patience, self._members = top, exploration, patience, members
        self.trials = {name: Trials() for name in sorted(members)}
        self._answers: set[tuple[str, str, str]] = set()

    async def specs(self, situation: str) -> Sequence[Spec]:
        """The best, the best first."""
        alive = [name for name, one in self.trials.items() if one.uses or one.calls < self._patience]
        names = sorted(alive or self.trials, key=lambda name: (-self._worth(self.trials[name]), name))
        return await offered_by(self._members, names[: self._top], situation)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """The tool's answer, from which it is learnt whether it is of use."""
        text = await answered(self._members, name, arguments)
        if name in self.trials:
            key = (name, json.dumps(dict(arguments), sort_keys=True, default=str), text)
            self.trials[name].calls += 1
            self.trials[name].uses += (
                bool(text.strip()) and not text.startswith(FAILED) and key not in self._answers
            )
            self._answers.add(key)
        return text

    def _worth(self, one: Trials) -> float:
        total = sum(trials.calls for trials in self.trials.values())
        bonus = math.sqrt(math.log(total + 1) / (one.calls + 1))
        return (one.uses + 1) / (one.calls + 2) + self._exploration * bonus
