"""The action that was advised least often in this place."""

import random
from collections import Counter
from collections.abc import Sequence

from evo.design.component import Component
from evo.design.contracts import Plan, Spec
from evo.design.parameter import Choice
from evo.design.places import eagerness, place_of, possible
from evo.design.situation import Situation

DECLARATION = Component(
    slot="planning",
    name="least_tried",
    purpose="the action that was advised least often in this place; without a model",
    use="LeastTried",
    source="count-based exploration: Thrun, Efficient Exploration in Reinforcement Learning (1992)",
    parameters=(Choice("ties", default="eager", choices=("eager", "order", "random")),),
    needs=("draw",),
)


class LeastTried:
    """Keeps its own counts, so that it needs no memory.

    Args:
        ties: of equals, what opens comes first, then ways (``eager``), the first (``order``), or any (``random``).
    """

    def __init__(self, ties: str, draw: random.Random) -> None:
        self._ties, self._draw = ties, draw
        self._counts: Counter[tuple[str, str]] = Counter()
        self._place = ""
        self._tools: Sequence[Spec] = ()

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        """One step, which is counted."""
        self._tools = tools
        self._place = place_of(Situation.of(state).seen) or self._place
        actions = possible(tools)
        if not actions:
            return Plan()
        least = min(self._counts[self._place, action] for action in actions)
        equals = [action for action in actions if self._counts[self._place, action] == least]
        if self._ties == "random":
            chosen = self._draw.choice(equals)
        else:
            chosen = min(equals, key=eagerness) if self._ties == "eager" else equals[0]
        self._counts[self._place, chosen] += 1
        return Plan((chosen,))

    async def revise(self, feedback: str) -> Plan:
        """Another, as the last one is counted."""
        return await self.plan("", feedback, self._tools)
