"""A world is searched by beginning anew: best first, with backtracking, and within its budget."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.design.contracts import Seen
from evo.design.exploration import Exploration, Node, unseen
from evo.design.situation import Situation
from evo.testing.agents import ScriptedWorld

WAYS = {
    "start": {"left": "cave", "right": "hill"},
    "cave": {"dig": "tunnel", "out": "start"},
    "hill": {"climb": "top", "down": "start"},
    "top": {"jump": "lake", "down": "hill"},
}
RANKS = {"cave": 3.0, "hill": 1.0, "tunnel": 9.0, "top": 2.0, "lake": 0.0}


async def by_place(goal: str, nodes: Sequence[Node]) -> Sequence[float]:
    return [RANKS.get(node.texts[-1], 99.0) for node in nodes]


def tree(world: ScriptedWorld, **bounds: int) -> Exploration:
    bounds = {"steps": 500, "expansions": 9, "branching": 9, "depth": 9} | bounds
    return Exploration(world, by_place, **bounds)


def test_the_best_place_is_expanded_first_and_backtracking_begins_anew() -> None:
    world = ScriptedWorld(WAYS)
    search = tree(world)
    plan = asyncio.run(search.plan("", "start"))
    assert search.expanded == [
        (),
        ("right",),
        ("right", "climb"),
        ("right", "climb", "jump"),
        ("left",),
        ("left", "dig"),
    ]
    assert plan.steps == ("right", "climb", "jump")
    assert world.place == "start"
    assert world.taken[:2] == ["left", "right"]  # the second after beginning anew
    assert world.restarts >= 3


def test_a_plan_leads_where_it_says() -> None:
    world = ScriptedWorld(WAYS)
    for action in asyncio.run(tree(world).plan("", "start")).steps:
        asyncio.run(world.step(action))
    assert world.place == "lake"


def test_expansions_branching_and_depth_are_bounds() -> None:
    search = tree(ScriptedWorld(WAYS), expansions=2)
    asyncio.run(search.plan("", ""))
    assert len(search.expanded) == 2
    world = ScriptedWorld(WAYS)
    assert asyncio.run(tree(world, branching=1).plan("turn right", "")).steps == ("right", "climb", "jump")
    assert "left" not in world.taken
    assert len(asyncio.run(tree(ScriptedWorld(WAYS), depth=2).plan("", "")).steps) <= 2


@pytest.mark.parametrize("steps", range(10))
def test_steps_are_a_bound(steps: int) -> None:
    world = ScriptedWorld(WAYS)
    search = tree(world, steps=steps)
    for _ in range(3):
        asyncio.run(search.plan("", ""))
    assert steps - 3 <= len(world.taken) <= steps


def test_places_that_lead_nowhere_new_do_not_end_a_search() -> None:
    world = ScriptedWorld(
        {"start": {"a": "cave", "b": "hill"}, "hill": {"back": "start"}, "cave": {"on": "lake"}}
    )
    search = tree(world, expansions=1)
    assert asyncio.run(search.plan("", "")).steps == ("b",)
    assert asyncio.run(search.plan("", "")).steps == ("a", "on")
    assert search.expanded == [(), ("b",), ("a",)]


def test_an_end_without_a_gain_is_turned_from() -> None:
    class Deadly(ScriptedWorld):
        async def step(self, action: str) -> Seen:
            seen = await super().step(action)
            return Seen("You are dead.", 0.0, True) if self.place == "cave" else seen

    world = Deadly(WAYS)
    search = tree(world)
    assert asyncio.run(search.plan("", "")).steps == ("right", "climb", "jump")
    assert ("left",) not in search.expanded


def test_a_good_end_is_left_as_it_is() -> None:
    world = ScriptedWorld({**WAYS, "top": {"jump": "goal"}})
    assert asyncio.run(tree(world).plan("", "")).steps == ()
    assert world.place == "goal"


def test_while_a_plan_is_followed_nothing_is_searched() -> None:
    world = ScriptedWorld(WAYS)
    search = tree(world)
    steps = asyncio.run(search.plan("", Situation(seen="start").text())).steps
    taken = len(world.taken)
    seen = asyncio.run(world.step(steps[0]))
    rest = asyncio.run(search.plan("", Situation(seen=seen.text, memory="much").text()))
    assert rest.steps == steps[1:]
    assert len(world.taken) == taken + 1


def test_no_plan_leads_to_the_same_place_again() -> None:
    search = tree(ScriptedWorld(WAYS))
    plans = [asyncio.run(search.plan("", "elsewhere")).steps for _ in range(4)]
    assert plans == [("right", "climb", "jump"), ("left",), ("left", "dig"), ()]


def test_the_step_that_failed_is_not_advised_again() -> None:
    world = ScriptedWorld(WAYS)
    search = tree(world, expansions=3)
    assert asyncio.run(search.plan("", "start")).steps == ("right", "climb", "jump")
    plan = asyncio.run(search.revise(Situation(plan=("jump",), feedback="climb: denied").text()))
    assert plan.steps in (
        ("left",),
        ("left", "dig"),
    )  # not "right", which was passed, and nothing behind "climb"


def test_words_not_seen_yet() -> None:
    assert unseen("Take the red key!", ["a RED door", "keys"]) == 3  # take, the, key
    assert unseen("", ["a"]) == 0


PLACES = ("start", "a", "b", "c")


async def searched(ways: Mapping[str, Mapping[str, str]]) -> Exploration:
    """Plans five times, and follows each plan; every action must be possible where it is made."""
    world = ScriptedWorld(ways)
    search = tree(world, expansions=20)
    for _ in range(5):
        steps = (await search.plan("", "")).steps
        assert world.place == "start" or not steps
        for action in steps:
            assert action in ways[world.place]
            await world.step(action)
    return search


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(st.sampled_from(PLACES), st.dictionaries(st.sampled_from("xyz"), st.sampled_from(PLACES)))
)
def test_every_world_is_searched_to_its_end(ways: dict[str, dict[str, str]]) -> None:
    search = asyncio.run(searched(ways))
    assert len(set(search.expanded)) == len(search.expanded)
