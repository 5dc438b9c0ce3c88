"""Indentation is translated, lines are numbered, elisions are filled."""

import pytest

from evo.operators.region import outside
from evo.operators.reply.braces import Piece, balanced, pieces
from evo.operators.reply.code import Broken, parsed, unnumbered, unprompted
from evo.operators.reply.elision import expanded, is_elision
from evo.operators.reply.layout import in_units, levelled, moved, unit
from evo.operators.reply.outcome import Effort, Unclear
from evo.operators.reply.page import Change, Page, trimmed

MARKED = "a\r\n# EVOLVE-BLOCK-START\r\nb\r\nc\r\n# EVOLVE-BLOCK-END\r\nd"


class TestPage:
    def test_lines_and_blocks(self) -> None:
        page = Page(MARKED)
        assert page.lines == ["a", "# EVOLVE-BLOCK-START", "b", "c", "# EVOLVE-BLOCK-END", "d"]
        assert page.blocks == ((2, 4),)
        assert page.marked
        assert page.end == "\r\n"
        assert page.mutable(2, 4)
        assert page.mutable(4, 4)
        assert not page.mutable(3, 5)
        assert not Page("a\nb").marked
        assert Page("").lines == []

    def test_changes_keep_every_other_byte(self) -> None:
        page = Page(MARKED)
        text = page.changed([Change(3, 3, ("x", "y")), Change(2, 3, ())])
        assert text == MARKED.replace("b\r\n", "x\r\ny\r\n")
        assert outside(text) == outside(MARKED)
        assert page.changed([]) == MARKED

    def test_a_last_line_without_end(self) -> None:
        assert Page("a\nb").changed([Change(2, 2, ("c",))]) == "a\nb\nc"
        assert Page("").changed([Change(0, 0, ("c",))]) == "c\n"

    def test_overlaps_are_refused(self) -> None:
        with pytest.raises(ValueError, match="overlap at line 2"):
            Page("a\nb\nc\n").changed([Change(0, 2, ()), Change(1, 3, ())])


def test_unit() -> None:
    assert unit(["a", "  b", "    c"]) == "  "
    assert unit(["a", "\tb"]) == "\t"
    assert unit(["a", "    b", "            c"]) == "    "
    assert unit(["a"]) == "    "


def test_levels() -> None:
    assert levelled(["    a", "", "      b"]) == ["a", "", "  b"]
    assert in_units(["a", "  b", "    c"], "\t") == ["a", "\tb", "\t\tc"]
    assert in_units(["a", "\tb"], "    ") == ["a", "    b"]
    assert trimmed(["", "a", "", " "]) == ["a"]


def test_moved() -> None:
    assert moved(["x", "    y"], {"": "    "}, "    ", "\t") == ["    x", "    \ty"]
    assert moved(["      x", "    y"], {"      ": "\t\t"}, "  ", "\t") == ["\t\tx", "\ty"]
    assert moved(["  x"], {"": ""}, "  ", "  ") == ["  x"]


OLD = [
    "def f(x):",
    "    a = 1",
    "    b = 2",
    "    c = 3",
    "    return a + b + c",
    "",
    "def g(x):",
    "    return x",
]


class TestElision:
    @pytest.mark.parametrize(
        "line",
        [
            "...",
            "    # ...",
            "// ... existing code ...",
            "# rest of the code remains the same",
            "    # (rest unchanged)",
            "/* ... other methods stay as they are ... */",
            "# … rest",
        ],
    )
    def test_is(self, line: str) -> None:
        assert is_elision(line)

    @pytest.mark.parametrize("line", ["x = ...", "# the rest is added", "# same", "# ..", "def f(): ...", ""])
    def test_is_not(self, line: str) -> None:
        assert not is_elision(line)

    def fill(self, *lines: str) -> list[str]:
        return expanded(lines, OLD, Effort())[0]

    def test_between_two_lines(self) -> None:
        assert self.fill("def f(x):", "    ...", "    return a - b - c") == [*OLD[:4], "    return a - b - c"]

    def test_behind_a_changed_line(self) -> None:
        assert self.fill("def f(x):", "    a = 10", "    # ... rest unchanged") == [
            "def f(x):",
            "    a = 10",
            *OLD[2:5],
        ]

    def test_to_the_end_and_from_the_start(self) -> None:
        assert self.fill("# ...", "def g(x):", "    return 2 * x") == [
            *OLD[:6],
            "def g(x):",
            "    return 2 * x",
        ]
        assert self.fill("def f(x):", "    return 0", "# ... rest unchanged") == [
            "def f(x):",
            "    return 0",
            *OLD[5:],
        ]

    def test_unclear(self) -> None:
        with pytest.raises(Unclear, match="no line is like it"):
            self.fill("def f(x):", "    spiral = golden(x)", "    ...")

    def test_dots_of_the_parent_are_code(self) -> None:
        assert expanded(["def f():", "    ..."], ["def f():", "    ..."], Effort()) == (
            ["def f():", "    ..."],
            0,
        )


class TestCode:
    def test_numbers(self) -> None:
        assert unnumbered(["1: a", "2:   b", "3:"]) == ["a", "  b", ""]
        assert unnumbered([" 9 | a", "10 |   b"]) == ["a", "  b"]
        for lines in (["1: a", "b"], ["1, 2", "2, 3"], ["10 * x"], ["3: a", "2: b"]):
            assert unnumbered(lines) == lines

    def test_prompts(self) -> None:
        assert unprompted([">>> def f():", "...     return 1", "...", ">>> f()", "1"]) == [
            "def f():",
            "    return 1",
            "",
            "f()",
        ]

    def test_prose_around(self) -> None:
        code = parsed(["So it is.", "", "x = 1", "y = 2", "", "That is better."], Effort(), prose=True)
        assert code.lines == ["x = 1", "y = 2", ""]

    def test_cut(self) -> None:
        code = parsed(["def f():", "    return 1", "", "@g", "def h():", "    x = ("], Effort(), cut=True)
        assert code.lines == ["def f():", "    return 1", ""]
        assert not code.whole

    @pytest.mark.parametrize("line", ["x = (", "\x00", "x = '\ud800'", "(" * 1000, "def f(:"])
    def test_broken(self, line: str) -> None:
        with pytest.raises(Broken):
            parsed([line], Effort())


CPP = [
    "struct Item { int a; };",
    "template <class T>",
    "int f(const std::vector<int>& x) {",
    "    // a brace { in a comment",
    '    for (int k : x) { use("}"); }',
    "    return '{';",
    "}",
    "int declared(int x);",
    "int g(int x)",
    "{",
    "    return f({x});",
    "}",
    "",
]


def test_functions_with_braces() -> None:
    assert pieces(CPP)[:1] == [Piece("Item", 0, 1, 0)]
    assert Piece("f", 2, 7, 0) in pieces(CPP)
    assert Piece("g", 8, 12, 0) in pieces(CPP)
    assert "declared" not in {piece.name for piece in pieces(CPP)}
    assert balanced(CPP)
    assert not balanced(CPP[:4])


def test_javascript_functions() -> None:
    text = "class A {\n  run(x) {\n    return `{${x}`;\n  }\n}\nconst f = (x) => {\n  return x;\n};\nasync function g() {\n}"
    assert [(piece.name, piece.depth) for piece in pieces(text.split("\n"))] == [
        ("A", 0),
        ("run", 1),
        ("f", 0),
        ("g", 0),
    ]
