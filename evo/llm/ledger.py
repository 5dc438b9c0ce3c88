"""What calls to language models cost, and whether the rest of the budget pays for one more."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from evo.errors import BudgetSpent
from evo.types import CallRole, Evaluation, Event, Reply, Usage


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What may be spent on calls; None sets no limit."""

    usd: float | None = None
    tokens: int | None = None


@dataclass(slots=True)
class Account:
    """The calls of one model in one role.

    Attributes:
        calls: that were answered.
        usd: None if the price of one of them is unknown.
        tries: of the answered ones, refused ones included.
        failures: calls that were given up.
        seconds: waited for answers, all calls added up.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
    tries: int = 0
    failures: int = 0

    def add(self, reply: Reply) -> None:
        """Books one answered call."""
        self.calls += 1
        self.tokens_in += reply.usage.tokens_in
        self.tokens_out += reply.usage.tokens_out
        self.usd = None if self.usd is None or reply.usage.usd is None else self.usd + reply.usage.usd
        self.seconds += reply.seconds
        self.tries += reply.tries

    def merge(self, other: "Account") -> None:
        """Adds another account to this one."""
        self.usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        for name in ("calls", "tokens_in", "tokens_out", "seconds", "tries", "failures"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call will use. `usd` is None where the price is unknown."""

    tokens: int
    usd: float | None


@dataclass(slots=True, eq=False)
class Reservation:
    """Room in the budget, held for a call until `Ledger.release`."""

    cost: Cost


@dataclass(slots=True, eq=False)
class _Waiting:
    reservation: Reservation
    answer: "asyncio.Future[None]"


@dataclass(slots=True)
class Ledger:
    """The books. A learner: it knows what was paid for from the journal.

    What is in flight is reserved at its estimate, so that more than `ceiling` is spent at most by what
    the calls in flight cost beyond theirs.

    Attributes:
        accounts: (model, role) -> what its calls cost.
        judging: what judging cost, where it asks models too, as that of agents does; prices that are unknown
            do not count.
    """

    ceiling: Ceiling = Ceiling()
    accounts: dict[tuple[str, CallRole], Account] = field(default_factory=dict)
    judging: Usage = Usage()
    _known: set[tuple[int, int, CallRole]] = field(default_factory=set)
    _judged: set[tuple[str, str, int]] = field(default_factory=set)
    _held: set[Reservation] = field(default_factory=set)
    _queue: deque[_Waiting] = field(default_factory=deque)

    def tell(self, event: Event) -> None:
        """Books a reply, or what an evaluation asked models. Told twice, the second time changes nothing."""
        if isinstance(event, Evaluation):
            self._tell_evaluation(event)
        if not isinstance(event, Reply):
            return
        key = (event.number, event.turn, event.role)
        if key not in self._known:
            self._known.add(key)
            self._account(event.model, event.role).add(event)

    def _tell_evaluation(self, event: Evaluation) -> None:
        usage, name = event.usage, (event.candidate, event.stage, event.attempt)
        if (usage.tokens_in or usage.tokens_out or usage.usd != 0) and name not in self._judged:
            self._judged.add(name)
            self.judging += replace(usage, usd=usage.usd or 0.0)
            self._serve()

    def note_failure(self, model: str, role: CallRole) -> None:
        """Counts a call that was given up. It leaves no event, so it is known in this process only."""
        self._account(model, role).failures += 1

    @property
    def spent(self) -> Usage:
        """On all calls that were answered; `usd` is None if the price of one is unknown."""
        all_of_it = self.total()
        return Usage(all_of_it.tokens_in, all_of_it.tokens_out, all_of_it.usd)

    def total(self, *, model: str | None = None, role: CallRole | None = None) -> Account:
        """All accounts of `model`, of `role`, or both; None for all."""
        return _sum(
            account
            for (its_model, its_role), account in self.accounts.items()
            if model in (None, its_model) and role in (None, its_role)
        )

    def mean(self, model: str, role: CallRole) -> Usage | None:
        """What a call of `model` in `role` has cost on average; None before the first."""
        account = self.accounts.get((model, role))
        if account is None or not account.calls:
            return None
        n = account.calls
        usd = None if account.usd is None else account.usd / n
        return Usage(round(account.tokens_in / n), round(account.tokens_out / n), usd)

    async def reserve(self, cost: Cost) -> Reservation:
        """Room for a call, in the order of asking; waits while a call in flight may leave some.

        Raises:
            BudgetSpent: nothing is in flight, and what is left does not pay for it.
        """
        reservation = Reservation(cost)
        if not self._queue and self._fits(cost):
            self._held.add(reservation)
            return reservation
        waiting = _Waiting(reservation, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._serve()
        try:
            await waiting.answer
        except asyncio.CancelledError:
            if waiting in self._queue:
                self._queue.remove(waiting)
            self.release(reservation)
            raise
        return reservation

    def release(self, reservation: Reservation) -> None:
        """Gives the room back: its call was booked, or given up. Others that wait may go now."""
        self._held.discard(reservation)
        self._serve()

    def _serve(self) -> None:
        """Lets those that wait go, or refuses them, from the first on, until one has to wait on."""
        while self._queue:
            first = self._queue[0]
            if first.answer.done():  # it was cancelled
                self._queue.popleft()
            elif self._fits(first.reservation.cost):
                self._queue.popleft()
                self._held.add(first.reservation)
                first.answer.set_result(None)
            elif self._held:
                return
            else:
                self._queue.popleft()
                first.answer.set_exception(BudgetSpent(self._refusal(first.reservation.cost)))

    def _fits(self, cost: Cost) -> bool:
        tokens = sum(one.cost.tokens for one in self._held)
        usd = sum(one.cost.usd or 0.0 for one in self._held)
        left = self._left()
        return (left.tokens is None or tokens + cost.tokens <= left.tokens) and (
            left.usd is None or usd + (cost.usd or 0.0) <= left.usd
        )

    def _left(self) -> Ceiling:
        """What is left; of unknown prices nothing is known, so they do not count (see `prices.check`)."""
        usd, tokens = self.ceiling.usd, self.ceiling.tokens
        spent = sum(account.usd or 0.0 for account in self.accounts.values()) + (self.judging.usd or 0.0)
        used = sum(account.tokens_in + account.tokens_out for account in self.accounts.values())
        used += self.judging.tokens_in + self.judging.tokens_out
        return Ceiling(None if usd is None else usd - spent, None if tokens is None else tokens - used)

    def _refusal(self, cost: Cost) -> str:
        left = self._left()
        if left.tokens is not None and cost.tokens > left.tokens:
            return (
                f"budget.tokens of {self.ceiling.tokens} has {max(0, left.tokens)} left, and the next call may "
                f"use {cost.tokens}. Raise budget.tokens, or lower llm.max_tokens."
            )
        return (
            f"budget.usd of {self.ceiling.usd:g} has {max(0.0, left.usd or 0.0):.4f} left, and the next call may "
            f"cost {cost.usd or 0.0:.4f}. Raise budget.usd, or lower llm.max_tokens."
        )

    def _account(self, model: str, role: CallRole) -> Account:
        return self.accounts.setdefault((model, role), Account())


def _sum(accounts: Iterable[Account]) -> Account:
    total = Account()
    for account in accounts:
        total.merge(account)
    return total
