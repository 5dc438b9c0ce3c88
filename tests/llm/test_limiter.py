import asyncio
import heapq
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evo.llm.limiter import Limiter


class Time:
    """A clock that only moves when everybody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, id(future), future))
        await future

    async def run(self, tasks: Sequence["asyncio.Task[None]"]) -> None:
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers:
                self.now, _, future = heapq.heappop(self._sleepers)
                if not future.done():  # who slept was given up
                    future.set_result(None)
        for task in tasks:
            task.result()


def most_in_window(events: Sequence[tuple[float, int]], seconds: float) -> int:
    """Largest sum of the second numbers over events whose first are less than `seconds` apart."""
    ordered = sorted(events)
    return max(sum(n for at, n in ordered if start <= at < start + seconds - 1e-9) for start, _ in ordered)


calls = st.lists(
    st.tuples(
        st.floats(0.0, 90.0),  # when it is asked for
        st.integers(1, 400),  # tokens it may use
        st.floats(0.0, 1.0),  # share of them that it uses
        st.floats(0.01, 40.0),  # how long it takes
        st.floats(0.0, 1.0),  # how much of 2 seconds, or of its duration, it is on its way
    ),
    min_size=1,
    max_size=25,
)


@given(calls, st.integers(1, 6), st.integers(100, 600), st.integers(1, 8))
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_window_holds_more_than_allowed(
    wanted: list[tuple[float, int, float, float, float]], requests: int, tokens: int, concurrency: int
) -> None:
    time = Time()
    arrivals: list[tuple[float, int]] = []
    in_flight = peak = 0

    async def one(limiter: Limiter, start: float, worst: int, share: float, lasts: float, way: float) -> None:
        nonlocal in_flight, peak
        await time.sleep(start)
        async with limiter.slot():
            in_flight += 1
            peak = max(peak, in_flight)
            entry = await limiter.admit(worst)
            used = int(min(worst, tokens) * share)
            arrivals.append((time.now + way * min(2.0, lasts), used))
            await time.sleep(lasts)
            limiter.settle(entry, used)
            in_flight -= 1

    async def everything() -> None:
        limiter = Limiter(concurrency, requests, tokens, clock=time, sleep=time.sleep)
        await time.run([asyncio.create_task(one(limiter, *call)) for call in wanted])

    asyncio.run(everything())
    assert len(arrivals) == len(wanted)
    assert peak <= concurrency
    assert most_in_window([(at, 1) for at, _ in arrivals], 60.0) <= requests
    assert most_in_window(arrivals, 60.0) <= tokens


def admitted(
    requests: int | None, tokens: int | None, wanted: Sequence[int], lasts: float = 0.1
) -> list[float]:
    """When calls that use what they ask for, all asked for at once, are let through."""
    time = Time()
    found: dict[int, float] = {}

    async def one(limiter: Limiter, i: int) -> None:
        entry = await limiter.admit(wanted[i])
        found[i] = time.now
        await time.sleep(lasts)
        limiter.settle(entry, wanted[i])

    async def everything() -> None:
        limiter = Limiter(8, requests, tokens, clock=time, sleep=time.sleep)
        await time.run([asyncio.create_task(one(limiter, i)) for i in range(len(wanted))])

    asyncio.run(everything())
    assert list(found) == list(range(len(wanted))), "not first come, first served"
    return list(found.values())


def test_each_goes_as_soon_as_it_may() -> None:
    assert admitted(None, None, [10] * 4) == [0.0] * 4
    assert admitted(2, None, [10] * 5) == [0.0, 0.0, *[pytest.approx(60.1)] * 2, pytest.approx(120.2)]
    assert admitted(None, 100, [60, 30, 50, 10]) == [0.0, 0.0, pytest.approx(60.1), pytest.approx(60.1)]


def test_what_is_on_its_way_holds_its_place_longer() -> None:
    assert admitted(1, None, [1, 1], lasts=30.0)[1] == pytest.approx(62.0)


def test_a_call_that_is_larger_than_the_limit_goes_alone() -> None:
    assert admitted(None, 100, [500, 1]) == [0.0, pytest.approx(60.1)]


def test_a_correction_lets_the_next_one_go() -> None:
    async def two() -> float:
        time = Time()
        limiter = Limiter(8, None, 100, clock=time, sleep=time.sleep)

        async def first() -> None:
            entry = await limiter.admit(100)
            await time.sleep(5.0)
            limiter.settle(entry, 20)

        async def second() -> None:
            await limiter.admit(80)

        await time.run([asyncio.create_task(first()), asyncio.create_task(second())])
        return time.now

    assert 5.0 <= asyncio.run(two()) <= 6.0


def test_who_gives_up_waiting_does_not_stop_the_others() -> None:
    async def run() -> float:
        time = Time()
        limiter = Limiter(8, 1, None, clock=time, sleep=time.sleep)
        tasks = [asyncio.create_task(limiter.admit(1)) for _ in range(3)]
        for _ in range(5):
            await asyncio.sleep(0)
        tasks[1].cancel()
        await time.run([asyncio.create_task(_done(tasks[2]))])
        return time.now

    async def _done(task: "asyncio.Task[object]") -> None:
        await task

    assert asyncio.run(run()) == pytest.approx(62.0)
