"""What lies outside the mutable region stays as it is, byte for byte."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.operators.region import Edit, Source, Span, mutable_paths, outside
from tests.operators.programs import relaxed

LINES = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "",
            "  y = 'größe'",
            "日本 = 2  # EVOLVE",
            "// EVOLVE-BLOCK-START",
            "# EVOLVE-BLOCK-END here",
            "\t\x0c",
            "z",
        ]
    )
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    lines = draw(LINES)
    return "".join(line + draw(ENDS) for line in lines) + draw(st.sampled_from(["", "last", "\ud800"]))


@relaxed
@given(texts(), st.data())
def test_edits_leave_the_outside_alone(text: str, data: st.DataObject) -> None:
    source = Source(text)
    edits, position = [], 0
    for block in source.blocks:
        start = data.draw(st.integers(max(block.start, position), block.end))
        end = data.draw(st.integers(start, block.end))
        # offsets are in bytes; an edit starts and ends between letters
        if source.data[start : start + 1] >= b"\x80" or source.data[end : end + 1] >= b"\x80":
            continue
        if source.data[end - 1 : end + 1] == b"\r\n" or source.data[start - 1 : start + 1] == b"\r\n":
            continue
        edits.append(Edit(Span(start, end), data.draw(st.sampled_from(["", "new = 1\n", "ü"]))))
        position = end
    changed = source.replace(edits)
    pieces = outside(text)
    assert "".join(pieces) in "".join([changed, *pieces])  # readable when it fails
    rest = changed
    for piece in pieces:
        assert piece in rest
        rest = rest[rest.index(piece) + len(piece) :]
    assert changed.startswith(pieces[0])
    assert changed.endswith(pieces[-1])


@relaxed
@given(texts())
def test_the_pieces_make_the_text(text: str) -> None:
    source, pieces = Source(text), outside(text)
    assert source.replace([]) == text
    assert len(pieces) == len(source.blocks) + 1
    whole = pieces[0] + "".join(
        source.slice(block) + piece for block, piece in zip(source.blocks, pieces[1:], strict=True)
    )
    assert whole == text


def blocks_of(text: str) -> list[str]:
    source = Source(text)
    return [source.slice(block) for block in source.blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n", ["a\nb\n"]),
        ("", [""]),
        ("a\n# EVOLVE-BLOCK-START\nb\n# EVOLVE-BLOCK-END\nc\n", ["b\n"]),
        ("<!-- EVOLVE-BLOCK-START -->\nb\n<!-- EVOLVE-BLOCK-END -->", ["b\n"]),
        (
            "; EVOLVE-BLOCK-START\na\n; EVOLVE-BLOCK-END\nb\n; EVOLVE-BLOCK-START\nc\n; EVOLVE-BLOCK-END\n",
            ["a\n", "c\n"],
        ),
        ("# EVOLVE-BLOCK-START\na", ["a"]),
        ("# EVOLVE-BLOCK-START\na\n# EVOLVE-BLOCK-START\nb\n# EVOLVE-BLOCK-END\n", ["a\n", "b\n"]),
        ("a\n# EVOLVE-BLOCK-END\nb\n", []),
        ("# EVOLVE-BLOCK-START\n# EVOLVE-BLOCK-END\n", [""]),
    ],
)
def test_blocks_are_between_the_markers(text: str, expected: list[str]) -> None:
    assert blocks_of(text) == expected


def test_an_edit_outside_is_refused() -> None:
    source = Source("a\n# EVOLVE-BLOCK-START\nb\n# EVOLVE-BLOCK-END\n")
    with pytest.raises(ValueError, match="leaves the mutable region"):
        source.replace([Edit(Span(0, 1), "x")])


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        Source("abcdef").replace([Edit(Span(0, 3), "x"), Edit(Span(2, 4), "y")])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nodes_are_found_in_bytes(end: str) -> None:
    text = end.join(
        [
            "größe = 'ß' + x1",
            "def f(ä,",
            "      b=2.5):",
            "    return ä * '日本' ",
            "@ d . e",
            "@g(",
            ")",
            "class C: pass",
        ]
    )
    source, tree = Source(text), ast.parse(text)
    value = tree.body[0].value.right  # type: ignore[attr-defined]
    assert source.slice(source.span(value)) == "x1"
    assert source.slice(source.span(tree.body[1].args.defaults[0])) == "2.5"  # type: ignore[attr-defined]
    assert source.slice(source.span(tree.body[1].body[0])) == "return ä * '日本'"  # type: ignore[attr-defined]
    assert source.slice(source.span(tree.body[2])) == text[text.index("@ d") :]
    assert source.line_of(source.span(tree.body[2]).start) == 5


def test_whole_lines() -> None:
    source = Source("ab\ncd\r\nef")
    assert source.slice(source.lines(Span(1, 2))) == "ab\n"
    assert source.slice(source.lines(Span(1, 4))) == "ab\ncd\r\n"
    assert source.slice(source.lines(Span(8, 8))) == "ef"
    assert source.slice(source.lines(Span(3, 3))) == "cd\r\n"


def test_paths_are_chosen_by_patterns() -> None:
    files = {"b.py": "", "a.py": "", "sub/c.py": "", "d.txt": ""}
    assert mutable_paths(files, ("*",)) == ["a.py", "b.py", "d.txt", "sub/c.py"]
    assert mutable_paths(files, ("a.*", "*.txt")) == ["a.py", "d.txt"]
    assert mutable_paths(files, ("*",), suffix=".py") == ["a.py", "b.py", "sub/c.py"]
