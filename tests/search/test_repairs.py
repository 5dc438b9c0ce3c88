import pytest

from evo.search.population import Node, Population
from evo.search.repairs import CAPACITY, Repairs
from evo.types import Candidate, OperatorShare, Plan, Proposal, Reply, Status

PLAN = Plan(
    operators={
        "change": OperatorShare(),
        "diff": OperatorShare(models=("m",)),
        "fix": OperatorShare(models=("m",), repairs=True),
    }
)


class Bench:
    """A population whose members fail at a word."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.population = Population(1)
        self.repairs = Repairs(plan, self.population)

    def fail(self, name: str, operator: str = "diff", status: Status = "invalid") -> Node:
        node = self.population.find(name) or self.population.add(name, 0, operator, (), False)
        self.population.failed(node, status)
        self.repairs.failed(node)
        return node

    def repaired(self, number: int, name: str, of: str, reply: bool = True) -> Node:
        if reply:
            self.repairs.bought(Reply(number, 0, "fix", "m", "key", "text", operator="fix", repairs=of))
        node = self.population.add(name, number, "fix", (), False)
        self.repairs.finished(Proposal(number, "fix", (), Candidate(name, {}), repairs=of), node)
        return node

    def newest(self) -> str:
        node = self.repairs.newest()
        return node.id if node else ""


def test_the_most_recent_failure_comes_first() -> None:
    bench = Bench()
    assert bench.newest() == ""
    bench.fail("a")
    second = bench.fail("b", status="timeout")
    assert bench.newest() == "b"
    bench.repairs.take(7, second)
    assert bench.newest() == "a"  # b is in flight
    bench.repairs.finished(Proposal(7, "fix", status="lost", repairs="b"), None)
    assert bench.newest() == "b"  # no model answered


def test_what_a_model_answered_for_is_not_offered_again() -> None:
    bench = Bench()
    bench.fail("a")
    bench.fail("b")
    bench.repaired(7, "c", of="a")
    assert bench.newest() == "b"
    bench.repairs.bought(Reply(8, 0, "fix", "m", "key", "text", repairs="b"))
    assert bench.newest() == ""
    bench.repairs.finished(Proposal(8, "fix", status="invalid", repairs="b"), None)
    assert bench.newest() == ""


def test_a_proposal_without_a_reply_uses_up_what_it_was_to_repair() -> None:
    bench = Bench()
    for name in "abc":
        bench.fail(name)
    bench.repairs.finished(Proposal(7, "fix", status="invalid", repairs="b"), None)
    assert bench.newest() == "c"
    bench.repairs.finished(Proposal(8, "fix", status="invalid", repairs="c"), None)
    assert bench.newest() == "a"
    bench.repairs.finished(Proposal(9, "diff", status="invalid", repairs="a"), None)
    assert bench.newest() == "a"


@pytest.mark.parametrize(
    ("operator", "status"), [("change", "invalid"), ("seed", "crashed"), ("diff", "lost")]
)
def test_what_no_model_made_or_what_was_lost_is_not_repaired(operator: str, status: Status) -> None:
    bench = Bench()
    bench.fail("a", operator, status)
    assert bench.newest() == ""


@pytest.mark.parametrize("reply", [True, False])
def test_a_failed_repair_is_repaired_once_more(reply: bool) -> None:
    bench = Bench()
    bench.fail("a")
    bench.repaired(1, "a1", of="a", reply=reply)
    bench.fail("a1", "fix")
    assert bench.newest() == "a1"
    bench.repaired(2, "a2", of="a1", reply=reply)
    bench.fail("a2", "fix")
    assert bench.newest() == ""


def test_only_so_many_are_remembered() -> None:
    bench = Bench()
    for number in range(CAPACITY + 10):
        bench.fail(f"c{number}")
    for number in range(CAPACITY + 9, 9, -1):
        assert bench.newest() == f"c{number}"
        bench.repaired(number, f"r{number}", of=f"c{number}")
    assert bench.newest() == ""


def test_without_an_operator_that_repairs_nothing_is_kept() -> None:
    bench = Bench(Plan(operators={"diff": OperatorShare(models=("m",))}))
    bench.fail("a")
    assert bench.newest() == ""
