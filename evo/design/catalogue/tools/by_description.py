"""A model reads the descriptions of the tools and chooses those that are shown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Model, Spec, Tool
from evo.design.member import joined
from evo.design.parameter import Choice, Int
from evo.design.tooling import answered, offered_by

DECLARATION = Component(
    slot="tools",
    name="by_description",
    purpose="a model chooses the tools that are shown, from their descriptions",
    use="ByDescription",
    source="Shen et al., HuggingGPT (2023), arXiv:2303.17580: model selection by description",
    parameters=(
        Int("top", default=2, low=1, high=8, log=True),
        Choice("when", default="once", choices=("once", "always")),
    ),
    needs=("model",),
)

LONGEST = 3000
"""Letters of a situation that the choice is made from."""


class ByDescription:
    """Where a reply names no tool, all are shown; where there are no more than `top`, nobody is asked.

    Args:
        top: tools that are shown, at most.
        when: chooses anew in every situation, or once for the whole case.
        model: that is asked.
        members: the tools.
    """

    def __init__(self, top: int, when: str, model: Model, members: Mapping[str, Tool]) -> None:
        self._top, self._is_once, self._model, self._members = top, when == "once", model, members
        self._chosen: list[str] = []

    async def specs(self, situation: str) -> Sequence[Spec]:
        """Those that the model names, in the order in which it does."""
        names = sorted(self._members)
        specs = await offered_by(self._members, names, situation)
        if len(names) > self._top and not (self._chosen and self._is_once):
            self._chosen = await self._asked(situation, dict(zip(names, specs, strict=True)))
        shown = self._chosen or names
        return [specs[names.index(name)] for name in shown]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """The tool's answer, or which tools there are."""
        return await answered(self._members, name, arguments)

    async def _asked(self, situation: str, specs: Mapping[str, Spec]) -> list[str]:
        lines = "\n".join(f"- {name}: {spec.purpose}" for name, spec in specs.items())
        asked = joined(
            situation[:LONGEST],
            f"Tools:\n{lines}",
            f"Do not solve this. Which tools help most? Reply with at most {self._top} names, separated by commas.",
        )
        reply = (await self._model.ask(asked, role="selector")).casefold()
        found = {name: re.search(rf"\b{re.escape(name)}\b", reply) for name in specs}
        places = {name: one.start() for name, one in found.items() if one}
        return sorted(places, key=lambda name: places[name])[: self._top]
