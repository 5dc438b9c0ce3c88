"""The formats that a reply may have, each read by its own module."""

import pytest

from evo.operators.reply.blocks import Swap, has_markers, swaps, without_markers
from evo.operators.reply.fences import fences, prose
from evo.operators.reply.labelled import labelled
from evo.operators.reply.thought import thought_of
from evo.operators.reply.unified import hunks
from evo.operators.reply.wrapped import Wrapped, unwrapped

KNOWN = ["main.py", "lib/tools.py"]


def lines(text: str) -> list[str]:
    return text.split("\n")


def parts(found: list[Swap]) -> list[tuple[str, list[str], list[str]]]:
    return [(swap.name, list(swap.search), list(swap.replace)) for swap in found]


class TestFences:
    def test_language_name_and_body(self) -> None:
        (fence,) = fences(lines("In `main.py`:\n```Python\nx = 1\n\n```\nDone."), KNOWN)
        assert (fence.info, fence.name, fence.lines, fence.closed) == (
            "python",
            "main.py",
            ("x = 1", ""),
            True,
        )
        assert (fence.start, fence.end) == (1, 5)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("```python:main.py\nx\n```", "main.py"),
            ('```python title="lib/tools.py"\nx\n```', "lib/tools.py"),
            ("```main.py\nx\n```", "main.py"),
            ("**main.py**\n```\nx\n```", "main.py"),
            ("### File: new/other.rs\n\n```\nx\n```", "new/other.rs"),
            ("```\n# lib/tools.py\nx\n```", "lib/tools.py"),
            ("```\n// src/main.cpp\nx\n```", "src/main.cpp"),
            ("```\n# see main.py for the rest of it\nx\n```", ""),
            ("It uses np.where to choose.\n```\nx\n```", ""),
            ("```\nmain.py\n```\n```\nx\n```", "main.py"),
        ],
    )
    def test_names(self, text: str, name: str) -> None:
        assert [fence.name for fence in fences(lines(text), KNOWN)] == [name]

    def test_of_a_list_is_moved_to_the_margin(self) -> None:
        (fence,) = fences(lines("1. So:\n   ```\n   if x:\n       y\n   ```"), KNOWN)
        assert fence.lines == ("if x:", "    y")

    def test_that_was_not_closed(self) -> None:
        assert [fence.closed for fence in fences(lines("```\nx\n```py\ny"), KNOWN)] == [True, False]
        assert fences(lines("```\nreturn x```\nso"), KNOWN)[0].lines == ("return x",)
        assert fences(lines("```x = 1```"), KNOWN)[0].lines == ("x = 1",)

    def test_longer_fences_hold_shorter_ones(self) -> None:
        (fence,) = fences(lines("````\n```\nx\n```\n````"), KNOWN)
        assert fence.lines == ("```", "x", "```")

    def test_prose_is_what_is_left(self) -> None:
        text = lines("a\n```\nx\n```\nb")
        assert prose(text, fences(text, KNOWN)) == ["a", "b"]


class TestBlocks:
    def read(self, text: str, cut: bool = False) -> list[tuple[str, list[str], list[str]]]:
        return parts(swaps(lines(text), KNOWN, cut))

    def test_plain(self) -> None:
        text = "lib/tools.py\n<<<<<<< SEARCH\n a\n\n=======\n b\n c\n>>>>>>> REPLACE"
        assert self.read(text) == [("lib/tools.py", [" a"], [" b", " c"])]

    @pytest.mark.parametrize(
        "text",
        [
            "<<<<< SEARCH\na\n=====\nb\n>>>>> REPLACE",
            "**<<<<<<< SEARCH**\na\n=======\nb\n**>>>>>>> REPLACE**",
            "<<<<<<< ORIGINAL\na\n========= \nb\n>>>>>>>>> UPDATED",
            "<<<<<<< SEARCH\na\n>>>>>>> SEARCH\n<<<<<<< REPLACE\nb\n>>>>>>> REPLACE",
            "<<<<<<< SEARCH\na\n<<<<<<< REPLACE\nb\n>>>>>>> REPLACE",
            "<<<<<<< SEARCH\na\n=======\nb\n=======\n>>>>>>> REPLACE",
            "```\n<<<<<<< SEARCH\na\n=======\nb\n```\nThat is all.",
            "<<<<<<< SEARCH\n```\na\n```\n=======\n```\nb\n```\n>>>>>>> REPLACE",
            "SEARCH\na\n=======\nb",
            "**SEARCH:**\na\n**REPLACE:**\nb",
        ],
    )
    def test_written_in_other_ways(self, text: str) -> None:
        assert self.read(text) == [("", ["a"], ["b"])]

    def test_without_a_middle_is_none(self) -> None:
        assert self.read("<<<<<<< SEARCH\na\n>>>>>>> REPLACE") == []
        assert self.read("<<<<<<< SEARCH\na\nb") == []
        assert self.read("SEARCH for a better way\n=======") == []

    def test_the_last_of_a_reply_that_was_cut_off_is_left_out(self) -> None:
        text = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n<<<<<<< SEARCH\nc\n=======\nd"
        assert self.read(text, cut=True) == [("", ["a"], ["b"])]
        assert self.read(text) == [("", ["a"], ["b"]), ("", ["c"], ["d"])]

    def test_markers(self) -> None:
        text = lines("<<<<<<< SEARCH\na << b\n=======\n>>>>>>> REPLACE\nx >>> y")
        assert has_markers(text)
        assert without_markers(text) == ["a << b", "x >>> y"]
        assert not has_markers(["a <<<<<<< b", "=======", "std::cout << x"])


