"""Where explorers without a model go next."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from evo.design.catalogue.memory.map_graph import MapGraph
from evo.design.catalogue.planning.first import First
from evo.design.catalogue.planning.frontier import Frontier
from evo.design.catalogue.planning.goal_path import GoalPath
from evo.design.catalogue.planning.least_tried import LeastTried
from evo.design.catalogue.planning.random_walk import RandomWalk
from evo.design.catalogue.workflow.loop import Loop
from evo.design.contracts import Plan, Spec, Task
from evo.design.situation import Situation
from evo.testing.agents import ScriptedWorld, make_agent

HALL = "You are in the hall."


def advice(planner: Any, *actions: str, seen: str = HALL, goal: str = "") -> tuple[str, ...]:
    offer = [*(Spec(action, "") for action in actions), Spec("add", "adds numbers", {"a": "one"})]
    plan: Plan = asyncio.run(planner.plan(goal, Situation(seen, actions=actions).text(), offer))
    return plan.steps


def test_first_takes_the_first_that_is_no_tool() -> None:
    assert advice(First(), "b", "a") == ("b",)
    assert advice(First()) == ()


def test_a_random_walk_goes_everywhere_and_is_the_same_for_the_same_draws() -> None:
    def walk(seed: int) -> list[tuple[str, ...]]:
        planner = RandomWalk(ways=False, draw=random.Random(seed))
        return [advice(planner, "go north", "open door", "sing") for _ in range(40)]

    assert set(walk(1)) == {("go north",), ("open door",), ("sing",)}
    assert walk(1) == walk(1) != walk(2)


def test_a_random_walk_over_ways_keeps_to_them() -> None:
    planner = RandomWalk(ways=True, draw=random.Random(1))
    seen = {
        advice(planner, "go north", "close door to north", "open door to east", "sing") for _ in range(40)
    }
    assert seen == {("go north",), ("open door to east",)}
    assert advice(planner, "sing") == ("sing",)


def test_the_least_tried_is_counted_by_place() -> None:
    planner = LeastTried(ties="order", draw=random.Random(1))
    assert [advice(planner, "a", "b", "c")[0] for _ in range(4)] == ["a", "b", "c", "a"]
    assert advice(planner, "a", "b", seen="You are in the attic.") == ("a",)


@pytest.mark.parametrize(("ties", "expected"), [("eager", "open box"), ("order", "close box")])
def test_of_equals_what_opens_comes_first(ties: str, expected: str) -> None:
    planner = LeastTried(ties=ties, draw=random.Random(1))
    assert advice(planner, "close box", "go north", "open box", "sing") == (expected,)


HOUSE = {
    "hall": {"go north": "kitchen", "go east": "yard"},
    "kitchen": {"go south": "hall", "go east": "cellar"},
    "yard": {"go west": "hall"},
    "cellar": {"go west": "kitchen"},
}
TEXTS = {
    "hall": "You are in the hall. A mat.",
    "kitchen": "You are in the kitchen. A stove and a clock.",
    "yard": "You are in the yard. Grass.",
    "cellar": "You are in the cellar. A barrel of cider.",
}


def explored(make: Any, goal: str = "", steps: int = 8) -> Sequence[str]:
    world, memory = ScriptedWorld(HOUSE, "hall", TEXTS), MapGraph(signs=True, tried=True)
    agent = make_agent(world=world, memory=memory, planning=make(memory))
    asyncio.run(Loop(steps, "always").solve(Task(goal, TEXTS["hall"]), agent))
    return world.taken


def test_the_frontier_is_walked_to_the_nearest_first() -> None:
    taken = explored(lambda memory: Frontier("nearest", False, memory))
    assert taken == ["go north", "go south", "go east", "go west", "go north", "go east", "go west"]


def test_the_frontier_ends_when_all_is_known_unless_it_circles() -> None:
    assert len(explored(lambda memory: Frontier("nearest", False, memory), steps=30)) == 7
    assert len(explored(lambda memory: Frontier("nearest", True, memory), steps=30)) == 30


def test_a_frontier_far_away_is_reached_over_known_ways() -> None:
    memory = MapGraph(signs=True, tried=False)
    memory.chart.here = "cellar"
    memory.chart.ways = {
        "cellar": {"go west": "kitchen"},
        "kitchen": {"go south": "hall"},
        "hall": {"go east": "?"},
    }
    steps = advice(Frontier("nearest", False, memory), "go west", seen=TEXTS["cellar"])
    assert steps == ("go west", "go south", "go east")


def test_the_goals_places_are_visited_in_its_order() -> None:
    goal = "bring cider from the cellar to the yard"
    taken = explored(lambda memory: GoalPath("places", True, False, memory), goal, 20)
    at, places = "hall", []
    for action in taken:
        at = HOUSE[at][action]
        places.append(at)
    assert "yard" in places[places.index("cellar") :]
    assert places.index("cellar") < 8


def test_places_are_known_by_what_was_seen_there() -> None:
    memory = MapGraph(signs=True, tried=False)
    memory.chart.here = "hall"
    memory.chart.ways = {"hall": {"go north": "kitchen", "go east": "yard"}}
    memory.chart.seen = {place: TEXTS[place] for place in ("hall", "kitchen", "yard")}
    steps = {
        targets: advice(GoalPath(targets, False, False, memory), "go north", "go east", goal="wind the clock")
        for targets in ("places", "things", "both")
    }
    assert steps == {"places": (), "things": ("go north",), "both": ("go north",)}


def test_without_targets_it_explores_if_it_may() -> None:
    assert explored(lambda memory: GoalPath("places", False, False, memory), "sing") == []
    assert explored(lambda memory: GoalPath("places", True, False, memory), "sing")[:2] == [
        "go north",
        "go south",
    ]
