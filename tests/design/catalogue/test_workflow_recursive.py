"""A question is split until its parts are small enough; their answers reach the question above."""

import asyncio
import itertools

from evo.design.catalogue.workflow.recursive import Recursive
from evo.design.contracts import Task
from evo.testing.agents import ModelCall, ScriptedModel, make_agent
from tests.design.catalogue.thinkers import Thinker


def split(call: ModelCall) -> str:
    """Splits sums in half: ``1+2+3+4`` into ``1+2`` and ``3+4``."""
    terms = call.text.partition("\n")[0].removeprefix("Question: ").split("+")
    half = len(terms) // 2
    return f"1. {'+'.join(terms[:half])}\n2. {'+'.join(terms[half:])}" if half else "SOLVE"


def add(question: str, context: str) -> str:
    """Knows single numbers, and what it was told of the parts."""
    known = [int(line) for line in context.splitlines() if line.startswith("   ") and line.strip().isdigit()]
    return str(sum(known)) if known else question if question.isdigit() else "too hard"


def solve(depth: int, thinker: Thinker, model: ScriptedModel) -> str:
    agent = make_agent(reasoning=thinker, model=model)
    return asyncio.run(Recursive(depth, 3, thinker, model).solve(Task("1+2+3+4"), agent)).text


def test_answers_of_parts_make_the_whole() -> None:
    thinker = Thinker(add)
    assert solve(2, thinker, ScriptedModel(split)) == "10"
    assert len(thinker.asked) == 7


def test_depth_is_bounded() -> None:
    thinker, numbers = Thinker(add), itertools.count(1000)
    model = ScriptedModel(lambda _: "\n".join(f"{place}. {next(numbers)}" for place in (1, 2, 3, 4)))
    solve(2, thinker, model)
    assert len(model.calls) == 1 + 3
    assert len(thinker.asked) == 1 + 3 + 9


def test_what_cannot_be_split_is_answered() -> None:
    thinker = Thinker(["10"])
    for reply in ("SOLVE", "", "1. 1+2+3+4", "nonsense"):
        assert solve(3, thinker, ScriptedModel([reply])) == "10"
