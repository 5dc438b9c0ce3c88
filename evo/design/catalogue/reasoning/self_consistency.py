"""Thinks several times, each time a little differently, and takes the answer that came most often."""

import asyncio

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Float, Int, Prompt
from evo.design.replies import counted, same

DECLARATION = Component(
    slot="reasoning",
    name="self_consistency",
    purpose="several chains of thought at a temperature, the most frequent answer counts",
    use="SelfConsistency",
    source="Wang et al., Self-Consistency Improves Chain of Thought Reasoning (2022), arXiv:2203.11171",
    parameters=(
        Int("samples", default=5, low=2, high=16, log=True),
        Float("temperature", default=0.7, low=0.1, high=1.5),
        Prompt(),
    ),
    needs=("model",),
)

STEPS = "Think step by step."


class SelfConsistency:
    """All chains are asked for at the same time; answers are compared by `evo.design.replies.same`.

    Args:
        samples: chains.
        temperature: that they are drawn at.
        prompt: how to think, in the place of `STEPS`.
        model: that is asked.
    """

    def __init__(self, samples: int, temperature: float, prompt: str, model: Model) -> None:
        self._samples, self._temperature = samples, temperature
        self._prompt, self._model = prompt or STEPS, model

    async def think(self, question: str, context: str) -> Thought:
        """The most frequent answer, with the first chain that led to it; empty replies have no vote."""
        asked = joined(put(question, context), self._prompt, ending(context))
        asks = (self._model.ask(asked, temperature=self._temperature) for _ in range(self._samples))
        replies = [reply for reply in await asyncio.gather(*asks) if reply.strip()]
        if not replies:
            return concluded("", context)
        thoughts = [concluded(reply, context) for reply in replies]
        winner, share = counted([thought.text for thought in thoughts])
        first = next((one for one in thoughts if same(one.text) == same(winner)), thoughts[0])
        n = round(share * len(thoughts))
        return Thought(winner, joined(f"({n} of {self._samples} said so)", first.reasons))
