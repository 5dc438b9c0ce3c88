"""Tasks come after those they wait for, and those that can begin get their tool."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.catalogue.planning.task_list import TaskList, in_order, tasks
from evo.design.contracts import Spec
from evo.testing.agents import ModelCall, ScriptedModel

TOOLS = (Spec("find", "finds a page", {"query": "words"}), Spec("add", "adds", {"a": "", "b": ""}))


def reply(call: ModelCall) -> str:
    if call.role == "selector":
        return 'CALL find {"query": "height of the tower"}' if "the tower" in call.text else "NONE"
    return "Sure:\n1. add both heights (after: 2, 3)\n2. find the tower's height (after: none)\n3) think of the hill"


def test_tasks_are_put_in_order_and_those_that_can_begin_get_a_tool() -> None:
    model = ScriptedModel(reply)
    plan = asyncio.run(TaskList(6, True, model).plan("how high are both?", "", TOOLS))
    assert plan.steps == ('find {"query": "height of the tower"}', "think of the hill", "add both heights")
    assert [call.role for call in model.calls] == ["planner", "selector", "selector"]
    assert "- find(query: words): finds a page" in model.calls[0].text


def test_tools_may_be_left_to_who_acts() -> None:
    model = ScriptedModel(reply)
    plan = asyncio.run(TaskList(6, False, model).plan("how high are both?", "", TOOLS))
    assert plan.steps == ("find the tower's height", "think of the hill", "add both heights")
    assert len(model.calls) == 1


def test_feedback_makes_a_new_list() -> None:
    model = ScriptedModel(lambda call: "1. climb it" if "no page" in call.text else "1. look it up")
    planner = TaskList(6, True, model)
    assert asyncio.run(planner.plan("how high?", "", ())).steps == ("look it up",)
    assert asyncio.run(planner.revise("there is no page")).steps == ("climb it",)
    assert "how high?" in model.calls[1].text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. a (after: none)\n2. b (after 1 and 3)", {1: ("a", ()), 2: ("b", (1,))}),
        ("**Task 1:** look, after: 1\n1. again", {1: ("look", ())}),
        ("1. wait until after dinner", {1: ("wait until after dinner", ())}),
        ("1. a\n2. b\n3. c", {1: ("a", ()), 2: ("b", ())}),
        ("no list", {}),
        ("1. (after: none)", {}),
    ],
)
def test_a_list_is_read(text: str, found: dict[int, tuple[str, tuple[int, ...]]]) -> None:
    assert tasks(text, 2) == found


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9)).map(tuple)))
def test_every_task_comes_once_and_none_before_what_it_waits_for_but_in_a_circle(
    wishes: dict[int, tuple[int, ...]],
) -> None:
    earlier = {
        one: tuple(other for other in after if other in wishes and other < one)
        for one, after in wishes.items()
    }
    assert in_order(earlier) == sorted(wishes)
    later = {
        one: tuple(other for other in after if other in wishes and other > one)
        for one, after in wishes.items()
    }
    order = in_order(later)
    assert sorted(order) == sorted(wishes)
    assert all(order.index(other) < order.index(one) for one, after in later.items() for other in after)
    assert sorted(in_order({one: tuple(wishes) for one in wishes})) == sorted(wishes)
