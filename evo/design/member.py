"""One thinker of a team: it may use tools on the way to its answer. What the workflows of teams share.

A workflow that needs reasoning is built with it, as with every need, and thinks by its agent's, which is the same.
"""

import asyncio
from collections.abc import Sequence

from evo.design.acting import act
from evo.design.contracts import Agent, Call, Spec, Thought
from evo.design.replies import LONGEST, closing
from evo.design.talk import WORD, offered, spelled, wanted

CALLS = 4
"""Tools that a member may use for one answer."""

NOW = "Answer now, without tools."
"""What is said when no more tools may be used."""


async def consult(agent: Agent, question: str, context: str = "", calls: int = CALLS) -> Thought:
    """What a member answers, in the end, to `question`.

    It thinks; if its thought asks for a tool that is offered, the tool is called (past the guard) and it
    thinks again with what the tool said. A call that it asks for a second time is not made again: it is told
    to answer. Without tools this is one thought.

    Args:
        agent: whose reasoning, tools and guard take part.
        question: what is asked.
        context: what is given beside it.
        calls: tools that may be used; after the last it is told to answer.
    """
    turns = Turns(agent, calls, LONGEST)
    while True:
        known = joined(context, *turns.notes) if turns.notes else context
        specs = await agent.tools.specs(f"{question}\n{known}".strip())
        thought = await agent.reasoning.think(question, joined(known, turns.told(specs)))
        answer = await turns.taken(thought, specs)
        if answer is not None:
            return answer


class Turns:
    """Thoughts about a question and the tools called between them; no tool twice with the same arguments.

    Args:
        agent: whose tools and guard take part.
        calls: tools that may be used; after the last, or after a call that was made before, it is told to answer.
        longest: letters of what a tool said that are kept; None keeps all.

    Attributes:
        notes: what was called and what came, for the next thought.
    """

    def __init__(self, agent: Agent, calls: int, longest: int | None = None) -> None:
        self._agent, self._calls, self._longest = agent, calls, longest
        self._made: list[Call] = []
        self._trace: list[Call] = []
        self._is_last = not calls
        self.notes: list[str] = []

    def told(self, specs: Sequence[Spec]) -> str:
        """What the next thought is told about tools."""
        return NOW if self._is_last and specs and self._calls else offered(() if self._is_last else specs)

    async def taken(self, thought: Thought, specs: Sequence[Spec]) -> Thought | None:
        """The answer that a thought comes to; None if there is to be another one, after the call that it asked for."""
        thought, call = wish(thought, () if self._is_last else specs, self._made)
        if call is None:
            return thought
        if call in self._made:
            self._is_last = True
            return None
        self._made.append(call)
        seen = await act(self._agent, call, self._trace, {spec.name for spec in specs})
        self.notes.append(f"{WORD} {spelled(call)}\nResult: {seen.text[: self._longest]}")
        self._is_last = len(self._made) == self._calls
        return None


def wish(thought: Thought, specs: Sequence[Spec], made: Sequence[Call]) -> tuple[Thought, Call | None]:
    """What a thought about a question comes to: an answer and None, or the call that it asks for.

    Small models often write their last call once more, with the answer that they have from it below. The same
    call would say the same, so the answer counts. Without one the call is given, and whoever asked sees that
    it is in `made`.

    Args:
        thought: of somebody who was offered tools.
        specs: the tools; with none every thought is an answer.
        made: calls that were made, or refused, for this question.
    """
    call = (wanted(thought.text, specs) or wanted(thought.reasons, specs)) if specs else None
    if call is not None and call in made:
        answer = closing(thought.reasons or thought.text)
        if answer and wanted(answer, specs) is None:
            return Thought(answer, thought.reasons), None
    return thought, call


async def gathered(agent: Agent, questions: Sequence[tuple[str, str]]) -> list[Thought]:
    """The answers to questions with their contexts, thought of at the same time, in the same order."""
    return list(await asyncio.gather(*(consult(agent, *question) for question in questions)))


def joined(*texts: str) -> str:
    """Those texts that are not empty, a blank line between them."""
    return "\n\n".join(text.strip() for text in texts if text.strip())


def numbered(texts: Sequence[str]) -> str:
    """Answers as a prompt shows them: ``1. ...``."""
    return "\n".join(f"{place}. {text.strip() or '(no answer)'}" for place, text in enumerate(texts, 1))


def shown(thought: Thought, longest: int = 1200) -> str:
    """An answer with its reasons, as another member sees it, cut to size."""
    reasons = thought.reasons.strip()
    text = thought.text.strip() or "(no answer)"
    return f"{text}\n   because: {reasons[:longest]}" if reasons and reasons != text else text[:longest]


def seat(place: int, n: int) -> str:
    """What tells members apart, who would otherwise all be asked, and all say, the same."""
    return f"You are solver {place + 1} of {n}. Work on your own." if n > 1 else ""
