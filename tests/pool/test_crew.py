"""Who is sent what."""

import pytest

from evo.pool.crew import CALL_CHARACTERS, Call, Group, Need, Worker, group_stages
from evo.pool.pace import Pace
from evo.types import EvaluateTask, Stage
from tests.pool.toys import task

QUICK = Pace()
QUICK.add(0.001)


def group(n_workers: int = 1, waiting: int = 0) -> Group:
    found = Group(Need(), frozenset({"search"}), None)
    found.workers = [Worker(found, None, ready=0.0) for _ in range(n_workers)]
    found.waiting.extend(task(f"c{i}", "score 0") for i in range(waiting))
    return found


def names(batch: tuple[EvaluateTask, ...]) -> list[str]:
    return [one.candidate for one in batch]


def test_stages_with_equal_needs_share_workers() -> None:
    stages = [
        Stage("a"),
        Stage("b", timeout_s=1.0),
        Stage("c", num_cpus=2.0),
        Stage("d", resources={"x": 1.0}),
    ]
    found = group_stages(stages, limit=3)
    assert found["a"] is found["b"]
    assert len({id(found[name]) for name in "abcd"}) == 3
    assert found["d"].need.amounts() == {"CPU": 1.0, "x": 1.0}


@pytest.mark.parametrize(
    ("need", "node", "n"),
    [
        (Need(1.0), {"CPU": 4.0}, 4),
        (Need(0.1), {"CPU": 1.0}, 10),
        (Need(1.0, 0.5), {"CPU": 8.0, "GPU": 1.0}, 2),
        (Need(1.0, 1.0), {"CPU": 8.0}, 0),
        (Need(0.0, 0.0), {"CPU": 3.0}, 3),
        (Need(1.0, 0.0, (("timer", 1.0),)), {"CPU": 8.0, "timer": 1.0}, 1),
    ],
)
def test_how_many_workers_a_node_holds(need: Need, node: dict[str, float], n: int) -> None:
    assert need.fits(node) == n


def test_a_worker_has_openings_up_to_its_depth_unless_it_leaves() -> None:
    it = group(n_workers=2)
    first, second = it.workers
    first.calls.append(Call((task("a", ""),)))
    assert it.openings(2) == {first: 1, second: 2}
    assert it.openings(1) == {second: 1}
    second.leaving = True
    assert it.openings(2) == {first: 1}


def test_nothing_is_queued_behind_a_task_that_was_lost_before_nor_it_behind_another() -> None:
    it = group(n_workers=2, waiting=1)
    it.workers[0].calls.append(Call((task("again", "", attempt=2),)))
    assert it.openings(2) == {it.workers[1]: 2}
    assert it.next_depth(2, QUICK) == 2
    it.waiting.appendleft(task("again too", "", attempt=2))
    assert it.next_depth(2, QUICK) == 1


def test_no_worker_starves_while_another_has_a_full_batch() -> None:
    it = group(n_workers=4, waiting=8)
    sizes = []
    for worker in it.workers:
        batch = it.next_batch(1, QUICK)
        worker.calls.append(Call(batch))
        sizes.append(len(batch))
    assert sizes == [2, 2, 2, 2]


def test_slow_or_unknown_tasks_go_alone_and_are_not_queued_at_a_busy_worker() -> None:
    it = group(waiting=9)
    slow = Pace()
    slow.add(5.0)
    assert len(it.next_batch(2, slow)) == 1
    assert len(it.next_batch(2, Pace())) == 1
    assert [it.next_depth(2, pace) for pace in (slow, Pace(), QUICK)] == [1, 1, 2]


def test_a_task_that_was_lost_before_travels_alone() -> None:
    it = group()
    it.waiting.extend([task("a", ""), task("b", "", attempt=2), task("c", "", attempt=2), task("d", "")])
    assert [names(it.next_batch(1, QUICK)) for _ in range(4)] == [["a"], ["b"], ["c"], ["d"]]


def test_a_batch_is_of_one_stage_and_not_too_long() -> None:
    it = group()
    long = "x" * (CALL_CHARACTERS // 2)
    it.waiting.extend([task("a", ""), task("b", "", stage="selection"), task("c", long), task("d", long)])
    it.waiting.extend([task("e", long, stage="selection")])
    assert [names(it.next_batch(1, QUICK)) for _ in range(4)] == [["a"], ["b"], ["c", "d"], ["e"]]