class TestHunks:
    def read(self, text: str, cut: bool = False) -> list[tuple[str, list[str], list[str]]]:
        return parts(hunks(lines(text), KNOWN, cut))

    def test_plain(self) -> None:
        text = "--- a/main.py\n+++ b/main.py\n@@ -3,2 +3,2 @@ def f\n a\n-b\n+c\n@@ -9 +9 @@\n-d\n"
        assert self.read(text) == [("main.py", ["a", "b"], ["a", "c"]), ("main.py", ["d"], [])]
        assert [swap.hint for swap in hunks(lines(text), KNOWN, False)] == [2, 8]

    def test_without_headers(self) -> None:
        assert self.read("```diff\n-b\n+c\n```\n- a list\n+ so") == [("", ["b"], ["c"])]

    def test_context_that_lost_its_blank(self) -> None:
        assert self.read("@@\na\n-b\n+c") == [("", ["a", "b"], ["a", "c"])]

    def test_lines_that_look_like_headers(self) -> None:
        assert self.read("@@ -1 +1 @@\n--- x\n+y\n") == [("", ["-- x"], ["y"])]

    def test_cut_off(self) -> None:
        text = "@@\n-a\n+b\n@@\n-c\n+d"
        assert self.read(text, cut=True) == [("", ["a"], ["b"])]

    def test_nothing_changed_is_none(self) -> None:
        assert self.read("@@ -1 +1 @@\n a\n b\n") == []
        assert self.read("--- \n+++ \n") == []


class TestLabelled:
    def read(self, text: str) -> list[tuple[str, list[str], list[str]]]:
        return parts(labelled(lines(text), fences(lines(text), KNOWN)))

    @pytest.mark.parametrize(
        "text",
        [
            "```search\na\n```\n```replace\nb\n```",
            "Search:\n```\na\n```\nReplace with:\n```\nb\n```",
            "**Before**\n```python\na\n```\n\n**After**\n```python\nb\n```",
            "```SEARCH\na\n```\nReplace with:\n```SEARCH\nb\n```",
        ],
    )
    def test_pairs(self, text: str) -> None:
        assert self.read(text) == [("", ["a"], ["b"])]

    def test_no_pairs(self) -> None:
        assert self.read("```python\na\n```\n```python\nb\n```") == []
        assert self.read("Original:\n```\na\n```\nExplanation.\n```\nb\n```") == []


class TestWrapped:
    def test_code(self) -> None:
        assert unwrapped('{"thought": "t", "code": "a\\nb"}') == [Wrapped("", "a\nb")]
        assert unwrapped('{"code": {"python": "a"}}') == [Wrapped("", "a")]
        assert unwrapped('{"code": ["a", "b"]}') == [Wrapped("", "a\nb")]
        assert unwrapped('{"code": "a\nb"}') == [Wrapped("", "a\nb")]  # a bare line end

    def test_files_and_edits(self) -> None:
        assert unwrapped('{"files": {"main.py": "a"}}') == [Wrapped("main.py", "a")]
        assert unwrapped('[{"file": "x.py", "search": "a", "replace": "b"}]') == [Wrapped("x.py", "b", "a")]
        assert unwrapped('{"path": "x.py", "content": "a"}') == [Wrapped("x.py", "a")]

    def test_what_is_not_quite_json(self) -> None:
        assert unwrapped('{"code": """\ndef f():\n    """Doc."""\n"""\n}') == [
            Wrapped("", '\ndef f():\n    """Doc."""\n')
        ]
        assert unwrapped('{"thought": "a "word"", "code": "a\\n\\"b\\""}') == [Wrapped("", 'a\n"b"')]
        assert unwrapped('{"code": "a\\nb') == [Wrapped("", "a\nb", closed=False)]

    def test_no_json(self) -> None:
        for text in ("x = {1: 2}", "", "{", '{"a": 1}', "[[[["):
            assert unwrapped(text) == []


@pytest.mark.parametrize(
    ("text", "thought"),
    [
        (
            "Sure! Here is the code:\n```\nx\n```\nIt uses a **lower** threshold.",
            "It uses a **lower** threshold.",
        ),
        ("# Golden angle\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE", "Golden angle"),
        ("def f():\n    return 1", ""),
        ('{"thought": "Tight \\"bins\\" first.", "code": "x"}', 'Tight "bins" first.'),
        ("", ""),
    ],
)
def test_thought(text: str, thought: str) -> None:
    assert thought_of(lines(text)) == thought


def test_a_long_thought_is_cut() -> None:
    assert len(thought_of(["word " * 500])) <= 200
