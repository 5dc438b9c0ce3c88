"""The champion of a noisy problem stands on several judgements."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evo.cli import main
from evo.config import compose
from evo.errors import ConfigError
from evo.session import Session
from evo.store.journal import Journal, read_events
from evo.types import Evaluation

PROBLEM = """
from dataclasses import replace
from evo import Case, Evaluation, Problem
def score(output, case):
    return Evaluation.ok(float(output) + case.expected)
def vary(case, rng):
    return replace(case, expected=float(rng.normal(0, 5)))
PROBLEM = Problem(name="noisy", statement="x", seeds=["seed.py"], score=score, vary=vary,
    cases=[Case("a", expected=0.0), Case("b", split="selection", expected=0.0)])
"""


def run_of(folder: Path, repeats: int) -> list[str]:
    (folder / "problem.py").write_text(PROBLEM)
    (folder / "seed.py").write_text("def solve():\n    return 1.0\n")
    words = ["pool=inline", "search=greedy", "operators=tune", "budget.evaluations=25", "run.selection=3"]
    return [f"problem={folder}", f"run.dir={folder / 'run'}", f"run.selection_repeats={repeats}", *words]


def closing(folder: Path) -> list[Evaluation]:
    return [e for e in read_events(folder) if isinstance(e, Evaluation) and e.stage == "selection"]


def test_the_best_mean_wins_and_a_run_stopped_in_between_goes_on(tmp_path: Path) -> None:
    with Session.start(compose(run_of(tmp_path, 6))) as session:
        session.run(stop=lambda: len([1 for _ in closing(tmp_path / "run")]) >= 7)
    assert 7 <= len(closing(tmp_path / "run")) < 24
    with Session.resume(tmp_path / "run") as session:
        session.run()
        verdicts, archive = closing(tmp_path / "run"), session.archive
        champion = archive.champion()
    assert len(verdicts) == len({v.seed for v in verdicts}) == 24
    assert {v.attempt for v in verdicts} == {1, 2, 3, 4, 5, 6}
    means = {
        n: sum(v.score or 0.0 for v in verdicts if v.candidate == n) / 6
        for n in {v.candidate for v in verdicts}
    }
    assert champion is not None
    assert (
        champion.scores["selection"]
        == pytest.approx(means[champion.id])
        == pytest.approx(max(means.values()))
    )
    assert len(archive.repeats(champion.id)) == 6


def test_a_repeat_that_was_told_before_an_earlier_one_is_not_judged_twice(tmp_path: Path) -> None:
    with Session.start(compose([*run_of(tmp_path, 4), "run.selection=1"])) as session:
        session.run()
        origin = session.archive.origin()
    assert origin is not None
    beside = [verdict for verdict in closing(tmp_path / "run") if verdict.candidate == origin.id]
    whole = [verdict for verdict in closing(tmp_path / "run") if verdict not in beside]
    again = tmp_path / "again"
    journal = Journal.open(again)
    journal.append([e for e in read_events(tmp_path / "run") if e not in [*whole, *beside]])
    journal.append([whole[2], replace(whole[1], attempt=4, status="lost", score=None)])
    journal.close()
    shutil.copy(tmp_path / "run" / "config.yaml", again)
    with Session.resume(again) as session:
        session.run()
        assert len(session.archive.repeats(whole[0].candidate)) == 4
    told = [v for v in closing(again) if v.status != "lost" and v.candidate != origin.id]
    assert sorted(verdict.seed for verdict in told) == sorted(verdict.seed for verdict in whole)
    assert len({verdict.attempt for verdict in closing(again) if verdict.candidate != origin.id}) == 5


def test_drawn_inputs_are_judged_three_times_which_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Session.start(compose(run_of(tmp_path, 1))) as session:
        session.run()
    assert len(closing(tmp_path / "run")) == 12
    folder = str(tmp_path / "run")
    for command in (["show", folder, "best"], ["verify", folder, "--repeats", "1"]):
        assert main(command) == 0
        assert "mean of 3" in capsys.readouterr().out
    assert main(["report", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["champion"]["splits"][0]["repeats"] == 3
    assert main(["top", folder, "-n", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["selection_repeats"] == 3


def test_none_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run.selection_repeats must be at least 1"):
        compose(run_of(tmp_path, 0))
