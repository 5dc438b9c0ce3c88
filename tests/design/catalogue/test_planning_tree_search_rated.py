"""The model's marks decide where the search goes on; the search backtracks when they were wrong."""

import asyncio

from evo.design.catalogue.planning.tree_search_rated import RatedTreeSearch
from evo.testing.agents import ModelCall, ScriptedModel, ScriptedWorld

WAYS = {
    "start": {"north": "swamp", "south": "road"},
    "swamp": {"on": "mud"},
    "mud": {"on": "more mud"},
    "road": {"on": "goal"},
}
MARKS = {"swamp": "9 out of 10!", "mud": "Score: 1", "more mud": "0", "road": "6/10"}


def marked(call: ModelCall) -> str:
    way = call.text.partition("\n\nHow promising")[0]
    return MARKS[way.rpartition("\n")[2]]


def planner_for(world: ScriptedWorld, model: ScriptedModel, expansions: int) -> RatedTreeSearch:
    return RatedTreeSearch(steps=60, expansions=expansions, branching=5, depth=6, model=model, world=world)


def test_the_search_follows_the_marks_and_backtracks() -> None:
    world, model = ScriptedWorld(WAYS), ScriptedModel(marked)
    planner = planner_for(world, model, 8)
    assert asyncio.run(planner.plan("get home", "start", ())).steps == ()
    assert planner.tree.expanded == [(), ("north",), ("south",)]
    assert world.place == "goal"
    assert {call.role for call in model.calls} == {"critic"}
    assert "> north\nswamp" in model.calls[0].text


def test_without_marks_all_places_are_equal() -> None:
    world = ScriptedWorld(WAYS)
    planner = planner_for(world, ScriptedModel(["lovely"]), 2)
    assert asyncio.run(planner.plan("get home", "start", ())).steps == ("north",)
