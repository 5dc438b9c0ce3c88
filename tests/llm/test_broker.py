"""What agents ask is answered from rules, files and servers, counted by node, and kept within a budget."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evo.errors import ModelLost, ProblemError
from evo.llm.broker import Books, Broker, Budget, OverBudget
from evo.llm.question import Question, Said, counted
from evo.llm.recording import Recording
from evo.llm.slots import Slots
from evo.llm.sources import Ruled, source_of
from evo.testing.model_server import Answer, ModelServer

ASKED = Question("small", "reasoning", "critic", (("user", "what is 1 + 1?"),), 0.5)
KEY = "c5231cf4d07362c0d6a24ee37f9fc15b"
"""Address of its answer in the recordings that there are."""


def ask(broker: Broker, books: Books, question: Question = ASKED) -> Any:
    """The answer, waited for."""
    there, found = threading.Event(), []

    def take(outcome: object) -> None:
        found.append(outcome)
        there.set()

    at_once = broker.ask(books, question, take)
    if at_once is not None:
        return at_once
    assert there.wait(20)
    return found[0]


def test_equal_questions_have_one_address_for_each_time_they_are_asked() -> None:
    assert ASKED.key == replace(ASKED, node="memory", role="").key  # who asks does not matter
    others = [
        replace(ASKED, occurrence=1),
        replace(ASKED, repeat=1),
        replace(ASKED, occurrence=1, repeat=1),
        replace(ASKED, repeat=2),
        replace(ASKED, temperature=None),
        replace(ASKED, model="large"),
        replace(ASKED, messages=(("system", "what is 1 + 1?"),)),
    ]
    assert len({ASKED.key, *(one.key for one in others)}) == 8
    assert ASKED.content == others[0].content == others[1].content
    assert ASKED.key == KEY  # recordings stay what they are


def test_what_each_node_used_is_known_by_role() -> None:
    broker, books = Broker({"small": Ruled(lambda question: "" if question.occurrence else "2")}), Books()
    for question in (ASKED, ASKED, replace(ASKED, node="memory", role="")):
        assert isinstance(ask(broker, books, question), Said)
    critic, memory = books.accounts["reasoning", "critic"], books.accounts["memory", ""]
    assert (critic.calls, critic.empty, memory.calls, memory.empty) == (2, 1, 1, 1)
    assert critic.tokens_in == 2 * ASKED.tokens
    assert books.total.calls == 3


def test_the_books_say_in_which_repeat_it_is_asked() -> None:
    broker = Broker({"small": Ruled(lambda question: f"{question.repeat} {question.occurrence}")})
    for repeat in (0, 2):
        books = Books(repeat=repeat)
        assert [ask(broker, books).text for _ in range(2)] == [f"{repeat} 0", f"{repeat} 1"]


def test_a_recording_has_no_answers_for_a_repeat_but_its_own(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    Recording(path).add(ASKED, Said("first"))
    Recording(path).add(replace(ASKED, repeat=2), Said("third"))
    broker = Broker({"small": source_of("small", {"recording": str(path)}, None)})
    assert [ask(broker, Books(repeat=repeat)).text for repeat in (0, 2)] == ["first", "third"]
    lost = ask(broker, Books(repeat=1))
    assert isinstance(lost, ModelLost)
    assert "in repeat 1" in str(lost)
    broker.close()


def test_the_budget_is_kept_before_and_after_a_call() -> None:
    dear = Ruled(lambda question: replace(counted(question, "2"), usd=0.6, seconds=2.0))
    for budget, n_fine in (
        (Budget(calls=2), 2),
        (Budget(usd=1.0), 1),
        (Budget(tokens=2 * ASKED.tokens), 1),
        (Budget(seconds=5.0), 2),
    ):
        books = Books(budget)
        found = [ask(Broker({"small": dear}), books) for _ in range(n_fine + 1)]
        assert [isinstance(one, Said) for one in found] == [True] * n_fine + [False]
        assert isinstance(found[-1], OverBudget)


def test_of_two_budgets_the_lower_limits_hold() -> None:
    problem, own = Budget(calls=10, tokens=500, usd=1.0), Budget(calls=3, tokens=900, steps=8)
    assert problem.lower(own) == own.lower(problem) == Budget(calls=3, tokens=500, usd=1.0, steps=8)
    assert problem.lower(Budget()) == problem


def test_calls_that_are_waited_for_at_the_same_time_are_counted_when_they_are_asked() -> None:
    broker, books = Broker({"small": Ruled(lambda question: "2", delay_s=0.05)}), Books(Budget(calls=3))
    came: list[object] = []
    found = [broker.ask(books, ASKED, came.append) for _ in range(5)]
    assert [type(one) for one in found] == [type(None)] * 3 + [OverBudget] * 2
    books.close()
    broker.close()
    assert came == []  # nobody waits any more


def test_a_model_without_a_source_and_a_source_that_fails_give_no_answer() -> None:
    def broken(question: Question) -> str:
        raise ValueError("the rule has no answer")

    broker = Broker({"broken": Ruled(broken, delay_s=0.01)})
    assert "no source" in str(ask(broker, Books()))
    lost = ask(broker, Books(), replace(ASKED, model="broken"))
    assert isinstance(lost, ModelLost)
    assert "the rule has no answer" in str(lost)
    broker.close()


def test_a_recording_is_shared_and_its_first_answer_counts(tmp_path: Path) -> None:
    path = tmp_path / "made" / "replies.jsonl"
    one, other = Recording(path), Recording(path)
    assert one.add(ASKED, Said("first", tokens_out=3)).text == "first"
    assert other.get(ASKED.key) is None
    assert other.add(ASKED, Said("second")).text == "first"
    again = replace(ASKED, occurrence=1)
    other.add(again, Said("third", "length", 5, 7, None, 0.25, 1))
    one.refresh()
    assert one.get(again.key) == Said("third", "length", 5, 7, None, 0.25, 1)
    assert len(Recording(path)) == 2


def test_in_a_shared_file_each_model_finds_its_own_answers(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    small, large = Recording(path, "small max_tokens=50"), Recording(path, "large max_tokens=50")
    assert small.add(ASKED, Said("2")).text == "2"
    assert large.add(ASKED, Said("two")).text == "two"
    assert Recording(path, small.by).get(ASKED.key) == Said("2")
    assert Recording(path, large.by).get(ASKED.key) == Said("two")
    assert Recording(path, "small max_tokens=99").get(ASKED.key) is None
    with pytest.raises(ProblemError, match=r"holds answers of 2 models: large .*; small "):
        source_of("small", {"recording": str(path)}, None)


def test_an_answer_is_kept_with_the_settings_that_it_depends_on(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    with ModelServer([Answer("2")]) as server:
        node = {"model": "local", "base_url": server.url, "max_tokens": 50, "cache": str(path)}
        for settings in ({}, {}, {"max_tokens": 60}, {"temperature": 0.5}, {"timeout_s": 9.0}):
            broker = Broker({"small": source_of("small", {**node, **settings}, None)})
            assert ask(broker, Books()).text == "2"
            broker.close()
        assert server.requests == 3
    assert Recording(path).models == {
        *("local max_tokens=50", "local max_tokens=60", "local temperature=0.5 max_tokens=50")
    }


def test_a_line_that_was_cut_off_is_left_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    Recording(path).add(ASKED, Said("first"))
    with path.open("ab") as file:
        file.write(b'{"key": "ab", "te')
    assert len(Recording(path)) == 1
    path.write_text("no JSON\n")
    with pytest.raises(ProblemError, match="no recorded answer"):
        Recording(path)


def test_places_are_held_over_all_who_share_their_name(tmp_path: Path) -> None:
    first, second = Slots("server", 2, tmp_path), Slots("server", 2, tmp_path)
    held, most = 0, 0

    async def work(slots: Slots) -> None:
        nonlocal held, most
        async with slots.place():
            held += 1
            most = max(most, held)
            await asyncio.sleep(0.02)
            held -= 1

    async def all_at_once() -> None:
        await asyncio.gather(*(work(slots) for slots in (first, second) for _ in range(5)))

    asyncio.run(all_at_once())
    assert most == 2


def test_no_more_calls_are_in_flight_than_the_settings_say_over_two_workers() -> None:
    with ModelServer(lambda body, n: Answer("2", delay_s=0.05)) as server:
        node = {"model": "local", "base_url": server.url, "max_concurrency": 2, "max_tokens": 50}
        brokers = [Broker({"small": source_of("small", node, None)}) for _ in range(2)]
        for broker in brokers:
            assert ask(broker, Books()).text == "2"  # both have their library loaded
        came: list[object] = []
        done = threading.Semaphore(0)
        for broker in brokers:
            books = Books()
            for _ in range(6):
                broker.ask(books, ASKED, lambda found: (came.append(found), done.release())[0])
        for _ in range(12):
            assert done.acquire(timeout=20)
        assert all(isinstance(one, Said) for one in came)
        assert server.peak == 2
        for broker in brokers:
            broker.close()
