"""Shows every tool, with its description."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec, Tool
from evo.design.tooling import answered, offered_by

DECLARATION = Component(
    slot="tools", name="all", purpose="every tool is shown, with its description", use="AllTools"
)


class AllTools:
    """Chooses nothing: who asks sees them all."""

    def __init__(self, members: Mapping[str, Tool]) -> None:
        self._members = members

    async def specs(self, situation: str) -> Sequence[Spec]:
        """All of them, by name."""
        return await offered_by(self._members, sorted(self._members), situation)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """The tool's answer, or which tools there are."""
        return await answered(self._members, name, arguments)
