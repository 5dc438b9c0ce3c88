"""Asking models over HTTP on loopback: what is asked, retried, given up, paid for and reused."""

import asyncio
import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from evo.errors import BudgetSpent, ModelError, ModelLost, NoModelLeft, StorageFull
from evo.llm import Ceiling, LanguageModels, client
from evo.llm.roster import MOST_CONTEXT
from evo.testing.model_server import Answer, Asked, ModelServer
from evo.types import Proposal, Reply, Usage
from tests.llm.asking import HELLO, Kept, ask_all, hurry, models, settings, task

PRICED = {"usd_per_million_in": 100.0, "usd_per_million_out": 1000.0}


def failing(share: float, *faults: Answer) -> Callable[[Mapping[str, Any], int], Answer]:
    """A rule by which about `share` of the requests get one of `faults` in turn."""
    each = round(1 / share)
    return lambda _request, i: faults[i // each % len(faults)] if i % each == 0 else Answer(f"answer {i}")


def test_a_reply_says_what_was_asked_and_what_it_cost() -> None:
    kept = Kept()
    with ModelServer([Answer("x = 1", usage=(700, 20), finish_reason="length")]) as server:
        (reply,) = asyncio.run(ask_all(models(server, kept, temperature=0.3, **PRICED), [5]))
    assert isinstance(reply, Reply)
    assert kept.replies == [reply]
    assert (reply.number, reply.turn, reply.role, reply.model, reply.text) == (
        5,
        0,
        "propose",
        "local",
        "x = 1",
    )
    assert (reply.finish, reply.operator, reply.parents, reply.known) == ("length", "llm.diff", ("p",), 3)
    assert json.loads(reply.prompt) == HELLO
    assert reply.tries == 1
    assert reply.seconds > 0
    assert reply.usage == Usage(700, 20, pytest.approx(0.07 + 0.02))
    (asked,) = server.log
    assert asked.body["messages"] == HELLO
    assert (asked.body["temperature"], asked.body["max_tokens"]) == (0.3, 500)
    assert asked.body["seed"] == 1005


def test_an_unknown_price_and_tokens_that_nobody_counted() -> None:
    with ModelServer([Answer("a" * 400, usage=None)]) as server:
        (reply,) = asyncio.run(ask_all(models(server, Kept()), [0]))
    assert isinstance(reply, Reply)
    assert reply.usage.usd is None
    assert reply.usage.tokens_in > 0
    assert reply.usage.tokens_out >= 80


def test_the_temperature_of_a_question_goes_before_that_of_the_model() -> None:
    async def both(asked: LanguageModels) -> None:
        await asked.ask(task(0), HELLO, temperature=1.5)
        await asked.ask(task(1), HELLO)
        await asked.close()

    with ModelServer() as server:
        asyncio.run(both(models(server, Kept(), temperature=0.2, reasoning_effort="low")))
        assert [asked.body["temperature"] for asked in server.log] == [1.5, 0.2]
        assert server.log[0].body["reasoning_effort"] == "low"


def test_as_many_calls_are_in_flight_as_may_be() -> None:
    with ModelServer([Answer(delay_s=0.4)]) as server:
        asyncio.run(ask_all(models(server, Kept(), max_concurrency=120), range(120)))
        assert server.peak == 120
        server.forget()
        asyncio.run(ask_all(models(server, Kept(), max_concurrency=7), range(20)))
        assert server.peak == 7


def test_a_third_of_the_calls_goes_wrong_and_all_are_answered_once() -> None:
    rule = failing(
        1 / 3,
        Answer(status=429),
        Answer(fault="stall"),
        Answer(status=500),
        Answer(fault="cut"),
        Answer(status=503),
        Answer(fault="nonsense"),
        Answer(status=429, retry_after=0.5),
        Answer(fault="schema"),
    )
    kept = Kept()
    with ModelServer(rule) as server:
        asked = models(server, kept, max_concurrency=40, timeout_s=1.0, retries=12)
        replies = asyncio.run(ask_all(asked, range(100)))
        assert server.requests >= 130
        assert server.answered == 100
    assert all(isinstance(reply, Reply) for reply in replies)
    assert sorted(reply.number for reply in kept.replies) == list(range(100))
    assert len({reply.text for reply in kept.replies}) == 100
    assert sum(reply.tries for reply in kept.replies) == server.requests
    assert asked.ledger.total().calls == 100


def test_pauses_double_are_drawn_and_respect_what_the_server_asks() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def run(run_seed: int) -> list[float]:
        pauses.clear()
        answers = [Answer(status=503), Answer(status=503), Answer(status=429, retry_after=20.0), Answer()]
        with ModelServer(answers) as server:
            asked = LanguageModels(settings(server), Kept().record, seed=run_seed, sleep=sleep)
            asyncio.run(ask_all(asked, [0]))
        return list(pauses)

    first = run(1)
    assert 0.25 <= first[0] <= 0.75
    assert 0.5 <= first[1] <= 1.5
    assert 20.0 < first[2] < 21.0
    assert run(1) == first
    assert run(2) != first


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    with ModelServer([Answer(status=429, retry_after=3600)]) as server:
        (error,) = asyncio.run(ask_all(models(server, Kept()), [0]))
        assert server.requests == 1
    assert isinstance(error, ModelLost)
    assert "rate limit" in str(error)


@pytest.mark.parametrize(
    ("answer", "text", "calls"),
    [
        (Answer(fault="context"), "context of local", 1),
        (Answer(status=400, error="bad words"), "bad words", 1),
        (Answer(fault="cut"), "closed the connection", 3),
        (Answer(fault="nonsense"), "nonsense", 3),
        (Answer(fault="stall"), "llm.timeout_s=0.3", 3),
        (Answer(status=500), "server had an error", 3),
    ],
)
def test_a_call_that_is_given_up_leaves_the_model_in(answer: Answer, text: str, calls: int) -> None:
    with ModelServer([*[answer] * calls, Answer("fine")]) as server:
        asked = models(server, Kept(), retries=2, timeout_s=0.3)

        async def two() -> Reply:
            with pytest.raises(ModelLost, match=text) as caught:
                await asked.ask(task(0), HELLO)
            assert "\n" not in str(caught.value)
            try:
                return await asked.ask(task(1), HELLO)
            finally:
                await asked.close()

        assert asyncio.run(two()).text == "fine"
        assert server.requests == calls + 1
    assert asked.ledger.total().failures == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(status=401), "llm.key_variable=MY_KEY"),
        (Answer(status=403), "wants a key"),
        (Answer(status=402, error="Insufficient balance"), "Insufficient balance"),
        (Answer(status=429, error="You exceeded your current quota"), "quota"),
        (Answer(status=404), "knows no model 'local'"),
    ],
)
def test_a_model_that_fails_for_good_is_taken_out(answer: Answer, text: str) -> None:
    with ModelServer([answer]) as server:
        asked = models(server, Kept())
        replies = asyncio.run(ask_all(asked, range(3)))
        assert server.requests <= 3
    assert all(isinstance(error, NoModelLeft) and text in str(error) for error in replies)
    assert list(asked.taken_out) == ["local"]


