"""The single loop: what each slot has to say in it, and when it ends."""

import asyncio
from collections.abc import Sequence

import pytest

from evo.design.catalogue.memory.window import Window
from evo.design.catalogue.planning.first import First
from evo.design.catalogue.workflow.loop import Loop
from evo.design.contracts import Allow, Call, Deny, Plan, Replace, Spec, Task
from evo.design.situation import Situation
from evo.testing.agents import ScriptedAgent, ScriptedWorld, make_agent
from tests.design.catalogue.thinkers import Adder, Thinker

WAYS = {
    "start": {"north": "hall", "south": "pit"},
    "hall": {"east": "goal", "west": "start"},
    "pit": {"up": "start"},
}


class Planner:
    """Advises what is on its list; keeps what it was asked and told."""

    def __init__(self, *plans: Sequence[str]) -> None:
        self.plans = list(plans)
        self.asked: list[tuple[str, str, Sequence[Spec]]] = []
        self.said: list[str] = []

    async def plan(self, goal: str, state: str, tools: Sequence[Spec]) -> Plan:
        self.asked.append((goal, state, tools))
        return Plan(tuple(self.plans.pop(0))) if self.plans else Plan()

    async def revise(self, feedback: str) -> Plan:
        self.said.append(feedback)
        return Plan(tuple(self.plans.pop(0))) if self.plans else Plan()


class Forbidding:
    """Denies one action."""

    async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
        return Deny("too dark") if call.name == "south" else Allow()


def play(agent: ScriptedAgent, steps: int = 10, plans: str = "always") -> str:
    return asyncio.run(Loop(steps, plans).solve(Task("reach the goal", "start"), agent)).text


def test_without_thoughts_the_plan_is_followed_until_the_case_is_over() -> None:
    agent = make_agent(world=ScriptedWorld(WAYS), planning=Planner(["north"], ["east"]))
    assert play(agent) == "goal"
    assert agent.world.taken == ["north", "east"]


def test_a_thought_goes_before_the_plan_and_knows_it() -> None:
    thinker = Thinker(["north", "east"])
    agent = make_agent(world=ScriptedWorld(WAYS), planning=Planner(["south"], ["west"]), reasoning=thinker)
    play(agent)
    assert agent.world.taken == ["north", "east"]
    assert Situation.of(thinker.asked[0][1]).plan == ("south",)
    assert Situation.of(thinker.asked[1][1]).actions == ("east", "west")


def test_steps_are_counted() -> None:
    agent = make_agent(world=ScriptedWorld(WAYS), planning=First())
    assert play(agent, steps=1) == "hall"
    assert agent.world.taken == ["north"]


def test_with_nothing_to_say_it_ends() -> None:
    agent = make_agent(world=ScriptedWorld(WAYS))
    assert (play(agent), agent.world.taken) == ("start", [])


def test_actions_are_offered_to_the_planner_and_remembered_with_their_reward() -> None:
    planner, memory = Planner(["north"], ["east"]), Window(size=9)
    agent = make_agent(world=ScriptedWorld(WAYS), planning=planner, memory=memory)
    play(agent, steps=1)
    goal, state, tools = planner.asked[0]
    assert (goal, Situation.of(state).seen) == ("reach the goal", "start")
    assert [(spec.name, spec.purpose) for spec in tools] == [("north", ""), ("south", "")]
    assert asyncio.run(memory.read("")) == "observation: start\naction: north\nobservation: hall"


def test_what_a_guard_refuses_is_fed_back() -> None:
    thinker = Thinker(["south", "north", "east"])
    agent = make_agent(world=ScriptedWorld(WAYS), reasoning=thinker, guard=Forbidding())
    assert play(agent) == "goal"
    assert agent.world.taken == ["north", "east"]
    assert "too dark" in Situation.of(thinker.asked[1][1]).feedback
    assert not Situation.of(thinker.asked[2][1]).feedback


