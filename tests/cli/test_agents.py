"""Problems of agent designs on the command line: judged, checked, run with the run's models, exported as chats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evo.cli import main
from evo.cli.conversations import lines
from evo.design.trajectory import Spoken, Trajectory, kept
from evo.errors import ConfigError
from evo.llm.sources import source_of
from evo.play.models import with_keys
from evo.plugins import problem as load_problem
from evo.store.archive import open_run
from evo.store.journal import Journal
from evo.testing.model_server import Answer, ModelServer
from evo.types import Candidate, Evaluation, Proposal

PROBLEM = '''
"""Say the number."""

from evo import Case, Evaluation, Problem, Stage


def right(answer, case):
    return Evaluation.ok(float(answer.strip() == case.expected))


def say(question):
    return question.messages[-1][1].split()[-1]


CASES = [Case(f"q{i}", {"question": f"Say {i}"}, "search" if i < 3 else "selection", str(i)) for i in range(5)]
PROBLEM = Problem(
    name="say",
    statement=__doc__,
    seeds=[{"design.yaml": "slots: {workflow: single, reasoning: direct, model: small}"}],
    evaluator="evaluators/agent.py:Agent",
    score=right,
    cases=CASES,
    stages=(Stage(timeout_s=6.0, whole_s=60.0),),  # the first call loads litellm
    options=OPTIONS,
)
'''
RULE = {"design": {"models": ["small"]}, "models": {"small": {"rule": "problem.py:say"}}}
NO_MODEL = {"design": {"models": ["small"]}}
ASK = """from evo.design.contracts import Agent, Answer, Task


async def solve(task: Task, agent: Agent) -> Answer:
    return Answer(await agent.model.ask(task.goal){MORE})
"""


def problem(folder: Path, options: dict[str, object]) -> Path:
    folder.mkdir()
    (folder / "problem.py").write_text(PROBLEM.replace("OPTIONS", repr(options)))
    return folder


def design(folder: Path, more: str = "") -> Path:
    folder.mkdir()
    (folder / "design.yaml").write_text("slots:\n  workflow: workflow.py\n  model: small\n")
    (folder / "workflow.py").write_text(ASK.replace("{MORE}", more))
    return folder


def test_eval_judges_a_folder_with_a_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = problem(tmp_path / "say", RULE)
    good, bad = design(tmp_path / "good"), design(tmp_path / "bad", " + '!'")
    assert main(["eval", f"problem={say}", str(good), str(bad), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["score"] for row in rows] == [1.0, 0.0]
    assert rows[0]["metrics"]["calls.workflow"] == 1


def test_check_tries_workflows_that_cheat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = problem(tmp_path / "say", RULE)
    assert main(["problem", "check", str(say), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["check"] for row in rows} >= {"seed 0", "seed 0 again", "forges a claim", "ends its process"}
    assert not any(row["fault"] for row in rows)


@pytest.mark.timeout(120)
def test_workers_ask_with_a_key_that_is_in_no_file_and_is_not_shown(tmp_path: Path) -> None:
    """The session takes it out of its environment before it starts Ray, so that no worker inherits it."""
    say, folder = problem(tmp_path / "say", NO_MODEL), tmp_path / "run"
    with ModelServer([Answer("0")]) as server:
        llm = ["llm=local", f"llm.base_url={server.url}", "llm.key_variable=EVO_TEST_KEY"]
        words = [f"problem={say}", "operators=design", "budget.evaluations=1", "pool=ray", "pool.slots=1"]
        run = [sys.executable, "-m", "evo", "run", *words, *llm, f"run.dir={folder}"]
        environment = {**os.environ, "EVO_TEST_KEY": "canary-5678"}
        said = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
        assert server.authorisations == {"Bearer canary-5678"}
    assert "canary" not in said.stdout + said.stderr
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if b"canary" in file.read_bytes()]


def test_models_without_a_key_need_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled = load_problem(problem(tmp_path / "ruled", RULE))
    assert with_keys(ruled) is ruled
    own = {**NO_MODEL, "models": {"small": {"model": "m", "base_url": "http://127.0.0.1:9/v1"}}}
    served = load_problem(problem(tmp_path / "served", own))
    assert with_keys(served) is served
    monkeypatch.setenv("EVO_TEST_KEY", "canary-9012")
    keyed = {**NO_MODEL, "models": {"small": {**own["models"]["small"], "key_variable": "EVO_TEST_KEY"}}}
    found = with_keys(load_problem(problem(tmp_path / "keyed", keyed)))
    assert found.options["models"]["small"]["keys"].by_variable == {"EVO_TEST_KEY": "canary-9012"}
    assert "canary" not in repr(found)
    given = {**keyed["models"]["small"], "keys": {"EVO_TEST_KEY": "canary-9012"}}
    with pytest.raises(ConfigError, match="no setting 'keys'"):
        source_of("small", given, None)


def test_conversations_of_a_run_can_be_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = problem(tmp_path / "say", RULE)
    folder, chat = tmp_path / "run", tmp_path / "chat.jsonl"
    words = [f"problem={say}", "operators=design", "budget.evaluations=6", "pool=inline", f"run.dir={folder}"]
    assert main(["run", *words]) == 0, capsys.readouterr().err
    capsys.readouterr()
    assert main(["export", str(folder), "--trajectories", str(chat), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = [json.loads(line) for line in chat.read_text().splitlines()]
    assert told["supervised"] == sum(row["kind"] == "supervised" for row in rows) > 0
    assert all(row["messages"][-1]["role"] == "assistant" for row in rows if row["kind"] == "supervised")
    assert {row["case"] for row in rows} <= {"q0", "q1", "q2"}  # no case but those that were searched on
    assert main(["export", str(folder), "--trajectories", str(chat)]) != 0
    assert "--force" in capsys.readouterr().err


def talk(case: str, score: float, reply: str) -> Trajectory:
    call = Spoken("reasoning", "", (("user", f"Say {case}"),), reply)
    return Trajectory(case, status="ok", score=score, calls=[call])


def test_the_better_conversation_is_chosen_over_the_worse_of_the_same_case(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "run")
    for number, (q0, q1) in enumerate(((1.0, 0.0), (0.0, 0.0), (1.0, 0.0))):
        made = Candidate.of({"design.yaml": f"a: {number}"})
        artefact = kept([talk("q0", q0, f"{number}:{q0:g}"), talk("q1", q1, f"{number}:{q1:g}")])
        verdict = Evaluation(made.id, "search", score=(q0 + q1) / 2, artefact=artefact)
        held_out = Evaluation(made.id, "holdout", score=1.0, artefact=kept([talk("secret", 1.0, "x")]))
        journal.append([Proposal(number, "seed", candidate=made), verdict, held_out])
    journal.close()
    with open_run(tmp_path / "run") as view:
        rows = list(lines(view, ["search"]))
    supervised = [row["messages"][-1]["content"] for row in rows if row["kind"] == "supervised"]
    assert sorted(supervised) == ["0:1", "2:1"]  # nobody played q1 well
    pairs = [
        (row["chosen"][-1]["content"], row["rejected"][-1]["content"])
        for row in rows
        if row["kind"] == "preference"
    ]
    assert sorted(pairs) == [("0:1", "1:0"), ("2:1", "1:0")]
    assert "secret" not in json.dumps(rows)