def test_a_server_is_asked_what_it_has_if_it_knows_no_such_model() -> None:
    with ModelServer(models=("small", "large"), strict=True) as server:
        (error,) = asyncio.run(ask_all(models(server, Kept()), [0]))
    assert isinstance(error, NoModelLeft)
    assert f"the server at {server.url} knows no model 'local'" in str(error)
    assert "It has: small, large." in str(error)


def test_without_need_of_a_model_the_run_is_not_ended() -> None:
    with ModelServer([Answer(status=401)]) as server:
        asked = models(server, Kept(), required=False)
        errors = asyncio.run(ask_all(asked, range(3)))
        assert server.requests <= 3
        later = asyncio.run(ask_all(asked, range(3, 60)))
        assert server.requests <= 3
    assert all(isinstance(error, ModelLost) for error in (*errors, *later))


def test_nobody_listens() -> None:
    with ModelServer() as server:
        pass  # its port is free again
    asked = models(server, Kept(), retries=2)

    async def four() -> list[BaseException]:
        found = []
        for number in range(4):
            with pytest.raises((ModelLost, NoModelLeft)) as caught:
                await asked.ask(task(number), HELLO)
            found.append(caught.value)
        await asked.close()
        return found

    first, second, third, fourth = asyncio.run(four())
    assert str(first) == f"no server at {server.url}: start it, or set llm.base_url=..."
    assert isinstance(second, ModelLost)
    assert isinstance(third, NoModelLeft)
    assert isinstance(fourth, NoModelLeft)


