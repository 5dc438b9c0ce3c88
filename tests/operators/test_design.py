"""Operators on agent designs, without a model: what they change, what they leave, what they refuse."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evo.design.component import Component
from evo.design.design import Design
from evo.errors import InvalidCandidate
from evo.operators.design_mutate import DesignMutate
from evo.operators.design_recombine import DesignRecombine
from evo.operators.design_refine import DesignRefine
from evo.operators.design_tune import DesignTune
from evo.roles import Operator
from evo.testing import OperatorContract
from evo.testing.operator import judged, made_by, task_for
from evo.types import Candidate, Problem, Proposal
from tests.design.shelf import ALONE, CATALOGUE, POOR, RICH, files, problem, source

POLICY = """\
slots:
  workflow: {use: loop, steps: 20}
  reasoning: rule
  planning: {use: search, width: 8}
  memory: {use: map, detail: 4}
  profile: {use: expert, field: law}
"""
LEAN = """\
slots:
  workflow: loop
  reasoning: {use: chain, heat: 1.0}
  memory: {use: window, size: 32}
  tools: {use: all, python: true, sum: true}
  guard: careful
  model: {use: small, reasoning: large}
"""


class DesignContract(OperatorContract):
    parents: tuple[Mapping[str, str], ...] = ({"design.yaml": POLICY}, {"design.yaml": LEAN})

    @pytest.fixture
    def problem(self, tmp_path: Path) -> Problem:
        return replace(problem(tmp_path, slots=ALONE), mutable=("design.yaml",))


class TestDesignRecombineContract(DesignContract):
    n_tasks = 6  # two relatives differ in few slots, so there are not many more children

    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return DesignRecombine


class TestDesignMutateContract(DesignContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return DesignMutate


class TestDesignRefineContract(DesignContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return DesignRefine


def designs(files: Mapping[str, str]) -> Design:
    return Design.load(files, CATALOGUE)


def children(operator: Operator, *parents: Mapping[str, str], n: int = 60) -> list[Candidate]:
    relatives = [judged(one) for one in parents]
    return [made_by(operator, task_for(number, relatives)) for number in range(n)]


def test_a_recombined_child_holds_what_its_parents_hold(tmp_path: Path) -> None:
    operator = DesignRecombine(problem(tmp_path, slots=ALONE))
    one, other = designs({"design.yaml": POLICY}), designs({"design.yaml": LEAN})
    slots = set()
    foreign = 0
    for child in children(operator, one.files(), other.files()):
        design = designs(child.files)
        taken = {slot for slot in design.parts if design.parts[slot] != one.parts[slot]}
        slots |= taken
        foreign += any(design.parts[slot] == other.parts[slot] for slot in taken)
        assert child.note.count(":") >= len(taken)
    assert slots >= {"workflow", "reasoning", "memory", "tools", "profile"}
    assert foreign >= 55  # the rest took values of a component that both have


def test_a_recombination_fills_what_is_needed(tmp_path: Path) -> None:
    """The guard of the second parent needs a tool that the first has not."""
    operator = DesignRecombine(problem(tmp_path, slots=ALONE), more=0.0)
    found = [
        designs(child.files) for child in children(operator, {"design.yaml": POLICY}, {"design.yaml": LEAN})
    ]
    guarded = [one for one in found if one.parts["guard"].use == "careful"]
    assert guarded
    assert all(one.parts["tools"].values["python"] is True for one in guarded)
    assert any(one.parts["reasoning"].use == "chain" and one.parts["model"].use != "none" for one in found)


def test_values_of_the_same_component_are_mixed(tmp_path: Path) -> None:
    one = {"design.yaml": POOR + "  tools: {use: all, python: true, python.timeout_s: 2}\n"}
    other = {"design.yaml": POOR + "  tools: {use: all, sum: true, python: true, python.timeout_s: 9}\n"}
    operator = DesignRecombine(problem(tmp_path, slots=ALONE))
    found = {str(designs(child.files).parts["tools"]) for child in children(operator, one, other, n=20)}
    assert found == {
        "all(python=true, python.timeout_s=9.0)",
        "all(python=true, python.timeout_s=2.0, sum=true)",
    }


def test_files_come_along_with_their_slot(tmp_path: Path) -> None:
    diary = source(Component("memory", "diary", "writes all down", "Diary"))
    code = "async def solve(task: Task, agent: Agent) -> Answer:\n    return await run(agent, task)\n"
    one = {**files(RICH, think="Mine.")}
    two = {
        **files(
            RICH.replace("window", "diary").replace("size: 16, ", "").replace("loop", "workflow.py"),
            think="Theirs.",
        ),
        "components/diary.py": diary,
        "workflow.py": code,
    }
    seen = set()
    for child in children(DesignRecombine(problem(tmp_path, slots=ALONE)), one, two):
        design = designs(child.files)  # which refuses a file that is missing or idle
        seen |= {*child.files, child.files["prompts/think.md"]}
        assert ("components/diary.py" in child.files) == (design.parts["memory"].use == "diary")
        assert ("workflow.py" in child.files) == (design.parts["workflow"].use == "workflow.py")
    assert seen >= {"components/diary.py", "workflow.py", "Mine.", "Theirs."}


def test_a_file_that_two_slots_use_is_not_changed_under_one(tmp_path: Path) -> None:
    code = "async def solve(task: Task, agent: Agent) -> Answer:\n    return await run({}, agent, agent.prompt('think'))\n"
    text = RICH.replace("loop", "workflow.py")
    other = text.replace("chain,", "chain, heat: 1.0,").replace("size: 16", "size: 20")
    one = {**files(text, think="Mine."), "workflow.py": code.format(1)}
    two = {**files(other, think="Theirs."), "workflow.py": code.format(2)}
    found = children(DesignRecombine(problem(tmp_path, slots=ALONE)), one, two)
    together = {(child.files["prompts/think.md"], child.files["workflow.py"]) for child in found}
    assert together == {("Mine.", one["workflow.py"]), ("Theirs.", two["workflow.py"])}


def test_a_mutation_reaches_every_component_and_stays_valid(tmp_path: Path) -> None:
    found = [
        designs(child.files)
        for child in children(DesignMutate(problem(tmp_path, slots=ALONE)), {"design.yaml": POLICY}, n=200)
    ]
    for slot in ("reasoning", "planning", "memory", "tools", "profile", "workflow", "guard"):
        names = {one.parts[slot].use for one in found}
        assert names == set(CATALOGUE.names(slot)) - {"undo"}, slot
    small = [one for one in found if len(Design.diff(designs({"design.yaml": POLICY}), one)) == 1]
    assert len(small) > 60


def test_a_mutation_of_values_alone(tmp_path: Path) -> None:
    operator = DesignMutate(problem(tmp_path, slots=ALONE), component=0.0)
    for child in children(operator, {"design.yaml": POLICY}):
        parts = designs(child.files).parts
        assert {slot: part.use for slot, part in parts.items()} == {
            slot: part.use for slot, part in designs({"design.yaml": POLICY}).parts.items()
        }


def test_a_refinement_takes_small_steps(tmp_path: Path) -> None:
    parent = designs({"design.yaml": POLICY})
    one_step = children(DesignRefine(problem(tmp_path, slots=ALONE), more=0.0), {"design.yaml": POLICY})
    seen = {child.note.partition(":")[0] for child in one_step}
    assert seen == {"workflow.steps", "planning.width", "memory.detail", "profile.field"}
    widths = {designs(child.files).parts["planning"].values["width"] for child in one_step}
    assert widths == {8, 5, 7, 9, 12}
    more = children(DesignRefine(problem(tmp_path, slots=ALONE), more=0.9), {"design.yaml": POLICY})
    assert max(len(Design.diff(parent, designs(child.files))) for child in more) >= 3


def test_what_was_proposed_before_is_not_proposed_again(tmp_path: Path) -> None:
    text = "slots: {workflow: loop, memory: {use: map, detail: 1}}"
    operator = DesignRefine(problem(tmp_path, slots=ALONE), more=0.0)
    made: list[str] = []

    def propose(number: int) -> None:
        child = made_by(operator, task_for(number, [judged({"design.yaml": text})]))
        operator.tell(Proposal(number, "design.refine", child.parents, child))
        made.append(child.id)

    for number in range(9):  # four numbers of steps, one other detail, and both
        propose(number)
    with pytest.raises(InvalidCandidate, match="proposed before"):
        propose(9)
    assert len(set(made)) == 9
    free = replace(task_for(7, [judged({"design.yaml": text})]), independent=True)
    assert made_by(operator, free).id in made


@pytest.mark.parametrize("make", [DesignMutate, DesignRefine, DesignRecombine])
def test_what_is_no_design_is_refused(make: Callable[[Problem], Operator], tmp_path: Path) -> None:
    toy = problem(tmp_path, slots=ALONE)
    for text, mutable, words in (
        (POOR + "  memory: lost\n", ("*",), "memory: there is no component 'lost'"),
        (POOR, ("main.py",), "of which main.py may be changed"),
    ):
        operator = make(replace(toy, mutable=mutable))
        with pytest.raises(InvalidCandidate, match=words):
            made_by(operator, task_for(0, [judged({"design.yaml": text})] * operator.n_parents))


def test_the_same_design_twice_is_no_pair(tmp_path: Path) -> None:
    short, spelled = judged({"design.yaml": POOR}), judged(designs({"design.yaml": POOR}).files())
    with pytest.raises(InvalidCandidate, match="needs two designs with different slots"):
        made_by(DesignRecombine(problem(tmp_path, slots=ALONE)), task_for(0, [short, spelled]))


@pytest.mark.parametrize("make", [DesignMutate, DesignRefine, DesignRecombine, DesignTune])
def test_the_budget_is_carried_along(make: Callable[[Problem], Operator], tmp_path: Path) -> None:
    mine, theirs = POLICY + "budget: {calls: 7, usd: 0.25}\n", LEAN + "budget: {calls: 9}\n"
    operator = make(problem(tmp_path, slots=ALONE))
    for number in range(20):
        parents = [judged({"design.yaml": text}) for text in (mine, theirs)]
        child = made_by(operator, task_for(number, parents[: operator.n_parents]))
        assert designs(child.files).budget == {"calls": 7, "usd": 0.25}
        assert "budget" not in child.note


def test_designs_that_differ_in_their_budget_alone_are_no_pair(tmp_path: Path) -> None:
    pair = [judged({"design.yaml": text}) for text in (POOR, POOR + "budget: {calls: 7}\n")]
    with pytest.raises(InvalidCandidate, match="needs two designs with different slots"):
        made_by(DesignRecombine(problem(tmp_path, slots=ALONE)), task_for(0, pair))


def test_a_design_without_parameters_cannot_be_refined(tmp_path: Path) -> None:
    toy = problem(tmp_path)
    (tmp_path / "components/workflow/once.py").write_text(
        source(Component("workflow", "once", "acts once", "Once"))
    )
    with pytest.raises(InvalidCandidate, match=r"Use design\.mutate"):
        made_by(DesignRefine(toy), task_for(0, [judged({"design.yaml": "slots: {workflow: once}"})]))
