"""What small models write when they want a tool is understood, and nothing else is taken for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.design.contracts import Call, Spec
from evo.design.talk import offered, spelled, wanted

SPECS = (Spec("add", "adds two numbers", {"a": "a number", "b": "another"}), Spec("today", "the date"))
SUM = Call("add", {"a": 1, "b": 2})


def test_a_prompt_names_each_tool_and_the_form() -> None:
    text = offered(SPECS)
    assert "- add(a: a number, b: another): adds two numbers" in text
    assert "- today(): the date" in text
    assert 'CALL add {"a": "...", "b": "..."}' in text.splitlines()[-1]
    assert offered(()) == ""


@pytest.mark.parametrize(
    "text",
    [
        'CALL add {"a": 1, "b": 2}',
        'I will add them.\nCALL add {"a": 1, "b": 2}\nThe answer is then 3.',
        "CALL add {'a': 1, 'b': 2,}",
        'CALL add {"a": 1, "b": 2',
        "call: add(a=1, b=2)",
        "**CALL** add(1, 2)",
        '`CALL add {"a": 1, "b": 2}`',
        'CALL add\n{"a": 1,\n "b": 2}',
        "add(a=1, b=2)",
        'add {"a": 1, "b": 2}',
        'I would CALL add {"a": 1, "b": 2}.',
        'Answer: Call add {"a": 1, "b": 2}',
        "Let us see:\n```python\nadd(1, b=2)\n```",
        'Sure!\n```json\n{"name": "add", "arguments": {"a": 1, "b": 2}}\n```\nDone.',
        '{"tool": "Add", "args": {"a": 1, "b": 2}}',
        '{"type": "function", "function": {"name": "add", "arguments": "{\\"a\\": 1, \\"b\\": 2}"}}',
        '[{"name": "add", "parameters": {"a": 1, "b": 2}}]',
        "The set {x} is no call, but {'action': 'add', 'a': 1, 'b': 2} is.",
    ],
)
def test_a_wish_is_read(text: str) -> None:
    assert wanted(text, SPECS) == SUM


def test_values_of_all_kinds_are_read() -> None:
    call = wanted('CALL f {"text": "it\'s {here}", "on": true, "none": null, "list": [1, 2.5]}')
    assert call == Call("f", {"text": "it's {here}", "on": True, "none": None, "list": [1, 2.5]})
    assert wanted("f(text=hello, on=true)") == Call("f", {"text": "hello", "on": True})
    assert wanted("CALL f {'on': true, 'text': \"it's\"}") == Call("f", {"on": True, "text": "it's"})


@pytest.mark.parametrize(
    "text",
    [
        'CALL python {"code": "x = 1\nprint(x)"}\n\nAnswer: 1',
        'CALL python {"code": "x = 1\\nprint(x)"}',
        'Call python {"code": "x = 1\\nprint(x)"}',
    ],
)
def test_a_program_is_read_whether_or_not_its_lines_are_escaped(text: str) -> None:
    specs = [Spec("python", "", {"code": ""})]
    assert wanted(text, specs) == Call("python", {"code": "x = 1\nprint(x)"})


def test_a_program_with_quotes_in_it_is_read() -> None:
    specs = [Spec("python", "", {"code": ""})]
    text = 'CALL python {"code": "x = "a" + \\"b\\"\nprint(f"{x}")"}\nAnswer: ab\nCALL python {"code": "1"}'
    assert wanted(text, specs) == Call("python", {"code": 'x = "a" + "b"\nprint(f"{x}")'})
    assert wanted('CALL python {"other": "x = "a""}', specs) == Call("python")


def test_a_tool_without_arguments_and_one_with_a_bare_one() -> None:
    assert wanted("CALL today", SPECS) == Call("today")
    assert wanted("CALL today {}", SPECS) == Call("today")
    assert wanted("CALL find the capital of France", [Spec("find", "", {"query": ""})]) == Call(
        "find", {"query": "the capital of France"}
    )
    assert wanted("CALL find(2*(3+4)/ )", [Spec("find", "", {"query": ""})]) == Call(
        "find", {"query": "2*(3+4)/"}
    )


@pytest.mark.parametrize(
    "text",
    ["", "   ", "The answer is 3.", "print(x)", '{"a": 1}', "{", "Call me later? No.", "f(x) = {2, 3}"],
)
def test_what_is_no_wish_is_none(text: str) -> None:
    assert wanted(text, SPECS) is None


def test_a_wish_survives_being_written() -> None:
    assert wanted(f"CALL {spelled(SUM)}") == SUM
    assert wanted(spelled(SUM), SPECS) == SUM
    assert spelled(Call("go north")) == "go north"


@given(st.text("CALadd (){}[]\"'`:=,\n\\{1", max_size=60))
def test_nothing_raises(text: str) -> None:
    wanted(text, SPECS)
    wanted(text)


def test_rambling_costs_no_seconds() -> None:
    start = time.monotonic()
    for text in ("{" * 300_000, '{"a":' * 100_000, "CALL f " + "(" * 200_000, "x(" * 100_000 + "\n" * 1000):
        wanted(text, SPECS)
    assert time.monotonic() - start < 5.0
