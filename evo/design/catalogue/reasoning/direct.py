"""Asks once, for the answer alone."""

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Prompt

DECLARATION = Component(
    slot="reasoning",
    name="direct",
    purpose="one question, the answer alone",
    use="Direct",
    source="Brown et al., Language Models are Few-Shot Learners (2020), arXiv:2005.14165: zero-shot",
    parameters=(Prompt(),),
    needs=("model",),
)


class Direct:
    """What the others are held against.

    Args:
        prompt: stands between the question and the form of the answer; empty for nothing.
        model: that is asked.
    """

    def __init__(self, prompt: str, model: Model) -> None:
        self._prompt, self._model = prompt, model

    async def think(self, question: str, context: str) -> Thought:
        """The reply's answer, or the action or tool that it names."""
        asked = joined(put(question, context), self._prompt, ending(context, is_alone=True))
        return concluded(await self._model.ask(asked), context)
