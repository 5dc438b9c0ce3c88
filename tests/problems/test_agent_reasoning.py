"""Agent problem over reasoning-gym: its questions, its verifier, its references."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from evo import plugins
from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.errors import InvalidCandidate, MissingExtra
from evo.evaluate import Sandbox
from evo.llm.question import Question
from evo.types import EvaluateTask, Evaluation, Problem

needs_package = pytest.mark.skipif(
    find_spec("reasoning_gym") is None,
    reason='reasoning-gym is not installed: pip install "evo-search[agents]"',
)

HERE = plugins.root() / "problems" / "agent_reasoning"
REFERENCES = sorted((HERE / "references").glob("*.yaml"))


@pytest.fixture(scope="module")
def problem() -> Problem:
    return plugins.problem("agent_reasoning")


@pytest.fixture(scope="module")
def catalogue(problem: Problem) -> Catalogue:
    return Catalogue.of(problem)


def items() -> object:
    return plugins.load_file(HERE / "items.py")


def test_there_are_references() -> None:
    assert len(REFERENCES) >= 12


@pytest.mark.parametrize("file", [*REFERENCES, HERE / "seed/design.yaml"], ids=lambda file: file.stem)
def test_references_are_valid_and_differ(file: Path, catalogue: Catalogue) -> None:
    design = Design.load({"design.yaml": file.read_text(encoding="utf-8")}, catalogue)
    assert design.parts["model"].use == "solver"
    same = [
        one.stem
        for one in REFERENCES
        if Design.load({"design.yaml": one.read_text(encoding="utf-8")}, catalogue).id == design.id
    ]
    assert len(same) == 1


def test_a_missing_package_is_named_with_the_fix(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    module = items()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'reasoning-gym.*pip install "evo-search\[agents\]"'):
        module.require()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("expression", "is_right"),
    [
        ("19 + 3 - 9", True),
        (" (19+3)-9 ", True),
        ("-9 + 19 + 3", True),
        ("19 - 9 + 3 * 1", False),
        ("13", False),
        ("19 + 3 - 9 = 13", False),
        ("19 + 3 - 3 - 6", False),
        ("3 + 19 / 0 - 9", False),
        ("__import__('os').abort()", False),
        ("19 ** 3 ** 9", False),
        ("(" * 5000, False),
        ("-" * 900 + "13", False),
        ("", False),
        ("True + 19", False),
    ],
)
def test_a_countdown_is_reckoned_exactly_and_never_run(expression: str, is_right: bool) -> None:
    assert items().reaches(expression, [19, 9, 3], 13) is is_right  # type: ignore[attr-defined]


@needs_package
def test_cases_are_balanced_fixed_and_never_repeat(problem: Problem) -> None:
    cases = problem.all_cases()
    assert Counter(case.split for case in cases) == {"search": 40, "selection": 40, "holdout": 80}
    for split in ("search", "selection", "holdout"):
        kinds = [case.expected[0] for case in cases if case.split == split]
        for start in range(0, len(kinds), 8):
            assert len(set(kinds[start : start + 8])) == 8
    questions = [case.inputs["question"] for case in cases]  # type: ignore[call-overload]
    assert len(set(questions)) == len(questions)
    assert len({case.name for case in cases}) == len(cases)


@needs_package
def test_the_same_questions_on_every_machine(problem: Problem) -> None:
    text = "\n".join(case.inputs["question"] for case in problem.all_cases())  # type: ignore[call-overload]
    assert hashlib.blake2b(text.encode(), digest_size=8).hexdigest() == "a5c927431cd326a9"


@needs_package
def test_every_question_is_solved_by_its_answer_and_by_no_rubbish(problem: Problem) -> None:
    assert problem.score is not None
    for case in problem.all_cases():
        _, entry = case.expected
        for answer in (entry["answer"], f" **{entry['answer']}** ", f"`{entry['answer']}`"):
            assert problem.score(answer, case).score == 1.0, case.name
        for rubbish in ("", "?", "I do not know.", entry["question"], "9" * 100_000, "\0\ud7ff(" * 500):
            assert problem.score(rubbish, case).score == 0.0, case.name
    with pytest.raises(InvalidCandidate, match="text"):
        problem.score(7, case)


@needs_package
def test_nearly_right_counts_beside_the_score_only(problem: Problem) -> None:
    assert problem.score is not None
    case = next(case for case in problem.all_cases() if case.expected[0] == "knights_knaves")
    _, entry = case.expected
    solution, terms = entry["metadata"]["solution"], entry["metadata"]["knight_knave_terms"]
    halves = [solution[0], not solution[1]]
    text = ", and ".join(
        f"{name} is a {terms['knight'] if is_knight else terms['knave']}"
        for name, is_knight in zip(entry["metadata"]["names"], halves, strict=True)
    )
    verdict = problem.score(text, case)
    assert verdict.score == 0.0
    assert 0 < verdict.metrics["partial"] < 1


SAID = "Let me see.\nAnswer: {answer}"


@pytest.fixture(scope="module")
def scripted() -> Iterator[Callable[[EvaluateTask], Evaluation]]:
    """Two questions, and a model that knows the answers but only says them in its own way."""
    found = plugins.problem("agent_reasoning", {"questions": 2})
    known = [(case.inputs["question"], case.expected[1]["answer"]) for case in found.all_cases()[:2]]  # type: ignore[call-overload]

    def answer(question: Question) -> str:
        text = "\n".join(said for _, said in question.messages)
        return next((SAID.format(answer=one) for asked, one in known if asked in text), "5")

    options = {**found.options, "models": {"solver": {"rule": answer}}, "at_once": 1}
    evaluator = plugins.load(found.evaluator)(problem=found, sandbox=Sandbox(), **options)
    yield evaluator
    evaluator.close()


@needs_package
@pytest.mark.parametrize("file", REFERENCES, ids=lambda file: file.stem)
def test_references_run_in_the_jail_with_a_scripted_model(
    file: Path, scripted: Callable[[EvaluateTask], Evaluation]
) -> None:
    files = {"design.yaml": file.read_text(encoding="utf-8")}
    verdict = scripted(EvaluateTask(file.stem, "search", files=files))
    assert [case.status for case in verdict.cases] == ["ok", "ok"], verdict.feedback
    assert verdict.metrics["calls"] >= 1
    assert verdict.score is not None
    if file.stem in ("direct", "chain_of_thought", "self_consistency", "vote", "role"):
        assert verdict.score == 1.0


@pytest.fixture(scope="module")
def recorded() -> Iterator[Callable[[EvaluateTask], Evaluation]]:
    found = plugins.problem("agent_reasoning", {"recording": "small", "questions": 8})
    evaluator = plugins.load(found.evaluator)(problem=found, sandbox=Sandbox(), **found.options)
    yield evaluator
    evaluator.close()


@needs_package
@pytest.mark.skipif(not (HERE / "recording.jsonl").is_file(), reason="there is no recording")
def test_the_recording_answers_for_the_seed(recorded: Callable[[EvaluateTask], Evaluation]) -> None:
    files = {"design.yaml": (HERE / "seed/design.yaml").read_text(encoding="utf-8")}
    verdict = recorded(EvaluateTask("seed", "search", files=files))
    assert verdict.status == "ok", verdict.feedback
    assert len(verdict.cases) == 8
    assert verdict.score is not None
    assert 0 <= verdict.score <= 1
    assert verdict.metrics["calls"] >= 1
    assert all(case.status == "ok" for case in verdict.cases)
