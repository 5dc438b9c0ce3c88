"""A run written by hand, so that every figure on its page is known."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from evo.cli.summarise import summarise
from evo.report.page import page
from evo.report.summary import BudgetRow, Improvement, RungRow, RunSummary, SplitScore
from evo.store.archive import open_run
from evo.store.journal import Journal
from evo.types import Candidate, Case, Evaluation, Event, Problem, Proposal, Stage, Usage

SEED = Candidate.of({"seed.py": "x = 1\n"}, note="seed.py")
CHILD = Candidate.of({"seed.py": "x = 2\n"}, [SEED.id], "tune", "`1` -> `2`")
BROKEN = Candidate.of({"seed.py": "x = 3 /\n"}, [SEED.id], "ast.mutate", "line 1")
BEST = Candidate.of({"seed.py": "x = 5\n"}, [SEED.id, CHILD.id], "ast.crossover", "both")
LUCKY = Candidate.of({"seed.py": "x = 6\n"}, [BEST.id], "tune", "`5` -> `6`")
PROBLEM = Problem(
    "toy",
    "Find a number.",
    ["seed.py"],
    cases=(Case("one"), Case("two", split="selection")),
    stages=(Stage("few"), Stage("all")),
    metrics={"slack": "room that is left"},
    best_known=10.0,
    best_known_source="a table",
    draw=lambda artefact: f"<svg>{artefact}</svg>",
)
EVENTS: list[Event] = [
    Proposal(0, "seed", candidate=SEED, seconds=0.5),
    Evaluation(SEED.id, "few", score=1.0, seconds=1.0, sandbox="S3"),
    Evaluation(SEED.id, "all", score=1.0, seconds=2.0, sandbox="S3"),
    Proposal(1, "tune", (SEED.id,), CHILD, known=0, seconds=0.5, usage=Usage(tokens_in=7)),
    Proposal(2, "tune", (SEED.id,), CHILD, "duplicate", known=2),
    Proposal(3, "tune", (SEED.id,), status="invalid", reason="nothing <to> tune", known=2),
    Evaluation(CHILD.id, "few", score=2.0, seconds=1.0, sandbox="S3"),
    Evaluation(CHILD.id, "all", status="lost"),
    Evaluation(CHILD.id, "all", attempt=2, score=2.0, seconds=2.0, sandbox="S3"),
    Proposal(4, "ast.mutate", (SEED.id,), BROKEN, known=2),
    Evaluation(BROKEN.id, "few", status="crashed", feedback="SyntaxError", seconds=0.1, sandbox="S2"),
    Proposal(5, "ast.crossover", (SEED.id, CHILD.id), BEST, known=6),
    Evaluation(BEST.id, "few", score=5.0, seconds=1.0, sandbox="S3"),
    Evaluation(
        BEST.id, "all", score=5.0, metrics={"slack": 0.5}, artefact='"drawn"', seconds=2.0, sandbox="S3"
    ),
    Proposal(6, "tune", (BEST.id,), LUCKY, known=8),
    Evaluation(LUCKY.id, "few", score=6.0, seconds=1.0, sandbox="S3"),
    Evaluation(LUCKY.id, "all", score=6.0, seconds=2.0, sandbox="S3"),
    Evaluation(BEST.id, "selection", score=4.5, seconds=3.0, sandbox="S3"),
    Evaluation(LUCKY.id, "selection", score=3.0, seconds=3.0, sandbox="S3"),
]
CONFIG = {
    "problem": {"use": "toy"},
    "run": {"seed": 7, "dir": None},
    "search": {"use": "evo.search.islands:Islands", "n_islands": 4},
    "budget": {"evaluations": 9, "seconds": 60.0, "usd": None},
}
OUTCOME = {"reason": "evaluations budget of 9 spent", "exit_status": 0, "evaluations": 9}

Write = Callable[..., RunSummary]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a run and summarises it."""

    def written(
        events: list[Event] = EVENTS,
        outcome: object = OUTCOME,
        verified: object = None,
        config: object = CONFIG,
    ) -> RunSummary:
        journal = Journal.open(tmp_path)
        if events:
            journal.append(events)
        journal.close()
        for name, value in (("outcome.json", outcome), ("verified.json", verified)):
            if value is not None:
                (tmp_path / name).write_text(json.dumps(value))
        if config is not None:
            (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
            (tmp_path / "clock").write_text("18.0")
        with open_run(tmp_path) as view:
            return summarise(view, PROBLEM)

    return written


def test_what_was_searched_and_how_it_ended(write: Write) -> None:
    run = write()
    assert (run.problem, run.seed, run.search) == ("toy", 7, "Islands")
    assert run.settings["search.n_islands"] == "4"
    assert "run.dir" not in run.settings
    assert (run.ending, run.reason) == ("met", "evaluations budget of 9 spent")
    assert run.budgets == (
        BudgetRow("evaluations", 9, 9),
        BudgetRow("proposals", 7, None),
        BudgetRow("seconds", 18.0, 60.0),
        BudgetRow("tokens", 7, None),
    )
    assert run.sandbox == "S2, S3"
    assert run.versions["evo"]


def test_the_curve(write: Write) -> None:
    run = write()
    assert run.evaluations == 9
    assert run.improvements == (
        Improvement(2, 1.0, SEED.id, "seed", "seed.py"),
        Improvement(4, 2.0, CHILD.id, "tune", "`1` -> `2`"),
        Improvement(7, 5.0, BEST.id, "ast.crossover", "both"),
        Improvement(9, 6.0, LUCKY.id, "tune", "`5` -> `6`"),
    )
    assert run.points_evaluation.tolist() == [2, 4, 7, 9]
    assert run.points_score.tolist() == [1, 2, 5, 6]


def test_the_price_ladder_adds_up(write: Write) -> None:
    make, duplicate, few, all_, selection = write().ladder
    assert make == RungRow("make", 7, 1, 1.0, make.what)
    assert duplicate == RungRow("duplicate", 6, 1, None, duplicate.what)
    assert few == RungRow("stage few", 5, 1, pytest.approx(4.1), few.what)
    assert all_ == RungRow("stage all", 4, 0, 8.0, all_.what)
    assert selection == RungRow("selection", 2, 0, 6.0, selection.what)
    assert few.entered == duplicate.entered - duplicate.stopped
    assert all_.entered == few.entered - few.stopped


def test_operators(write: Write) -> None:
    by_name = {row.name: row for row in write().operators}
    tune = by_name["tune"]
    assert (tune.proposed, tune.duplicate, tune.failed, tune.judged, tune.ok, tune.improved) == (
        4,
        1,
        1,
        2,
        2,
        2,
    )
    assert (tune.best_gain, tune.mean_gain, tune.tokens) == (1.0, 1.0, 7)
    assert by_name["ast.crossover"].best_gain == 3.0
    assert by_name["ast.mutate"].ok == 0


def test_the_champion_is_the_best_on_selection(write: Write) -> None:
    best = write().champion
    assert best is not None
    assert (best.id, best.score, best.verified) == (BEST.id, 5.0, True)
    assert best.files == BEST.files
    assert [row.id for row in best.lineage] == [SEED.id, CHILD.id, BEST.id]  # by the better parent
    assert best.picture == "<svg>drawn</svg>"
    assert "-x = 1\n+x = 5" in best.diff
    assert best.splits == (SplitScore("selection", 4.5),)
    assert best.metrics == {"slack": 0.5}
    text = page(write([]))
    assert "best on search" in text
    assert LUCKY.id in text


def test_what_verify_found_is_shown_if_it_is_of_this_champion(write: Write) -> None:
    found = {
        "candidate": BEST.id,
        "split": "holdout",
        "status": "ok",
        "score": 4.0,
        "interval": [3.5, 4.5],
        "repeats": [4.0, 4.0],
    }
    champion = write(verified=found).champion
    assert champion is not None
    assert champion.splits[1] == SplitScore("holdout", 4.0, 3.5, 4.5, 2)
    other = write([], verified={**found, "candidate": SEED.id}).champion
    assert other is not None
    assert len(other.splits) == 1


def test_failures_come_with_an_example(write: Write) -> None:
    run = write()
    found = {(row.of, row.status): row for row in run.failures}
    crashed = found["evaluations", "crashed"]
    assert (crashed.count, crashed.candidate, crashed.operator) == (1, BROKEN.id, "ast.mutate")
    assert crashed.feedback == "SyntaxError"
    assert found["evaluations", "lost"].count == 1
    assert found["proposals", "invalid"].feedback == "nothing <to> tune"
    assert "nothing &lt;to&gt; tune" in page(run)


def test_timing_and_staleness(write: Write) -> None:
    timing = write().timing
    assert timing.wall_s == 18
    assert timing.judge_s == pytest.approx(18.1)
    assert timing.evaluations_per_s == 0.5
    lags = [0, 2, 0, 0, 3, 0, 0]  # judgements told between the asking and the having
    assert timing.lag_median == np.median(lags)
    assert timing.lag_p90 == pytest.approx(np.quantile(lags, 0.9))


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        (None, "running"),
        ({**OUTCOME, "evaluations": 5}, "running"),
        ({**OUTCOME, "exit_status": 130, "reason": "interrupted"}, "interrupted"),
        ({**OUTCOME, "exit_status": 3, "reason": "stalled"}, "early"),
        ({**OUTCOME, "reason": "target 6 reached with 6"}, "target"),
    ],
)
def test_endings(write: Write, outcome: object, ending: str) -> None:
    assert write(outcome=outcome).ending == ending


def test_a_run_that_has_just_begun(write: Write) -> None:
    run = write([], None, config=None)
    assert run.champion is None
    assert run.ladder == run.operators == run.failures == run.improvements == ()
    assert run.timing.wall_s is None
    assert "none yet" in page(run)


def test_a_score_from_a_shared_process_is_not_verified(write: Write) -> None:
    run = write([EVENTS[0], Evaluation(SEED.id, "all", score=1.0, verified=False)])
    assert run.champion is not None
    assert not run.champion.verified
    assert "Not verified." in page(run)
