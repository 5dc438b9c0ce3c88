"""Remembers nothing."""

from evo.design.component import Component
from evo.design.contracts import Happening

DECLARATION = Component(slot="memory", name="none", purpose="remembers nothing", use="NoMemory")


class NoMemory:
    """An empty slot."""

    async def write(self, event: Happening) -> None:
        """Forgets it at once."""

    async def read(self, situation: str) -> str:
        """Always empty."""
        return ""
