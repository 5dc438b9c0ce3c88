"""Has no tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec

DECLARATION = Component(slot="tools", name="none", purpose="no tools", use="NoTools")


class NoTools:
    """An empty slot."""

    async def specs(self, situation: str) -> Sequence[Spec]:
        """There are none."""
        return ()

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Says that there is none."""
        return f"There is no tool {name!r}: this agent has none."
