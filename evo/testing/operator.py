"""What every operator must hold to, and programs that are hard on operators."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

import pytest

from evo.errors import InvalidCandidate
from evo.operators.region import mutable_paths, outside
from evo.roles import Operator
from evo.types import Attempt, Candidate, Evaluation, Event, Judged, Problem, Proposal, ProposeTask

PROGRAM = '''"""Points on a spiral, as far from each other as may be."""

import math

import numpy as np

SCALE = 2.5  # not to be touched


# EVOLVE-BLOCK-START
def radius(index: int, n: int) -> float:
    """Distance of a point from the middle."""
    share = 0.1 + 0.8 * index / n
    if share > 0.75 and n > 3:
        share = share - 0.05
    return math.sqrt(share)


# EVOLVE-BLOCK-END


def untouched(x):
    return   x+1   # odd spacing, kept


# EVOLVE-BLOCK-START
def layout(n: int = 12, turn: float = -2.4) -> np.ndarray:
    points = np.zeros((n, 2))
    for index in range(1, n):
        angle = turn * index
        points[index] = [radius(index, n) * math.cos(angle), radius(index, n) * math.sin(angle)]
    points = np.clip(points, -0.9, 0.9)
    weights = np.exp(-np.abs(points[:, 0])) + [0.5, 1.5][0]
    return points / weights[:, None]


# EVOLVE-BLOCK-END


def solve():
    return SCALE * layout(9)
'''
"""A program with two mutable blocks, and with text that has to stay as it is around them."""

SIBLING = PROGRAM.replace("0.8 * index / n", "0.7 * index / (n + 1)").replace(
    "points = np.clip(points, -0.9, 0.9)",
    "points = points * 0.95\n    points = np.clip(points, -0.8, 0.9)",
)
"""A relative of `PROGRAM`."""

ODD: Mapping[str, str] = {
    "nothing": "",
    "a comment": "# nothing here\n",
    "no program": "def f(:\n  return 1\n",
    "a null byte": "x = 1.5\0\n",
    "a lone surrogate": "x = 1.5  # \ud800\n",
    "only a docstring": '"""EVOLVE me"""\n',
    "other alphabets": "größe = 1.5\nπ = 3.14\n\n\ndef f(ä):\n    return 'naïve 日本', ä * größe + π - 0.5\n",
    "tabs": "def f(x):\n\tif x > 1.5:\n\t\tx = x - 1\n\t\tx = x * 2.5\n\treturn x + 3\n",
    "carriage returns": "def f(x):\r\n    y = x * 1.5\r\n    y = y + 2\r\n    return y - 1\r\n",
    "no last line end": "def f(x):\n    y = 2.5 * x\n    return y",
    "one line": "def f(x): y = x + 1.5; return y * 2\n",
    "decorators": "import functools\n\n\n@functools.lru_cache(\n    maxsize=32\n)\n@functools.wraps(len)\ndef f(x=1.5):\n    return x + 2\n",
    "walrus": "def f(x):\n    if (y := x * 1.5) > 2:\n        return y\n    while (z := x - 1) > 0:\n        x = z\n    return x\n",
    "match": "def f(x):\n    match x:\n        case [a, *rest] if a > 1.5:\n            return a + len(rest)\n"
    "        case {'k': v, **more}:\n            return v * 2\n        case int() | float():\n            return 3\n"
    "        case _:\n            return 0.5\n",
    "format strings": "def f(x):\n    return f'{x + 1.5:>{10 + 2}} {x!r} {{}}' + f\"{f'{x * 2}'}\" + str(x * 3)\n",
    "lambdas": "key = lambda a, b=1.5: a * b + 2\nf = lambda x: (lambda y: x + y)(3)\n",
    "classes": "class A:\n    scale: float = 1.5\n    sizes = [1, 2, 3]\n\n    def __init__(self, x=2.5):\n        self.x = x * self.scale\n\n"
    "    @property\n    def y(self):\n        return self.x + 1\n\n    class B:\n        z = 4.5\n",
    "generators": "async def f(xs):\n    async for x in xs:\n        yield x * 1.5\n    async with xs as y:\n        await y\n\n\n"
    "def g(n):\n    yield from (i * 2 for i in range(n) if i % 2)\n",
    "exceptions": "def f(x):\n    try:\n        y = 1.5 / x\n    except (ZeroDivisionError, ValueError) as error:\n        y = 0.5\n"
    "        raise TypeError from error\n    else:\n        y += 1\n    finally:\n        x = 2\n    return y\n",
    "scopes": "total = 1.5\n\n\ndef f():\n    global total\n    count = 2\n\n    def g():\n        nonlocal count\n        count += 1\n"
    "        return count * total\n\n    del total\n    return g\n",
    "comprehensions": "xs = [[i * j + 1.5 for j in range(3) if j] for i in range(4)]\nd = {k: v * 2 for k, v in zip('ab', xs)}\ns = {*xs[0], 2}\n",
    "joined lines": "x = 1.5 + \\\n    2\ny = (x *\n     3.5,\n     -4)\nz = '''a\n  b''' * 2\n",
    "numbers": "a = 0xFF\nb = 1_000.5\nc = 1e999\nd = 3j\ne = -2\nf = - - 1.5\ng = 10**400\nh = not 1\n",
    "a large literal": f"xs = {[i * 0.5 for i in range(3000)]}\nys = xs[1:] + [-1.5]\n",
    "deep nesting": "x = " + "(" * 60 + "1.5" + " + 1)" * 60 + "\n",
    "too deep nesting": "x = " + "-" * 5000 + "1.5\n",
    "a star import": "from math import *\n\n\ndef f(x):\n    return sin(x) * 1.5 + unknown\n",
    "an odd escape": "import re\n\n\ndef f(x):\n    return re.sub('\\d', '', x) * 2 if x is 1.5 else 3\n",
    "a block without end": "x = 1\n# EVOLVE-BLOCK-START\ny = 2.5\nz = y * 2\n",
    "an end without block": "x = 1\n# EVOLVE-BLOCK-END\ny = 2.5\n",
    "an empty block": "x = 1.5\n# EVOLVE-BLOCK-START\n# EVOLVE-BLOCK-END\ny = 2.5\n",
    "a block inside a function": "def f(x):\n    y = 0.5\n    # EVOLVE-BLOCK-START\n    y = x * 1.5\n    y = y + 2\n"
    "    # EVOLVE-BLOCK-END\n    return y\n",
}
"""What it is -> a text that an operator may be given, and must survive."""


def problem_of(*seeds: Mapping[str, str]) -> Problem:
    """A problem with these seeds that lets ``main.py`` be changed."""
    return Problem("contract", "", seeds=list(seeds) or [{"main.py": PROGRAM}], mutable=("main.*",))


def judged(files: Mapping[str, str], score: float | None = 1.0) -> Judged:
    """A candidate made by nobody, with its score; None for one that crashed."""
    candidate = Candidate.of(files)
    status = "ok" if score is not None else "crashed"
    return Judged(candidate, Evaluation(candidate.id, "search", 1, status, score))  # type: ignore[arg-type]


def task_for(number: int, relatives: Sequence[Judged], operator: str = "contract") -> ProposeTask:
    """The order for candidate `number` from these parents."""
    ids = tuple(relative.candidate.id for relative in relatives)
    return ProposeTask(
        number, operator, ids, seed=7919 * number + 1, known=number, relatives=tuple(relatives)
    )


def made_by(operator: Operator, task: ProposeTask) -> Candidate:
    """What `operator` makes, waited for if need be.

    Raises:
        InvalidCandidate: it made none.
    """

    async def wait() -> Candidate | Attempt:
        made = operator(task)
        return await made if inspect.isawaitable(made) else made

    made = asyncio.run(wait())
    if isinstance(made, Candidate):
        return made
    if made.candidate is None:
        raise InvalidCandidate(made.reason)
    return made.candidate


class OperatorContract(ABC):
    """Subclass it and supply `make`."""

    parents: tuple[Mapping[str, str], ...] = (
        {"main.py": PROGRAM, "fixed.py": "KEPT = 1.5\n"},
        {"main.py": SIBLING, "fixed.py": "KEPT = 1.5\n"},
    )
    """Files of the parents that tasks carry; an operator of another language brings its own."""

    n_tasks = 40
    """How many candidates the tests ask for."""

    @pytest.fixture
    @abstractmethod
    def make(self) -> Callable[[Problem], Operator]:
        """Builds a fresh operator for a problem."""

    @pytest.fixture
    def problem(self) -> Problem:
        """The problem that the operators are built for."""
        return problem_of(*self.parents)

    def tasks(self, operator: Operator) -> list[ProposeTask]:
        """Orders from the contract's parents, as many as the operator takes."""
        relatives = [judged(files, float(place)) for place, files in enumerate(self.parents)][
            : operator.n_parents
        ]
        n_tasks = self.n_tasks if relatives else len(self.parents)
        return [task_for(number, relatives) for number in range(n_tasks)]

    def test_the_same_task_gives_the_same_candidate(
        self, make: Callable[[Problem], Operator], problem: Problem
    ) -> None:
        """Whatever was asked before, in whatever order."""
        one, other = make(problem), make(problem)
        tasks = self.tasks(one)
        forwards = [made_by(one, task) for task in tasks]
        backwards = [made_by(other, task) for task in reversed(tasks)]
        assert forwards == backwards[::-1]

    def test_candidates_differ(self, make: Callable[[Problem], Operator], problem: Problem) -> None:
        """Another seed often gives another candidate."""
        operator = make(problem)
        tasks = self.tasks(operator)
        assert len({made_by(operator, task).id for task in tasks}) >= min(5, len(tasks))

    def test_a_child_is_new_and_says_where_it_comes_from(
        self, make: Callable[[Problem], Operator], problem: Problem
    ) -> None:
        """Its id is that of its files and no parent's; parents and operator are the task's."""
        operator = make(problem)
        for task in self.tasks(operator):
            child = made_by(operator, task)
            assert child.id == Candidate.of(child.files).id
            assert child.id not in task.parents
            assert child.parents == task.parents
            assert child.operator == task.operator
            assert child.note

    def test_only_the_mutable_region_changes(
        self, make: Callable[[Problem], Operator], problem: Problem
    ) -> None:
        """Byte for byte; files that are not mutable stay as they are."""
        operator = make(problem)
        for task in self.tasks(operator):
            if not task.relatives:
                continue
            parent, child = task.relatives[0].candidate, made_by(operator, task)
            assert child.files.keys() == parent.files.keys()
            mutable = mutable_paths(parent.files, problem.mutable)
            for path in parent.files:
                if path in mutable:
                    assert outside(child.files[path]) == outside(parent.files[path])
                else:
                    assert child.files[path] == parent.files[path]

    @pytest.mark.parametrize("what", ODD)
    def test_odd_programs_are_survived(self, make: Callable[[Problem], Operator], what: str) -> None:
        """A candidate or an `InvalidCandidate` that says why not; nothing else."""
        problem = problem_of({"main.py": ODD[what]})
        operator = make(problem)
        relatives = [judged({"main.py": ODD[what]}), judged({"main.py": ODD[what] + "\nextra = 1.5\n"})]
        for number in range(5):
            task = task_for(number if operator.n_parents else 0, relatives[: operator.n_parents])
            try:
                child = made_by(operator, task)
            except InvalidCandidate as error:
                assert len(str(error)) > 20  # noqa: PT017  # most odd programs give candidates
            else:
                assert child.id not in task.parents

    def test_a_task_without_parents_is_refused(
        self, make: Callable[[Problem], Operator], problem: Problem
    ) -> None:
        """An operator that needs parents says so."""
        operator = make(problem)
        if operator.n_parents:
            with pytest.raises(InvalidCandidate, match="parent"):
                made_by(operator, task_for(3, []))

    def test_a_rebuilt_operator_goes_on_the_same(
        self, make: Callable[[Problem], Operator], problem: Problem
    ) -> None:
        """One that lived through a run, and one that was told its journal, twice, make the same next candidates."""
        live = make(problem)
        journal: list[Event] = []
        best = [judged(files, float(place)) for place, files in enumerate(self.parents)]
        for number in range(self.n_tasks if live.n_parents else 1):
            task = task_for(number, best[: live.n_parents])
            child = made_by(live, task)
            score = None if child.id[0] in "01" else int(child.id[:6], 16) / 16**6
            verdict = Evaluation(child.id, "search", 1, "ok" if score is not None else "crashed", score)
            events: list[Event] = [Proposal(number, task.operator, task.parents, child), verdict]
            journal += events
            for event in events:
                _tell(live, event)
            if score is not None:
                best = sorted(
                    [*best, Judged(child, verdict)], key=lambda one: -(one.evaluation.score or 0.0)
                )[:5]
        rebuilt = make(problem)
        for event in [event for event in journal for _ in range(2)]:
            _tell(rebuilt, event)
        for number in range(self.n_tasks if live.n_parents else 0, 2 * self.n_tasks if live.n_parents else 1):
            task = task_for(number, best[: live.n_parents])
            assert made_by(live, task) == made_by(rebuilt, task)


def _tell(operator: Operator, event: Event) -> None:
    tell = getattr(operator, "tell", None)
    if tell is not None:
        tell(event)
