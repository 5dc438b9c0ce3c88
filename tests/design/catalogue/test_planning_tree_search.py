"""What best-first search without a model holds for the best place."""

import asyncio

import pytest

from evo.design.catalogue.planning.tree_search import TreeSearch
from evo.testing.agents import ScriptedWorld

WAYS = {
    "start": {"north": "same", "east": "new", "south": "words"},
    "same": {"on": "corner"},
    "new": {"on": "goal"},
    "words": {"on": "corner"},
}
TEXTS = {
    "start": "a plain room",
    "same": "a plain room again",
    "new": "dragons everywhere, fire, smoke",
    "words": "a silver key in a plain room",
}


def planner_for(world: ScriptedWorld, value: str, expansions: int) -> TreeSearch:
    return TreeSearch(value=value, steps=100, expansions=expansions, branching=16, depth=12, world=world)


@pytest.mark.parametrize(("value", "first"), [("novelty", "east"), ("words", "south"), ("reward", "north")])
def test_the_value_decides_what_is_best(value: str, first: str) -> None:
    planner = planner_for(ScriptedWorld(WAYS, texts=TEXTS), value, 1)
    assert asyncio.run(planner.plan("take the silver key", "", ())).steps == (first,)


def test_what_is_most_valuable_is_expanded_next_until_the_end_is_good() -> None:
    world = ScriptedWorld(WAYS, texts=TEXTS)
    planner = planner_for(world, "novelty", 8)
    assert asyncio.run(planner.plan("find a way", "", ())).steps == ()
    assert planner.tree.expanded == [(), ("east",)]
    assert world.place == "goal"


def test_revising_searches_on() -> None:
    world = ScriptedWorld(WAYS, texts=TEXTS)
    planner = planner_for(world, "words", 1)
    asyncio.run(planner.plan("take the silver key", "", ()))
    assert asyncio.run(planner.revise("locked")).steps[:1] != ("south",)
