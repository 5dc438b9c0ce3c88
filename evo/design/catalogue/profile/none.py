"""Says nothing about who the agent is."""

from evo.design.component import Component

DECLARATION = Component(slot="profile", name="none", purpose="no system prompt", use="NoProfile")


class NoProfile:
    """An empty slot."""

    async def system(self, role: str) -> str:
        """Always empty."""
        return ""
