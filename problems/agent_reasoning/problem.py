"""Short reasoning questions of eight kinds: how an agent around a given language model should be built."""

from pathlib import Path
from typing import Any

from evo import Evaluation, InvalidCandidate, Problem, Stage, plugins
from evo.types import Case

STATEMENT = """\
Build an agent around a given language model, called `solver`, that answers short questions of eight kinds:
long sums, reaching a number with given numbers (countdown), dates and weekdays, conversion between bases,
whether courses can be taken in some order, who tells the truth, how often a letter occurs, and times between
two moments.

A candidate is a design: `design.yaml` says which component stands in each slot, with its parameters. The
agent is given a question and hands in the answer alone. The score is the share of questions that it answers
right; a case that goes over its budget of calls and tokens counts as not solved.
"""

SLOTS = {
    "workflow": [
        "single",
        "loop",
        "plan_then_act",
        "vote",
        "debate",
        "malt",
        "independent",
        "centralised",
        "decentralised",
        "hybrid",
        "dylan",
        "recursive",
    ],
    "reasoning": [
        "none",
        "direct",
        "chain_of_thought",
        "self_consistency",
        "tree_of_thought",
        "self_refine",
        "step_back",
    ],
    "planning": ["none", "decomposition"],
    "memory": ["none", "window"],
    "tool": ["base", "calculator", "calendar", "python", "units"],
}
"""The components that do something for a question; of the other slots all may be used."""

BUDGET = {"calls": 60, "tokens": 60_000}
"""Of one case."""

RECORDING = "recording.jsonl"
"""Answers of a small model, so that the problem can be tried without one."""

# by its path: a problem's files are no package
items: Any = plugins.load_file(Path(__file__).with_name("items.py"))


def score(output: object, case: Case) -> Evaluation:
    """1 for a right answer, else 0; beside it what reasoning-gym's verifier gives.

    Raises:
        InvalidCandidate: it is no text.
    """
    if not isinstance(output, str):
        raise InvalidCandidate(f"an answer is a text, got {type(output).__name__}.")
    generator, entry = case.expected
    reward = items.reward(output, generator, entry)
    return Evaluation.ok(float(reward >= 1.0), partial=reward)


def make(
    recording: str = "",
    questions: int = 40,
    calls: int = BUDGET["calls"],
    tokens: int = BUDGET["tokens"],
    at_once: int = 4,
) -> Problem:
    """The problem.

    Args:
        recording: file that the model's answers come from; ``small`` is the one beside this file, empty asks
            the run's model.
        questions: of the search, the first so many.
        calls: of the model, in one case; a design that needs more does not solve it.
        tokens: likewise.
        at_once: questions that a worker asks a design at the same time; what they score does not depend on it.
    """
    path = RECORDING if recording == "small" else recording
    models = {"models": {"solver": {"recording": path}}} if path else {}
    return Problem(
        name="agent_reasoning",
        statement=STATEMENT,
        seeds=["seed"],
        evaluator="evaluators/agent.py:Agent",
        score=score,
        cases=items.make_cases,
        stages=(Stage(timeout_s=400.0, whole_s=7200.0, cases=questions),),
        metrics={
            "partial": "what reasoning-gym's verifiers give, which pay for answers that are nearly right",
            "calls": "of models, in a case",
            "tokens": "of models, in a case",
        },
        options={
            "design": {"models": ["solver"], "slots": SLOTS},
            "budget": {"calls": calls, "tokens": tokens},
            "hidden": ["reasoning_gym"],
            "at_once": at_once,
            "failed_case": 0.0,
            "case_wall_s": 3600.0,
            **models,
        },
    )
