"""A member of a team thinks, uses tools past the guard, and answers."""

import asyncio
from collections.abc import Sequence

import pytest

from evo.design.contracts import Allow, Call, Deny, Replace, Thought
from evo.design.member import consult, joined, numbered, seat, shown
from evo.testing.agents import make_agent
from tests.design.catalogue.thinkers import Adder, Thinker


def test_without_tools_it_is_one_thought() -> None:
    thinker = Thinker(["CALL add(1, 2)"])
    thought = asyncio.run(consult(make_agent(reasoning=thinker), "1+2?", "a note"))
    assert thought.text == "CALL add(1, 2)"
    assert thinker.asked == [("1+2?", "a note")]


def test_what_a_tool_says_is_thought_about() -> None:
    thinker = Thinker(lambda _, context: "it is 3" if "Result: 3" in context else "CALL add(1, 2)")
    tools = Adder()
    thought = asyncio.run(consult(make_agent(reasoning=thinker, tools=tools), "1+2?"))
    assert thought.text == "it is 3"
    assert tools.called == [{"a": 1, "b": 2}]
    assert "- add(a: a number, b: a number): adds" in thinker.asked[0][1]


def test_tools_are_used_so_often_and_no_more() -> None:
    thinker = Thinker([f"CALL add(1, {n})" for n in range(9)])
    tools = Adder()
    asyncio.run(consult(make_agent(reasoning=thinker, tools=tools), "1+2?", calls=2))
    assert len(tools.called) == 2
    assert len(thinker.asked) == 3
    assert "without tools" in thinker.asked[-1][1]


def test_a_call_is_not_made_twice_and_the_answer_below_it_counts() -> None:
    thinker = Thinker(["CALL add(1, 2)\nAnswer: 5", "Again:\nCALL add(1, 2)\n\n**Answer: 3**"])
    tools = Adder()
    thought = asyncio.run(consult(make_agent(reasoning=thinker, tools=tools), "1+2?"))
    assert (thought.text, len(tools.called), len(thinker.asked)) == ("3", 1, 2)


@pytest.mark.parametrize("reply", ["CALL add(1, 2)", "CALL add(1, 2)\nAnswer: CALL add(1, 2)"])
def test_who_asks_for_the_same_again_is_told_to_answer(reply: str) -> None:
    thinker = Thinker(lambda _, context: "it is 3" if "without tools" in context else reply)
    tools = Adder()
    thought = asyncio.run(consult(make_agent(reasoning=thinker, tools=tools), "1+2?"))
    assert (thought.text, len(tools.called), len(thinker.asked)) == ("it is 3", 1, 3)


def test_what_the_guard_refused_is_not_asked_for_twice() -> None:
    class Never:
        async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
            return Deny("no sums")

    thinker = Thinker(lambda _, context: "three" if "without tools" in context else "CALL add(1, 2)")
    thought = asyncio.run(consult(make_agent(reasoning=thinker, tools=Adder(), guard=Never()), "1+2?"))
    assert (thought.text, len(thinker.asked)) == ("three", 3)


def test_the_guard_stands_before_the_tools() -> None:
    class Never:
        async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
            return Deny("no sums")

    thinker = Thinker(lambda _, context: "no tool then" if "no sums" in context else "CALL add(1, 2)")
    tools = Adder()
    thought = asyncio.run(consult(make_agent(reasoning=thinker, tools=tools, guard=Never()), "1+2?"))
    assert (thought.text, tools.called) == ("no tool then", [])


def test_how_thoughts_are_shown() -> None:
    assert joined("a ", "", " b") == "a\n\nb"
    assert numbered(["x", ""]) == "1. x\n2. (no answer)"
    assert shown(Thought("3", "since 1+2")) == "3\n   because: since 1+2"
    assert shown(Thought("3", "3")) == "3"
    assert seat(0, 2) != seat(1, 2)
    assert seat(0, 1) == ""
