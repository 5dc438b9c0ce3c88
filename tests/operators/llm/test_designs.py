"""A model's design is checked where its reply is read, so that the repair is asked for with the design's error."""

from pathlib import Path

import pytest

from evo import plugins
from evo.assembly import check_problem
from evo.cli import main
from evo.design.design import checker
from evo.errors import ProblemError
from evo.operators.llm.rewrite import LlmRewrite
from evo.operators.reply import NotUnderstood, read_reply
from evo.testing.model_server import Answer
from evo.types import Candidate, Evaluation, Judged, ProposeTask
from tests.design.shelf import POOR, files, problem
from tests.operators.llm.test_operators import Asked

WRONG = "```yaml\nslots:\n  workflow: loop\n  memory: windov\n```\n"
RIGHT = "```yaml\nslots:\n  workflow: loop\n  memory: window\n```\n"


def _task() -> ProposeTask:
    made = Candidate.of(files())
    return ProposeTask(
        7,
        "llm.op",
        (made.id,),
        seed=99,
        relatives=(Judged(made, Evaluation(made.id, "search", 1, "ok", 1.0)),),
    )


def test_the_repair_turn_gets_the_designs_error(tmp_path: Path) -> None:
    asked = Asked(LlmRewrite, [Answer(WRONG), Answer(RIGHT)], problem(tmp_path), novelty=1.0)
    attempt = asked(_task())
    assert attempt.candidate is not None, attempt.reason
    assert "window" in attempt.candidate.files["design.yaml"]
    complaint = asked.log[1]["messages"][-1]["content"]
    assert "there is no component 'windov'" in complaint
    assert "Did you mean 'window'" in complaint


def test_what_stays_broken_is_invalid_with_the_reason(tmp_path: Path) -> None:
    attempt = Asked(LlmRewrite, [Answer(WRONG), Answer(WRONG)], problem(tmp_path), novelty=1.0)(_task())
    assert attempt.candidate is None
    assert attempt.status == "invalid"
    assert "windov" in attempt.reason
    assert attempt.rung == "compile"


def test_another_reading_of_the_same_reply_may_keep_the_rules(tmp_path: Path) -> None:
    rules = checker(problem(tmp_path))
    found = read_reply(f"First:\n{WRONG}\nBetter:\n{RIGHT}", files(), ("*",), rules=rules)
    assert "window" in found.files["design.yaml"]
    with pytest.raises(NotUnderstood, match="windov"):
        read_reply(WRONG, files(), ("*",), rules=rules)
    assert "windov" in read_reply(WRONG, files(), ("*",)).files["design.yaml"]


def test_a_seed_that_is_no_valid_design_is_refused_before_anything_is_spent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = problem(tmp_path)
    assert check_problem(found) is found
    (tmp_path / "seed").mkdir()
    (tmp_path / "seed/design.yaml").write_text(POOR + "  memory: {use: window, size: 900}\n  guard: no\n")
    (tmp_path / "problem.py").write_text(
        "from evo import Problem\nPROBLEM = Problem('designs', '', seeds=['seed'], score=lambda output: None)\n"
    )
    with pytest.raises(ProblemError, match=r"seed seed is no valid design\. .*size of window must be .*900"):
        check_problem(plugins.problem(str(tmp_path)))
    words = [f"problem={tmp_path}", "operators=design", "pool=inline", f"run.dir={tmp_path / 'run'}"]
    assert main(["run", *words, "--quiet"]) == 2
    error = capsys.readouterr().err
    assert "size of window" in error
    assert "'false'" in error or "'no'" in error
    assert len(error.strip().splitlines()) == 1
