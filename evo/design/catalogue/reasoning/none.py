"""Has no thoughts."""

from evo.design.component import Component
from evo.design.contracts import Thought

DECLARATION = Component(slot="reasoning", name="none", purpose="has no thoughts", use="NoReasoning")


class NoReasoning:
    """An empty slot."""

    async def think(self, question: str, context: str) -> Thought:
        """Always empty."""
        return Thought("")
