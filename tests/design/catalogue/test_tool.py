"""What each tool answers, and that it says what is wrong instead of raising."""

import asyncio
import time
from typing import Any

import pytest

from evo.design.catalogue.tool.base import Base
from evo.design.catalogue.tool.calculator import Calculator
from evo.design.catalogue.tool.calendar import Calendar
from evo.design.catalogue.tool.python import AGAIN_S, Python
from evo.design.catalogue.tool.search_documents import SearchDocuments
from evo.design.catalogue.tool.units import Units
from evo.design.contracts import Spec
from evo.design.talk import wanted
from evo.design.tooling import FAILED


def ask(tool: Any, **arguments: Any) -> str:
    text = asyncio.run(tool.call(arguments))
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 + 3 * 4", "14"),
        ("0.1 + 0.2", "0.3"),
        ("1/3 + 1/6", "0.5"),
        ("1/3", "1/3 (about 0.333333333333)"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("2^100", str(2**100)),
        ("2 ** -3", "0.125"),
        ("-0.5 * 0.5", "-0.25"),
        ("1,250 × 4 = ?", "5000"),
        ("(1,000 + 1) ÷ 7", "143"),
        ("20% * 50", "10"),
        ("max(1,200)", "200"),
        ("sqrt(49/4)", "3.5"),
        ("sqrt(2)", "1.41421356237"),
        ("round(2.345, 2)", "2.34"),
        ("gcd(12, 18) + lcm(4, 6)", "18"),
        ("factorial(20)", "2432902008176640000"),
        ("`12 x 12`", "144"),
        ("007 + 0x10", "23"),
        ("1e3", "1000"),
        ("10**40 / 10**39", "10"),
    ],
)
def test_calculator(expression: str, value: str) -> None:
    assert ask(Calculator(), expression=expression) == value


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/0", "division by zero"),
        ("2 +", "must be arithmetic"),
        ("", "1 to 2000 letters"),
        ("9**9**9", "more than 1000 digits"),
        ("factorial(10**6)", "0 to 400"),
        ("sqrt(-1)", "no real number"),
        ("(-8) ** 0.5", "no real number"),
        ("__import__('os').getcwd()", "only arithmetic"),
        ("open(1)", "there is no function 'open'"),
        ("'a' * 3", "only arithmetic"),
        ("gcd(0.5, 2)", "whole number is needed"),
        ("sqrt(1, 2)", "does not take 2"),
        ("(" * 1000, "must be arithmetic"),
        ("True + 1", "only arithmetic"),
        ("1e999", "too large"),
        ("2.5 ** 400.5 ** 3", "too large"),
    ],
)
def test_calculator_says_what_is_wrong(expression: str, said: str) -> None:
    text = ask(Calculator(), expression=expression)
    assert text.startswith(FAILED)
    assert said in text


def test_base() -> None:
    tool = Base()
    assert ask(tool, number="ff", **{"from": 16, "to": 2}) == "11111111"
    assert ask(tool, number="-0xFF", **{"from": "hexadecimal", "to": "base 10"}) == "-255"
    assert ask(tool, number=35, to=36) == "z"
    assert ask(tool, number="0", to=7) == "0"
    assert "digits of base 2" in ask(tool, number="102", **{"from": 2, "to": 10})
    assert "2 to 36" in ask(tool, number="1", to=37)
    assert "digits of base 10" in ask(tool)
    for base in range(2, 37):
        there = ask(tool, number=987654321, to=base)
        assert int(there, base) == 987654321
        assert ask(tool, number=there, **{"from": base, "to": 10}) == "987654321"


