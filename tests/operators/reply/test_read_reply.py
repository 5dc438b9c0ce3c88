"""What holds for every reply: a child that keeps the rules, or a refusal, at a bounded cost."""

import ast
import contextlib
import sys
import warnings
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evo.identity import candidate_id
from evo.operators.region import mutable_paths, outside
from evo.operators.reply import Effort, NotUnderstood, Understood, read_reply
from evo.operators.reply.check import SOURCE_BYTES
from evo.operators.reply.pieces import Parent
from evo.operators.reply.reading import read
from tests.operators.reply.parents import parent
from tests.operators.reply.test_corpus import CASES, load

often = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

REPLIES = [load(path) for path in CASES]
PARENTS = [
    "bin_packing",
    "circle_packing",
    "two_files",
    "knapsack_cpp",
    "schedule_js",
    "prompt_text",
    "tabs",
    "inner",
]

PIECES = st.sampled_from(
    [
        *(
            "```",
            "```python",
            "~~~",
            "<<<<<<< SEARCH",
            "=======",
            ">>>>>>> REPLACE",
            "@@ -1,3 +1,3 @@",
            "--- a/main.py",
        ),
        *(
            "+++ b/main.py",
            "-    gap = bins - item",
            "+    gap = 1",
            "    gap = bins - item",
            "# EVOLVE-BLOCK-START",
        ),
        *(
            "# EVOLVE-BLOCK-END",
            "def priority(item, bins):",
            "    return item",
            "...",
            "# ... rest unchanged",
            "}",
            "{",
        ),
        *(
            '{"code": "x"}',
            "<think>",
            "</think>",
            "main.py",
            "import math",
            "class A:",
            "  def f(self):",
            "1. **x**",
            "",
        ),
        *(
            "SEARCH",
            "REPLACE",
            '"""',
            "&lt;",
            "“",
            "\ud800",
            "\x00",
            "\x0c",
            "if __name__ == '__main__':",
            ">>> x = 1",
        ),
    ]
)


