"""What reading a reply ends with: an understood change, or a refusal that says what to do differently."""

from dataclasses import dataclass, field

from evo.errors import InvalidCandidate
from evo.types import Rung

QUOTE = 160
"""Letters of foreign text that a message shows at most."""

EFFORT = 4_000_000
"""Units of work that one reply may cost: letters parsed, pairs of letters compared."""

_LADDER: tuple[Rung, ...] = ("read", "apply", "compile")


@dataclass(frozen=True, slots=True)
class Understood:
    """A reply that holds a change which fits the parent.

    Attributes:
        files: the whole child, every file.
        how: one line for people: ``"2 search/replace blocks, 1 found by similarity 0.93"``.
        thought: what the model says it changed, at most about 200 letters; untrusted; may be empty.
        alternatives: how many answers the reply held; the first that applies was taken.
    """

    files: dict[str, str]
    how: str
    thought: str
    alternatives: int


class NotUnderstood(InvalidCandidate):
    """The reply cannot be turned into a child; the message says what to do differently.

    Attributes:
        rung: ``read`` (no change in it), ``apply`` (it does not fit the parent) or ``compile``.
    """

    def __init__(self, message: str, rung: Rung = "read") -> None:
        super().__init__(message)
        self.rung: Rung = rung

    @property
    def height(self) -> int:
        """How far up the ladder the reply came."""
        return _LADDER.index(self.rung)


class Unclear(NotUnderstood):
    """An edit fits several places, or none; other readings of the same text may still fit."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "apply")


@dataclass(slots=True)
class Effort:
    """What is left of the work that one reply may cost: a bound in operations, so that no clock is needed."""

    left: int = EFFORT
    spent: int = field(default=0, init=False)

    def allows(self, amount: int) -> bool:
        """Takes `amount` and says True, or says False where less is left."""
        if amount > self.left:
            return False
        self.left -= amount
        self.spent += amount
        return True


def quote(text: str, limit: int = QUOTE) -> str:
    """`text` on one line between backticks, cut to `limit` letters."""
    line = " ".join(text.split()).encode("utf-8", "replace").decode()
    return f"`{line if len(line) <= limit else line[: limit - 1] + '…'}`"