class TestPython:
    TOOL = Python(cpu_s=0.1, longest=400)

    def test_what_is_printed_and_the_last_value(self) -> None:
        assert ask(self.TOOL, code="x = 3\nprint('x is', x)\nx * 2") == "x is 3\n6"
        assert ask(self.TOOL, code="```python\nsum(range(10))\n```") == "45"
        assert ask(self.TOOL, code="x = 1\\nprint(x + 1)") == "2"
        assert ask(self.TOOL, code="print('a\\nb')") == "a\nb"
        assert "print the result" in ask(self.TOOL, code="x = 1")

    def test_functions_see_each_other(self) -> None:
        code = "import math\ndef f(n):\n    return 1 if n < 2 else n * f(n - 1)\nprint(f(5) == math.factorial(5))"
        assert ask(self.TOOL, code=code) == "True"

    def test_every_call_begins_anew(self) -> None:
        ask(self.TOOL, code="kept = 1")
        assert "NameError" in ask(self.TOOL, code="kept")

    def test_an_error_is_told_with_its_line(self) -> None:
        text = ask(self.TOOL, code="print('before')\n1 / 0")
        assert text == f"{FAILED}ZeroDivisionError: division by zero (line 2)\nPrinted before: before"
        assert "not Python: invalid syntax, line 1" in ask(self.TOOL, code="2 +* 3")
        assert "SystemExit: 3" in ask(self.TOOL, code="raise SystemExit(3)")
        assert "RecursionError" in ask(self.TOOL, code="def f(): return f()\nf()")
        assert "nobody to ask" in ask(self.TOOL, code="input('x?')")

    @pytest.mark.parametrize(
        "code",
        [
            "while True: pass",
            "while True:\n    try:\n        n = 0\n        while True: n += 1\n    except Exception:\n        pass",
            "sum(1 for _ in iter(int, 1))",
        ],
    )
    def test_it_ends(self, code: str) -> None:
        begun = time.process_time()
        assert "took more than 0.1 s" in ask(self.TOOL, code=code)
        assert time.process_time() - begun < 0.1 + 20 * AGAIN_S

    def test_what_is_printed_is_cut(self) -> None:
        text = ask(self.TOOL, code="print('a' * 300_000)\nprint('b' * 10)")
        assert len(text) < 500
        assert "letters left out" in text

    def test_what_code_does_to_the_timer_ends_with_it(self) -> None:
        assert ask(self.TOOL, code="1 + 1") == "2"
        begun = time.process_time()
        while time.process_time() - begun < 0.2:
            pass


@pytest.mark.parametrize(
    ("amount", "source", "target", "answer"),
    [
        (1, "mile", "m", "1 mile = 1609.344 m"),
        ("2.5", "hours", "minutes", "2.5 hours = 150 minutes"),
        (100, "°C", "fahrenheit", "100 °C = 212 fahrenheit"),
        (-40, "F", "C", "-40 F = -40 C"),
        ("1,000", "g", "lb", "1,000 g = about 2.20462262185 lb"),
        (36, "km/h", "m/s", "36 km/h = 10 m/s"),
        (1, "square feet", "square inches", "1 square feet = 144 square inches"),
        (1, "gallon", "cups", "1 gallon = 16 cups"),
        (1, "GB", "bytes", "1 GB = 1000000000 bytes"),
        ("1/3", "yard", "ft", "1/3 yard = 1 ft"),
        (6, "feet", "inches", "6 feet = 72 inches"),
        (3, "miles per hour", "mph", "3 miles per hour = 3 mph"),
    ],
)
def test_units(amount: object, source: str, target: str, answer: str) -> None:
    assert ask(Units(), amount=amount, **{"from": source, "to": target}) == answer


