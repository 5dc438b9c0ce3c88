"""Agent designs are played in the jail and judged by what their world, and nobody else, says of them."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluators.agent import Agent
from evo import Case, Problem, Stage
from evo.errors import ProblemError
from evo.testing import EvaluatorContract
from evo.testing.evaluator import Bench
from evo.testing.model_server import Answer, ModelServer
from tests.evaluators.agents import ASKING, HERE, OPTIONS, open_design, questions, rooms, solving, task

Make = Callable[..., Agent]

ASK = solving(
    """
    asked = (agent.model.ask(task.goal, role="voter", temperature=0.5) for _ in range(3))
    return Answer((await asyncio.gather(*asked))[0])
"""
)
ASK_ONE = solving("    return Answer(await agent.model.ask(task.goal))\n")


def asking(**small: Any) -> dict[str, Any]:
    return {**ASKING, "models": {"small": small}}


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Agent] = []

    def build(problem: Problem, **more: Any) -> Agent:
        made.append(Agent(problem, **{**problem.options, **more}))
        return made[-1]

    yield build
    for evaluator in made:
        evaluator.close()


class TestInAWorld(EvaluatorContract):
    @pytest.fixture
    def make(self) -> Callable[[], Bench]:
        def build() -> Bench:
            bad = open_design(solving("    raise ValueError('it cannot')\n"))
            return Bench(Agent(rooms(), **OPTIONS), task(open_design()), task(bad))

        return build


def test_a_design_plays_every_case_in_the_world(make: Make) -> None:
    verdict = make(rooms(3))(task(open_design()))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert [case.case for case in verdict.cases] == ["s0", "s1", "s2"]
    assert verdict.metrics["steps"] == verdict.metrics["moves"] == 2
    assert [row["actions"] for row in json.loads(verdict.artefact)] == [["go east", "open fridge"]] * 3


def test_a_design_answers_questions_and_every_call_is_counted_where_it_was_made(make: Make) -> None:
    verdict = make(questions(2))(task(open_design(ASK, model="small")))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert verdict.metrics["calls"] == verdict.metrics["calls.workflow.voter"] == 3
    assert verdict.usage.tokens_in + verdict.usage.tokens_out == 2 * verdict.metrics["tokens.workflow"] > 0


def test_what_fails_in_one_case_fails_the_evaluation_and_the_others_are_played(make: Make) -> None:
    design = open_design(
        solving(
            """
    if task.goal.endswith("1"):
        raise RuntimeError("not this one")
    return Answer(await agent.model.ask(task.goal))
"""
        ),
        model="small",
    )
    verdict = make(questions(3))(task(design))
    assert (verdict.status, verdict.score) == ("crashed", None)
    assert [case.status for case in verdict.cases] == ["ok", "crashed", "ok"]
    assert "On case q1" in verdict.feedback
    assert "not this one" in verdict.feedback
    assert "workflow.py" in verdict.feedback

    scored = make(questions(3), failed_case=-1.0)(task(design))
    assert (scored.status, scored.score) == ("ok", pytest.approx(1 / 3))
    assert scored.metrics["cases.failed"] == pytest.approx(1 / 3)
    always = open_design(solving("    raise RuntimeError('never')\n"))
    assert make(rooms(2), failed_case=0.0)(task(always)).status == "crashed"


@pytest.mark.parametrize(
    ("budget", "workflow", "word"),
    [
        ({"calls": 2}, ASK, "calls"),
        ({"tokens": 20}, ASK, "tokens"),
        ({"usd": 0.5}, ASK_ONE, "usd"),
    ],
)
def test_a_call_beyond_the_budget_is_a_status_and_no_score(
    make: Make, budget: dict[str, Any], workflow: str, word: str
) -> None:
    verdict = make(questions(2, asking(rule=f"{HERE}:dear")), budget=budget)(
        task(open_design(workflow, model="small"))
    )
    assert (verdict.status, verdict.score) == ("timeout", None)
    assert "over its budget" in verdict.feedback
    assert word in verdict.feedback
    assert [case.status for case in verdict.cases] == ["timeout", "timeout"]


@pytest.mark.parametrize(
    ("own", "word"),
    [("calls: 2", "calls"), ("tokens: 20", "tokens"), ("usd: 0.5", "usd"), ("seconds: 2", "seconds")],
)
def test_a_design_is_held_to_its_own_budget_beside_the_problems(make: Make, own: str, word: str) -> None:
    files = open_design(ASK, model="small")
    evaluator = make(
        questions(2, asking(rule=f"{HERE}:dear")),
        budget={"calls": 3, "tokens": 900, "usd": 5.0, "seconds": 9},
    )
    assert evaluator(task(files)).status == "ok"
    tight = {**files, "design.yaml": files["design.yaml"] + f"budget: {{{own}}}\n"}
    verdict = evaluator(task(tight))
    assert (verdict.status, verdict.score) == ("timeout", None)
    assert "over its budget: " in verdict.feedback
    assert f" {word} in this case" in verdict.feedback
    wide = {**files, "design.yaml": files["design.yaml"] + "budget: {calls: 99, tokens: 9999}\n"}
    assert evaluator(task(wide)).status == "ok"
    more = solving(
        "    for i in range(4):\n        said = await agent.model.ask(f'{i}')\n    return Answer(said)\n"
    )
    assert evaluator(task({**wide, "workflow.py": more})).status == "timeout"  # the problem's 3 calls hold


def test_a_design_sets_itself_fewer_steps(make: Make) -> None:
    design = open_design()
    for steps, status in ((2, "ok"), (1, "timeout")):
        files = {**design, "design.yaml": design["design.yaml"] + f"budget: {{steps: {steps}}}\n"}
        assert make(rooms(1))(task(files)).status == status


def test_steps_have_a_budget_and_those_of_a_case_begun_anew_count(make: Make) -> None:
    again = solving(
        """
    await agent.world.step("go east")
    seen = await agent.world.restart()
    assert "hall" in seen.text
    await agent.world.step("go east")
    await agent.world.step("open fridge")
    return Answer()
