"""Lets every call pass."""

from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Allow, Call, Deny, Replace

DECLARATION = Component(slot="guard", name="none", purpose="every call passes", use="NoGuard")


class NoGuard:
    """An empty slot."""

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        """Always."""
        return Allow()
