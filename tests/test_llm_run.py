"""Whole runs with a language model: a real client, a server on loopback, the real jail."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evo.config import compose
from evo.errors import Exit, ModelError
from evo.session import Outcome, Session
from evo.store.journal import read_events
from evo.testing.model_server import Answer, ModelServer
from evo.types import Evaluation, Proposal, Reply
from tests.operators.llm.replies import improve

CANARY = "sk-canary-3f1e9b7a52c84d06"
PRICES = ("llm.usd_per_million_in=1", "llm.usd_per_million_out=2")


def words(folder: Path, server: ModelServer, *more: str) -> list[str]:
    return [
        *("problem=sphere", "pool=inline", "operators=llm_only", "llm=local", f"llm.base_url={server.url}"),
        *("llm.retries=8", "run.cold_start=4", f"run.dir={folder}"),
        *more,
    ]


def run(folder: Path, server: ModelServer, *more: str) -> Outcome:
    with Session.start(compose(words(folder, server, *more))) as session:
        return session.run()


def resume(folder: Path, *more: str) -> Outcome:
    with Session.resume(folder, more) as session:
        return session.run()


def events(folder: Path, kind: type) -> list[Any]:
    return [event for event in read_events(folder) if isinstance(event, kind)]


def story(folder: Path) -> list[tuple[Any, ...]]:
    """What was proposed and judged, without the clock."""
    return [
        (e.number, e.operator, e.parents, e.status, e.candidate and e.candidate.id)
        if isinstance(e, Proposal)
        else (e.candidate, e.stage, e.status, e.score)
        for e in read_events(folder)
        if not isinstance(e, Reply)
    ]


def paid_once(folder: Path) -> bool:
    """No call is recorded twice, and every proposal's bill is that of its own replies."""
    replies = events(folder, Reply)
    calls = Counter((reply.number, reply.turn) for reply in replies)
    tokens: Counter[int] = Counter()
    for reply in replies:
        tokens[reply.number] += reply.usage.tokens_in + reply.usage.tokens_out
    bills = {
        proposal.number: proposal.usage.tokens_in + proposal.usage.tokens_out
        for proposal in events(folder, Proposal)
        if proposal.status != "lost"
    }
    return max(calls.values()) == 1 and all(tokens[number] == bill for number, bill in bills.items())


def test_a_run_improves_and_a_replay_of_it_calls_nobody(tmp_path: Path) -> None:
    with ModelServer(improve) as server:
        outcome = run(tmp_path / "one", server, "budget.evaluations=30", "llm.max_concurrency=4")
        assert (outcome.exit_status, outcome.evaluations) == (Exit.OK, 30)
        assert outcome.score is not None
        assert outcome.score > -20.0  # the seed has -20.6
        assert paid_once(tmp_path / "one")
        asked = server.requests
        again = run(
            tmp_path / "two",
            server,
            *("budget.evaluations=30", "llm.max_concurrency=4", f"llm.replay={tmp_path / 'one'}"),
        )
        assert server.requests == asked
    assert again.score == outcome.score
    assert story(tmp_path / "two") == story(tmp_path / "one")


def test_a_resumed_run_goes_on_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    with ModelServer(improve) as server:
        run(tmp_path / "run", server, "budget.evaluations=12", "llm.max_concurrency=4")
        asked = server.requests
        assert resume(tmp_path / "run").evaluations == 12
        assert server.requests == asked  # a finished run has nothing to ask
        assert resume(tmp_path / "run", "budget.evaluations=20").evaluations == 20
        assert paid_once(tmp_path / "run")
        assert len(events(tmp_path / "run", Reply)) == server.requests


