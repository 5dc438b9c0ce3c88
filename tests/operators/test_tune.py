"""Tuning improves quickly, learns from told events alone, and goes on the same after a resume."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from evo.errors import InvalidCandidate
from evo.identity import candidate_id
from evo.operators.constants import numbers
from evo.operators.program import Program
from evo.operators.tune import Tune
from evo.types import Candidate, Evaluation, Event, Judged, Problem, Proposal, Stage
from tests.operators.programs import problem, run, task

QUADRATIC = "def solve():\n    return [0.5, -3.0, 20, 0.001]\n"
TARGET = np.array([1.7, -2.2, 33, 0.004])


def quadratic(candidate: Candidate) -> float | None:
    found = np.asarray(run(candidate.files), dtype=float)
    return -float((((found - TARGET) / TARGET) ** 2).sum())


def many(candidate: Candidate) -> float | None:
    found = np.asarray(run(candidate.files), dtype=float)
    return -float(((found - np.sin(np.arange(60))) ** 2).mean())


def judge(candidate: Candidate, score: float | None, stage: str = "search") -> Judged:
    status = "ok" if score is not None else "crashed"
    return Judged(candidate, Evaluation(candidate.id, stage, 1, status, score))  # type: ignore[arg-type]


def climb(
    tune: Tune, text: str, score: Callable[[Candidate], float | None], n: int
) -> tuple[Judged, list[Event], list[Candidate]]:
    """`n` greedy steps: the best so far, what was told, and what was made."""
    start = Candidate.of({"main.py": text})
    best, events, made = judge(start, score(start)), list[Event](), list[Candidate]()
    for number in range(n):
        order = task(number, best, operator="tune")
        child = tune(order)
        verdict = judge(child, score(child))
        told: list[Event] = [Proposal(number, "tune", order.parents, child), verdict.evaluation]
        for event in told:
            tune.tell(event)
        events += told
        made.append(child)
        if (verdict.evaluation.score or -np.inf) > (best.evaluation.score or -np.inf):
            best = verdict
    return best, events, made


def values(candidate: Candidate) -> list[float]:
    return [number.value for number in numbers(Program(candidate.files["main.py"]))]


def test_a_few_numbers_are_tuned_quickly() -> None:
    start = quadratic(Candidate.of({"main.py": QUADRATIC}))
    best, _, made = climb(Tune(problem(QUADRATIC)), QUADRATIC, quadratic, 150)
    assert start is not None
    assert best.evaluation.score is not None
    assert best.evaluation.score > start / 100
    assert len({child.id for child in made}) == 150  # nothing is tried twice
    assert all(type(values(child)[2]) is int for child in made)


def test_many_numbers_are_tuned_a_few_at_a_time() -> None:
    text = f"def solve():\n    return {[0.5] * 60}\n"
    start = many(Candidate.of({"main.py": text}))
    best, _, made = climb(Tune(problem(text)), text, many, 200)
    assert start is not None
    assert best.evaluation.score is not None
    assert best.evaluation.score > 0.8 * start
    assert max(sum(value != 0.5 for value in values(child)) for child in made[:8]) < 10


def test_a_failing_half_of_the_range_is_avoided() -> None:
    text = "def solve():\n    return 2.0\n"

    def half(candidate: Candidate) -> float | None:
        (value,) = values(candidate)
        return None if value < 2.0 else -abs(value - 2.5)

    _, _, made = climb(Tune(problem(text)), text, half, 80)
    failed = [half(child) is None for child in made]
    assert sum(failed[40:]) < 20


@pytest.mark.parametrize("n", [3, 25])
def test_a_rebuilt_study_goes_on_the_same(n: int) -> None:
    live = Tune(problem(QUADRATIC))
    best, events, _ = climb(live, QUADRATIC, quadratic, n)
    rebuilt = Tune(problem(QUADRATIC))
    for event in events:
        rebuilt.tell(event)
    orders = [task(1000 + number, best, operator="tune") for number in range(30)]
    assert [live(order) for order in orders] == [rebuilt(order) for order in orders]


def test_the_order_of_what_is_told_late_does_not_lose_trials() -> None:
    """Evaluations may arrive long after their proposals, and in another order."""
    _, events, _ = climb(Tune(problem(QUADRATIC)), QUADRATIC, quadratic, 20)
    late = Tune(problem(QUADRATIC))
    for event in sorted(events, key=lambda event: isinstance(event, Evaluation)):
        late.tell(event)
    (study,) = late._studies.values()
    assert len(study.trials) == 21
    assert all(trial.rank is not None for trial in study.trials.values())


def test_what_was_learnt_steers() -> None:
    best, events, _ = climb(Tune(problem(QUADRATIC)), QUADRATIC, quadratic, 40)
    learnt, fresh = Tune(problem(QUADRATIC)), Tune(problem(QUADRATIC))
    for event in events:
        learnt.tell(event)
    orders = [task(1000 + number, best, operator="tune") for number in range(20)]
    assert [learnt(order).id for order in orders] != [fresh(order).id for order in orders]


def test_hold_out_scores_change_nothing() -> None:
    plain, curious = Tune(problem(QUADRATIC)), Tune(problem(QUADRATIC))
    best, events, made = climb(Tune(problem(QUADRATIC)), QUADRATIC, quadratic, 20)
    for event in events:
        plain.tell(event)
        curious.tell(event)
    for place, child in enumerate(made):
        for stage in ("selection", "holdout"):
            curious.tell(Evaluation(child.id, stage, 1, "ok", float(place)))
    orders = [task(500 + number, best, operator="tune") for number in range(20)]
    assert [plain(order) for order in orders] == [curious(order) for order in orders]


def test_lost_evaluations_say_nothing() -> None:
    tune = Tune(problem(QUADRATIC))
    _, events, _ = climb(tune, QUADRATIC, quadratic, 5)
    proposal = events[0]
    assert isinstance(proposal, Proposal)
    assert proposal.candidate is not None
    (study,) = tune._studies.values()
    before = dict(study.trials)
    tune.tell(Evaluation(proposal.candidate.id, "search", 2, "lost"))
    assert study.trials == before


def test_a_later_stage_counts_more() -> None:
    stages = (Stage("few", cases=1), Stage("all"))
    tune = Tune(problem(QUADRATIC, stages=stages))
    start = judge(Candidate.of({"main.py": QUADRATIC}), 1.0, "few")
    ids = []
    for number, told in enumerate([[("few", 9.0)], [("all", 2.0), ("few", 5.0)], [("few", None)]]):
        child = tune(task(number, start, operator="tune"))
        tune.tell(Proposal(number, "tune", (start.candidate.id,), child))
        for stage, score in told:
            tune.tell(judge(child, score, stage).evaluation)
        ids.append(child.id)
    (study,) = tune._studies.values()
    order = [study.trials[one].rank for one in [ids[1], ids[0], start.candidate.id, ids[2]]]
    assert order == [(1, 2.0), (0, 9.0), (0, 1.0), (-1, 0.0)]
    assert [trial.rank for trial in study.best(4)] == order


def test_siblings_share_a_study_and_others_do_not() -> None:
    tune = Tune(problem(QUADRATIC))
    texts = [
        QUADRATIC,
        QUADRATIC.replace("0.5", "-7.25").replace("20", "3"),
        QUADRATIC.replace("-3.0", "3.0") + "# a comment\n",
        QUADRATIC.replace("20", "20.0"),
        QUADRATIC.replace("[0.5", "[0.5 + 1"),
    ]
    studies = []
    for number, text in enumerate(texts):
        child = tune(task(number, judge(Candidate.of({"main.py": text}), 1.0), operator="tune"))
        studies.append(json.loads(child.memo)["study"])
    assert studies[0] == studies[1] == studies[2]
    assert len(set(studies)) == 3


def test_only_literals_change() -> None:
    text = '"""Docs: 1.5."""\nscale = 2.5  # was 2.0\nname = "3.5"\n\ndef solve( x = -1.5 ):\n    return x[0]  *  scale\n'
    tune, start = Tune(problem(text)), judge(Candidate.of({"main.py": text}), 1.0)
    for number in range(20):
        child = tune(task(number, start, operator="tune")).files["main.py"]
        scale, x = (
            child[child.index("scale = ") + 8 :].split("  #")[0],
            child[child.index("x = ") + 4 :].split(" )")[0],
        )
        assert child == text.replace("2.5", scale, 1).replace("-1.5", x, 1)


def test_several_files_are_tuned_together() -> None:
    files = {"a.py": "x = 1.5\n", "b.py": "y = 2.5\n", "c.txt": "z = 3.5\n"}
    world = Problem("some", "", seeds=[files], mutable=("*",))
    start = judge(Candidate.of(files), 1.0)
    children = [Tune(world)(task(number, start, operator="tune")).files for number in range(20)]
    assert {child["c.txt"] for child in children} == {"z = 3.5\n"}
    assert any(child["a.py"] != files["a.py"] for child in children)
    assert any(child["b.py"] != files["b.py"] for child in children)


@pytest.mark.parametrize(
    "text", ["x = 'no numbers'\n", "def f(:\n", "# EVOLVE-BLOCK-START\n# EVOLVE-BLOCK-END\nx = 1\n"]
)
def test_nothing_to_tune_is_said(text: str) -> None:
    with pytest.raises(InvalidCandidate, match="found no numbers"):
        Tune(problem(text))(task(0, judge(Candidate.of({"main.py": text}), 1.0), operator="tune"))


def test_exhausted_values_are_said() -> None:
    """A study in which all that could be drawn was tried before."""
    tune, text = Tune(problem("x = 0\n"), attempts=1), "x = 0\n"
    start = judge(Candidate.of({"main.py": text}), 1.0)
    refused = 0
    for number in range(60):
        try:
            child = tune(task(number, start, operator="tune"))
        except InvalidCandidate as error:
            refused += 1
            assert "tried before" in str(error)  # noqa: PT017  # most tasks succeed
        else:
            tune.tell(Proposal(number, "tune", (start.candidate.id,), child))
    assert refused


def children(tune: Tune, best: Judged, events: Sequence[Event]) -> list[str]:
    for event in events:
        tune.tell(event)
    return [tune(task(700 + number, best, operator="tune")).id for number in range(25)]


@pytest.mark.parametrize(
    "fields",
    [{"model": 0.0}, {"difference": 0.0}, {"enough": 1000}, {"history": 8}, {"together": 1}],
    ids=str,
)
def test_every_knob_changes_something(fields: dict[str, float]) -> None:
    best, events, _ = climb(Tune(problem(QUADRATIC)), QUADRATIC, quadratic, 40)
    plain = children(Tune(problem(QUADRATIC)), best, events)
    assert children(Tune(problem(QUADRATIC), **fields), best, events) != plain  # type: ignore[arg-type]


def test_the_study_is_the_id_of_the_blanked_candidate() -> None:
    child = Tune(problem(QUADRATIC))(
        task(0, judge(Candidate.of({"main.py": QUADRATIC}), 1.0), operator="tune")
    )
    blank = "def solve():\n    return [0.0, 0.0, 0, 0.0]\n"
    memo = json.loads(child.memo)
    assert memo["study"] == candidate_id({"main.py": blank})
    assert memo["values"] == values(child)
    assert memo["start"] == [0.5, -3.0, 20, 0.001]
    assert child.note.startswith("line 2: `")


def test_an_independent_draw_takes_no_notice_of_siblings() -> None:
    told = Tune(problem(QUADRATIC))
    best, _, _ = climb(told, QUADRATIC, quadratic, 60)
    orders = [replace(task(number, best, operator="tune"), independent=True) for number in range(40)]
    fresh = Tune(problem(QUADRATIC))
    assert [told(order).id for order in orders] == [fresh(order).id for order in orders]
    dependent = [replace(order, independent=False) for order in orders]
    assert [told(order).id for order in dependent] != [fresh(order).id for order in dependent]
