"""Asks for the general principle first, then answers with it in view."""

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Prompt

DECLARATION = Component(
    slot="reasoning",
    name="step_back",
    purpose="states the general principle behind the question, then applies it",
    use="StepBack",
    source="Zheng et al., Take a Step Back (2023), arXiv:2310.06117",
    parameters=(Prompt(),),
    needs=("model",),
)

BACK = (
    "Do not answer yet. Take a step back: which general rule, method or principle decides questions of this "
    "kind? State it in a few sentences."
)
LONGEST = 1500
"""Letters of a principle that are gone on with."""


class StepBack:
    """Two questions.

    Args:
        prompt: how to ask for the principle, in the place of `BACK`.
        model: that is asked.
    """

    def __init__(self, prompt: str, model: Model) -> None:
        self._prompt, self._model = prompt or BACK, model

    async def think(self, question: str, context: str) -> Thought:
        """The answer; without a principle it is a plain chain of thought."""
        begin = put(question, context)
        principle = (await self._model.ask(joined(begin, self._prompt), role="abstractor")).strip()[:LONGEST]
        told = f"Principle:\n{principle}" if principle else ""
        how = "Apply the principle step by step." if principle else "Think step by step."
        found = concluded(await self._model.ask(joined(begin, told, f"{how} {ending(context)}")), context)
        return Thought(found.text, joined(principle, found.reasons))