def holds(text: str, files: dict[str, str], mutable: list[str], cut: bool) -> Understood | None:
    """Reads `text` and checks what must hold whatever it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            understood = read_reply(text, files, mutable, cut=cut)
    except NotUnderstood as error:
        refused = error
    else:
        return holds_for_child(understood, files, mutable)
    assert refused.rung in ("read", "apply", "compile")
    assert str(refused)
    assert "\n" not in str(refused)
    assert len(str(refused)) < 1500
    str(refused).encode()
    return None


def holds_for_child(understood: Understood, files: dict[str, str], mutable: list[str]) -> Understood:
    assert candidate_id(understood.files) != candidate_id(files)
    assert set(files) <= set(understood.files)
    allowed = mutable_paths(understood.files, mutable)
    for path, new in understood.files.items():
        if new == files.get(path):
            continue
        assert path in allowed
        assert path not in files or outside(new) == outside(files[path])
        new.encode()
        if path.endswith(".py"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(new)
    assert sum(len(new.encode("utf-8", "surrogatepass")) for new in understood.files.values()) <= SOURCE_BYTES
    assert "\n" not in understood.how
    assert len(understood.thought) <= 200
    understood.thought.encode()
    assert understood.alternatives >= 1
    return understood


@often
@given(st.sampled_from(REPLIES), st.data(), st.booleans())
def test_damaged_replies(case: tuple[dict[str, object], str], data: st.DataObject, cut: bool) -> None:
    """Lines lost, doubled, swapped and replaced; the end missing."""
    header, text = case
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines)))
        action = data.draw(st.sampled_from(["delete", "insert", "double", "swap", "split", "end"]))
        if action == "insert":
            lines.insert(at, data.draw(PIECES | st.text(max_size=20)))
        elif action == "delete":
            del lines[at : at + data.draw(st.integers(1, 5))]
        elif action == "double":
            lines[at:at] = lines[at : at + 5]
        elif action == "swap" and at + 1 < len(lines):
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        elif action == "split" and at < len(lines):
            lines[at] = lines[at][: len(lines[at]) // 2]
        elif action == "end":
            lines = lines[: max(at, 1)]
    holds("\n".join(lines), parent(str(header["parent"])), ["*"], cut)


@often
@given(st.lists(PIECES | st.text(max_size=12), max_size=30), st.sampled_from(PARENTS), st.booleans())
def test_random_lines(lines: list[str], name: str, cut: bool) -> None:
    holds("\n".join(lines), parent(name), ["*"], cut)


@often
@given(st.text(st.characters(codec=None), max_size=200), st.sampled_from(PARENTS), st.booleans())
def test_random_text(text: str, name: str, cut: bool) -> None:
    """Lone surrogates and control characters included."""
    holds(text, parent(name), ["*"], cut)


@often
@given(st.lists(PIECES | st.text(max_size=12), max_size=20), st.lists(PIECES, max_size=25))
def test_random_parents(lines: list[str], old: list[str]) -> None:
    """A parent may be broken: it is what a repair starts from."""
    holds("\n".join(lines), {"main.py": "\n".join(old), "b.txt": "\r\n".join(old)}, ["*.py", "b*"], False)


HOSTILE = {
    "one long line": "a" * 200_000,
    "blank": " " * 200_000,
    "line ends": "\n" * 200_000,
    "fences": "```\n" * 50_000,
    "named fences": "```python main.py\n" * 12_000,
    "backticks": "`" * 200_000,
    "block starts": "<<<<<<< SEARCH\n" * 13_000,
    "blocks": "<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n" * 4_000,
    "similar blocks": "<<<<<<< SEARCH\n    close = -1.0 * gup\n=======\n    close = -2.0 * gup\n>>>>>>> REPLACE\n"
    * 2_500,
    "long search": "<<<<<<< SEARCH\n"
    + "    gap = bins + item + 1\n" * 4_000
    + "=======\nx\n>>>>>>> REPLACE\n",
    "wide search": "<<<<<<< SEARCH\n" + "ab" * 90_000 + "\n=======\nx\n>>>>>>> REPLACE\n",
    "hunks": "@@ -1 +1 @@\n-    gap = bin - item\n+    gap = 1\n" * 4_500,
    "diff headers": "--- a\n+++ b\n" * 18_000,
    "nested": "```python\n" + "(" * 190_000 + "\n```",
    "nested blocks": "```python\n" + "".join(" " * depth + "if x:\n" for depth in range(600)) + "```",
    "definitions": "```python\n" + "def f(x): return x\n" * 10_000 + "```",
    "broken definitions": "```python\ndef priority(:\n```\n" * 7_000,
    "elisions": "```python\n" + "# ... rest unchanged\n" * 9_000 + "```",
    "elided lines": "```python\n" + "    gap = bins\n    ...\n" * 9_000 + "```",
    "prose": "Sure, here is the idea: do it well. " * 5_500,
    "thoughts": "<think>\n" * 25_000,
    "braces": '{"code":' * 25_000,
    "quotes": '{"code": "' + '\\"' * 95_000,
    "open functions": "```\n" + "int f(int x) {\n" * 13_000 + "```",
    "comments": "```\n" + "/* " * 60_000 + "\n```",
    "spaces and signs": ("    " * 50 + "=") * 1_000,
    "names": "```\n" + "a.b" * 60_000 + "\n```",
    "entities": "&lt;&gt;" * 25_000,
    "numbers": "\n".join(f"{number}: x" for number in range(20_000)),
    "prompts": ">>> x\n" * 30_000,
    "searches": "SEARCH\n" * 28_000,
    "lists": "[" * 200_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["bin_packing", "knapsack_cpp"])
def test_hostile_replies_cost_a_bounded_number_of_steps(kind: str, name: str) -> None:
    """Counted in lines of Python that are run: the same on every machine."""
    files, effort = parent(name), Effort()
    text = HOSTILE[kind][: -len(HOSTILE[kind]) * 4 // 5] + HOSTILE[kind][-10:]

    def call() -> None:
        with contextlib.suppress(NotUnderstood):
            read(text, Parent(files, ["*"], None, effort), False)

    assert count_steps(call) <= 30 * len(text) + 1_000_000
    assert effort.spent <= Effort().left


def count_steps(call: Callable[[], None]) -> int:
    """How often a line of Python is run during `call`."""
    steps = 0

    def line(frame: FrameType, event: str, argument: object) -> object:
        nonlocal steps
        steps += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        call()
    finally:
        sys.settrace(before)
    return steps