def by_model(**answers: Answer) -> Callable[[Mapping[str, Any], int], Answer]:
    return lambda request, _index: answers[request["model"]]


def names(log: list[Asked]) -> list[str]:
    return [asked.body["model"] for asked in log]


def test_fallbacks_answer_where_the_asked_model_fails() -> None:
    rule = by_model(a=Answer(fault="context"), b=Answer(status=500), c=Answer("from c"))
    with ModelServer(rule) as server:
        asked = models(server, Kept(), model="a", fallbacks=["b", {"model": "c", "name": "last"}], retries=1)
        (reply,) = asyncio.run(ask_all(asked, [0]))
        assert names(server.log) == ["a", "b", "b", "c"]
    assert isinstance(reply, Reply)
    assert (reply.text, reply.model, reply.asked, reply.tries) == ("from c", "last", "", 4)
    assert asked.names == ("a",)
    assert asked.ledger.total(model="b").failures == 1


def test_the_others_go_on_when_one_is_taken_out() -> None:
    rule = by_model(a=Answer(status=404), b=Answer("from b"), c=Answer("from c"))
    kept = Kept()
    with ModelServer(rule) as server:
        asked = models(
            server,
            kept,
            models=["a", {"model": "b", "weight": 3}, {"model": "c", "weight": 1}],
            max_concurrency=1,
        )
        replies = asyncio.run(ask_all(asked, range(60), model="a"))
        assert names(server.log).count("a") == 1
    assert asked.weights == {"a": 1.0, "b": 3.0, "c": 1.0}
    answered = [reply.model for reply in replies if isinstance(reply, Reply)]
    assert len(answered) == 60
    assert answered.count("b") > answered.count("c") > 3


def test_an_empty_answer_is_asked_for_once_more_and_paid_for_twice() -> None:
    with ModelServer([Answer("", usage=(10, 0)), Answer("x = 2", usage=(10, 5))]) as server:
        (reply,) = asyncio.run(ask_all(models(server, Kept()), [0]))
        assert server.log[0].body["seed"] != server.log[1].body["seed"]
    assert isinstance(reply, Reply)
    assert (reply.text, reply.tries, reply.usage.tokens_in, reply.usage.tokens_out) == ("x = 2", 2, 20, 5)
    with ModelServer([Answer(" ", usage=(10, 1))]) as server:
        (reply,) = asyncio.run(ask_all(models(server, Kept()), [0]))
        assert server.requests == 2
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage.tokens_in) == (" ", 20)
    with ModelServer([Answer("", usage=(10, 1)), Answer(status=400)]) as server:
        (reply,) = asyncio.run(ask_all(models(server, Kept()), [0]))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage.tokens_in) == ("", 10)


def test_what_is_paid_for_is_reused_until_its_proposal_is_told() -> None:
    kept = Kept()
    with ModelServer(lambda _request, i: Answer(f"answer {i}")) as server:
        asyncio.run(ask_all(models(server, kept), range(4)))
        server.forget()
        resumed, later = models(server, kept2 := Kept()), models(server, Kept())
        for event in (*kept.replies, *kept.replies, Proposal(0, "llm.diff", status="invalid")):
            resumed.tell(event)
        other = [{"role": "user", "content": "something else"}]
        replies = asyncio.run(ask_all(resumed, range(4), messages=other))
        assert server.requests == 1  # number 0 alone
        assert replies[1:] == sorted(kept.replies, key=lambda reply: reply.number)[1:]
        assert [reply.number for reply in kept2.replies] == [0]
        assert resumed.ledger.total().calls == 5 - 1  # (0, 0) is booked once
        later.tell(Proposal(1, "llm.diff", status="invalid"))
        later.tell(kept.replies[0])
        assert later.bill(task(kept.replies[0].number), kept.replies[0]) == kept.replies[0].usage
        assert later.bill(task(99), kept.replies[0]) == Usage()


