"""The plan comes first, is carried out step by step, and is revised where a step fails."""

import asyncio
from collections.abc import Sequence

from evo.design.catalogue.memory.window import Window
from evo.design.catalogue.workflow.plan_then_act import PlanThenAct
from evo.design.contracts import Plan, Spec, Task
from evo.testing.agents import ScriptedWorld, make_agent
from tests.design.catalogue.thinkers import Adder, Thinker

WAYS = {
    "start": {"go north": "hall", "go south": "pit"},
    "hall": {"go east": "goal", "go west": "start"},
    "pit": {"climb": "start"},
}


class Planner:
    """Gives its plans one after the other; `said` is the feedback, `asked` what it planned from."""

    def __init__(self, plans: Sequence[Sequence[str]], revisions: Sequence[Sequence[str]] = ()) -> None:
        self.plans, self.revisions = list(plans), list(revisions)
        self.said: list[str] = []
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        self.asked.append((state, tuple(spec.name for spec in tools)))
        return Plan(tuple(self.plans.pop(0))) if self.plans else Plan()

    async def revise(self, feedback: str) -> Plan:
        self.said.append(feedback)
        return Plan(tuple(self.revisions.pop(0))) if self.revisions else Plan()


def play(
    planner: Planner, steps: int = 10, revisions: int = 2, thinker: Thinker | None = None
) -> ScriptedWorld:
    agent = make_agent(world=ScriptedWorld(WAYS), planning=planner)
    if thinker:
        agent.reasoning = thinker
    asyncio.run(PlanThenAct(steps, revisions, planner).solve(Task("get out", "start"), agent))
    return agent.world  # type: ignore[no-any-return]


def test_a_whole_plan_is_made_once_and_carried_out() -> None:
    planner = Planner([["go north", "Go east."]])
    world = play(planner)
    assert world.taken == ["go north", "go east"]
    assert len(planner.asked) == 1
    assert planner.asked[0][1] == ("go north", "go south")
    assert "[actions]\ngo north\ngo south" in planner.asked[0][0]


def test_a_step_that_fails_is_told_and_revised() -> None:
    planner = Planner([["fly", "go north"]], [["go north", "go east"]])
    assert play(planner).taken == ["go north", "go east"]
    assert "fly: it is not possible now" in planner.said[0]
    assert "[plan]\ngo north" in planner.said[0]


def test_revisions_are_counted() -> None:
    planner = Planner([["fly", "fly", "fly", "go north", "go east"]], [["fly", "swim", "go north"]])
    assert play(planner, revisions=1).taken == ["go north"]
    assert len(planner.said) == 1


def test_steps_are_counted_and_plans_follow_each_other() -> None:
    planner = Planner([["go north"], ["go west"]] * 9)
    assert play(planner, steps=5).taken == ["go north", "go west"] * 2 + ["go north"]


def test_reasoning_finds_the_action_for_a_step_in_words() -> None:
    thinker = Thinker(lambda question, _: "go north" if "leave the cellar" in question else "")
    planner = Planner([["leave the cellar", "now east"]])
    assert play(planner, thinker=thinker).taken == ["go north", "go east"]


def test_without_a_plan_reasoning_acts() -> None:
    thinker = Thinker(["go north", "go east"])
    assert play(Planner([]), thinker=thinker).taken == ["go north", "go east"]
    assert play(Planner([])).taken == []


def test_the_steps_of_a_question_are_thought_about_in_turn() -> None:
    def rule(question: str, context: str) -> str:
        if question == "how many eggs?":
            return "six" if "double it\n   6" in context else "?"
        return "" if question == "guess" else {"add": "3", "double it": "6"}[question]

    thinker, planner = Thinker(rule), Planner([["add", "guess"]], [["double it"]])
    agent = make_agent(reasoning=thinker, planning=planner, memory=Window(size=9))
    agent.world = ScriptedWorld({})
    answer = asyncio.run(PlanThenAct(10, 2, planner).solve(Task("how many eggs?"), agent))
    assert answer.text == "six"
    assert planner.said == ["Nothing came of the step: guess"]
    assert "observation: add: 3" in asyncio.run(agent.memory.read(""))


def test_a_step_that_is_a_call_is_made() -> None:
    thinker = Thinker(lambda _, context: "5" if "\n   5" in context else "?")
    planner, tools = Planner([["add(a=2, b=3)"]]), Adder()
    agent = make_agent(reasoning=thinker, planning=planner, tools=tools, world=ScriptedWorld({}))
    answer = asyncio.run(PlanThenAct(10, 2, planner).solve(Task("2+3"), agent))
    assert (answer.text, tools.called) == ("5", [{"a": 2, "b": 3}])