def test_a_thought_that_names_no_action_is_fed_back_and_costs_a_step() -> None:
    thinker = Thinker(["fly away", "north", "east"])
    agent = make_agent(world=ScriptedWorld(WAYS), reasoning=thinker)
    assert play(agent, steps=3) == "goal"
    assert "fly away: this names none" in Situation.of(thinker.asked[1][1]).feedback
    agent = make_agent(world=ScriptedWorld(WAYS), reasoning=Thinker(["fly away", "north", "east"]))
    assert play(agent, steps=2) == "hall"


def test_what_a_guard_has_done_instead_is_what_was_done() -> None:
    class Replacing:
        async def allow(self, call: Call, trace: Sequence[Call]) -> Allow | Deny | Replace:
            return Replace(Call("north")) if call.name == "south" else Allow()

    agent = make_agent(world=ScriptedWorld(WAYS), reasoning=Thinker(["south", "east"]), guard=Replacing())
    assert play(agent) == "goal"
    assert agent.world.taken == ["north", "east"]


@pytest.mark.parametrize(("plans", "n"), [("always", 2), ("when_needed", 1)])
def test_a_plan_may_last(plans: str, n: int) -> None:
    planner = Planner(["north", "east"], ["east"])
    agent = make_agent(world=ScriptedWorld(WAYS), planning=planner)
    assert play(agent, plans=plans) == "goal"
    assert len(planner.asked) == n


def test_a_plan_that_was_left_is_made_anew() -> None:
    planner = Planner(["south", "up"], ["east"])
    agent = make_agent(world=ScriptedWorld(WAYS), planning=planner, reasoning=Thinker(["north", ""]))
    assert play(agent, plans="when_needed") == "goal"
    assert len(planner.asked) == 2


def test_a_question_is_thought_about_once() -> None:
    thinker = Thinker(["42"])
    agent = make_agent(world=ScriptedWorld({}), reasoning=thinker, memory=Window(size=3))
    assert asyncio.run(Loop(9, "always").solve(Task("how many?", "a book"), agent)).text == "42"
    assert len(thinker.asked) == 1
    assert "a book" in thinker.asked[0][1]


def test_tools_that_a_thought_asks_for_are_called() -> None:
    def rule(question: str, context: str) -> str:
        return "5" if "Result: 5" in context else 'CALL add {"a": 2, "b": 3}'

    agent = make_agent(world=ScriptedWorld({}), reasoning=Thinker(rule), tools=Adder())
    assert asyncio.run(Loop(9, "always").solve(Task("2+3"), agent)).text == "5"
    assert agent.tools.called == [{"a": 2, "b": 3}]


def test_the_last_thought_is_told_to_answer() -> None:
    thinker = Thinker(['CALL add {"a": 1, "b": 1}', 'CALL add {"a": 2, "b": 1}', "done"])
    agent = make_agent(world=ScriptedWorld({}), reasoning=thinker, tools=Adder())
    assert asyncio.run(Loop(3, "always").solve(Task("2+3"), agent)).text == "done"
    assert len(agent.tools.called) == 2
    assert ["Answer now" in context for _, context in thinker.asked] == [False, False, True]
    assert "Tools:" not in thinker.asked[-1][1]


def test_a_question_is_answered_by_what_stands_below_a_call_that_was_made() -> None:
    thinker = Thinker(['CALL add {"a": 1, "b": 1}\nAnswer: 3', 'CALL add {"a": 1, "b": 1}\nAnswer: 2'])
    agent = make_agent(world=ScriptedWorld({}), reasoning=thinker, tools=Adder())
    assert asyncio.run(Loop(5, "always").solve(Task("1+1"), agent)).text == "2"
    assert len(agent.tools.called) == 1


def test_a_question_is_not_asked_of_a_tool_twice() -> None:
    thinker = Thinker(lambda _, context: "done" if "Answer now" in context else 'CALL add {"a": 1, "b": 1}')
    agent = make_agent(world=ScriptedWorld({}), reasoning=thinker, tools=Adder())
    assert asyncio.run(Loop(5, "always").solve(Task("1+1"), agent)).text == "done"
    assert (len(agent.tools.called), len(thinker.asked)) == (1, 3)