"""
    )
    assert make(rooms(1), budget={"steps": 3})(task(open_design(again))).score == 1.0
    assert make(rooms(1), budget={"steps": 2})(task(open_design(again))).status == "timeout"


def test_waiting_for_a_model_costs_no_time_of_its_own_and_cases_wait_together(make: Make) -> None:
    problem = questions(
        6, asking(rule=f"{HERE}:echo", delay_s=0.9), stages=(Stage(timeout_s=1.2, whole_s=60.0),)
    )
    evaluator = make(problem, at_once=6)  # 0.2 s of CPU time and 0.6 s on the clock for each case
    evaluator(task(open_design(ASK_ONE, model="small")))
    start = time.perf_counter()
    verdict = evaluator(task(open_design(ASK_ONE, model="small")))
    assert (verdict.status, verdict.score) == ("ok", 1.0), verdict.feedback
    assert time.perf_counter() - start < 3.6  # one after the other they take 5.4 s
    assert verdict.seconds < 1.0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("    while True:\n        pass\n", "timeout"),
        ("    await asyncio.sleep(60)\n    return Answer()\n", "timeout"),
        ("    await asyncio.Event().wait()\n    return Answer()\n", "crashed"),
        ("    while True:\n        await agent.world.actions()\n", "timeout"),
        ("    return 'what is no answer is one if it is text'\n", "ok"),
        ("    return 3\n", "crashed"),
    ],
)
def test_a_design_that_never_ends_gets_a_status_in_time(make: Make, body: str, status: str) -> None:
    evaluator = make(rooms(1, stages=(Stage(timeout_s=0.6, whole_s=20.0),)))
    start = time.perf_counter()
    assert evaluator(task(open_design(solving(body)))).status == status
    assert time.perf_counter() - start < 8


def test_a_case_has_a_wall_limit_of_its_own(make: Make) -> None:
    evaluator = make(questions(1, asking(rule=f"{HERE}:echo", delay_s=30.0)), case_wall_s=0.5)
    verdict = evaluator(task(open_design(ASK_ONE, model="small")))
    assert verdict.status == "timeout"
    assert "waiting included" in verdict.feedback


def test_a_model_that_gives_no_answer_loses_the_evaluation(make: Make, tmp_path: Path) -> None:
    empty = tmp_path / "none.jsonl"
    empty.touch()
    verdict = make(questions(1, asking(recording=str(empty))))(task(open_design(ASK_ONE, model="small")))
    assert (verdict.status, verdict.score) == ("lost", None)
    assert "no answer to what workflow asks small" in verdict.feedback


def test_answers_of_a_server_are_kept_and_repeat_an_evaluation_without_it(make: Make, tmp_path: Path) -> None:
    cache = tmp_path / "replies.jsonl"
    design = open_design(ASK, model="small")
    with ModelServer(lambda body, n: Answer(f"{body['messages'][-1]['content'].split()[-1]} {n}")) as server:
        served = asking(model="local", base_url=server.url, cache=str(cache), max_tokens=50)
        first = make(questions(2, served))(task(design))
        assert first.status == "ok", first.feedback
        assert server.requests == 6  # the same question asked three times is three samples
        again = make(questions(2, served))(task(design))
        assert server.requests == 6
    offline = make(questions(2, asking(recording=str(cache))))(task(design))
    assert first.artefact == again.artefact == offline.artefact
    assert first.metrics == again.metrics == offline.metrics
    replies = [call["messages"][-1][1] for row in json.loads(first.artefact) for call in row["calls"]]
    assert len(set(replies)) == 6


def test_a_repeat_asks_anew_and_the_same_repeat_does_not(make: Make, tmp_path: Path) -> None:
    design, cache = open_design(ASK, model="small"), str(tmp_path / "replies.jsonl")

    def replies(repeat: int) -> list[str]:
        verdict = make(questions(2, served))(replace(task(design), repeat=repeat))
        assert verdict.status == "ok", verdict.feedback
        return [call["messages"][-1][1] for row in json.loads(verdict.artefact) for call in row["calls"]]

    with ModelServer(lambda body, n: Answer(f"{body['messages'][-1]['content'].split()[-1]} {n}")) as server:
        served = asking(model="local", base_url=server.url, cache=cache, max_tokens=50)
        first = replies(0)
        second = replies(1)
        assert server.requests == 12
        seeds = [asked.body["seed"] for asked in server.log]
        assert len(set(seeds)) == 12
        assert [replies(repeat) for repeat in (0, 1)] == [first, second]
        assert server.requests == 12
        assert set(first).isdisjoint(second)


def test_a_repeat_has_the_same_world_and_a_design_that_draws_anew(make: Make) -> None:
    draw = solving("    return Answer(f'{task.context} {agent.draw.random()}')\n")
    evaluator = make(rooms(1))
    answers = []
    for repeat in (0, 1, 0):
        verdict = evaluator(replace(task(open_design(draw)), repeat=repeat))
        answers.append(json.loads(verdict.artefact)[0]["answer"].rpartition(" "))
    assert answers[0] == answers[2] != answers[1]
    assert answers[0][0] == answers[1][0]  # the world's seed is told in the context


def test_empty_and_cut_answers_and_failed_tries_are_counted_apart(make: Make) -> None:
    answers = [Answer(""), Answer(status=500), Answer("all of it", finish_reason="length")]
    with ModelServer(answers) as server:
        served = asking(model="local", base_url=server.url, max_concurrency=1, max_tokens=50)
        two = solving(
            "    await agent.model.ask('a')\n    return Answer(await agent.model.ask('b'))\n",
        )
        verdict = make(questions(1, served))(task(open_design(two, model="small")))
    found = [verdict.metrics[f"model.{name}"] for name in ("empty", "cut", "failed")]
    assert (verdict.status, found) == ("ok", [1, 1, 1]), verdict.feedback
    assert verdict.score == 0


def test_a_server_that_cannot_be_reached_loses_the_evaluation(make: Make) -> None:
    gone = asking(model="local", base_url="http://127.0.0.1:9/v1", retries=0)
    assert make(questions(1, gone))(task(open_design(ASK_ONE, model="small"))).status == "lost"


def test_a_candidates_own_component_its_prompts_and_the_draws_reach_the_jail(make: Make) -> None:
    files = {
        "design.yaml": "slots:\n  workflow: {use: own, text: prompts/say.md, times: 3}\n",
        "prompts/say.md": "open fridge",
        "components/own.py": '''"""Says what its prompt says."""

import random

from evo.design.component import Component
from evo.design.contracts import Agent, Answer, Task
from evo.design.parameter import Int, Prompt

DECLARATION = Component(
    "workflow", "own", "says it", "Own", parameters=(Int("times", 1, 1, 5), Prompt("text")),
    needs=("draw",), uses=(),
)


class Own:
    """See the module."""

    def __init__(self, times: int, text: str, draw: random.Random) -> None:
        self.times, self.text, self.draw = times, text, draw

    async def solve(self, task: Task, agent: Agent) -> Answer:
        """Walks at random until the fridge is there."""
        for _ in range(200):
            actions = await agent.world.actions()
            if self.text in actions:
                break
            await agent.world.step(self.draw.choice(actions))
        await agent.world.step(self.text)
        return Answer(f"{self.times} {agent.prompt('say')} {agent.draw.random() != self.draw.random()}")
''',
    }
    evaluator = make(rooms(6))
    first, second = evaluator(task(files, seed=1)), evaluator(task(files, seed=2))
    assert (first.status, first.score) == ("ok", 1.0), first.feedback
    rows = json.loads(first.artefact)
    assert rows[0]["answer"] == "3 open fridge True"
    assert len({len(row["actions"]) for row in rows}) > 1  # each case draws its own
    assert first.artefact == second.artefact  # and the same whenever it is played


def test_packages_that_are_hidden_cannot_be_imported(make: Make) -> None:
    spy = solving("    import yaml\n    return Answer(yaml.safe_dump(1))\n")
    assert make(rooms(1))(task(open_design(spy))).status == "ok"
    hidden = make(rooms(1), hidden=["yaml"])(task(open_design(spy)))
    assert hidden.status == "crashed"
    assert "yaml" in hidden.feedback


def test_a_problem_that_cannot_be_judged_is_refused(make: Make) -> None:
    for problem, word in (
        (rooms(2, cases=()), "no cases"),
        (questions(2, {"design": {"models": ["small"]}}), "does not say where"),
        (questions(2, asking(rule="x:y", delay=1)), "no key 'delay'"),
        (questions(2, asking(recording="/nowhere/at.all")), "no such file"),
        (questions(2, {**ASKING, "budget": {"call": 1}}), "no key 'call'"),
        (questions(2, {**ASKING, "budget": {"calls": 0}}), "above 0"),
        (questions(2, cases=[Case("q", {"ask": "?"})]), r"inputs\['question'\]"),
    ):
        with pytest.raises(ProblemError, match=word):
            make(problem)


def test_a_race_goes_on_where_the_lap_before_ended(make: Make) -> None:
    cases = [Case(f"s{i}", expected="locked" if i == 0 else None) for i in range(4)]
    laps = (
        Stage("lap", timeout_s=20.0, picks=(2, 0)),
        Stage("all", timeout_s=20.0, picks=(2, 0, 3, 1), skip=2),
    )
    evaluator = make(rooms(4, cases=cases, stages=laps))
    lap = evaluator(task(open_design(), "lap"))
    assert ([case.case for case in lap.cases], lap.score) == (["s2", "s0"], 0.5)
    on = evaluator(replace(task(open_design(), "all"), earlier=lap))
    alone = evaluator(task(open_design(), "all"))
    assert [case.case for case in on.cases] == [case.case for case in alone.cases] == ["s2", "s0", "s3", "s1"]
    assert on.score == alone.score == 0.75
    assert on.metrics == pytest.approx(alone.metrics)
    assert on.artefact == alone.artefact
    assert on.usage.cpu_s < alone.usage.cpu_s


def test_all_cases_have_to_be_over_when_the_stage_says(make: Make) -> None:
    problem = questions(4, asking(rule=f"{HERE}:echo", delay_s=0.7), stages=(Stage(whole_s=1.0),))
    verdict = make(problem)(task(open_design(ASK_ONE, model="small")))
    assert verdict.status == "timeout"
    assert [case.status for case in verdict.cases][-1] == "timeout"


def test_the_feedback_shows_the_worst_cases(make: Make) -> None:
    cases = [Case(f"s{i}", expected="locked" if i == 2 else None) for i in range(4)]
    verdict = make(rooms(4, cases=cases))(task(open_design()))
    assert verdict.score == 0.75
    assert "Case s2: score 0." in verdict.feedback
    assert "go east > open fridge" in verdict.feedback
    assert "Case s1" not in verdict.feedback


def test_a_prompt_of_the_profile_stands_before_what_is_asked(make: Make) -> None:
    files = {
        **open_design(
            solving(
                "    agent.profile\n    return Answer(await agent.model.ask(task.goal, role='critic'))\n"
            ),
            model="small",
            profile="mine",
        ),
        "components/mine.py": '''"""Has a say."""

from evo.design.component import Component

DECLARATION = Component("profile", "mine", "says who", "Mine")


class Mine:
    """See the module."""

    async def system(self, role: str) -> str:
        """The part."""
        return f"You are {role}."
''',
    }
    verdict = make(questions(1))(task(files))
    assert verdict.status == "ok", verdict.feedback
    (call,) = json.loads(verdict.artefact)[0]["calls"]
    assert call["messages"][0] == ["system", "You are critic."]
