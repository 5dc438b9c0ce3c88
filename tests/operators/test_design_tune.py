"""The tuner of designs: one study for designs that differ in values alone, learnt from told events."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

import pytest

from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.errors import InvalidCandidate
from evo.operators.design_tune import DesignTune, skeleton, tunable
from evo.roles import Operator
from evo.testing.operator import judged, made_by, task_for
from evo.types import Candidate, Evaluation, Judged, Problem, Proposal
from tests.design.shelf import CATALOGUE, POOR, problem
from tests.operators.test_design import LEAN, POLICY, DesignContract


class TestDesignTuneContract(DesignContract):
    @pytest.fixture
    def make(self) -> Callable[[Problem], Operator]:
        return DesignTune


def load(files: Mapping[str, str]) -> Design:
    return Design.load(files, CATALOGUE)


def score(candidate: Candidate) -> float:
    """Best with many steps, a map with all details and a width of 16."""
    parts = load(candidate.files).parts
    steps, width, detail = (
        parts["workflow"].values["steps"],
        parts["planning"].values["width"],
        parts["memory"].values["detail"],
    )
    assert isinstance(steps, int)
    assert isinstance(width, int)
    assert isinstance(detail, int)
    return float(-abs(steps - 37) - abs(width - 16) + detail)


def told(operator: DesignTune, number: int, candidate: Candidate, value: float) -> None:
    operator.tell(Proposal(number, "x", (), candidate))
    operator.tell(Evaluation(candidate.id, "search", 1, "ok", value))


def climb(operator: DesignTune, n: int) -> list[float]:
    """Scores of `n` children, each of the best so far."""
    best, scores = judged({"design.yaml": POLICY}), []
    best = Judged(best.candidate, Evaluation(best.candidate.id, "search", 1, "ok", score(best.candidate)))
    for number in range(n):
        child = made_by(operator, task_for(number, [best]))
        value = score(child)
        scores.append(value)
        told(operator, number, child, value)
        if value > (best.evaluation.score or -1e9):
            best = Judged(child, Evaluation(child.id, "search", 1, "ok", value))
    return scores


def test_components_and_files_stay(tmp_path: Path) -> None:
    found = problem(tmp_path)
    operator, catalogue = DesignTune(found), Catalogue.of(found)
    parent = {"design.yaml": LEAN}
    before = Design.load(parent, catalogue).parts
    for number in range(30):
        child = made_by(operator, task_for(number, [judged(parent)]))
        after = Design.load(child.files, catalogue).parts
        assert {slot: part.use for slot, part in before.items()} == {
            slot: part.use for slot, part in after.items()
        }
        assert before != after


def test_what_differs_in_values_alone_is_one_study() -> None:
    one, other = load({"design.yaml": POLICY}), load({"design.yaml": POLICY.replace("width: 8", "width: 60")})
    words = load({"design.yaml": POLICY.replace("field: law", "field: maths")})
    texts = load({"design.yaml": POLICY.replace("{use: expert, field: law}", "{use: expert, words: hello}")})
    assert skeleton(one) == skeleton(other) == skeleton(words)
    assert len({skeleton(one), skeleton(load({"design.yaml": LEAN})), skeleton(texts)}) == 3
    assert ("memory", "detail") in tunable(one)
    assert ("profile", "words") not in tunable(one)


def test_it_learns_whoever_made_the_siblings(tmp_path: Path) -> None:
    """Told of designs of others, it asks near the best of them; without, its values are anywhere."""
    informed, blind = DesignTune(problem(tmp_path), model=1.0), DesignTune(problem(tmp_path), model=1.0)
    number = 0
    for steps in range(1, 41, 2):
        for width in (2, 8, 16, 40, 64):
            text = POLICY.replace("steps: 20", f"steps: {steps}").replace("width: 8", f"width: {width}")
            candidate = Candidate.of({"design.yaml": text})
            told(informed, number, candidate, -abs(steps - 37.0))
            number += 1
    parent = judged({"design.yaml": POLICY})
    parent = Judged(parent.candidate, Evaluation(parent.candidate.id, "search", 1, "ok", -17.0))

    def misses(operator: DesignTune) -> float:
        children = [load(made_by(operator, task_for(1000 + i, [parent])).files) for i in range(30)]
        steps = [int(child.parts["workflow"].values["steps"]) for child in children]
        return fmean(abs(value - 37) for value in steps if value != 20)

    assert misses(informed) < 0.6 * misses(blind)


def test_it_climbs(tmp_path: Path) -> None:
    assert max(climb(DesignTune(problem(tmp_path)), 60)) >= -3


def test_failed_siblings_count_below_all(tmp_path: Path) -> None:
    operator = DesignTune(problem(tmp_path), model=1.0)
    for number, steps in enumerate(range(1, 41)):
        candidate = Candidate.of({"design.yaml": POLICY.replace("steps: 20", f"steps: {steps}")})
        operator.tell(Proposal(number, "x", (), candidate))
        failed = Evaluation(candidate.id, "search", 1, "crashed")
        fine = Evaluation(candidate.id, "search", 1, "ok", -1e6)
        operator.tell(failed if steps > 10 else fine)
    parent = judged({"design.yaml": POLICY})
    children = [load(made_by(operator, task_for(500 + i, [parent])).files) for i in range(30)]
    steps = [int(child.parts["workflow"].values["steps"]) for child in children]
    changed = [value for value in steps if value != 20]
    assert fmean(value <= 10 for value in changed) > 0.5


def test_the_same_events_lead_to_the_same_child(tmp_path: Path) -> None:
    operators = [DesignTune(problem(tmp_path)) for _ in range(2)]
    for operator in operators:
        climb(operator, 12)
    again = operators[1]
    for number in range(3):  # told twice counts once
        candidate = made_by(operators[0], task_for(number, [judged({"design.yaml": POLICY})]))
        for _ in range(2):
            told(again, 50 + number, candidate, 1.0)
        told(operators[0], 50 + number, candidate, 1.0)
    task = task_for(99, [judged({"design.yaml": POLICY})])
    assert made_by(operators[0], task).id == made_by(again, task).id


def test_a_design_without_parameters_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path)
    bare = "slots:\n  workflow: workflow.py\n  reasoning: rule\n"
    code = "async def solve(task: Task, agent: Agent) -> Answer:\n    return Answer(str(await agent.reasoning.think('', '')))\n"
    with pytest.raises(InvalidCandidate, match="needs a parameter"):
        made_by(DesignTune(found), task_for(0, [judged({"design.yaml": bare, "workflow.py": code})]))
    assert made_by(DesignTune(found), task_for(0, [judged({"design.yaml": POOR})]))
