"""Operators that ask a model, against a real client and a server on loopback."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evo.errors import InvalidCandidate
from evo.llm import LanguageModels, LlmSettings
from evo.operators.llm.crossover import LlmCrossover
from evo.operators.llm.diff import LlmDiff
from evo.operators.llm.fix import LlmFix
from evo.operators.llm.notebook import Notebook
from evo.operators.llm.prompt import Templates
from evo.operators.llm.rewrite import LlmRewrite
from evo.operators.llm.start import LlmStart
from evo.testing.model_server import Answer, ModelServer
from evo.types import (
    Attempt,
    Candidate,
    CaseResult,
    Evaluation,
    Judged,
    Problem,
    Proposal,
    ProposeTask,
    Reply,
    Steering,
)

SEED = "import math\n\n\n# EVOLVE-BLOCK-START\ndef solve(n):\n    return n * 1.5\n# EVOLVE-BLOCK-END\n"
OTHER = SEED.replace("n * 1.5", "n + 4.25")
BETTER = "def solve(n):\n    return n * 2.5\n"


def judged(text: str, score: float | None = 1.0, feedback: str = "", **more: Any) -> Judged:
    made = Candidate.of({"main.py": text})
    status = "ok" if score is not None else "crashed"
    return Judged(made, Evaluation(made.id, "search", 1, status, score, feedback=feedback, **more))  # type: ignore[arg-type]


def task(*relatives: Judged, **more: Any) -> ProposeTask:
    ids = tuple(one.candidate.id for one in relatives)
    return ProposeTask(7, "llm.op", ids, seed=99, relatives=relatives, **more)


Asking = Mapping[str, Any]
"""What was sent."""


class Asked:
    """An operator with a server behind it."""

    def __init__(self, factory: Any, answers: Any, problem: Problem, **settings: Any) -> None:
        self.answers, self.log = answers, list[Asking]()
        self.recorded: list[Reply] = []
        self.notebook = Notebook(problem)
        self.directions = Templates(problem).lines("directions")
        self._factory, self._problem, self._settings = factory, problem, settings

    def __call__(self, task: ProposeTask) -> Attempt:
        async def record(reply: Reply) -> None:
            self.recorded.append(reply)

        async def ask(url: str) -> Attempt:
            settings = LlmSettings.of({"model": "local", "base_url": url, "retries": 1})
            models = LanguageModels(settings, record)
            operator = self._factory(self._problem, models, self.notebook, **self._settings)
            try:
                call: Awaitable[Attempt] = operator(task)
                return await call
            finally:
                await models.close()

        with ModelServer(self._rule) as server:
            return asyncio.run(ask(server.url))

    def _rule(self, request: Asking, _: int) -> Answer:
        self.log.append(request)
        answer: Answer = self.answers[min(len(self.log), len(self.answers)) - 1]
        return answer

    def prompt(self, index: int = 0) -> str:
        messages: Sequence[Mapping[str, str]] = self.log[index]["messages"]
        return "\n\n".join(message["content"] for message in messages)


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    (tmp_path / "guidance.md").write_text("Odd numbers are harder.\n")
    return Problem(
        "double",
        "Return twice n.",
        seeds=[{"main.py": SEED}],
        metrics={"error": "mean distance"},
        folder=tmp_path,
    )


def fence(code: str) -> Answer:
    return Answer(f"I double it, because 1.5 is too little.\n\n```python\n{code}```\n")


def test_a_rewrite_changes_the_block_alone(problem: Problem) -> None:
    asked = Asked(LlmRewrite, [fence(BETTER)], problem)
    parent = judged(SEED)
    made = asked(task(parent))
    assert made.status == "ok"
    assert made.candidate is not None
    assert made.candidate.files == {"main.py": SEED.replace("1.5", "2.5")}
    assert made.candidate.parents == (parent.candidate.id,)
    assert made.candidate.operator == "llm.op"
    assert "too little" in made.candidate.note
    assert made.model == "local"
    assert made.usage.tokens_in > 100
    assert made.usage.tokens_out > 5
    assert made.usage.usd is None  # nobody said what it costs
    assert [(reply.number, reply.turn, reply.role) for reply in asked.recorded] == [(7, 0, "propose")]


def test_edits_are_applied(problem: Problem) -> None:
    text = "More.\n\n<<<<<<< SEARCH\n    return n * 1.5\n=======\n    return n * 3.5\n>>>>>>> REPLACE\n"
    made = Asked(LlmDiff, [Answer(text)], problem)(task(judged(SEED)))
    assert made.candidate is not None
    assert made.candidate.files["main.py"] == SEED.replace("1.5", "3.5")


def test_the_prompt_holds_what_is_known(problem: Problem) -> None:
    asked = Asked(LlmDiff, [fence(BETTER)], problem, directed=1.0)
    cases = (CaseResult("large", "ok", -3.0), CaseResult("small", "ok", 2.0))
    parent = judged(SEED, 1.25, "n = 9 is off by 4", metrics={"error": 0.75}, cases=cases)
    child = Candidate.of(
        {"main.py": SEED.replace("1.5", "9.5")}, (parent.candidate.id,), "llm.diff", "to 9.5"
    )
    for event in (
        Proposal(3, "llm.diff", (parent.candidate.id,), child, model="local"),
        Evaluation(child.id, "search", score=0.25),
        Steering("prefer whole numbers"),
    ):
        asked.notebook.tell(event)
    asked(task(parent, examples=(judged(OTHER, 0.5),)))
    text = asked.prompt()
    for shown in (
        "Return twice n.",
        "- error: mean distance",
        "Odd numbers are harder.",
        "prefer whole numbers",
        "score 1.25, error 0.75",
        "    return n * 1.5",
        "> n = 9 is off by 4",
        "- large: score -3",
        "n + 4.25",
        "- to 9.5: worse by 1",
        "<<<<<<< SEARCH",
        "Only the lines between EVOLVE-BLOCK-START and EVOLVE-BLOCK-END may change.",
    ):
        assert shown in text, shown
    assert any(line in text for line in asked.directions)


def test_independent_attempts_see_nothing_of_others(problem: Problem) -> None:
    asked = Asked(LlmDiff, [fence(BETTER)], problem)
    asked(task(judged(SEED), examples=(judged(OTHER, 0.5),), independent=True))
    assert "4.25" not in asked.prompt()


def test_an_answer_that_cannot_be_used_is_sent_back_once(problem: Problem) -> None:
    asked = Asked(LlmRewrite, [Answer("Sorry, I cannot."), fence(BETTER)], problem)
    made = asked(task(judged(SEED)))
    assert made.candidate is not None
    assert len(asked.log) == 2
    assert [(reply.turn, reply.role) for reply in asked.recorded] == [(0, "propose"), (1, "fix")]
    assert made.usage.tokens_in == sum(reply.usage.tokens_in for reply in asked.recorded)
    assert "Sorry, I cannot." in asked.prompt(1)
    assert "Your answer could not be used" in asked.prompt(1)


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("I would rather talk about the weather.", "read"),
        (f"The same.\n```python\n{SEED}```", "apply"),
        ("Broken.\n```python\ndef solve(n):\n    return n * (2.5\n```", "compile"),
    ],
)
def test_what_cannot_be_used_twice_says_on_which_rung_it_fell(problem: Problem, text: str, rung: str) -> None:
    made = Asked(LlmRewrite, [Answer(text)], problem)(task(judged(SEED)))
    assert made.candidate is None
    assert (made.status, made.rung) == ("invalid", rung)
    assert len(made.reason) > 20
    assert made.usage.tokens_out > 0


def test_a_repair_that_nobody_answers_keeps_the_first_reason_and_the_bill(problem: Problem) -> None:
    made = Asked(LlmRewrite, [Answer("Sorry."), Answer(status=400, error="no")], problem)(task(judged(SEED)))
    assert (made.status, made.rung) == ("invalid", "read")
    assert "it was not repaired" in made.reason
    assert made.usage.tokens_in > 0


def test_a_fix_is_shown_the_failed_candidate_and_its_error(problem: Problem) -> None:
    asked = Asked(LlmFix, [fence(BETTER)], problem)
    broken = judged(SEED.replace("n * 1.5", "n / 0"), None, "ZeroDivisionError: division by zero")
    parent = judged(SEED)
    made = asked(task(parent, repairs=broken.candidate.id, broken=broken))
    assert "n / 0" in asked.prompt()
    assert "> ZeroDivisionError: division by zero" in asked.prompt()
    assert made.candidate is not None
    assert made.candidate.parents == (parent.candidate.id,)
    assert "n * 2.5" in made.candidate.files["main.py"]
    with pytest.raises(InvalidCandidate, match="has none"):
        Asked(LlmFix, [fence(BETTER)], problem)(task(parent))


def test_a_crossover_shows_both_parents(problem: Problem) -> None:
    asked = Asked(LlmCrossover, [fence("def solve(n):\n    return n * 1.5 + 4.25\n")], problem)
    made = asked(task(judged(SEED), judged(OTHER, 2.0)))
    assert "n * 1.5" in asked.prompt()
    assert "n + 4.25" in asked.prompt()
    assert made.candidate is not None
    with pytest.raises(InvalidCandidate, match="two different parents"):
        Asked(LlmCrossover, [fence(BETTER)], problem)(task(judged(SEED), judged(SEED)))


def test_the_cold_start_asks_each_time_for_something_else(problem: Problem) -> None:
    asked = Asked(LlmStart, [fence(BETTER)], problem)
    prompts, warmth = set(), set()
    for number in range(6):
        asked(replace(task(judged(SEED)), number=number))
    for request in asked.log:
        prompts.add(request["messages"][-1]["content"])
        warmth.add(request["temperature"])
    assert len(prompts) == 3
    assert warmth == {0.7, 1.0}


def test_near_copies_of_a_judged_sibling_are_left_out_at_times(problem: Problem) -> None:
    long = SEED.replace(
        "    return n * 1.5", "".join(f"    a{i} = n * {i}.5\n" for i in range(80)) + "    return a1"
    )
    parent = judged(long)
    answers = [
        fence(long.split("START\n")[1].split("# EVOLVE")[0].replace(" 7.5", f" 7.{d}")) for d in range(1, 40)
    ]
    asked = Asked(LlmRewrite, answers, problem, novelty=0.5)
    sibling = Candidate.of({"main.py": long.replace(" 7.5", " 7.99")}, (parent.candidate.id,), "llm.rewrite")
    asked.notebook.tell(Proposal(3, "llm.rewrite", (parent.candidate.id,), sibling, model="local"))
    asked.notebook.tell(Evaluation(sibling.id, "search", score=0.5))
    made = [asked(replace(task(parent), number=n, seed=1000 + n)) for n in range(24)]
    statuses = [one.status for one in made]
    assert 2 <= statuses.count("similar") <= 20
    assert 2 <= statuses.count("ok") <= 22
    left_out = next(one for one in made if one.status == "similar")
    assert left_out.rung == "novelty"
    assert left_out.usage.tokens_in > 0


@pytest.mark.parametrize("factory", [LlmDiff, LlmRewrite, LlmCrossover, LlmStart])
def test_a_task_without_parents_is_refused(problem: Problem, factory: Callable[..., Any]) -> None:
    with pytest.raises(InvalidCandidate, match="parents"):
        Asked(factory, [fence(BETTER)], problem)(task())


def test_other_files_are_shown_and_kept(tmp_path: Path) -> None:
    files = {"main.py": SEED, "lib.cpp": "int twice(int n) { return 2 * n; }\n"}
    problem = Problem("two", "Twice.", seeds=[files], mutable=("main.py",), folder=tmp_path)
    made_of = Candidate.of(files)
    parent = Judged(made_of, Evaluation(made_of.id, "search", score=1.0))
    asked = Asked(LlmRewrite, [fence(BETTER)], problem)
    made = asked(task(parent))
    assert "Files that go with it and cannot be changed" in asked.prompt()
    assert "int twice" in asked.prompt()
    assert made.candidate is not None
    assert made.candidate.files["lib.cpp"] == files["lib.cpp"]
