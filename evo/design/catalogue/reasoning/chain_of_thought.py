"""Has the model write down its steps before the answer."""

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Flag, Prompt

DECLARATION = Component(
    slot="reasoning",
    name="chain_of_thought",
    purpose="the model thinks step by step, then answers",
    use="ChainOfThought",
    source="Wei et al. (2022), arXiv:2201.11903; answer taken out by a second call: Kojima et al. (2022), arXiv:2205.11916",
    parameters=(Prompt(), Flag("extract")),
    needs=("model",),
)

STEPS = "Think step by step."


class ChainOfThought:
    """One chain.

    Args:
        prompt: how to think, in the place of `STEPS`.
        extract: the answer is asked for once more, after the chain; else it is read from the chain's end.
        model: that is asked.
    """

    def __init__(self, prompt: str, extract: bool, model: Model) -> None:
        self._prompt, self._extract, self._model = prompt or STEPS, extract, model

    async def think(self, question: str, context: str) -> Thought:
        """The answer at the end of the chain, which is the reasons."""
        begin = put(question, context)
        chain = await self._model.ask(joined(begin, self._prompt, ending(context)))
        if not self._extract or not chain.strip():
            return concluded(chain, context)
        asked = joined(begin, f"Thoughts:\n{chain}", f"Therefore: {ending(context, is_alone=True)}")
        reply = await self._model.ask(asked, role="extractor")
        found = concluded(reply if reply.strip() else chain, context)
        return Thought(found.text, joined(chain, found.reasons))
