"""What an agent asks a model, and what the model says: the records that sources of answers share."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evo.llm import tokens


@dataclass(frozen=True, slots=True)
class Question:
    """One call of an agent.

    Attributes:
        model: name of the model, as the design has it.
        node: slot that asks.
        role: in whose part it speaks; empty for the slot's own.
        messages: pairs of a role and what it says.
        temperature: None for the model's own.
        occurrence: how often the same was asked before in this case: two samples of one question differ,
            and a case that is played again gets the same ones.
        repeat: which of several judgements it is asked in, see `evo.types.EvaluateTask`: each has samples of
            its own.
    """

    model: str
    node: str
    role: str
    messages: tuple[tuple[str, str], ...]
    temperature: float | None = None
    occurrence: int = 0
    repeat: int = 0

    @property
    def content(self) -> str:
        """Hash of what is asked, of whom; equal for all occurrences and repeats."""
        return _hash([self.model, self.messages, self.temperature])

    @property
    def key(self) -> str:
        """The address of the answer."""
        repeat = (self.repeat,) if self.repeat else ()
        return _hash([self.content, self.occurrence, *repeat])

    @property
    def tokens(self) -> int:
        """Of the messages, about."""
        return sum(tokens.count(text) + 4 for _, text in self.messages)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer.

    Attributes:
        finish: ``stop``, or ``length`` for one that was cut off.
        usd: None where the price is unknown.
        seconds: that the model took for it, when it was asked.
        failures: tries before it that failed.
    """

    text: str
    finish: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
    failures: int = 0


class Source(Protocol):
    """Where the answers of one model come from."""

    def now(self, question: Question) -> Said | None:
        """The answer, if it is there without waiting."""

    async def later(self, question: Question) -> Said:
        """The answer, asked for now.

        Raises:
            ModelLost: there is none to be had.
        """

    async def close(self) -> None:
        """Ends what it opened, in the loop that it was used in."""


def counted(question: Question, text: str, finish: str = "stop") -> Said:
    """An answer whose tokens nobody else counted; it was free."""
    return Said(text, finish, question.tokens, tokens.count(text) if text else 0)


def _hash(value: Sequence[object]) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