def faulty(request: Mapping[str, Any], index: int) -> Answer:
    """Three of ten calls go wrong, each in another way."""
    wrong = {
        0: Answer(status=429, retry_after=0.05),
        3: Answer(fault="cut"),
        6: (Answer(status=503), Answer(fault="stall"), Answer(fault="nonsense"))[index // 10 % 3],
    }
    return wrong.get(index % 10) or improve(request, index)


def test_refused_stalled_and_cut_calls_cost_nothing_but_time(tmp_path: Path) -> None:
    with ModelServer(faulty) as server:
        settings = ("budget.proposals=60", "budget.evaluations=null", "llm.max_concurrency=16")
        outcome = run(tmp_path / "run", server, *settings, "llm.timeout_s=0.5")
        assert outcome.exit_status == Exit.OK
        assert outcome.proposals == 60
        assert server.requests > len(events(tmp_path / "run", Reply))  # calls did fail
        assert not [p for p in events(tmp_path / "run", Proposal) if p.status in ("lost", "crashed")]
        assert paid_once(tmp_path / "run")


def test_the_dollar_budget_is_kept(tmp_path: Path) -> None:
    with ModelServer(improve) as server:
        settings = ("budget.usd=0.02", "budget.evaluations=null", "llm.max_concurrency=4", *PRICES)
        outcome = run(tmp_path / "run", server, *settings)
    spent = [reply.usage.usd for reply in events(tmp_path / "run", Reply)]
    assert outcome.exit_status == Exit.OK
    assert "usd" in outcome.reason
    assert 0.01 < sum(spent) <= 0.02 + 4 * max(spent)


def test_a_dollar_budget_needs_a_known_price(tmp_path: Path) -> None:
    with (
        ModelServer(improve) as server,
        pytest.raises(ModelError, match=r"price of local is unknown.*llm\.usd_per"),
    ):
        run(tmp_path / "run", server, "budget.usd=1")
    assert server.requests == 0
    assert not (tmp_path / "run").exists()


def test_without_a_model_the_run_ends_early_and_keeps_everything(tmp_path: Path) -> None:
    with ModelServer([Answer(status=401)]) as server:
        outcome = run(tmp_path / "run", server, "budget.evaluations=10")
    assert outcome.exit_status == Exit.ENDED_EARLY
    assert "no language model is left" in outcome.reason
    assert "llm.key_variable" in outcome.reason
    assert len(events(tmp_path / "run", Evaluation)) == 1  # the seed


def test_a_run_may_go_on_with_operators_that_need_no_model(tmp_path: Path) -> None:
    with ModelServer([Answer(status=401)]) as server:
        settings = ("operators=llm", "llm.required=false", "budget.evaluations=25", "llm.max_concurrency=4")
        outcome = run(tmp_path / "run", server, *settings)
    assert (outcome.exit_status, outcome.evaluations) == (Exit.OK, 25)
    assert server.requests < 10
    lost = [p for p in events(tmp_path / "run", Proposal) if p.status == "lost"]
    assert {p.rung for p in lost} == {"model"}


def start(folder: Path, server: ModelServer, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "evo", "run", *words(folder, server, *more), "--quiet", "--no-report"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def test_replies_that_came_before_a_kill_are_not_bought_again(tmp_path: Path) -> None:
    """With 32 calls in flight, of which some were answered and some were not."""

    def slow(request: Mapping[str, Any], index: int) -> Answer:
        answer = improve(request, index)
        return Answer(answer.text, delay_s=0.0 if index % 2 else 600.0 if index > 3 and not released else 0.0)

    released: list[bool] = []
    folder = tmp_path / "run"
    with ModelServer(slow) as server:
        settings = (
            "budget.evaluations=45",
            "llm.max_concurrency=32",
            "run.cold_start=32",
            "llm.timeout_s=900",
        )
        process = start(folder, server, *settings)
        deadline = time.monotonic() + 60
        try:
            while server.requests < 32 or server.in_flight > 16:
                assert time.monotonic() < deadline, (server.in_flight, server.requests)
                time.sleep(0.05)
            time.sleep(0.3)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        before = events(folder, Reply)
        in_flight = server.requests - len(before)
        assert len(before) >= 10
        assert in_flight >= 10
        released.append(True)
        asked = server.requests
        outcome = resume(folder)
        assert outcome.exit_status == Exit.OK
        replies = events(folder, Reply)
        assert replies[: len(before)] == before
        assert len(replies) - len(before) == server.requests - asked  # what was bought since, all recorded
        assert paid_once(folder)
    used = {proposal.number for proposal in events(folder, Proposal)}
    assert {reply.number for reply in before} <= used


def test_no_key_is_anywhere(tmp_path: Path) -> None:
    """Not in the journal, the archive, the page, the settings, what is printed, or a candidate's process."""
    environment = {**os.environ, "CANARY_API_KEY": CANARY}
    peek = (
        "Look.\n```python\nimport os\n\n\ndef solve():\n    found = sorted(os.environ.items())\n"
        "    raise RuntimeError(str(found))\n```"
    )

    def rule(request: Mapping[str, Any], index: int) -> Answer:
        if index % 3 == 0:
            return Answer(peek)
        if index == 4:
            return Answer(status=400, error=f"your key {CANARY} and header Bearer {CANARY} are odd")
        return improve(request, index)

    with ModelServer(rule) as server:
        more = ("budget.evaluations=15", "llm.key_variable=CANARY_API_KEY", "llm.max_concurrency=4")
        command = [sys.executable, "-m", "evo", "run", *words(tmp_path / "run", server, *more)]
        done = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        assert any(CANARY in one.authorisation for one in server.log)  # it was really used
    assert CANARY.encode() not in done.stdout + done.stderr
    for file in (tmp_path / "run").rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file
    texts = [str(event) for event in read_events(tmp_path / "run")]
    assert not [text for text in texts if CANARY in text]
    assert [text for text in texts if "RuntimeError" in text]  # candidates did look


def test_the_page_shows_what_was_asked_and_what_it_cost(tmp_path: Path) -> None:
    with ModelServer(improve) as server:
        more = ("budget.evaluations=20", "llm.max_concurrency=4", *PRICES, "--json")
        command = [sys.executable, "-m", "evo", "run", *words(tmp_path / "run", server), *more]
        done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert json.loads(done.stdout)["evaluations"] == 20
    assert b"calls, about" in done.stderr  # the estimate before it starts
    page = (tmp_path / "run" / "report.html").read_text()
    for shown in (
        "Language models",
        "asked to",
        "Operators and models",
        "llm.rewrite",
    ):
        assert shown in page, shown
