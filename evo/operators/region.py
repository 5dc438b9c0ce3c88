"""The mutable region of a candidate: what an operator may touch, and how it writes there.

A file takes part when its path matches ``Problem.mutable``. Inside a file the region is what lies
between a line that contains ``EVOLVE-BLOCK-START`` and the next line that contains
``EVOLVE-BLOCK-END``, in whatever comment syntax the file has, or the whole file if no line
contains either. A block that is never ended reaches to the end of the file. The marker lines
themselves are outside.

All offsets are in bytes of the UTF-8 text, because that is what the syntax tree counts in.
"""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import accumulate

START_MARKER = "EVOLVE-BLOCK-START"
END_MARKER = "EVOLVE-BLOCK-END"

_MARKER = b"EVOLVE-BLOCK-"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes ``start`` up to but not including ``end``."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share a byte, or one is an insertion inside or at the edge of the other."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of text, and what it means, for people."""

    span: Span
    text: str
    note: str = ""


class Source:
    r"""One file's text with its lines and its mutable blocks.

    Attributes:
        data: the text in UTF-8; lone surrogates survive.
        line_starts: offset of each line's first byte; lines end with ``\n``, ``\r\n`` or ``\r``.
        blocks: the mutable spans, in order, without overlap, each of whole lines.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        lines = self.data.splitlines(keepends=True)  # of bytes: at "\n", "\r" and "\r\n" alone
        self.line_starts = list(accumulate(map(len, lines[:-1]), initial=0))
        self.blocks = tuple(self._find_blocks(lines))

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """Where `node` of this text's own syntax tree stands; decorators belong to what they decorate."""
        line, column = node.lineno, node.col_offset
        for decorator in getattr(node, "decorator_list", ()):
            line = min(line, decorator.lineno)  # its "@" stands at the statement's own column
        end_line, end_column = node.end_lineno or line, node.end_col_offset or 0
        return Span(self.line_starts[line - 1] + column, self.line_starts[end_line - 1] + end_column)

    def lines(self, span: Span) -> Span:
        """`span` widened to whole lines, with the last line's end."""
        first = self.line_of(span.start) - 1
        after = max(bisect_left(self.line_starts, span.end), first + 1)
        end = self.line_starts[after] if after < len(self.line_starts) else len(self.data)
        return Span(self.line_starts[first], end)

    def line_spans(self) -> list[Span]:
        """Every line with its end."""
        ends = [*self.line_starts[1:], len(self.data)]
        return [Span(start, end) for start, end in zip(self.line_starts, ends, strict=True) if start < end]

    def line_of(self, offset: int) -> int:
        """Number of the line, from 1, that the byte at `offset` stands in."""
        return bisect_right(self.line_starts, offset)

    def mutable(self, span: Span) -> bool:
        """Whether `span` lies wholly inside one mutable block."""
        return any(block.holds(span) for block in self.blocks)

    def slice(self, span: Span) -> str:
        """The text at `span`."""
        return self.data[span.start : span.end].decode("utf-8", "surrogatepass")

    def outside(self) -> list[str]:
        """The pieces between the mutable blocks, in order, with the one before and the one after."""
        pieces, position = [], 0
        for block in self.blocks:
            pieces.append(self.slice(Span(position, block.start)))
            position = block.end
        return [*pieces, self.slice(Span(position, len(self.data)))]

    def replace(self, edits: Iterable[Edit]) -> str:
        """The text with `edits` made; every other byte stays as it is.

        Raises:
            ValueError: an edit leaves the mutable region, or two overlap.
        """
        pieces, position = [], 0
        for edit in sorted(edits, key=lambda edit: edit.span):
            if not self.mutable(edit.span):
                raise ValueError(f"the edit {edit.note or edit.text!r} leaves the mutable region")
            if edit.span.start < position:
                raise ValueError(f"the edit {edit.note or edit.text!r} overlaps another")
            pieces += [
                self.data[position : edit.span.start],
                edit.text.encode("utf-8", "surrogatepass"),
            ]
            position = edit.span.end
        pieces.append(self.data[position:])
        return b"".join(pieces).decode("utf-8", "surrogatepass")

    def _find_blocks(self, lines: Sequence[bytes]) -> list[Span]:
        if _MARKER not in self.data:
            return [Span(0, len(self.data))]
        blocks: list[Span] = []
        opened: int | None = None
        marked = False
        for start, line in zip(self.line_starts, lines, strict=True):
            if _MARKER not in line:
                continue
            starts = START_MARKER.encode() in line
            if starts or END_MARKER.encode() in line:
                if opened is not None:
                    blocks.append(Span(opened, start))
                opened = start + len(line) if starts else None
                marked = True
        if opened is not None:
            blocks.append(Span(opened, len(self.data)))
        return blocks if marked else [Span(0, len(self.data))]


def mutable_paths(files: Mapping[str, str], patterns: Sequence[str], suffix: str = "") -> list[str]:
    """Paths in `files` that match one of the glob `patterns` and end with `suffix`, sorted."""
    return sorted(
        path
        for path in files
        if path.endswith(suffix) and any(fnmatch(path, pattern) for pattern in patterns)
    )


def outside(text: str) -> list[str]:
    """The pieces of `text` that no operator may change, in order: one more than there are blocks."""
    return Source(text).outside()