def test_each_turn_is_a_call_of_its_own() -> None:
    async def three(asked: LanguageModels) -> list[str]:
        found = [
            await asked.ask(task(0), HELLO),
            await asked.ask(task(0), HELLO, turn=1, role="fix"),
            await asked.ask(task(0), HELLO, turn=1, role="fix"),
        ]
        await asked.close()
        return [reply.text for reply in found]

    with ModelServer(lambda _request, i: Answer(f"answer {i}")) as server:
        asked = models(server, Kept())
        assert asyncio.run(three(asked)) == ["answer 0", "answer 1", "answer 1"]
    assert asked.ledger.total(role="fix").calls == 1


def test_a_reply_that_cannot_be_recorded_is_said_so() -> None:
    async def record(_reply: Reply) -> None:
        raise StorageFull("the disk is full.")

    with ModelServer() as server:
        asked = LanguageModels(settings(server), record)
        (error,) = asyncio.run(ask_all(asked, [0]))
        assert server.requests == 1
    assert isinstance(error, StorageFull)


def test_a_replay_calls_nobody() -> None:
    kept = Kept()
    with ModelServer(lambda _request, i: Answer(f"answer {i}", usage=(100, 10))) as server:
        asyncio.run(ask_all(models(server, kept, **PRICED), range(3)))
        server.forget()
        again = Kept()
        asked = LanguageModels(
            settings(server, replay="runs/first", **PRICED), again.record, replies=kept.replies
        )
        asked.check(budget_usd=1.0)
        *replies, missing = asyncio.run(ask_all(asked, range(4)))
        assert server.requests == 0
    assert replies == sorted(kept.replies, key=lambda reply: reply.number)
    assert again.replies == replies
    assert isinstance(missing, ModelLost)
    assert "llm.replay=runs/first" in str(missing)
    assert asked.ledger.spent.tokens_in == 300


def test_a_replay_notices_another_question() -> None:
    kept = Kept()
    with ModelServer() as server:
        asyncio.run(ask_all(models(server, kept), [0]))
        for change in ({"temperature": 1.0}, {"model": "other"}, {"max_tokens": 7}):
            asked = LanguageModels(
                settings(server, replay="r", **change), Kept().record, replies=kept.replies
            )
            (error,) = asyncio.run(ask_all(asked, [0]))
            assert isinstance(error, ModelLost), change
        asked = LanguageModels(settings(server, replay="r"), Kept().record, replies=kept.replies)
        (error,) = asyncio.run(ask_all(asked, [0], messages=[{"role": "user", "content": "else"}]))
        assert isinstance(error, ModelLost)


def test_a_budget_stops_calls_before_they_are_made() -> None:
    # 0.2 dollars a call, up to 0.5 reserved while nothing is known.
    kept = Kept()
    with ModelServer([Answer(usage=(0, 200), delay_s=0.02)]) as server:
        asked = models(server, kept, Ceiling(usd=5.0), max_concurrency=8, **PRICED)
        replies = asyncio.run(ask_all(asked, range(60)))
        assert server.requests == len(kept.replies)
        assert server.peak > 3
    spent = sum(reply.usage.usd or 0.0 for reply in kept.replies)
    assert 4.0 < spent <= 5.0
    refused = [error for error in replies if isinstance(error, BudgetSpent)]
    assert len(refused) == 60 - len(kept.replies)
    assert "budget.usd of 5 has" in str(refused[0])


def test_more_than_the_budget_is_spent_by_what_was_in_flight_at_most() -> None:
    # Every call costs more than all before it: no estimate holds.
    kept = Kept()
    with ModelServer(lambda _request, i: Answer(usage=(10, 10 + 5 * i))) as server:
        asked = models(server, kept, Ceiling(tokens=6000), max_concurrency=4)
        replies = asyncio.run(ask_all(asked, range(100)))
    used = [reply.usage.tokens_in + reply.usage.tokens_out for reply in kept.replies]
    assert sum(used) <= 6000 + sum(sorted(used)[-4:])
    assert sum(used) > 5000
    assert any(isinstance(error, BudgetSpent) and "budget.tokens of 6000" in str(error) for error in replies)


async def rush(seconds: float) -> None:
    """Waits for the limiter as long as it says, and for a server in trouble less."""
    await asyncio.sleep(min(seconds, 0.2))


