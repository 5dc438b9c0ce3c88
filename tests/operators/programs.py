"""What several tests of operators share: random programs, and running a candidate."""

import warnings
from collections.abc import Mapping

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from evo.types import Candidate, Judged, Problem, ProposeTask

relaxed = settings(deadline=None, max_examples=60)
"""No time limit an example: the machine may be busy."""

SIMPLE = [
    "a = 1.5",
    "b = -2",
    "c = a0 * 2 + n",
    "d = [0.5, 1.5, n]  # a comment",
    "e = math.sin(a0) if n > 2 else 0.25",
    "f = 'text ' + str(n) + f'{n + 1}'",
    "g = lambda x, y=2.5: x * y",
    "h = np.zeros(3) + a0",
    "a0 += 0.5",
    "n = max(n - 1, 1)",
    "i = {'k': 2.5, 'größe': n}",
    "j = sum(x * 0.5 for x in range(n) if x % 2)",
]
"""Statements that run where `a0` is a float and `n` an int."""

BLOCKS = [
    ("for k in range(n):", "a0 = a0 + k * 0.1"),
    ("if a0 > 0.5 and n < 10:", "n = n + 1"),
    ("while n > 3:", "n -= 2"),
    ("with open('/dev/null') as file:", "a0 = a0 - 1"),
    ("try:", "a0 = a0 / n\nexcept ZeroDivisionError:\n    a0 = 0.0"),
]

MARKERS = ("# EVOLVE-BLOCK-START", "# EVOLVE-BLOCK-END")


@st.composite
def programs(draw: st.DrawFn, marked: bool = True) -> str:
    """A Python program that runs, with a function ``solve`` and random mutable blocks."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    indent = draw(st.sampled_from(["    ", "\t", "  "]))
    lines = [
        "import math",
        "import numpy as np",
        "def solve(a0=0.75, n=4):",
        f"{indent}'''Docs with 1.5 in them.'''",
    ]
    open_block = False
    for _ in range(draw(st.integers(1, 8))):
        if marked and draw(st.booleans()):
            lines.append(indent + MARKERS[open_block])
            open_block = not open_block
        if draw(st.booleans()):
            lines.append(indent + draw(st.sampled_from(SIMPLE)))
        else:
            head, body = draw(st.sampled_from(BLOCKS))
            first, *rest = body.split("\n")
            lines += [indent + head, indent * 2 + first]
            lines += [indent + line.replace("    ", indent) for line in rest]
    if open_block:
        lines.append(indent + MARKERS[1])
    lines.append(f"{indent}return a0 * n")
    return end.join(lines) + draw(st.sampled_from(["", end]))


def task(number: int, *relatives: Judged, operator: str = "some") -> ProposeTask:
    """The order for candidate `number` from `relatives`."""
    ids = tuple(relative.candidate.id for relative in relatives)
    return ProposeTask(number, operator, ids, seed=1000 + number, relatives=relatives)


def problem(text: str, **fields: object) -> Problem:
    """A problem whose seed is the one file `text`."""
    return Problem("some", "", seeds=[{"main.py": text}], **fields)  # type: ignore[arg-type]


def run(files: Mapping[str, str], name: str = "solve", *arguments: object) -> object:
    """What the candidate's function returns; whatever it raises is raised."""
    space: dict[str, object] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exec(compile(files["main.py"], "main.py", "exec"), space)
        return space[name](*arguments)  # type: ignore[operator]


def runs(candidate: Candidate) -> bool:
    """Whether the candidate's ``solve`` returns finite numbers."""
    try:
        result = np.asarray(run(candidate.files), dtype=float)
    except (ArithmeticError, TypeError, ValueError, LookupError, NameError, AttributeError):
        return False
    return bool(np.isfinite(result).all())
