"""What is wrong with a design, each fault in one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from evo.errors import InvalidCandidate


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
        return f"{self.where}: {self.rule}. {self.fix}"


class InvalidDesign(InvalidCandidate):
    """A design breaks rules: all that were found, one a line.

    Attributes:
        faults: the same as records.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)
