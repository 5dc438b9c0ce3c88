"""A* expands in the order of cost so far plus estimated cost to come."""

import asyncio

from evo.design.catalogue.planning.a_star import AStar
from evo.testing.agents import ScriptedWorld

WAYS = {
    "start": {"a": "a1", "b": "b1"},
    "a1": {"a": "a2"},
    "a2": {"a": "a3"},
    "b1": {"b": "b2"},
    "b2": {"b": "b3"},
}
TEXTS = {
    "start": "nothing",
    "a1": "dust",
    "a2": "dust motes",
    "b1": "copper",
    "b2": "copper and tin",
    "a3": "copper tin lead",
}
GOAL = "copper tin lead"


def planner(world: ScriptedWorld, weight: float = 2.0, expansions: int = 4) -> AStar:
    return AStar(
        weight=weight, reward=5.0, steps=200, expansions=expansions, branching=9, depth=9, world=world
    )


def test_places_are_expanded_in_the_order_of_cost() -> None:
    found = planner(ScriptedWorld(WAYS, texts=TEXTS))
    plan = asyncio.run(found.plan(GOAL, "", ()))
    # the place at the end of b, b, b leads nowhere, and is not counted; f = steps + 2 * words to go:
    # b1 = 1 + 4, b2 = 2 + 2, b3 = 3 + 2, a1 = 1 + 6, a2 = 2 + 6, a3 = 3 + 0
    assert found.tree.expanded == [(), ("b",), ("b", "b"), ("b", "b", "b"), ("a",)]
    assert plan.steps == ("b", "b")
    asyncio.run(found.plan(GOAL, "", ()))
    assert found.tree.expanded[5:] == [("a", "a"), ("a", "a", "a")]


def test_without_a_heuristic_it_is_breadth_first() -> None:
    found = planner(ScriptedWorld(WAYS, texts=TEXTS), weight=0.0, expansions=5)
    asyncio.run(found.plan(GOAL, "", ()))
    assert found.tree.expanded == [(), ("a",), ("b",), ("a", "a"), ("b", "b")]


def test_it_finds_the_way_to_a_good_end() -> None:
    world = ScriptedWorld({**WAYS, "b2": {"b": "goal"}}, texts=TEXTS)
    assert asyncio.run(planner(world).plan(GOAL, "", ())).steps == ()
    assert world.place == "goal"
    assert world.taken == ["a", "b", "b", "b"]
