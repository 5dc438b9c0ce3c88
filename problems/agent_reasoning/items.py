"""Reasoning-gym's questions, drawn with fixed seeds, and whether an answer solves one.

An item counts as solved or not. Reasoning-gym's own verifiers also pay for answers that are nearly right or
merely well-formed (a wrong weekday .1, a time that is an hour off .96), which would drown what a design is
worth; their number is kept beside it as a metric.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from evo.errors import MissingExtra
from evo.types import SPLITS, Case, Split

GENERATORS: Mapping[str, Mapping[str, Any]] = {
    "chain_sum": {"min_terms": 2, "max_terms": 5, "min_digits": 2, "max_digits": 4},
    "countdown": {
        "min_numbers": 3,
        "max_numbers": 4,
        "min_value": 1,
        "max_value": 20,
        "min_target": 10,
        "max_target": 100,
    },
    "calendar_arithmetic": {},
    "base_conversion": {"min_value": 10, "max_value": 500},
    "course_schedule": {"min_num_courses": 4, "max_num_courses": 6},
    "knights_knaves": {},
    "letter_counting": {"min_words": 4, "max_words": 8},
    "time_intervals": {"task_types": ["time", "time_seconds", "date"]},
}
"""Name of a generator of reasoning-gym -> its settings here, where they are not its own."""

PER_GENERATOR: Mapping[Split, int] = {"search": 5, "selection": 5, "holdout": 10}

SEEDS: Mapping[Split, int] = {"search": 1, "selection": 2, "holdout": 3}

LONGEST_ANSWER = 200
"""Characters; the verifiers are not given more."""

_ROOM = 40
"""Items that are looked through for each one that is taken: a few repeat."""

_SIGNS: Mapping[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def require() -> None:
    """Refuses to begin where the questions cannot be drawn.

    Raises:
        MissingExtra: the package is not installed.
    """
    if find_spec("reasoning_gym") is None:
        raise MissingExtra(
            'problem agent_reasoning needs reasoning-gym. Install it with: pip install "evo-search[agents]"'
        )


@cache
def make_cases() -> tuple[Case, ...]:
    """The cases of every split: in rounds that hold every generator once, each in a random order.

    So the first ``8 k`` cases of a split hold `k` questions of every kind. No question is asked twice,
    in whichever split.

    Raises:
        MissingExtra: see `require`.
    """
    known: set[str] = set()
    cases: list[Case] = []
    for split in SPLITS:
        drawn = {name: _fresh(name, split, known) for name in GENERATORS}
        order = np.random.default_rng([SEEDS[split], 0])
        for number in range(PER_GENERATOR[split]):
            for place in order.permutation(len(GENERATORS)):
                name = tuple(GENERATORS)[place]
                entry = next(drawn[name])
                inputs = {"question": entry["question"].strip()}
                cases.append(Case(f"{name}_{split}_{number}", inputs, split, (name, entry)))
    return tuple(cases)


def reward(answer: str, generator: str, entry: Mapping[str, Any]) -> float:
    """What the verifier gives for an answer, from 0 to 1; 1 if it is right.

    Marks around the answer do not count. Reasoning-gym's verifier of ``countdown`` runs what it is
    given as code, so that kind is verified here.
    """
    plain = answer[:LONGEST_ANSWER].strip().strip("`'\"*$").strip()
    if generator == "countdown":
        return float(reaches(plain, entry["metadata"]["numbers"], entry["metadata"]["target"]))
    plain = plain if generator == "knights_knaves" else plain.rstrip(".")
    return max(0.0, min(1.0, float(_dataset(generator, 0, 1).score_answer(plain, entry))))


def reaches(expression: str, numbers: list[int], target: int) -> bool:
    """Whether an expression of all of `numbers`, each once, with + - * / comes to `target`."""
    used: list[int] = []
    try:
        value = _value(ast.parse(expression.strip(), mode="eval").body, used)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return False
    return value == target and sorted(used) == sorted(numbers)


def _value(node: ast.expr, used: list[int]) -> Fraction:
    """Exact value of an expression; the numbers in it are added to `used`.

    Raises:
        ValueError: it is made of anything else.
    """
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, used)
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return _SIGNS[type(node.op)](_value(node.left, used), _value(node.right, used))
    raise ValueError("no sum of the numbers")


def _fresh(generator: str, split: Split, known: set[str]) -> Iterator[Mapping[str, Any]]:
    """Items of which none was asked before."""
    dataset = _dataset(generator, SEEDS[split], PER_GENERATOR[split] * _ROOM)
    for place in range(len(dataset)):
        entry = dataset[place]
        if entry["question"] not in known:
            known.add(entry["question"])
            yield entry


@cache
def _dataset(generator: str, seed: int, size: int) -> Any:
    require()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages that it imports are written for older Pythons
        import reasoning_gym  # late: it imports a hundred generators, which takes seconds

        return reasoning_gym.create_dataset(generator, seed=seed, size=size, **GENERATORS[generator])
