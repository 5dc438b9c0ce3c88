import asyncio
from dataclasses import replace

import pytest

from evo.errors import BudgetSpent
from evo.llm.ledger import Ceiling, Cost, Ledger
from evo.types import CallRole, Evaluation, Proposal, Reply, Usage


def reply(number: int, usage: Usage, model: str = "m", role: CallRole = "propose", turn: int = 0) -> Reply:
    return Reply(number, turn, role, model, f"key{number}", "text", tries=2, seconds=1.5, usage=usage)


def test_books_by_model_and_role_and_each_reply_once() -> None:
    ledger = Ledger()
    events = [
        reply(0, Usage(100, 10, 0.5)),
        reply(1, Usage(200, 30, 0.25)),
        reply(1, Usage(50, 5, 0.125), role="fix", turn=1),
        reply(2, Usage(7, 3, None), model="local"),
    ]
    for event in (*events, *events, Proposal(0, "op", status="invalid")):
        ledger.tell(event)
    ledger.note_failure("local", "propose")
    proposing = ledger.total(model="m", role="propose")
    assert (proposing.calls, proposing.tokens_in, proposing.tokens_out, proposing.usd) == (2, 300, 40, 0.75)
    assert (proposing.tries, proposing.seconds, proposing.failures) == (4, 3.0, 0)
    assert ledger.total(role="fix").usd == 0.125
    assert ledger.total(model="local").usd is None
    assert ledger.total(model="local").failures == 1
    assert ledger.spent == Usage(357, 48, None)
    assert ledger.mean("m", "propose") == Usage(150, 20, 0.375)
    assert ledger.mean("m", "judge") is None


def test_an_unknown_price_is_not_free() -> None:
    ledger = Ledger()
    ledger.tell(reply(0, Usage(1, 1, 0.0)))
    assert ledger.spent.usd == 0.0
    ledger.tell(reply(1, Usage(1, 1, None)))
    assert ledger.spent.usd is None


def test_who_does_not_fit_waits_for_those_in_flight() -> None:
    async def run() -> list[str]:
        ledger, order = Ledger(Ceiling(tokens=100)), []
        first = await ledger.reserve(Cost(60, None))

        async def later(name: str, tokens: int) -> None:
            held = await ledger.reserve(Cost(tokens, None))
            order.append(name)
            ledger.tell(reply(len(order), Usage(10, 0)))
            ledger.release(held)

        waiting = [asyncio.create_task(later("large", 80)), asyncio.create_task(later("small", 10))]
        await asyncio.sleep(0.01)
        assert order == []  # the small one does not overtake
        ledger.tell(reply(0, Usage(15, 5)))
        ledger.release(first)
        await asyncio.gather(*waiting)
        return order

    assert asyncio.run(run()) == ["large", "small"]


def test_who_can_never_fit_is_refused_with_figures() -> None:
    async def run() -> None:
        ledger = Ledger(Ceiling(usd=1.0, tokens=1000))
        held = await ledger.reserve(Cost(500, 0.6))
        waiting = [asyncio.create_task(ledger.reserve(Cost(10, 0.5))) for _ in range(2)]
        waiting.append(asyncio.create_task(ledger.reserve(Cost(900, 0.1))))
        await asyncio.sleep(0)
        ledger.tell(reply(0, Usage(500, 0, 0.75)))
        ledger.release(held)
        refused = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(error, BudgetSpent) for error in refused)
        assert "budget.usd of 1 has 0.2500 left, and the next call may cost 0.5000" in str(refused[0])
        assert "budget.tokens of 1000 has 500 left, and the next call may use 900" in str(refused[2])
        await ledger.reserve(Cost(500, 0.25))  # exactly the rest

    asyncio.run(run())


def test_what_judging_asks_models_leaves_less_for_proposals() -> None:
    async def run() -> None:
        ledger = Ledger(Ceiling(usd=1.0, tokens=1000))
        judged = Evaluation("a", "search", 1, "ok", 1.0, usage=Usage(600, 100, 0.75))
        for _ in range(2):  # told twice, it counts once
            ledger.tell(judged)
        ledger.tell(replace(judged, attempt=2, usage=Usage(0, 0, None)))
        with pytest.raises(BudgetSpent, match=r"budget\.tokens of 1000 has 300 left"):
            await ledger.reserve(Cost(301, 0.1))
        with pytest.raises(BudgetSpent, match=r"budget\.usd of 1 has 0\.2500 left"):
            await ledger.reserve(Cost(10, 0.3))
        await ledger.reserve(Cost(300, 0.25))
        assert ledger.spent == Usage()  # of its own calls

    asyncio.run(run())


def test_a_call_given_up_gives_its_room_back() -> None:
    async def run() -> None:
        ledger = Ledger(Ceiling(tokens=100))
        held = await ledger.reserve(Cost(100, None))
        cancelled, after = (asyncio.create_task(ledger.reserve(Cost(100, None))) for _ in range(2))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        ledger.release(held)
        ledger.release(await after)
        granted = asyncio.create_task(ledger.reserve(Cost(100, None)))
        blocked = asyncio.create_task(ledger.reserve(Cost(100, None)))
        await asyncio.sleep(0)
        ledger.release(granted.result())
        blocked.cancel()  # in the very moment it is let through
        await asyncio.gather(blocked, return_exceptions=True)
        await ledger.reserve(Cost(100, None))

    asyncio.run(asyncio.wait_for(run(), 5))


@pytest.mark.parametrize("limit", [Ceiling(), Ceiling(usd=5.0), Ceiling(tokens=10_000)])
def test_without_a_limit_in_the_way_nobody_waits(limit: Ceiling) -> None:
    async def run() -> None:
        ledger = Ledger(limit)
        ledger.tell(replace(reply(0, Usage(10, 10, None)), turn=3))
        for _ in range(90):
            await ledger.reserve(Cost(100, None))

    asyncio.run(asyncio.wait_for(run(), 5))
