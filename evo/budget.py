"""One ledger for everything a run may spend, with reservations for what is in flight."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction

from evo.errors import ConfigError
from evo.spending import Spending
from evo.types import Evaluation, Event, Proposal, Usage


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may spend; None sets no limit. The first limit that is reached ends the run.

    Attributes:
        evaluations: judgements on the ``search`` split, ``lost`` ones not counted. In a race (``run.race``)
            one that judges some of the cases counts as that part of an evaluation.
        proposals: attempts to make a candidate, duplicates and failures counted, ``lost`` ones not.
        seconds: wall time, over all sessions of the run.
        usd, tokens: of language models, replies that nothing came of counted.
        gpu_seconds: leased by evaluations.
        target: a score; a candidate that reaches it ends the run.
        stalled_after: proposals in a row without a new candidate that end the run early.
    """

    evaluations: int | None = 500
    proposals: int | None = None
    seconds: float | None = None
    usd: float | None = None
    tokens: int | None = None
    gpu_seconds: float | None = None
    target: float | None = None
    stalled_after: int = 2000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "target" and value is not None and not value > 0:
                raise ConfigError(
                    f"budget.{field.name} must be above 0 or null, got {value}. "
                    f"Set it with: evo run budget.{field.name}=..."
                )
        if all(getattr(self, name) is None for name in SPENDABLE):
            raise ConfigError("a run needs at least one limit. Set one with: evo run budget.evaluations=500")


SPENDABLE = ("evaluations", "proposals", "seconds", "usd", "tokens", "gpu_seconds")
"""Names of the limits on what a run spends, of which one at least is set."""


@dataclass(slots=True)
class _Average:
    """Mean cost of a finished task, to reserve for one that is not finished."""

    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0


