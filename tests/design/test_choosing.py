"""What replies of small models come to: an action that is listed, a tool that is offered, or an answer."""

import pytest

from evo.design.choosing import HOW, concluded, ending, picked, put
from evo.design.contracts import Spec
from evo.design.member import joined
from evo.design.situation import Situation
from evo.design.talk import offered, wanted

ACTIONS = ("go north", "go south", "open the red door", "take key", "take key from box", "look around")
CONTEXT = Situation(seen="a hall", plan=("take key",), actions=ACTIONS).text()
TOOLS = (Spec("add", "adds", {"a": "a number, such as 1 (or 2)", "b": "a number"}),)


@pytest.mark.parametrize(
    ("reply", "action"),
    [
        ("go north", "go north"),
        ("Answer: go south", "go south"),
        ("**Answer:** `Take Key`.", "take key"),
        ("The next action is: open the red door.", "open the red door"),
        ("3. open the red door", "open the red door"),
        ("2", "go south"),
        ("Answer: 3.", "open the red door"),
        ("Action: 1", "go north"),
        ("I should go south first.\ntake key from box\nThat is my choice, I think.", "take key from box"),
        ('We could go north, but the best is "look around" now, I believe.', "look around"),
        ("First I thought to go north. No: I will go south instead", "go south"),
        ("I take key from box, then", "take key from box"),
        ("open", "open the red door"),
        ("LOOK", "look around"),
    ],
)
def test_what_names_an_action(reply: str, action: str) -> None:
    assert picked(reply, ACTIONS) == (action, True)
    assert concluded(reply, CONTEXT).text == action


@pytest.mark.parametrize(
    ("reply", "action"), [("open that door", "open the red door"), ("grab the keys", "take key")]
)
def test_the_most_similar_is_taken_and_said_to_be(reply: str, action: str) -> None:
    assert picked(reply, ACTIONS) == (action, False)
    thought = concluded(reply, CONTEXT)
    assert thought.text == action
    assert "not one of the actions" in thought.reasons
    assert reply in thought.reasons


@pytest.mark.parametrize(
    "reply", ["", " \n", "\x00\u202e", "🙂" * 50_000, "take " * 30_000, "9" * 5000, "[actions]\nfly"]
)
def test_whatever_is_said_some_action_is_taken(reply: str) -> None:
    assert concluded(reply, CONTEXT).text in ACTIONS


def test_an_empty_reply_follows_the_plan() -> None:
    assert concluded("", CONTEXT).text == "take key"
    assert concluded("", Situation(actions=ACTIONS).text()).text == "go north"


def test_an_ambiguous_beginning_names_nothing() -> None:
    assert picked("go", ACTIONS)[1] is False


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("42", "42"),
        ("1+1 is 2.\nAnswer: 2", "2"),
        ("so \\boxed{x+1} it is", "x+1"),
        ("Hm.\n\nParis.", "Paris."),
        ("**Answer:** 12 apples", "12 apples"),
        ("", ""),
    ],
)
def test_where_nothing_is_listed_it_is_the_answer(reply: str, answer: str) -> None:
    thought = concluded(reply, "some text")
    assert (thought.text, thought.reasons) == (answer, reply)


@pytest.mark.parametrize("listing", ["", CONTEXT])
def test_a_tool_is_asked_for(listing: str) -> None:
    context = joined(offered(TOOLS), listing)
    assert HOW in context
    for reply in (
        "I need it.\nCALL add(1, 2)",
        'CALL add {"a": 1, "b": 2}',
        '{"name": "add", "arguments": {"a": 1, "b": 2}}',
    ):
        text = concluded(reply, context).text
        call = wanted(text, TOOLS)
        assert call is not None
        assert (call.name, dict(call.arguments)) == ("add", {"a": 1, "b": 2})


def test_without_tools_nothing_is_called() -> None:
    assert concluded("CALL take key", CONTEXT).text == "take key"
    assert concluded("CALL go north", joined(offered(TOOLS), CONTEXT)).text == "go north"


def test_what_is_asked_for() -> None:
    assert put("win", CONTEXT).endswith("Goal: win")
    assert put("1+1?", "").endswith("Question: 1+1?")
    assert "[actions]" in ending(CONTEXT)
    assert "[actions]" not in ending("text")
    assert "tool" in ending(joined("text", offered(TOOLS)))
    assert "tool" not in ending("text")
