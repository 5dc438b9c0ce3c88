"""Grows several lines of thought step by step, has the model rate them, and goes on with the best alone."""

import asyncio
from dataclasses import dataclass

from evo.design.choosing import concluded, ending, put
from evo.design.component import Component
from evo.design.contracts import Model, Thought
from evo.design.member import joined
from evo.design.parameter import Float, Int, Prompt
from evo.design.replies import mark, same

DECLARATION = Component(
    slot="reasoning",
    name="tree_of_thought",
    purpose="breadth-first search over partial thoughts that the model rates",
    use="TreeOfThought",
    source="Yao et al., Tree of Thoughts (2023), arXiv:2305.10601: breadth-first search with value prompts",
    parameters=(
        Int("breadth", default=2, low=1, high=5),
        Int("proposals", default=3, low=2, high=5),
        Int("depth", default=2, low=1, high=4),
        Float("temperature", default=0.8, low=0.1, high=1.5),
        Prompt(),
    ),
    needs=("model",),
)

NEXT = "Write the next step of thinking towards the answer, one or two sentences. Do not give the answer yet."
LONGEST = 600
"""Letters of a step that are gone on with."""
HIGHEST = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of thought with the mark that it got."""

    steps: tuple[str, ...] = ()
    mark: float = 0.0


class TreeOfThought:
    """At each of `depth` levels every kept line is continued `proposals` times; the best `breadth` are kept.

    A line whose rating cannot be read has the middle mark. The answer is drawn from the best line in the end.

    Args:
        breadth: lines that are kept.
        proposals: continuations of a line.
        depth: steps of a line.
        temperature: of the continuations.
        prompt: how to write a step, in the place of `NEXT`.
        model: that is asked.
    """

    def __init__(
        self, *, breadth: int, proposals: int, depth: int, temperature: float, prompt: str, model: Model
    ) -> None:
        self._breadth, self._proposals, self._depth = breadth, proposals, depth
        self._temperature, self._prompt, self._model = temperature, prompt or NEXT, model

    async def think(self, question: str, context: str) -> Thought:
        """The answer that the best line leads to."""
        begin = put(question, context)
        kept = [Line()]
        for _ in range(self._depth):
            grown = [
                line
                for lines in await asyncio.gather(*(self._grown(begin, one) for one in kept))
                for line in lines
            ]
            if not grown:
                break
            marks = await asyncio.gather(*(self._rated(begin, line) for line in grown))
            rated = [Line(line.steps, found) for line, found in zip(grown, marks, strict=True)]
            kept = sorted(rated, key=lambda line: -line.mark)[
                : self._breadth
            ]  # stable: of equals the earlier
        thoughts = _told(kept[0])
        reply = await self._model.ask(joined(begin, thoughts, ending(context)))
        found = concluded(reply, context)
        return Thought(found.text, joined(thoughts, found.reasons))

    async def _grown(self, begin: str, line: Line) -> list[Line]:
        """Different continuations of a line."""
        asked = joined(begin, _told(line), self._prompt)
        asks = (
            self._model.ask(asked, role="proposer", temperature=self._temperature)
            for _ in range(self._proposals)
        )
        steps: dict[str, str] = {}
        for reply in await asyncio.gather(*asks):
            if step := reply.strip()[:LONGEST]:
                steps.setdefault(same(step), step)
        return [Line((*line.steps, step)) for step in steps.values()]

    async def _rated(self, begin: str, line: Line) -> float:
        asked = joined(
            begin,
            _told(line),
            f"How likely do these thoughts lead to the right answer? Reply with a number from 0 (wrong) to {HIGHEST:g} (certain) alone.",
        )
        found = mark(await self._model.ask(asked, role="critic"), 0, HIGHEST)
        return HIGHEST / 2 if found is None else found


def _told(line: Line) -> str:
    return "\n".join(["Thoughts so far:", *line.steps]) if line.steps else ""
