"""What is wrong with a design, each fault in one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from evo.errors import InvalidCandidate

MOST = 20
"""Faults that a message names; a file may have thousands."""


def brief(value: object) -> str:
    """A value that is wrong, as a message quotes it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a design breaks.

    Attributes:
        where: the slot, or the file.
        rule: what must hold, with the value that breaks it.
        fix: the way out.
        need: where a component's need is not met, the need (`evo.design.component.Need`) as text.
    """

    where: str
    rule: str
    fix: str
    need: str = ""

    def __str__(self) -> str:
        return " ".join(f"{self.where}: {self.rule}. {self.fix}".split())


class InvalidDesign(InvalidCandidate):
    """A design breaks rules: those that were found, one a line, the first `MOST` of them.

    Attributes:
        faults: all of them, as records.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = [f"and {len(faults) - MOST} more faults"] if len(faults) > MOST else []
        super().__init__("\n".join([*map(str, faults[:MOST]), *more]))
        self.faults = tuple(faults)
