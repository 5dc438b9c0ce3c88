"""Shows the tools whose descriptions have most to do with the situation."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec, Tool
from evo.design.parameter import Int
from evo.design.ranking import best
from evo.design.tooling import answered, described, in_order, offered_by

DECLARATION = Component(
    slot="tools",
    name="by_retrieval",
    purpose="the tools whose descriptions fit the situation best are shown",
    use="ByRetrieval",
    source="Qin et al., ToolLLM (2023), arXiv:2307.16789: retriever before the model; here BM25",
    parameters=(Int("top", default=2, low=1, high=8, log=True),),
)


class ByRetrieval:
    """Ranks by BM25; where fewer than `top` fit, the others follow by name. Those not shown can be called too."""

    def __init__(self, top: int, members: Mapping[str, Tool]) -> None:
        self._top, self._members = top, members

    async def specs(self, situation: str) -> Sequence[Spec]:
        """The best, the best first."""
        names = sorted(self._members)
        specs = await offered_by(self._members, names, situation)
        order = best(situation, [described(spec) for spec in specs], self._top)
        shown = in_order([names[place] for place in order], self._top, self._members)
        return [specs[names.index(name)] for name in shown]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """The tool's answer, or which tools there are."""
        return await answered(self._members, name, arguments)
