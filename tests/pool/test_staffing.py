"""Which workers come and go when stages with different needs share machines."""

from collections.abc import Sequence

from evo.pool.crew import Call, Group, Need, Worker
from evo.pool.staffing import IDLE_S, TENURE_S, dismissals, hires, slots
from tests.pool.toys import task

TWO_CPUS = {"n1": {"CPU": 2.0}}


def group(name: str, cpus: float, n_slots: int, nodes: Sequence[str] = (), waiting: int = 0) -> Group:
    found = Group(Need(cpus), frozenset({name}), None, n_slots)
    for node in nodes:
        worker = Worker(found, None, node=node, alive=0.0, ready=0.0)
        found.workers.append(worker)
    found.waiting.extend(task(f"{name}{i}", "") for i in range(waiting))
    return found


def busy(it: Group) -> Group:
    for worker in it.workers:
        worker.calls.append(Call((task("under way", ""),), 0.0))
    return it


def test_slots_are_counted_node_by_node() -> None:
    assert slots({"a": {"CPU": 3.0}, "b": {"CPU": 3.0}}, Need(2.0)) == 2


def test_a_single_group_is_staffed_at_once_and_replaced() -> None:
    it = group("only", 1.0, 2)
    assert hires(TWO_CPUS, [it], 0.0) == [it, it]
    it = group("only", 1.0, 2, nodes=["n1"])
    assert hires(TWO_CPUS, [it], 0.0) == [it]
    it.retry = 5.0
    assert hires(TWO_CPUS, [it], 4.0) == []


def test_a_second_group_waits_for_work_and_for_room() -> None:
    small, wide = group("small", 1.0, 2), group("wide", 2.0, 1)
    assert hires(TWO_CPUS, [small, wide], 0.0) == [small, small]
    small, wide = group("small", 1.0, 2, ["n1", "n1"]), group("wide", 2.0, 1, waiting=1)
    assert hires(TWO_CPUS, [small, wide], 0.0) == []
    assert hires({"n1": {"CPU": 4.0}}, [small, wide], 0.0) == [wide]


def test_what_no_node_can_hold_is_asked_for_all_the_same() -> None:
    small, gpu = group("small", 1.0, 2, ["n1", "n1"]), group("gpu", 1.0, 1, waiting=1)
    gpu.need = Need(1.0, 1.0)
    assert hires(TWO_CPUS, [small, gpu], 0.0) == [gpu]


def test_idle_workers_leave_for_a_group_with_work() -> None:
    small, wide = group("small", 1.0, 2, ["n1", "n1"]), group("wide", 2.0, 1, waiting=1)
    assert dismissals(TWO_CPUS, [small, wide], IDLE_S / 2) is None
    assert dismissals(TWO_CPUS, [small, wide], IDLE_S) == (wide, small.workers)


def test_busy_workers_leave_after_their_tenure_for_a_group_without_any() -> None:
    small, wide = busy(group("small", 1.0, 2, ["n1", "n1"], waiting=9)), group("wide", 2.0, 1, waiting=1)
    assert dismissals(TWO_CPUS, [small, wide], TENURE_S / 2) is None
    assert dismissals(TWO_CPUS, [small, wide], TENURE_S) == (wide, small.workers)
    small.workers[0].leaving = True
    assert dismissals(TWO_CPUS, [small, wide], TENURE_S) is None


def test_busy_workers_stay_when_the_other_group_has_one_already() -> None:
    small = busy(group("small", 1.0, 2, ["n1"], waiting=9))
    other = busy(group("other", 1.0, 2, ["n1"], waiting=9))
    assert dismissals(TWO_CPUS, [small, other], 100.0) is None


def test_room_that_was_made_is_kept_for_the_group_it_was_made_for() -> None:
    small, wide = group("small", 1.0, 2, ["n1"], waiting=9), group("wide", 2.0, 1, waiting=1)
    wide.claim = True
    assert hires(TWO_CPUS, [small, wide], 9.0) == []
    small.workers.clear()
    assert hires(TWO_CPUS, [small, wide], 9.0) == [wide]


def test_the_node_is_chosen_where_fewest_are_disturbed() -> None:
    nodes = {"n1": {"CPU": 2.0}, "n2": {"CPU": 2.0}, "n3": {"CPU": 1.0}}
    small, wide = group("small", 1.0, 5, ["n1", "n1", "n2", "n2", "n3"]), group("wide", 2.0, 1, waiting=1)
    for worker in small.workers[:2]:
        worker.calls.append(Call((), 0.0))
    small.waiting.append(task("more", ""))
    assert dismissals(nodes, [small, wide], TENURE_S) == (wide, small.workers[2:4])


def test_one_group_never_loses_a_worker() -> None:
    assert dismissals(TWO_CPUS, [group("only", 1.0, 2, ["n1"], waiting=5)], 100.0) is None