def test_no_window_holds_more_requests_than_allowed() -> None:
    kept = Kept()
    with ModelServer(failing(0.25, Answer(status=429), Answer(fault="cut"))) as server:
        asked = LanguageModels(
            settings(server, requests_per_minute=12), kept.record, sleep=rush, window_s=1.0, slack_s=0.7
        )
        asyncio.run(ask_all(models(server, Kept()), [1000]))  # litellm is slow the first time
        server.forget()
        asyncio.run(ask_all(asked, range(24)))
        assert server.requests > 24
        assert server.most_in_window(1.0) <= 12
    assert len(kept.replies) == 24


def test_no_window_holds_more_tokens_than_allowed() -> None:
    with ModelServer([Answer(usage=(100, 100))]) as server:
        asked = LanguageModels(
            settings(server, tokens_per_minute=2000), Kept().record, window_s=0.5, slack_s=0.3
        )
        asyncio.run(ask_all(asked, range(16)))
        assert 200 * server.most_in_window(0.5) <= 2000


def test_no_key_is_sent_to_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-of-somebody-else")
    with ModelServer() as server:
        asyncio.run(ask_all(models(server, Kept()), [0]))
        assert server.authorisations == {"Bearer no-key"}


def test_a_key_is_nowhere_but_in_the_request(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    key = "canary-5f0c7a9e1b"
    monkeypatch.setenv("EVO_TEST_KEY", key)
    echoes = [
        Answer(f"your key is {key}"),
        Answer(status=400, error=f"no good: Bearer {key}"),
        Answer(status=401, error=f"Incorrect API key provided: {key[:10]}... sk-abcd*****wxyz"),
    ]
    kept = Kept()
    with ModelServer(echoes) as server:
        asked = models(server, kept, key_variable="EVO_TEST_KEY", max_concurrency=1)
        notes = asked.check()
        assert asked.take_keys() == ["EVO_TEST_KEY"]
        shouting = [{"role": "user", "content": f"the key is {key}"}]
        reply, bad, out = asyncio.run(ask_all(asked, range(3), messages=shouting))
        assert server.authorisations == {f"Bearer {key}"}
    assert isinstance(reply, Reply)
    assert isinstance(bad, ModelLost)
    assert isinstance(out, NoModelLeft)
    assert "EVO_TEST_KEY" in str(out)
    for thing in (
        *notes,
        reply,
        bad,
        out,
        bad.__cause__,
        bad.__context__,
        asked.settings.plain(),
        asked.taken_out,
    ):
        assert key not in f"{thing!r}"
        assert "sk-abcd" not in f"{thing!r}"


def test_what_is_wrong_is_said_before_anything_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def check(usd: float | None = None, tokens: int | None = None, **more: Any) -> list[str]:
        with ModelServer() as server:
            made = settings(server, **more)
            return LanguageModels(made, Kept().record, Ceiling(usd, tokens)).check()

    with pytest.raises(ModelError, match="export OPENAI_API_KEY="):
        check(model="openai/gpt-5", base_url=None)
    with pytest.raises(ModelError, match="export NO_SUCH_KEY_IS_SET="):
        check(key_variable="NO_SUCH_KEY_IS_SET")
    with pytest.raises(ModelError, match=r"Did you mean openai/gpt-5\?"):
        check(model="opnai/gpt-5", base_url=None)
    with pytest.raises(ModelError, match=r"price of local is unknown.*llm\.usd_per_million_in"):
        check(usd=1.0)
    with pytest.raises(ModelError, match="may not pay for one answer"):
        check(usd=0.4, **PRICED)
    with pytest.raises(ModelError, match=r"budget\.tokens=500"):
        check(tokens=500)
    assert "price unknown" in check()[0]
    assert "$100.00 in, $1000.00 out" in check(usd=1.0, **PRICED)[0]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-one")
    notes = check(usd=1.0, model="openai/gpt-5", base_url=None, temperature=0.5)
    assert "$1.25 in, $10.00 out" in notes[0]
    assert "takes no temperature" in notes[1]


def test_room_is_the_context_less_the_longest_answer() -> None:
    with ModelServer() as server:
        assert models(server, Kept(), context_tokens=4000).room("local") == 3500
        assert models(server, Kept(), context_tokens=4000).room("of an earlier sitting") == 3500
        known = models(server, Kept(), model="openai/gpt-5", base_url=None)
        assert known.room("openai/gpt-5") == MOST_CONTEXT - 500


def test_one_real_call_for_the_doctor() -> None:
    async def once(asked: LanguageModels) -> Any:
        try:
            return await asked.try_once()
        finally:
            await asked.close()

    kept = Kept()
    with ModelServer([Answer("ready", usage=(9, 1), delay_s=0.05), Answer(status=401)]) as server:
        trial = asyncio.run(once(models(server, kept, **PRICED)))
        assert (trial.model, trial.text, trial.usage) == (
            "local",
            "ready",
            Usage(9, 1, pytest.approx(0.0019)),
        )
        assert trial.seconds >= 0.05
        with pytest.raises(ModelError, match="wants a key"):
            asyncio.run(once(models(server, kept)))
    with pytest.raises(ModelError, match=f"no server at {server.url}"):
        asyncio.run(once(models(server, kept)))
    assert kept.replies == []


def test_an_estimate_uses_the_calls_so_far() -> None:
    with ModelServer([Answer(usage=(1000, 100))]) as server:
        asked = models(server, Kept(), **PRICED)
        before = asked.estimate(100)
        asyncio.run(ask_all(asked, range(3)))
        after = asked.estimate(100)
    assert before.calls == after.calls == 100
    assert (after.tokens_in, after.tokens_out, after.usd) == (100_000, 10_000, pytest.approx(20.0))
    assert "$20.00" in str(after)


def test_no_model_at_all() -> None:
    with ModelServer() as server:
        asked = models(server, Kept(), model=None)
        assert asked.names == ()
        assert asked.check(budget_usd=1.0) == []
        (error,) = asyncio.run(ask_all(asked, [0]))
    assert isinstance(error, ModelError)


def test_a_call_that_is_given_up_while_it_waits_leaves_nothing_behind() -> None:
    async def give_up(asked: LanguageModels) -> Reply:
        calls = [asyncio.create_task(asked.ask(task(i), HELLO)) for i in range(12)]
        await asyncio.sleep(0.2)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        try:
            return await asked.ask(replace(task(99)), HELLO)
        finally:
            await asked.close()

    def rule(request: Mapping[str, Any], _index: int) -> Answer:
        return Answer(
            "ok" if request["seed"] == 1099 else "late", delay_s=0.0 if request["seed"] == 1099 else 5.0
        )

    kept = Kept()
    with ModelServer(rule) as server:
        asked = LanguageModels(
            settings(server, max_concurrency=4), kept.record, Ceiling(tokens=5000), sleep=hurry
        )
        assert asyncio.run(give_up(asked)).text == "ok"
    assert [reply.number for reply in kept.replies] == [99]


def test_each_event_loop_closes_its_own_connections_and_no_others() -> None:
    """A run's proposals and its agents are asked in two loops of one process."""

    def open_loops() -> set[str]:
        return {
            str(key).rpartition("-")[2] for key in client.litellm().in_memory_llm_clients_cache.cache_dict
        }

    with ModelServer() as server, asyncio.Runner() as here, asyncio.Runner() as there:
        one, other = models(server, Kept()), models(server, Kept())
        for number in (1, 2):
            here.run(one.ask(task(number), HELLO))
            there.run(other.ask(task(number), HELLO))
        assert {str(id(here.get_loop())), str(id(there.get_loop()))} <= open_loops()
        here.run(one.close())
        assert str(id(here.get_loop())) not in open_loops()
        assert there.run(other.ask(task(3), HELLO)).text == "ok"
        there.run(other.close())
        assert not open_loops()
        assert not client._clients
    gc.collect()  # a connection that is open still would warn


def test_a_client_that_never_called_keeps_no_connections_open() -> None:
    with ModelServer() as server:
        waiting, asked = models(server, Kept()), models(server, Kept())
        waiting.check()  # as in a run that was refused before it began, and is closed by nobody
        (reply,) = asyncio.run(ask_all(asked, [1]))
        assert isinstance(reply, Reply)
        assert not client._clients
