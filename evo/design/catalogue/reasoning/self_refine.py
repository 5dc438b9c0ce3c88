"""Drafts an answer, criticises it, and revises it until the critic has nothing more to say."""

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Int, Prompt
from evo.design.replies import agreed

DECLARATION = Component(
    slot="reasoning",
    name="self_refine",
    purpose="draft, critique, revision, in turn until the critic is satisfied",
    use="SelfRefine",
    source="Madaan et al., Self-Refine: Iterative Refinement with Self-Feedback (2023), arXiv:2303.17651",
    parameters=(Int("rounds", default=2, low=1, high=5), Prompt(), Prompt("critic")),
    needs=("model",),
)

STEPS = "Think step by step."
CRITIC = "Check every step of this. Is the answer right? Begin with Yes or No; if No, say what is wrong and how to mend it."


class SelfRefine:
    """One model in three parts.

    Args:
        rounds: critiques, at most.
        prompt: how to draft, in the place of `STEPS`.
        critic: how to criticise, in the place of `CRITIC`; the critique should begin with Yes or No.
        model: that is asked.
    """

    def __init__(self, rounds: int, prompt: str, critic: str, model: Model) -> None:
        self._rounds, self._model = rounds, model
        self._prompt, self._critic = prompt or STEPS, critic or CRITIC

    async def think(self, question: str, context: str) -> Thought:
        """The last version; a critique that says neither yes nor no counts as criticism, an empty one as none."""
        begin = put(question, context)
        draft = await self._model.ask(joined(begin, self._prompt, ending(context)))
        for _ in range(self._rounds):
            if not draft.strip():
                break
            shown = joined(begin, f"Draft:\n{draft}")
            critique = await self._model.ask(joined(shown, self._critic), role="critic")
            if not critique.strip() or agreed(critique):
                break
            asked = joined(
                shown, f"Criticism:\n{critique}", f"Write a better version, whole. {ending(context)}"
            )
            draft = await self._model.ask(asked, role="reviser") or draft
        return concluded(draft, context)
