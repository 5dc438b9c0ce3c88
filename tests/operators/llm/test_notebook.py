"""What is remembered of a run for the prompts that come."""

from evo.operators.llm.notebook import REMEMBERED_CHILDREN, Notebook, failed_cases
from evo.operators.llm.novelty import acceptance, likeness, nearest, sketch
from evo.types import Candidate, CaseResult, Evaluation, Event, Judged, Problem, Proposal, Stage, Steering

PROBLEM = Problem("p", "", seeds=[], stages=(Stage(), Stage("later", "selection")))
PARENT = Candidate.of({"main.py": "x = 1\n"})


def child(number: int) -> Candidate:
    return Candidate.of({"main.py": f"x = {number}\n"}, (PARENT.id,), "llm.diff", f"note {number}")


def told(*events: Event, twice: bool = False) -> Notebook:
    notebook = Notebook(PROBLEM)
    for event in [event for event in events for _ in range(2 if twice else 1)]:
        notebook.tell(event)
    return notebook


def proposal(number: int) -> Proposal:
    return Proposal(number, "llm.diff", (PARENT.id,), child(number), model="m")


def test_what_was_tried_is_told_once_it_is_judged() -> None:
    notebook = told(proposal(2), proposal(3), Evaluation(child(2).id, "search", score=4.5), twice=True)
    (one,) = notebook.tried(PARENT.id)
    assert (one.note, one.status, one.score) == ("note 2", "ok", 4.5)
    assert notebook.tried("nobody") == []


def test_failures_say_why() -> None:
    notebook = told(
        proposal(2),
        Evaluation(child(2).id, "search", status="crashed", feedback="ZeroDivisionError"),
        Proposal(
            4, "llm.diff", (PARENT.id,), status="invalid", reason="no such line", model="m", rung="apply"
        ),
        Proposal(5, "tune", (PARENT.id,), status="invalid", reason="no numbers"),
    )
    assert [(one.status, one.reason) for one in notebook.tried(PARENT.id)] == [
        ("invalid", "no such line"),
        ("crashed", "ZeroDivisionError"),
    ]


def test_other_splits_and_lost_attempts_tell_nothing() -> None:
    for stage, status in (("selection", "ok"), ("holdout", "ok"), ("search", "lost")):
        verdict = Evaluation(child(2).id, stage, status=status, score=9.0 if status == "ok" else None)  # type: ignore[arg-type]
        assert told(proposal(2), verdict).tried(PARENT.id) == []


def test_only_the_latest_are_kept() -> None:
    numbers = range(2, 40)
    notebook = told(
        *[e for n in numbers for e in (proposal(n), Evaluation(child(n).id, "search", score=1.0 * n))]
    )
    tried = notebook.tried(PARENT.id)
    assert len(tried) == REMEMBERED_CHILDREN
    assert tried[0].note == "note 39"


def test_advice_is_kept_and_other_steering_is_not() -> None:
    notebook = told(
        Steering("try hexagons"), Steering("x", target="c", action="veto"), Steering("try hexagons")
    )
    assert list(notebook.advice) == ["try hexagons"]


def test_the_worst_cases_come_first() -> None:
    cases = (
        CaseResult("good", "ok", 5.0),
        CaseResult("bad", "ok", -1.0),
        CaseResult("broken", "timeout"),
    )
    judged = Judged(PARENT, Evaluation(PARENT.id, score=1.0, cases=cases))
    assert failed_cases(judged, most=2) == [("broken", "timeout"), ("bad", "score -1")]
    assert failed_cases(Judged(PARENT, Evaluation(PARENT.id, score=1.0, cases=cases[:1]))) == []


PROGRAM = "\n".join(f"def step_{i}(x):\n    return x * {i}.5 + {i}\n" for i in range(40))


def test_likeness_is_that_of_the_text() -> None:
    one = sketch({"main.py": PROGRAM})
    assert likeness(one, one) == 1.0
    assert likeness(one, sketch({"main.py": PROGRAM.replace("    ", "  ")})) == 1.0
    close = likeness(one, sketch({"main.py": PROGRAM.replace("7.5", "7.25")}))
    assert 0.9 < close < 1.0
    assert likeness(one, sketch({"main.py": "import numpy\nprint(numpy.pi)\n"})) < 0.1
    assert nearest(one, []) == 0.0


def test_a_near_copy_is_left_out_by_chance_and_never_for_certain() -> None:
    assert acceptance(0.5, 0.4) == 1.0
    assert acceptance(1.0, 0.4) == 0.4
    assert 0.4 < acceptance(0.97, 0.4) < acceptance(0.92, 0.4) < 1.0
