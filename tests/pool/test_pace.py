"""How many tasks make a call."""

import pytest

from evo.pool.pace import MAX_BATCH, Pace


def pace(*seconds: float) -> Pace:
    found = Pace()
    for each in seconds:
        found.add(each)
    return found


@pytest.mark.parametrize(
    ("seconds", "batch"), [(10.0, 1), (0.021, 1), (0.015, 2), (0.01, 3), (0.001, 30), (1e-9, MAX_BATCH)]
)
def test_a_call_is_worth_thirty_milliseconds_of_quick_tasks(seconds: float, batch: int) -> None:
    assert pace(seconds, seconds).batch == batch


def test_tasks_go_alone_while_nothing_is_known() -> None:
    assert Pace().batch == 1


def test_one_time_limit_does_not_end_batches() -> None:
    assert pace(*[0.001] * 100, 10.0).batch > 5


def test_it_follows_a_change() -> None:
    assert pace(*[0.001] * 100, *[1.0] * 60).seconds == pytest.approx(1.0, rel=0.1)
