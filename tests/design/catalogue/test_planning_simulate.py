"""Every candidate is followed in the model's mind, and the one with the best end is advised."""

import asyncio

from evo.design.catalogue.planning.simulate import Simulate
from evo.design.contracts import Spec
from evo.testing.agents import ModelCall, ScriptedModel

AHEAD = {
    ("shore", "swim"): "shark",
    ("shore", "sail"): "sea",
    ("shore", "wait"): "shore",
    ("sea", "land"): "island",
}
MARKS = {"shark": 2, "sea": 1, "shore": 0, "island": 10}
TOOLS = tuple(Spec(name, "") for name in ("swim", "sail", "wait"))


def place(text: str) -> str:
    return next(name for name in ("island", "shark", "sea", "shore") if name in text)


def mind(call: ModelCall) -> str:
    if call.role == "world":
        action = call.text.partition("Action: ")[2].split()[0]
        return AHEAD.get((place(call.text), action), place(call.text))
    if call.role == "critic":
        return str(MARKS[place(call.text)])
    return "1. land" if "sea" in call.text else "1. wait"


def test_the_action_with_the_best_end_is_advised() -> None:
    model = ScriptedModel(mind)
    assert asyncio.run(Simulate(3, 1, model).plan("go ashore", "shore", TOOLS)).steps == ("swim",)
    assert [call.role for call in model.calls].count("world") == 3
    assert "proposer" not in {call.role for call in model.calls}  # all actions are few enough


def test_deeper_simulation_sees_further() -> None:
    tools = (*TOOLS, Spec("land", ""))
    model = ScriptedModel(lambda call: "1. swim\n2. sail" if "Name the 2" in call.text else mind(call))
    planner = Simulate(2, 2, model)
    assert asyncio.run(planner.plan("go ashore", "shore", tools)).steps == ("sail", "land")
    assert [call.role for call in model.calls].count("world") == 4


def test_of_many_actions_the_proposed_are_simulated() -> None:
    model = ScriptedModel(lambda call: "1. Sail.\n2. fly" if call.role == "proposer" else mind(call))
    assert asyncio.run(Simulate(2, 1, model).plan("go ashore", "shore", TOOLS)).steps == ("sail",)
    assert [call.role for call in model.calls].count("world") == 1


def test_what_is_not_proposed_is_taken_in_order() -> None:
    model = ScriptedModel()
    assert asyncio.run(Simulate(2, 1, model).plan("go ashore", "shore", TOOLS)).steps == ("swim",)
    assert asyncio.run(Simulate(2, 1, model).plan("go ashore", "shore", ())).steps == ()


def test_feedback_is_the_new_state() -> None:
    planner = Simulate(3, 1, ScriptedModel(mind))
    asyncio.run(planner.plan("go ashore", "shore", (*TOOLS[1:], Spec("land", ""))))
    assert asyncio.run(planner.revise("sea all around")).steps == ("land",)
