"""What guards let pass, in an agent that acts."""

import asyncio
from typing import Any

import pytest

from evo.design.acting import REFUSED, act
from evo.design.catalogue.guard.loop_breaker import LoopBreaker
from evo.design.catalogue.guard.privileges import Privileges
from evo.design.catalogue.memory.window import Window
from evo.design.contracts import Allow, Call, Deny
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.testing.agents import ScriptedWorld, make_agent
from tests.design.catalogue.assembly import CATALOGUE, build

WAYS = {"start": {"on": "hall", "eat map": "start"}, "hall": {"back": "start", "on": "goal"}}


def played(guard: Any, *names: str) -> tuple[list[str], list[str], str]:
    """What reached the world, what was seen, and what the memory holds."""
    world, memory, trace = ScriptedWorld(WAYS), Window(99), list[Call]()
    agent = make_agent(world=world, guard=guard, memory=memory)
    seen = [asyncio.run(act(agent, Call(name), trace)).text for name in names]
    assert [call.name for call in trace] == world.taken
    return world.taken, seen, asyncio.run(memory.read(""))


def verdict(guard: Any, call: Call, *trace: Call) -> Any:
    return asyncio.run(guard.allow(call, trace))


def test_privileges_deny_replace_and_allow() -> None:
    guard = Privileges("allow", "deny eat*  # you will need it\nreplace dance with on  # no time")
    taken, seen, memory = played(guard, "eat map", "dance", "back")
    assert taken == ["on", "back"]
    assert seen == [f"{REFUSED}eat map. you will need it", "hall", "start"]
    assert "dance was replaced by on. no time" in memory


def test_privileges_may_deny_what_no_rule_allows() -> None:
    guard = Privileges("deny", "allow on when made < 1")
    taken, seen, _ = played(guard, "back", "on", "on")
    assert taken == ["on"]
    assert "No rule allows back" in seen[0]
    assert "No rule allows on" in seen[2]


def test_rules_that_cannot_be_read_are_found_before_anything_runs() -> None:
    text = "slots:\n  workflow: single\n  reasoning: heuristic\n  guard: {{use: privileges, rules: {}}}\n"
    assert Design.load({"design.yaml": text.format("deny pay")}, CATALOGUE).parts["guard"].use == "privileges"
    with pytest.raises(
        InvalidDesign, match="guard: rules of privileges must be rules that can be read: rule 1"
    ):
        Design.load({"design.yaml": text.format("forbid pay")}, CATALOGUE)


def test_the_first_rule_that_fits_decides() -> None:
    guard = Privileges("deny", "allow pay when amount <= 10\ndeny pay # too much\nallow *")
    assert verdict(guard, Call("pay", {"amount": 10})) == Allow()
    assert verdict(guard, Call("pay", {"amount": "11"})) == Deny("too much")
    assert verdict(guard, Call("pay", {})) == Deny("too much")
    assert verdict(guard, Call("look")) == Allow()


def test_a_replacement_is_not_judged_again_and_so_cannot_go_round() -> None:
    guard = Privileges("allow", "replace on with back\nreplace back with on")
    assert played(guard, "on")[0] == ["back"]


def test_rules_that_cannot_be_read_let_nothing_pass() -> None:
    with pytest.raises(ValueError, match="rule 1 must begin"):
        Privileges("allow", "please be careful")


def test_the_rules_that_come_with_it_keep_code_from_files() -> None:
    guard = build("guard", "privileges", None, None)
    assert isinstance(verdict(guard, Call("python", {"code": "print(open('x').read())"})), Deny)
    assert isinstance(verdict(guard, Call("python", {"code": "import subprocess"})), Deny)
    assert verdict(guard, Call("python", {"code": "print(reopened)"})) == Allow()
    assert verdict(guard, Call("open door")) == Allow()


def test_loop_breaker_denies_one_round_too_many() -> None:
    taken, seen, _ = played(
        LoopBreaker(rounds=2, circle=1), "on", "eat map", "eat map", "eat map", "back", "eat map"
    )
    assert taken == ["on", "eat map", "eat map", "back", "eat map"]
    assert seen[3] == f"{REFUSED}eat map. eat map was done 2 times in a row. Do something else."


def test_loop_breaker_sees_longer_circles_if_it_looks_for_them() -> None:
    steps = ["on", "back"] * 3
    assert played(LoopBreaker(rounds=2, circle=1), *steps)[0] == steps
    taken, seen, _ = played(LoopBreaker(rounds=2, circle=2), *steps)
    assert taken == steps[:5]
    assert "The last 2 calls were made 2 times in a row" in seen[5]


def test_loop_breaker_compares_arguments() -> None:
    guard = LoopBreaker(rounds=1, circle=3)
    calls = [Call("add", {"a": n}) for n in range(5)]
    assert verdict(guard, Call("add", {"a": 5}), *calls) == Allow()
    assert isinstance(verdict(guard, Call("add", {"a": 4}), *calls), Deny)


@pytest.mark.parametrize("name", CATALOGUE.names("guard"))
def test_guards_answer_whatever_is_called(name: str) -> None:
    guard = build("guard", name, None, None)
    strange = Call("\x00\u202e*[", {"": object(), "code": "🙂" * 10_000, "n": float("nan")})
    for trace in ((), (strange,) * 3, (Call(""),) * 500):
        assert verdict(guard, strange, *trace) is not None
