"""Making candidates in the driver's process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from evo.errors import ConfigError, InvalidCandidate, MissingExtra
from evo.pool.proposers import Proposers
from evo.types import Candidate, Event, Proposal, ProposeTask


def candidate(task: ProposeTask) -> Candidate:
    return Candidate.of({"a.txt": str(task.number)}, task.parents, task.operator)


class Computes:
    n_parents = 1

    def __call__(self, task: ProposeTask) -> Candidate:
        return candidate(task)


class Refuses:
    n_parents = 1

    def __call__(self, task: ProposeTask) -> Candidate:
        raise InvalidCandidate("nothing to change")


class Breaks:
    n_parents = 1

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, task: ProposeTask) -> Candidate:
        raise self.error


class Answers:
    n_parents = 1

    def __call__(self, task: ProposeTask) -> Candidate:
        return "a string"  # type: ignore[return-value]


class Model:
    """Waits as a model call does: for `gate`, where there is one for the task's number."""

    n_parents = 1

    def __init__(self) -> None:
        self.gates: dict[int, asyncio.Event] = {}
        self.waiting = 0

    def __call__(self, task: ProposeTask) -> Awaitable[Candidate]:
        return self._reply(task)

    async def _reply(self, task: ProposeTask) -> Candidate:
        self.waiting += 1
        if task.number in self.gates:
            await self.gates[task.number].wait()
        return candidate(task)


def numbers(events: Sequence[Event]) -> list[int]:
    return [event.number for event in events if isinstance(event, Proposal)]


async def every(pool: Proposers, tasks: Sequence[ProposeTask]) -> list[Proposal]:
    await pool.submit(tasks)
    found: list[Proposal] = []
    while pool.in_flight:
        found += [event for event in await pool.results() if isinstance(event, Proposal)]
    return found


def test_a_proposal_tells_what_was_asked_and_what_it_cost() -> None:
    ticks = iter(range(100))
    pool = Proposers({"compute": Computes()}, clock=lambda: float(next(ticks)))
    (found,) = asyncio.run(every(pool, [ProposeTask(4, "compute", ("p",), known=17)]))
    assert (found.number, found.operator, found.parents, found.known) == (4, "compute", ("p",), 17)
    assert (found.status, found.seconds) == ("ok", 1.0)
    assert found.candidate == candidate(ProposeTask(4, "compute", ("p",)))
    assert found.usage.cpu_s > 0


@pytest.mark.parametrize(
    ("operator", "status", "reason"),
    [
        (Refuses(), "invalid", "nothing to change"),
        (Breaks(ZeroDivisionError("by hand")), "crashed", "ZeroDivisionError: by hand"),
        (Answers(), "crashed", "TypeError: operator it returned str, no Candidate"),
    ],
)
def test_a_failure_is_a_status_with_its_reason(operator: Computes, status: str, reason: str) -> None:
    (found,) = asyncio.run(every(Proposers({"it": operator}), [ProposeTask(0, "it")]))
    assert (found.status, found.candidate) == (status, None)
    assert found.reason.endswith(reason)


def test_what_is_raised_on_purpose_ends_the_run_after_what_is_done() -> None:
    async def run() -> None:
        pool = Proposers({"ok": Computes(), "bad": Breaks(MissingExtra("needs a model"))}, ordered=True)
        await pool.submit([ProposeTask(0, "bad"), ProposeTask(1, "ok")])
        assert numbers(await pool.results()) == [1]
        with pytest.raises(MissingExtra, match="needs a model"):
            await pool.results()

    asyncio.run(run())


def test_an_unknown_operator_is_refused_with_the_choices() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'compute'"):
        asyncio.run(Proposers({"compute": Computes()}).submit([ProposeTask(0, "computer")]))


def test_ordered_results_are_all_and_in_the_order_of_submission() -> None:
    async def run() -> list[int]:
        model = Model()
        model.gates[0] = asyncio.Event()
        pool = Proposers({"model": model, "compute": Computes()}, ordered=True)
        await pool.submit([ProposeTask(0, "model"), ProposeTask(1, "compute"), ProposeTask(2, "model")])
        asyncio.get_running_loop().call_later(0.05, model.gates[0].set)
        return numbers(await pool.results())

    assert asyncio.run(run()) == [0, 1, 2]


def test_unordered_results_do_not_wait_for_the_slowest() -> None:
    async def run() -> None:
        model = Model()
        model.gates[0] = asyncio.Event()
        pool = Proposers({"model": model, "compute": Computes()})
        await pool.submit([ProposeTask(0, "model"), ProposeTask(1, "compute")])
        assert numbers(await pool.results()) == [1]
        model.gates[0].set()
        assert numbers(await pool.results()) == [0]
        assert await pool.results() == []

    asyncio.run(run())


def test_results_that_wait_hear_of_what_is_submitted_later() -> None:
    async def run() -> None:
        model = Model()
        model.gates[0] = asyncio.Event()
        pool = Proposers({"model": model, "compute": Computes()})
        await pool.submit([ProposeTask(0, "model")])
        waiting = asyncio.ensure_future(pool.results())
        await asyncio.sleep(0.01)
        await pool.submit([ProposeTask(1, "compute")])
        assert numbers(await asyncio.wait_for(waiting, 5)) == [1]
        await pool.close()

    asyncio.run(run())


def test_model_calls_wait_together() -> None:
    async def run() -> None:
        model = Model()
        model.gates = {i: asyncio.Event() for i in range(4)}
        pool = Proposers({"model": model}, slots=4)
        await pool.submit([ProposeTask(i, "model") for i in range(4)])
        for _ in range(100):
            await asyncio.sleep(0)
        assert model.waiting == 4
        assert (pool.free, pool.in_flight) == (0, 4)
        await pool.close()
        assert pool.in_flight == 0

    asyncio.run(run())


def test_a_cancelled_call_for_results_loses_nothing() -> None:
    async def run() -> None:
        pool = Proposers({"compute": Computes()})
        await pool.submit([ProposeTask(0, "compute")])
        waiting = asyncio.ensure_future(pool.results())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0.01)
        assert numbers(await pool.results()) == [0]

    asyncio.run(run())


def test_other_work_goes_on_between_two_that_compute() -> None:
    heard: list[Callable[[], None] | str] = []

    class Notes(Computes):
        def __call__(self, task: ProposeTask) -> Candidate:
            heard.append("proposal")
            asyncio.get_running_loop().call_soon(heard.append, "answer")
            return candidate(task)

    asyncio.run(every(Proposers({"it": Notes()}), [ProposeTask(i, "it") for i in range(3)]))
    assert heard[:5] == ["proposal", "answer", "proposal", "answer", "proposal"]
