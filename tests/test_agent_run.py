"""A whole run over agent designs with a model: a server on loopback, the real jail, from the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from evo import plugins
from evo.cli import main
from evo.session import AGENT_REPLIES
from evo.store.archive import open_run
from evo.store.journal import read_events
from evo.testing.model_server import Answer, Asked, ModelServer
from evo.types import Evaluation, Proposal, Reply, Usage
from tests.cli.test_agents import NO_MODEL, problem

needs_package = pytest.mark.skipif(
    find_spec("reasoning_gym") is None,
    reason='reasoning-gym is not installed: pip install "evo-search[agents]"',
)
REFERENCES = plugins.root() / "problems" / "agent_reasoning" / "references"
PROPOSED = ("chain_of_thought", "vote", "self_refine", "exact_tools", "debate", "malt", "role", "step_back")
CAREFUL = "Think step by step."
"""Stands in the prompts of the designs to which the model tells what it knows."""
EVALUATIONS = 6
FOREVER_S = 600.0
PRICES = ("llm.usd_per_million_in=1000", "llm.usd_per_million_out=2000")


class Someone:
    """A model that writes the references one after the other, and knows every answer if it is asked to think.

    Attributes:
        patience: calls of agents that are answered; the later ones wait until it grows.
    """

    def __init__(self, patience: int) -> None:
        cases = plugins.problem("agent_reasoning").all_cases()
        self.known = [(case.inputs["question"], case.expected[1]["answer"]) for case in cases]  # type: ignore[call-overload]
        self.patience, self.proposals, self.calls = patience, 0, 0

    def __call__(self, request: Mapping[str, Any], index: int) -> Answer:
        if is_proposal(request):
            name = PROPOSED[self.proposals % len(PROPOSED)]
            self.proposals += 1
            text = (REFERENCES / f"{name}.yaml").read_text(encoding="utf-8")
            return Answer(f"It should be tried as {name}.\n```yaml\n{text}```\n")
        self.calls += 1
        text = "\n".join(one["content"] for one in request["messages"])
        said = next((answer for asked, answer in self.known if CAREFUL in text and asked in text), "5")
        return Answer(f"Answer: {said}", delay_s=FOREVER_S if self.calls > self.patience else 0.0)


def is_proposal(request: Mapping[str, Any]) -> bool:
    return str(request["messages"][0]["content"]).startswith("You are an expert programmer")


def words(folder: Path, server: ModelServer) -> list[str]:
    return [
        *("problem=agent_reasoning", "problem.questions=8", "llm=local", f"llm.base_url={server.url}"),
        *(f"budget.evaluations={EVALUATIONS}", "pool=inline", f"run.dir={folder}"),
        *("run.selection=1", "run.selection_repeats=2"),
    ]


def asked_twice(log: list[Asked]) -> int:
    """Calls of agents that say the same and sample the same as one before."""
    calls = Counter(
        json.dumps([asked.body["messages"], asked.body["seed"]])
        for asked in log
        if not is_proposal(asked.body)
    )
    return sum(calls.values()) - len(calls)


def events(folder: Path, kind: type) -> list[Any]:
    return [event for event in read_events(folder) if isinstance(event, kind)]


def tokens(usage: Usage) -> int:
    return usage.tokens_in + usage.tokens_out


def killed(folder: Path, server: ModelServer, model: Someone) -> int:
    """A run that is killed while calls of agents wait; how many those are."""
    command = [sys.executable, "-m", "evo", "run", *words(folder, server), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    try:
        while model.calls <= model.patience or not server.in_flight:
            assert process.poll() is None
            assert time.monotonic() < deadline, model.calls
            time.sleep(0.05)
        time.sleep(0.3)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return server.in_flight


@needs_package
def test_a_killed_run_goes_on_and_all_that_comes_after_it_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, model = tmp_path / "run", Someone(patience=21)
    with ModelServer(model) as server:
        lost = killed(folder, server, model)
        assert 1 <= lost <= 4  # the problem's cases at once
        assert 1 <= len(events(folder, Evaluation)) < EVALUATIONS
        model.patience = sys.maxsize
        assert main(["resume", str(folder), "--json", "--quiet"]) == 0
        row = json.loads(capsys.readouterr().out)
        assert (row["evaluations"], row["score"]) == (EVALUATIONS, 1.0)
        assert asked_twice(server.log) <= lost
        asked = server.requests
        assert main(["resume", str(folder), "--json", "--quiet"]) == 0
        assert server.requests == asked  # all is known
        _check_journal(folder)
        kept = len((folder / AGENT_REPLIES).read_text().splitlines())
        assert kept + len(events(folder, Reply)) == asked - lost

        server.forget()
        capsys.readouterr()
        assert main(["verify", str(folder), "--repeats", "2", "--json"]) == 0
        verdict = json.loads(capsys.readouterr().out)
        assert (verdict["split"], verdict["status"], verdict["repeats"]) == ("holdout", "ok", [1.0, 1.0])
        each = verdict["metrics"][
            "calls"
        ]  # one or three: which of the two that know all is champion, is chance
        assert server.requests == 2 * 80 * (each + 1)  # and the seed, which asks once
        assert asked_twice(server.log) == 0  # each repeat is another sample
    page = (folder / "report.html").read_text()
    assert "Judging asked models for another" in page
    assert "chain_of_thought" in page
    chat = tmp_path / "chat.jsonl"
    assert main(["export", str(folder), "--trajectories", str(chat)]) == 0
    rows = [json.loads(line) for line in chat.read_text().splitlines()]
    assert {row["kind"] for row in rows} == {"supervised", "preference"}
    assert not any("selection" in row["case"] or "holdout" in row["case"] for row in rows)


def _check_journal(folder: Path) -> None:
    """The model proposed designs, one of which won; every token is in the budget; repeats are two, of the best and of the seed."""
    proposals, evaluations = events(folder, Proposal), events(folder, Evaluation)
    written = [one for one in proposals if one.operator.startswith("llm.") and one.status == "ok"]
    assert len(written) >= 2
    assert not [one for one in proposals if one.status == "lost"]
    searched = [one for one in evaluations if one.stage == "search"]
    assert {one.status for one in searched} == {"ok"}
    with open_run(folder) as view:
        champion = view.archive.champion()
        assert champion is not None
        assert champion.operator.startswith("llm.")
        assert "chain_of_thought" in view.candidate(champion.id).files["design.yaml"]
        proposing = sum(tokens(one.usage) for one in proposals)
        judging = sum(tokens(one.usage) for one in evaluations)
        assert min(proposing, judging) > 0
        assert tokens(view.archive.usage) == proposing + judging
        assert proposing == sum(tokens(one.usage) for one in events(folder, Reply))
    selected = [one for one in evaluations if one.stage == "selection"]
    assert len({one.seed for one in selected}) == len(selected) == 4  # the champion and the seed


@needs_package
def test_runs_that_share_a_file_of_answers_ask_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with ModelServer(Someone(patience=sys.maxsize)) as server:
        own = ["operators=design", "llm.answers=answers.jsonl", "run.selection=0", "--no-report", "--json"]
        rows = []
        for name in ("one", "two"):
            assert main(["run", *words(tmp_path / name, server), *own]) == 0
            rows.append(json.loads(capsys.readouterr().out))
            if name == "one":
                asked = server.requests
        assert server.requests == asked > 0
        assert rows[0]["score"] == rows[1]["score"]
        known = len((tmp_path / "answers.jsonl").read_text().splitlines())
        assert known == asked
        assert not (tmp_path / "one" / AGENT_REPLIES).exists()
    tokens = [sum(e.usage.tokens_out for e in events(tmp_path / n, Evaluation)) for n in ("one", "two")]
    assert tokens[0] == tokens[1] > 0  # what is known is paid for as when it was asked
    (saved,) = [
        line for line in (tmp_path / "two" / "config.yaml").read_text().splitlines() if "answers:" in line
    ]
    assert str(tmp_path / "answers.jsonl") in saved  # in full: it is resumed from anywhere


@needs_package
def test_without_a_model_it_is_said_how_to_give_one_and_nothing_is_spent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    assert main(["run", "problem=agent_reasoning", "pool=inline", f"run.dir={folder}"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert "its designs ask the model 'solver', and llm=none" in said
    assert "llm=local llm.base_url=" in said
    assert not folder.exists()


@pytest.mark.parametrize("operators", ["design", "design_llm"])
def test_dollars_of_agents_and_of_proposals_end_a_run(
    tmp_path: Path, operators: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say, folder = problem(tmp_path / "say", NO_MODEL), tmp_path / "run"
    limits = ["budget.usd=2", "budget.evaluations=null", "run.selection=0"]
    with ModelServer([Answer("0", usage=(100, 10))]) as server:
        llm = ["llm=local", f"llm.base_url={server.url}", "llm.max_tokens=100", *PRICES]
        found = [f"problem={say}", f"operators={operators}", "pool=inline", f"run.dir={folder}"]
        assert main(["run", *found, *llm, *limits, "--json", "--no-report"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert "usd budget of 2 spent" in row["reason"]
    bills = [one.usage.usd for kind in (Proposal, Evaluation) for one in events(folder, kind)]
    assert 2 <= sum(bills) < 2 + 3 * max(bills)  # what was in flight is paid for
    judging = [one.usage.usd for one in events(folder, Evaluation)]
    assert judging[0] == pytest.approx(3 * (100 * 0.001 + 10 * 0.002))
    assert (sum(bills) > sum(judging)) == (operators == "design_llm")