class Budget:
    """Counts what was spent and says how much more may be started. A learner: told every event.

    Args:
        limits: what may be spent.
        elapsed: seconds that the run has been going, over all its sessions.
        search_stages: names of the stages whose evaluations count.
        shares: stage -> what an evaluation there counts as; 1 for a stage that is not named.
    """

    def __init__(
        self,
        limits: Limits,
        elapsed: Callable[[], float] = lambda: 0.0,
        search_stages: tuple[str, ...] = ("search",),
        shares: Mapping[str, Fraction] | None = None,
    ) -> None:
        self.limits = limits
        self.elapsed = elapsed
        self._spending = Spending()
        self._evaluations = Fraction(0)
        self._shares = dict(shares or {})
        self.closing_evaluations = 0
        self.lost = 0
        self.proposals = 0
        self.best: float | None = None
        self._search_stages = search_stages
        self._last_stage = search_stages[-1]
        self._since_new = 0
        self._judging_pays = False  # judging asks models too, as that of agents does
        self._refused = ""
        self._proposal_tokens, self._proposal_usd = _Average(), _Average()
        self._evaluation_tokens, self._evaluation_usd = _Average(), _Average()
        self._evaluation_gpu_s = _Average()

    @property
    def usage(self) -> Usage:
        """What was spent; ``usd`` is None where a price is unknown."""
        return self._spending.usage

    @property
    def evaluations(self) -> int | float:
        """Judgements that count; not a whole number while candidates are in a race."""
        spent = self._evaluations
        return int(spent) if spent.denominator == 1 else float(spent)

    def tell(self, event: Event) -> None:
        """Books one event. Unlike other learners it must be told each event once."""
        self._spending.tell(event)
        if isinstance(event, Proposal):
            self._book_proposal(event)
        elif isinstance(event, Evaluation):
            self._book_evaluation(event)

    def _book_proposal(self, event: Proposal) -> None:
        self.proposals += event.status != "lost"
        if event.rung == "budget":
            self._refused = event.reason
        self._since_new = 0 if event.status == "ok" else self._since_new + 1
        self._proposal_tokens.add(event.usage.tokens_in + event.usage.tokens_out)
        self._proposal_usd.add(event.usage.usd or 0.0)

    def _book_evaluation(self, event: Evaluation) -> None:
        if event.status == "lost":
            self.lost += 1
        elif event.stage not in self._search_stages:
            self.closing_evaluations += 1
        else:
            self._evaluations += self._shares.get(event.stage, Fraction(1))
            self._judging_pays |= bool(
                event.usage.tokens_in or event.usage.tokens_out or event.usage.usd != 0
            )
            self._evaluation_tokens.add(event.usage.tokens_in + event.usage.tokens_out)
            self._evaluation_usd.add(event.usage.usd or 0.0)
            self._evaluation_gpu_s.add(event.usage.gpu_s)
            if event.stage == self._last_stage and event.score is not None:
                self.best = event.score if self.best is None else max(self.best, event.score)

    def allow_proposals(self, in_flight: int) -> int:
        """How many proposals may be started while `in_flight` of them are not finished."""
        limits, room = self.limits, _UNLIMITED
        if self._refused:
            return 0
        if limits.proposals is not None:
            room = min(room, limits.proposals - self.proposals - in_flight)
        room = min(room, self._affordable_calls(self._proposal_tokens, self._proposal_usd, in_flight))
        return max(0, room)

    def allow_evaluations(self, in_flight: int) -> int:
        """How many evaluations may be started while `in_flight` of them are not finished."""
        limits, room = self.limits, _UNLIMITED
        if limits.evaluations is not None:
            room = min(room, math.ceil(limits.evaluations - self._evaluations) - in_flight)
        if limits.gpu_seconds is not None:
            left = limits.gpu_seconds - self.usage.gpu_s
            room = min(room, _affordable(left, self._evaluation_gpu_s, in_flight))
        if self._judging_pays:
            room = min(room, self._affordable_calls(self._evaluation_tokens, self._evaluation_usd, in_flight))
        return max(0, room)

    def _affordable_calls(self, tokens: "_Average", usd: "_Average", in_flight: int) -> int:
        """Tasks that what is left for language models pays for, beside those in flight."""
        limits, usage, room = self.limits, self.usage, _UNLIMITED
        if limits.tokens is not None:
            spent = usage.tokens_in + usage.tokens_out
            room = _affordable(limits.tokens - spent, tokens, in_flight)
        if limits.usd is not None and usage.usd is not None:
            room = min(room, _affordable(limits.usd - usage.usd, usd, in_flight))
        return room

    @property
    def seconds_left(self) -> float | None:
        """Wall seconds until the time limit, or None without one."""
        return None if self.limits.seconds is None else self.limits.seconds - self.elapsed()

    @property
    def met(self) -> str:
        """Which limit ends the run at once, for people; empty while none does."""
        if self.limits.target is not None and self.best is not None and self.best >= self.limits.target:
            return f"target {self.limits.target:g} reached with {self.best:g}"
        return self._reached(set(SPENDABLE) - self._of_proposals)

    @property
    def proposed_out(self) -> str:
        """Which limit ends proposing, for people; empty while none does.

        What was proposed until then is still judged: it is paid for.
        """
        return self._reached(self._of_proposals) or self._refused

    @property
    def _of_proposals(self) -> set[str]:
        """Limits of what is spent on making candidates and not on judging them."""
        return {"proposals"} if self._judging_pays else {"proposals", "usd", "tokens"}

    def _reached(self, names: set[str]) -> str:
        for name, limit, spent in self.rows():
            if name in names and limit is not None and spent is not None and spent >= limit:
                return f"{name} budget of {limit:g} spent"
        return ""

    @property
    def stalled(self) -> str:
        """Why going on is hopeless, or empty."""
        if self._since_new < self.limits.stalled_after:
            return ""
        return (
            f"the last {self._since_new} proposals gave no new candidate: "
            "the operators seem to have exhausted what they can reach"
        )

    def rows(self) -> list[tuple[str, float | None, float | None]]:
        """``(name, limit, spent)`` of everything that can be limited; `spent` None if unknown."""
        usage = self.usage
        spent: dict[str, float | None] = {
            "evaluations": self.evaluations,
            "proposals": self.proposals,
            "seconds": self.elapsed(),
            "usd": usage.usd,
            "tokens": usage.tokens_in + usage.tokens_out,
            "gpu_seconds": usage.gpu_s,
        }
        return [(name, getattr(self.limits, name), spent[name]) for name in SPENDABLE]


_UNLIMITED = 1 << 30


def _affordable(left: float, cost: _Average, in_flight: int) -> int:
    """Tasks that `left` pays for beside those in flight; one at a time while the cost is unknown.

    While anything is left and nothing is in flight it is at least one, so that what is left is spent.
    """
    if left <= 0:
        return 0
    alone = max(0, 1 - in_flight)
    if cost.count == 0:
        return alone
    return _UNLIMITED if cost.mean == 0 else max(alone, int(left / cost.mean) - in_flight)
