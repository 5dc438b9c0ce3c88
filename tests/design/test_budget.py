"""What a design says of its own budget: read, refused, written, compared."""

from dataclasses import fields, replace

import jsonschema
import pytest

from evo.design.budget import LIMITS, read_budget, told
from evo.design.design import Design, diff_of_files
from evo.design.faults import InvalidDesign
from evo.design.graph import describe, graph
from evo.design.schema import schema
from evo.design.space import Space
from evo.document import read
from evo.identity import candidate_id
from evo.llm.broker import Budget
from evo.testing.play import play
from evo.types import Case
from tests.design.shelf import CATALOGUE, POOR, RICH, files
from tests.evaluators.agents import Rooms

VALIDATOR = jsonschema.Draft202012Validator(schema(CATALOGUE))
ALL = "budget: {usd: 0.5, steps: 40, calls: 20, tokens: 8000, seconds: 90}\n"


def load(text: str) -> Design:
    return Design.load(files(text), CATALOGUE)


def test_what_can_be_limited_is_what_the_broker_limits() -> None:
    assert list(LIMITS) == [one.name for one in fields(Budget)]


def test_it_is_part_of_the_canonical_form() -> None:
    design = load(POOR + ALL)
    assert design.budget == {"calls": 20, "tokens": 8000, "usd": 0.5, "seconds": 90.0, "steps": 40}
    text = design.files()["design.yaml"]
    assert text.endswith("\nbudget: {calls: 20, tokens: 8000, usd: 0.5, seconds: 90.0, steps: 40}\n")
    assert load(text) == design
    assert load("budget: {calls: 20.0, tokens: null}\n" + POOR).id == load(POOR + "budget: {calls: 20}\n").id
    assert load(POOR + "budget: {calls: 20}\n").id != load(POOR + "budget: {calls: 21}\n").id
    json = {"design.json": '{"budget": {"calls": 20}, "slots": {"workflow": "loop"}}'}
    assert Design.load(json, CATALOGUE).id == load(POOR + "budget: {calls: 20}\n").id


@pytest.mark.parametrize("nothing", ["budget:\n", "budget: {}\n", "budget: {calls: null}\n"])
def test_none_is_none(nothing: str) -> None:
    assert load(POOR + nothing) == load(POOR)
    assert load(POOR + nothing).files() == load(POOR).files()
    assert "budget" not in load(POOR).files()["design.yaml"]


@pytest.mark.parametrize("limit", [1e-6, 0.1, 1 / 3, 10_000.0])
def test_numbers_come_back(limit: float) -> None:
    design = replace(load(POOR), budget={"usd": limit})
    assert Design.load(design.files(), CATALOGUE).budget == {"usd": limit}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("budget: 3\n", "budget: it must be a mapping of limits, got 3. Write budget: {calls: 20}, with any of"),
        ("budget: {call: 3}\n", "budget: there is no limit of 'call'. Did you mean 'calls'?"),
        ("budget: {calls: 0}\n", "budget: calls must be a whole number from 1 to 1000000, got 0. Leave calls out"),
        ("budget: {calls: 2.5}\n", "budget: calls must be a whole number from 1 to 1000000, got 2.5."),
        ("budget: {usd: free}\n", "budget: usd must be a number from 1e-06 to 10000, got 'free'."),
        ("budget: {tokens: true}\n", "budget: tokens must be a whole number"),
        ("budget: {seconds: 1e999}\n", "budget: seconds must be a number from 0.001 to 1e+06, got inf."),
        ("budget: [calls]\n", "budget: it must be a mapping of limits, got ['calls']."),
        ("budgets: {calls: 3}\n", "design.yaml: no key 'budgets' beside 'slots' and 'budget'. Take it out."),
    ],
)  # fmt: skip
def test_what_is_refused_names_limit_rule_and_fix(text: str, line: str) -> None:
    with pytest.raises(InvalidDesign) as caught:
        load(POOR + text)
    (said,) = str(caught.value).splitlines()
    assert said.startswith(line)
    assert not VALIDATOR.is_valid(read("design.yaml", (POOR + text).replace("1e999", "1e300")))


def test_the_schema_takes_what_the_check_takes() -> None:
    for text in (ALL, "budget: {}\n", "budget:\n", "budget: {calls: 1000000, usd: null}\n"):
        load(POOR + text)
        VALIDATOR.validate(read("design.yaml", POOR + text))


def test_faults_of_slots_and_budget_are_named_at_once() -> None:
    with pytest.raises(InvalidDesign) as caught:
        load("slots: {workflow: lop}\nbudget: {calls: 0, step: 1}\n")
    assert [fault.where for fault in caught.value.faults] == ["budget", "budget", "workflow"]


def test_differences_are_told_by_limit() -> None:
    none, some = load(POOR), load(POOR + "budget: {calls: 20, usd: 0.5}\n")
    fewer = load(POOR + "  memory: visited\nbudget: {calls: 10}\n")
    assert [str(one) for one in Design.diff(none, some)] == [
        "budget.calls: nothing -> 20",
        "budget.usd: nothing -> 0.5",
    ]
    told_ = ["memory: none -> visited", "budget.calls: 20 -> 10", "budget.usd: 0.5 -> nothing"]
    assert [str(one) for one in Design.diff(some, fewer)] == told_
    assert Design.diff(some, load(some.files()["design.yaml"])) == ()
    written = diff_of_files(some.files(), fewer.files())
    assert written is not None
    assert [str(one) for one in written] == told_


def test_its_space_keeps_the_budget_of_the_base() -> None:
    base = load(POOR + "budget: {calls: 20}\n")
    assert {design.budget["calls"] for design in Space(CATALOGUE, ("guard",), base)} == {20}


def test_it_is_drawn_and_described() -> None:
    design = load(RICH.replace(", prompt: prompts/think.md", "") + "budget: {calls: 20, usd: 0.5}\n")
    assert "At most calls 20, usd 0.5 in a case." in describe(design)
    assert "at most 20 calls" in graph(design)
    assert "at most" not in graph(load(POOR))
    assert told({}) == ""


def test_without_a_jail_nobody_keeps_it() -> None:
    with pytest.raises(ValueError, match="a budget is kept in the judge's process alone"):
        play(load(POOR + "budget: {steps: 2}\n"), Rooms(), Case("a"))


def test_a_budget_that_cannot_be_read_says_so_and_nothing_else_is_lost() -> None:
    found, faults = read_budget({"calls": 3, "steps": -1, 7: 1})
    assert found == {"calls": 3}
    assert len(faults) == 2


def test_two_designs_that_differ_in_their_budget_are_two_candidates() -> None:
    one, other = load(POOR + "budget: {calls: 20}\n"), load(POOR)
    assert candidate_id(one.files()) != candidate_id(other.files())