def test_units_in_one_text_and_what_is_wrong() -> None:
    assert ask(Units(), amount="3 km to metres") == "3 km = 3000 metres"
    assert ask(Units(), anything="12 inches in feet?") == "12 inches = 1 feet"
    assert "a unit of length, kg one of mass" in ask(Units(), amount=1, **{"from": "m", "to": "kg"})
    assert "not known, got 'smoot'" in ask(Units(), amount=1, **{"from": "smoot", "to": "m"})
    assert "must be a number" in ask(Units(), amount="many", **{"from": "m", "to": "km"})
    assert "must be a number" in ask(Units())
    assert "must be a number" in ask(Units(), amount="1/0", **{"from": "m", "to": "km"})


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"date": "2024-02-29"}, "Thursday 2024-02-29 is day 60 of 366 in its year."),
        ({"date": "July 4, 1776"}, "Thursday 1776-07-04 is day 186 of 366 in its year."),
        ({"date": "25/12/2023", "until": "1st January 2024"}, "From Monday 2023-12-25 to Monday 2024-01-01 it is 7 days (1 weeks and 0 days)."),
        ({"date": "2024-03-01", "until": "2024-02-28"}, "From Friday 2024-03-01 to Wednesday 2024-02-28 it is -2 days."),
        ({"date": "31 January 2023", "add": "1 month"}, "Tuesday 2023-01-31, 1 month: Tuesday 2023-02-28."),
        ({"date": "2024-01-01", "add": "-10"}, "Monday 2024-01-01, -10 days: Friday 2023-12-22."),
        ({"date": "2024-01-01", "add": "2 weeks and 1 day ago"}, "Monday 2024-01-01, 2 weeks and 1 day ago: Sunday 2024-01-14."),
        ({"date": "2024-02-29", "add": "1 year"}, "Thursday 2024-02-29, 1 year: Friday 2025-02-28."),
    ],
)  # fmt: skip
def test_calendar(arguments: dict[str, Any], answer: str) -> None:
    assert ask(Calendar(), **arguments) == answer


def test_calendar_says_what_is_wrong() -> None:
    assert "not clear" in ask(Calendar(), date="03/04/2024")
    assert "no such date" in ask(Calendar(), date="2023-02-29")
    assert "no date" in ask(Calendar(), date="soon")
    assert "no date" in ask(Calendar())
    assert "no date" in ask(Calendar(), date="2024-01-01", until="later")
    assert "span of time" in ask(Calendar(), date="2024-01-01", add="a bit")
    assert "years 1 to 9999" in ask(Calendar(), date="2024-01-01", add="9000 years")


TEXT = "Where is it?\nThe mill stands by the river.\n\nA baker lives in the village. He bakes bread.\n\nThe river is deep."


def test_search_documents_finds_passages_of_what_the_task_gives() -> None:
    tool = SearchDocuments(top=1, words=20, documents="")
    assert "no documents" in ask(tool, query="bread")
    tool.given(TEXT)
    tool.given("another\nsituation with bread")
    assert ask(tool, query="bread") == "[2] A baker lives in the village. He bakes bread."
    assert "No passage" in ask(tool, query="zebra")
    assert "at least one word" in ask(tool, query=" ")
    assert "Where is it" not in ask(tool, query="where is it")


def test_search_documents_of_the_designs_own() -> None:
    tool = SearchDocuments(top=2, words=20, documents="Bees make honey.\n\nAnts make hills.")
    tool.given(TEXT)
    assert ask(tool, query="who makes honey, who makes hills").splitlines() == [
        "[1] Bees make honey.",
        "[2] Ants make hills.",
    ]
    assert "No passage" in ask(tool, query="baker")


@pytest.mark.parametrize(
    ("tool", "reply", "answer"),
    [
        (Calculator(), "CALL calculator 2 * (3 + 4)", "14"),
        (Calculator(), 'CALL calculator {"expression": "7/2"}', "3.5"),
        (Units(), "CALL units 3 km to m", "3 km = 3000 m"),
        (Python(cpu_s=0.5, longest=400), 'CALL python {"code": "print(1 + 1)"}', "2"),
        (Calendar(), "CALL calendar 2024-02-29", "Thursday 2024-02-29 is day 60 of 366 in its year."),
    ],
)
def test_as_models_call_them(tool: Any, reply: str, answer: str) -> None:
    spec = asyncio.run(tool.spec())
    assert isinstance(spec, Spec)
    call = wanted(reply, [spec])
    assert call is not None
    assert asyncio.run(tool.call(call.arguments)) == answer
