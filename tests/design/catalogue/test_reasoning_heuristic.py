"""Each rule of the reasoning without a model decides a choice of its own."""

import asyncio
from typing import Any

from evo.design.catalogue.reasoning.heuristic import Heuristic
from evo.design.places import tried_text
from evo.design.situation import Situation

OFF: dict[str, Any] = {
    "goal": 0.0,
    "plan": 0.0,
    "orders": "none",
    "repeats": 0.0,
    "curious": 0.0,
    "gains": 0.0,
    "reckon": False,
    "careful": False,
}


def chosen(question: str, *actions: str, mind: Heuristic | None = None, **rules: Any) -> str:
    """The action that is chosen; `seen`, `memory`, `plan` and `feedback` tell of the situation."""
    told = {name: rules.pop(name) for name in ("seen", "memory", "plan", "feedback") if name in rules}
    mind = mind or Heuristic(**{**OFF, **rules})
    return asyncio.run(mind.think(question, Situation(actions=actions, **told).text())).text


def test_with_no_rule_the_first_action_is_taken() -> None:
    assert chosen("take the coin", "sing", "take coin") == "sing"


def test_words_of_the_goal() -> None:
    assert chosen("find the coin and pick it up", "sing", "take book", "take coin", goal=1.0) == "take coin"


def test_the_plan() -> None:
    assert chosen("", "sing", "go north", plan=("go north", "go east")) == "sing"
    mind = Heuristic(**{**OFF, "plan": 0.5})
    assert chosen("", "sing", "go north", mind=mind, plan=("go north", "go east")) == "go north"


def test_orders_that_were_just_given() -> None:
    seen = "Simon says, 'smell the apple'.\nYou are in the hall. You can eat pears here."
    actions = ("eat pears", "smell pear", "smell apple")
    assert chosen("do what Simon says", *actions, seen=seen, orders="now") == "smell apple"
    assert chosen("do what Simon says", *actions, seen=seen) == "eat pears"


def test_what_is_told_of_ones_own_deeds_is_no_order() -> None:
    assert chosen("", "sing", "take knife", seen="You take the knife.", orders="now") == "sing"


def test_orders_are_kept_until_they_are_followed() -> None:
    recipe = "Gather these and follow the directions.\nred pepper\nDirections:\nfry the red pepper"
    for orders, later in (("kept", "take red pepper"), ("now", "look")):
        mind = Heuristic(**{**OFF, "orders": orders})
        chosen("cook", "look", "sing", mind=mind, seen=recipe)
        assert chosen("cook", "look", "take red pepper", mind=mind, seen="You are in the shed.") == later
    mind = Heuristic(**{**OFF, "orders": "kept"})
    chosen("cook", "look", mind=mind, seen=recipe)
    dishes = ("look", "cook red pepper in oven", "cook red pepper in stove")
    assert chosen("cook", *dishes, mind=mind, seen="You are in the kitchen.") == "cook red pepper in stove"
    assert chosen("cook", *dishes, mind=mind, seen="You are in the kitchen.") == "look"


def test_what_was_tried_here_is_less_attractive() -> None:
    memory = tried_text({"take map": 2})
    assert chosen("take the map", "take map", "go north", goal=0.5, memory=memory) == "take map"
    assert chosen("take the map", "take map", "go north", goal=0.5, memory=memory, repeats=1.0) == "go north"


def test_curiosity_opens_and_reads() -> None:
    assert chosen("", "sing", "open box", curious=0.5) == "open box"
    assert chosen("", "sing", "read sign", curious=0.5) == "read sign"


def test_what_was_rewarded_is_done_with_other_things_and_what_cost_points_is_not_done_again() -> None:
    mind = Heuristic(**{**OFF, "gains": 1.0})
    assert chosen("", "take sock", mind=mind) == "take sock"
    actions = ("sing", "take sock", "take shoe")
    assert chosen("", *actions, mind=mind, feedback="take sock: gained 0.1") == "take shoe"
    assert chosen("", "take shoe", "sing", mind=mind, feedback="take shoe: gained -0.1") == "sing"


def test_what_was_put_to_its_place_stays_there() -> None:
    mind = Heuristic(**{**OFF, "gains": 0.5})
    chosen("", "put sock in drawer", mind=mind)
    told = "put sock in drawer: gained 0.1"
    assert chosen("", "take sock", "put sock in bin", "sing", mind=mind, feedback=told) == "sing"


def test_sums_are_worked_out() -> None:
    seen = "Solve this: multiply 3 and 4 ."
    assert chosen("fetch as many", "take 7 figs", "take 12 pears", seen=seen, reckon=True) == "take 12 pears"
    assert chosen("fetch as many", "take 7 figs", "take 12 pears", seen=seen) == "take 7 figs"


def test_amounts_are_put_in_order() -> None:
    actions = ("take 2kg of oak", "take 900g of ash", "take 1.5kg of elm")
    assert chosen("the smallest first", *actions, reckon=True) == "take 900g of ash"
    assert chosen("the largest first", *actions, reckon=True) == "take 2kg of oak"
    mind = Heuristic(**{**OFF, "reckon": True})
    assert (
        chosen("the smallest first", "put 900g of ash in box", *actions, mind=mind)
        == "put 900g of ash in box"
    )
    assert chosen("the smallest first", *actions, mind=mind) == "take 1.5kg of elm"


def test_care_keeps_from_what_cannot_be_taken_back() -> None:
    assert chosen("", "eat cake", "sing") == "eat cake"
    assert chosen("", "eat cake", "sing", careful=True) == "sing"
    assert chosen("eat the cake", "sing", "eat cake", goal=1.0, careful=True) == "eat cake"


def test_without_actions_it_says_the_next_step() -> None:
    assert chosen("", plan=("ask again",)) == "ask again"
