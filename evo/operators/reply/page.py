"""A file of the parent as numbered lines: which of them may change, and how new ones are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evo.operators.region import END_MARKER, START_MARKER, Source


@dataclass(frozen=True, slots=True)
class Change:
    """Lines `start` up to but not including `end` give way to `lines`; equal numbers insert."""

    start: int
    end: int
    lines: tuple[str, ...]


class Page:
    """The lines of one file.

    Attributes:
        text: the whole file.
        lines: without their ends.
        blocks: the mutable region: pairs of line numbers from 0, the second not included.
        marked: whether the file has markers; without them it is mutable as a whole.
    """

    def __init__(self, text: str) -> None:
        source = Source(text)
        self.text = text
        self.outside = source.outside()
        spans = source.line_spans()
        raw = [source.slice(span) for span in spans]
        self.lines = [line.rstrip("\r\n") for line in raw]
        self._ends = [line[len(bare) :] for line, bare in zip(raw, self.lines, strict=True)]
        starts = [span.start for span in spans]
        after = {start: number for number, start in enumerate(starts)} | {len(source.data): len(starts)}
        self.blocks = tuple((after[block.start], after[block.end]) for block in source.blocks)
        self.marked = self.blocks != ((0, len(self.lines)),)
        self.end = max(("\n", "\r\n", "\r"), key=self._ends.count)

    def mutable(self, start: int, end: int) -> bool:
        """Whether lines `start` to `end` (not included) all may change; for an insertion, whether one may stand there."""
        return any(first <= start and end <= last for first, last in self.blocks)

    def block_lines(self, block: int) -> list[str]:
        """The lines of one mutable block."""
        first, last = self.blocks[block]
        return self.lines[first:last]

    def changed(self, changes: Iterable[Change]) -> str:
        """The text with `changes` made; all other lines keep every byte.

        Raises:
            ValueError: two changes overlap.
        """
        pieces: list[str] = []
        position = 0
        for change in sorted(changes, key=lambda change: (change.start, change.end)):
            if change.start < position:
                raise ValueError(f"two changes overlap at line {change.start + 1}")
            pieces += self._written(position, change.start)
            pieces += [line + self.end for line in change.lines]
            position = change.end
        pieces += self._written(position, len(self.lines))
        text = "".join(pieces)
        if self.lines and not self._ends[-1] and text.endswith(self.end):
            return text[: -len(self.end)]  # the parent's last line has no end: neither has the child's
        return text

    def _written(self, start: int, end: int) -> list[str]:
        return [self.lines[number] + (self._ends[number] or self.end) for number in range(start, end)]


def is_marker(line: str) -> bool:
    """Whether a mutable block starts or ends at `line`."""
    return START_MARKER in line or END_MARKER in line


def trimmed(lines: Sequence[str]) -> list[str]:
    """`lines` without blank ones at either end."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return list(lines[start:end])
