"""Which of a run's candidates is its champion, where the best score is not all that counts."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from evo.errors import ConfigError
from evo.types import Evaluation

COSTS = ("seconds", "usd", "tokens", "gpu_seconds")
"""What is known of every judgement beside the problem's own metrics."""

_SENTENCE = re.compile(r"(least|most) (\S+) within (\S+)")


class Contender(Protocol):
    """A candidate with a score and with what else was measured of it."""

    @property
    def id(self) -> str:
        """Of the candidate."""

    @property
    def score(self) -> float:
        """Higher is better."""

    @property
    def measures(self) -> Mapping[str, float]:
        """Name -> value; what is not known is left out."""


Row = TypeVar("Row", bound=Contender)


@dataclass(frozen=True, slots=True)
class ChampionRule:
    """Among those whose score is no more than `within` below the best, the one with the least `measure`.

    Attributes:
        measure: one of `COSTS` or a metric; empty for the best score.
        within: in the problem's unit of the score, at least 0.
        most: the largest `measure` wins instead of the least.
    """

    measure: str = ""
    within: float = 0.0
    most: bool = False

    @classmethod
    def parse(cls, text: str) -> "ChampionRule":
        """The rule that `text` states: ``best score``, or as in ``least usd within 0.02``.

        Raises:
            ConfigError: it is neither.
        """
        if text == "best score":
            return cls()
        found = _SENTENCE.fullmatch(text)
        within = _number(found[3]) if found else None
        if found is None or within is None:
            raise ConfigError(
                "a champion rule is 'best score', 'least MEASURE within X' or 'most MEASURE within X' with X "
                f"at least 0 in the unit of the score, got {text!r}. Example: least usd within 0.02"
            )
        return cls(found[2], within, found[1] == "most")

    def __str__(self) -> str:
        """The words that `parse` reads."""
        if not self.measure:
            return "best score"
        return f"{'most' if self.most else 'least'} {self.measure} within {self.within:.10g}"


BEST_SCORE = ChampionRule()


def measures(verdict: Evaluation) -> dict[str, float]:
    """Name -> value of the `COSTS` of judging and of the metrics; what is not known is left out.

    A metric counts where it has the name of a cost.
    """
    usage = verdict.usage
    tokens = usage.tokens_in + usage.tokens_out
    costs = dict(zip(COSTS, (verdict.seconds, usage.usd, tokens, usage.gpu_s), strict=True))
    known = ((name, value) for name, value in {**costs, **verdict.metrics}.items() if value is not None)
    return {name: float(value) for name, value in known if math.isfinite(value)}


def champion(rows: Sequence[Row], rule: ChampionRule | str = "best score") -> Row | None:
    """The one of `rows` that `rule` names; None if there are none.

    Of several that are equal by the rule the one with the best score wins, then the one that comes
    first. A candidate whose measure is not known comes after all for whom it is.

    Args:
        rows: candidates, each with a finite score.
        rule: or its words, see `ChampionRule.parse`.

    Raises:
        ConfigError: the words are no rule.
    """
    return next(iter(ranking(rows, rule)), None)


def ranking(rows: Sequence[Row], rule: ChampionRule | str = "best score") -> list[Row]:
    """Those of `rows` among which `rule` decides, the champion first; see `champion`."""
    rule = ChampionRule.parse(rule) if isinstance(rule, str) else rule
    best = max((row.score for row in rows), default=0.0)
    near = [row for row in rows if row.score >= best - rule.within]

    def order(row: Row) -> tuple[bool, float, float]:
        value = row.measures.get(rule.measure)
        return (value is None, (-value if rule.most else value) if value is not None else 0.0, -row.score)

    return sorted(near, key=order)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
