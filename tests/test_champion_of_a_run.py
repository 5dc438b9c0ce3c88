"""The champion rule of a run, from its words to all that name the champion."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import evo
from evo.champion import champion
from evo.cli import main
from evo.config import compose
from evo.errors import ConfigError, ProblemError
from evo.session import Session
from evo.store.journal import read_events
from evo.types import Evaluation
from tests.test_champion import Row

PROBLEM = """
from evo import Case, Evaluation, Problem
def score(output, case):
    return Evaluation.ok(-abs(float(output) - case.expected), size=abs(float(output)))
PROBLEM = Problem(name="ruled", statement="x", seeds=["seed.py"], score=score, cases=[
    Case("a", expected=3.0), *CASES], **MORE)
"""
SELECTION = 'Case("b", split="selection", expected=2.5), Case("c", split="holdout", expected=2.0)'
RULE = "least size within 1"


def problem(folder: Path, cases: str = "", more: str = "{}") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "problem.py").write_text(PROBLEM.replace("*CASES", cases).replace("MORE", more))
    (folder / "seed.py").write_text("def solve():\n    return 1.0\n")
    return folder


def words(folder: Path, *more: str) -> list[str]:
    place = [f"problem={folder}", f"run.dir={folder / 'run'}"]
    return [*place, "pool=inline", "search=greedy", "operators=tune", "budget.evaluations=60", *more]


def named(run: Path, split: str = "search", rule: str = RULE) -> str:
    """The champion, as the events have it."""
    verdicts = {e.candidate: e for e in read_events(run) if isinstance(e, Evaluation) and e.stage == split}
    found = champion([Row(n, e.score, e.metrics) for n, e in verdicts.items() if e.score is not None], rule)
    assert found is not None
    return found.id


def said(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[0])
    return found


def test_everybody_names_the_same_champion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = problem(tmp_path / "ruled", SELECTION)
    run = str(folder / "run")
    assert main(["run", *words(folder, f"run.champion={RULE}")]) == 0
    told, expected = capsys.readouterr().out, named(folder / "run", "selection")
    best = named(folder / "run", "selection", "best score")
    assert expected != best
    why = "least size within 1 of the best ("
    assert f"            {why}" in told
    assert f"on selection, {best}" in told
    assert f"champion={expected}" in next(line for line in told.splitlines() if line.startswith("end "))
    lines = [line for line in told.splitlines() if line.startswith("best evaluation=")]
    scores = [float(line.split("score=")[1].split()[0]) for line in lines]
    assert scores == sorted(scores)
    assert evo.Run(run).best.candidate.id == expected
    row = said(capsys, "ls", str(folder))
    assert (row["champion"], row["why"].startswith(why), row["warning"]) == (expected, True, "")
    verdict = said(capsys, "verify", run, "--repeats", "1")
    assert (verdict["candidate"], verdict["why"]) == (expected, row["why"])
    shown = said(capsys, "show", run, "best")
    assert (shown["id"], shown["champion"], shown["why"]) == (expected, True, row["why"])
    page = said(capsys, "report", run)["champion"]
    assert (page["id"], page["why"], page["best"]["id"]) == (expected, row["why"], best)
    assert main(["top", run, "-n", "99", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows if row["champion"]] == [expected]
    evidence = json.loads((folder / "run" / "best" / "evidence.json").read_text())
    assert (evidence["candidate"], evidence["champion_rule"]) == (expected, RULE)
    outcome = json.loads((folder / "run" / "outcome.json").read_text())
    assert (outcome["best"], outcome["why"]) == (expected, row["why"])
    assert main(["ls", str(folder)]) == 0
    assert "least size within" in " ".join(capsys.readouterr().out.split())
    for command in (["top", run], ["show", run, "best"], ["show", run], ["verify", run]):
        assert main(command) == 0
        assert why in " ".join(capsys.readouterr().out.split())
    assert why in (folder / "run" / "report.html").read_text()


def test_a_resumed_run_names_the_same_one_until_it_is_told_another_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = problem(tmp_path / "ruled", SELECTION, f"dict(champion={RULE!r})")
    with Session.start(compose(words(folder))) as session:
        session.run()
    run = folder / "run"
    assert yaml.safe_load((run / "config.yaml").read_text())["run"]["champion"] == RULE
    problem(folder, SELECTION)  # the problem's rule of later does not change what was recorded
    for name in [one for one in sys.modules if one.startswith("evo_plugin_problem_")]:
        monkeypatch.delitem(sys.modules, name)  # as a process of its own would read it
    assert compose(words(folder)).load_problem().champion == "best score"
    for more in ([], ["budget.evaluations=90"]):
        found = said(capsys, "resume", str(run), "--quiet", *more)
        assert found["best"] == named(run, "selection")
        assert said(capsys, "ls", str(folder))["champion"] == found["best"]
    assert found["evaluations"] == 90
    other = said(capsys, "resume", str(run), "--quiet", "run.champion=most size within 2")
    assert other["best"] == named(run, "selection", "most size within 2") != found["best"]
    assert said(capsys, "ls", str(folder))["champion"] == other["best"]
    null = said(capsys, "resume", str(run), "--quiet", "run.champion=null")
    assert (null["best"], null["why"]) == (named(run, "selection", "best score"), "")


def test_a_rule_changes_no_decision_of_the_search(tmp_path: Path) -> None:
    made = []
    for rule in ("best score", "most size within 9"):
        folder = problem(tmp_path / rule.split()[0])
        run = evo.search(
            folder, 40, "greedy", dir=folder / "run", operators="tune", settings={"run.champion": rule}
        )
        made.append([row.id for row in run.view().archive.standings()])
        assert run.best.candidate.id == named(folder / "run", rule=rule)
    assert made[0] == made[1]


def test_a_rule_of_the_run_takes_the_place_of_the_problems(tmp_path: Path) -> None:
    folder = problem(tmp_path / "ruled", more="dict(champion='most size within 9')")
    with Session.start(compose(words(folder, f"run.champion={RULE}"))) as session:
        outcome = session.run()
    assert outcome.best == named(folder / "run") != named(folder / "run", rule="most size within 9")


def test_an_object_as_a_problem_has_its_rule(tmp_path: Path) -> None:
    def score(output: object) -> evo.Evaluation:
        return evo.Evaluation.ok(-abs(float(output) - 3.0), size=abs(float(output)))  # type: ignore[arg-type]

    given = evo.Problem(
        "object", "x", [{"seed.py": "def solve():\n    return 1.0\n"}], score=score, champion=RULE
    )
    run = evo.search(given, 40, "greedy", dir=tmp_path / "run", operators="tune")
    assert run.best.candidate.id == named(tmp_path / "run")
    assert (
        run.resume(50).best.candidate.id
        == named(tmp_path / "run")
        == evo.Run(tmp_path / "run").best.candidate.id
    )


def test_a_measure_that_does_not_exist_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = problem(tmp_path / "ruled")
    assert main(["run", *words(folder, "run.champion=least sise within 1"), "--quiet"]) == 0
    told = capsys.readouterr().out
    assert "warning     no candidate within 1 of the best has a known 'sise'" in told
    assert "Did you mean 'size'? Choices: gpu_seconds, seconds, size, tokens, usd." in told
    best = named(folder / "run", rule="best score")
    row = said(capsys, "ls", str(folder))
    assert (row["champion"], row["why"]) == (best, "")
    assert row["warning"] in told
    assert "has a known &#x27;sise&#x27;" in (folder / "run" / "report.html").read_text()
    assert main(["resume", str(folder / "run"), "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["warning"] == row["warning"]
    assert "'sise'" in err
    with pytest.warns(UserWarning, match="'sise'"):
        evo.Run(folder / "run").resume(70)


@pytest.mark.parametrize("rule", ["nicest", "least size", "least size within -1", "7"])
def test_words_that_are_no_rule_are_refused_before_anything_is_spent(tmp_path: Path, rule: str) -> None:
    folder = problem(tmp_path / "ruled")
    with pytest.raises(ConfigError, match=r"run.champion: a champion rule is .* got .* Set it with: evo run"):
        Session.start(compose(words(folder, f"run.champion={rule}")))
    problem(folder := tmp_path / "stated", more=f"dict(champion={rule!r})")
    with pytest.raises(ProblemError, match=r"problem ruled: a champion rule is 'best score', "):
        Session.start(compose(words(folder)))
    assert not (folder / "run").exists()


def test_a_run_from_before_there_were_rules_is_read_and_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = problem(tmp_path / "ruled")
    with Session.start(compose(words(folder))) as session:
        session.run()
    file = folder / "run" / "config.yaml"
    settings = yaml.safe_load(file.read_text())
    assert settings["run"].pop("champion") == "best score"
    file.write_text(yaml.safe_dump(settings))
    best = named(folder / "run", rule="best score")
    assert said(capsys, "ls", str(folder))["champion"] == best
    assert said(capsys, "resume", str(folder / "run"), "--quiet")["best"] == best
    assert said(capsys, "show", str(folder / "run"), "best")["id"] == best
