"""One thinker of a team: it may use tools on the way to its answer. What the workflows of teams share.

A workflow that needs reasoning is built with it, as with every need, and thinks by its agent's, which is the same.
"""

import asyncio
from collections.abc import Sequence

from evo.design.acting import act
from evo.design.contracts import Agent, Call, Thought
from evo.design.replies import LONGEST
from evo.design.talk import WORD, offered, spelled, wanted

CALLS = 4
"""Tools that a member may use for one answer."""


async def consult(agent: Agent, question: str, context: str = "", calls: int = CALLS) -> Thought:
    """What a member answers, in the end, to `question`.

    It thinks; if its thought asks for a tool that is offered, the tool is called (past the guard) and it
    thinks again with what the tool said. Without tools this is one thought.

    Args:
        agent: whose reasoning, tools and guard take part.
        question: what is asked.
        context: what is given beside it.
        calls: tools that may be used; after the last it is told to answer.
    """
    trace: list[Call] = []
    for left in range(calls, -1, -1):
        specs = await agent.tools.specs(f"{question}\n{context}".strip())
        told = (
            "Answer now, without tools." if not left and specs and calls else offered(specs if left else ())
        )
        thought = await agent.reasoning.think(question, joined(context, told))
        call = (wanted(thought.text, specs) or wanted(thought.reasons, specs)) if specs and left else None
        if call is None:
            return thought
        seen = await act(agent, call, trace, {spec.name for spec in specs})
        context = joined(context, f"{WORD} {spelled(call)}\nResult: {seen.text[:LONGEST]}")
    return thought


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
