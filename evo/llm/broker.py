"""Asks models for agents: counts what each node of each case uses, and keeps it within the budget.

Answers that are there are given at once; the others are waited for in a thread of the brokers' own, as many
at a time as the sources let through.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

from evo.errors import ModelLost, ProblemError, one_of
from evo.llm.question import Question, Said, Source

_CLOSING_S = 10.0
"""For connections to be closed."""


class OverBudget(Exception):
    """A call, or what it cost, is beyond the budget; the message says which limit."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one case may use; None sets no limit.

    Attributes:
        calls, tokens, usd, seconds: of models; those that wait at the same time add up, and what a recorded
            answer took when it was asked for counts, so that a case that is played again ends as it did.
        steps: in the world.
    """

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None
    seconds: float | None = None
    steps: int | None = None

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> "Budget":
        """From a problem's ``options["budget"]``.

        Raises:
            ProblemError: a key is unknown, or a limit no positive number.
        """
        known = [one.name for one in fields(cls)]
        for name, limit in node.items():
            if name not in known:
                raise ProblemError(f"options['budget'] has no key {name!r}. {one_of(str(name), known)}")
            whole = name not in ("usd", "seconds")
            is_number = isinstance(limit, int if whole else int | float) and not isinstance(limit, bool)
            if limit is not None and not (is_number and limit > 0):
                kind = "a whole number" if whole else "a number"
                raise ProblemError(f"options['budget'][{name!r}] must be {kind} above 0, got {limit!r}.")
        return cls(**node)

    def lower(self, other: "Budget") -> "Budget":
        """Of each limit the lower of both."""
        pairs = {one.name: (getattr(self, one.name), getattr(other, one.name)) for one in fields(self)}
        return Budget(
            **{
                name: min((limit for limit in pair if limit is not None), default=None)
                for name, pair in pairs.items()
            }
        )

    def check(self, name: str, used: float) -> None:
        """Whether so much may be used.

        Raises:
            OverBudget: it may not.
        """
        limit = getattr(self, name)
        if limit is not None and used > limit:
            raise OverBudget(f"over its budget: {used:g} {name} in this case, and {limit:g} are allowed")


@dataclass(slots=True)
class Account:
    """What one node used in one role.

    Attributes:
        calls: that were answered.
        empty, cut: of these, answers without text, and those that were cut off.
        failures: tries that failed, of those that were answered in the end.
        seconds: that models took.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
    empty: int = 0
    cut: int = 0
    failures: int = 0

    def book(self, said: Said) -> None:
        """Adds one answer."""
        self.calls += 1
        self.tokens_in += said.tokens_in
        self.tokens_out += said.tokens_out
        self.usd = None if self.usd is None or said.usd is None else self.usd + said.usd
        self.seconds += said.seconds
        self.empty += not said.text.strip()
        self.cut += said.finish == "length"
        self.failures += said.failures

    def merge(self, other: "Account") -> None:
        """Adds another account."""
        self.usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        for one in fields(Account):
            if one.name != "usd":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(slots=True)
class Books:
    """The calls of one case. What is asked from one thread is counted at once, in the order of asking.

    Attributes:
        repeat: see `evo.llm.question.Question`.
        accounts: (node, role) -> what it used.
    """

    budget: Budget = Budget()
    repeat: int = 0
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter)
    _waiting: set["Future[Said]"] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, question: Question) -> Question:
        """The same, knowing how often it was asked before, and in which repeat.

        Raises:
            OverBudget: it may not be asked.
        """
        with self._lock:
            self.budget.check("calls", self._asked.total() + 1)
            if self.budget.tokens is not None:
                self.budget.check("tokens", self._total.tokens_in + self._total.tokens_out + question.tokens)
            content = question.content
            question = replace(question, occurrence=self._asked[content], repeat=self.repeat)
            self._asked[content] += 1
            return question

    def book(self, question: Question, said: Said) -> None:
        """Enters an answer.

        Raises:
            OverBudget: it cost more than was left.
        """
        with self._lock:
            self.accounts.setdefault((question.node, question.role), Account()).book(said)
            total = self._total
        self.budget.check("tokens", total.tokens_in + total.tokens_out)
        self.budget.check("usd", total.usd or 0.0)
        self.budget.check("seconds", total.seconds)

    @property
    def total(self) -> Account:
        """All accounts."""
        with self._lock:
            return self._total

    @property
    def _total(self) -> Account:
        found = Account()
        for account in self.accounts.values():
            found.merge(account)
        return found

    def close(self) -> None:
        """Gives up what is still waited for."""
        for future in list(self._waiting):
            future.cancel()


Outcome: TypeAlias = Said | OverBudget | ModelLost


class Broker:
    """Answers for models by name.

    Args:
        sources: by the name of the model.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._opening = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, books: Books, question: Question, later: Callable[[Outcome], None]) -> Outcome | None:
        """The answer, or why there is none; None if `later` will be given it, in the broker's thread.

        Args:
            books: of the case.
            question: its occurrence is filled in here.
            later: called once, unless the books are closed before.
        """
        source = self._sources.get(question.model)
        if source is None:
            return ModelLost(
                f"there is no source for the model {question.model!r}: name it in options['models']."
            )
        try:
            question = books.begin(question)
        except OverBudget as error:
            return error
        said = source.now(question)
        if said is not None:
            return _booked(books, question, said)
        future = asyncio.run_coroutine_threadsafe(source.later(question), self._running())
        books._waiting.add(future)
        future.add_done_callback(lambda done: _finish(books, question, done, later))
        return None

    def close(self) -> None:
        """Closes the sources, and ends the thread if no other broker uses it. Called twice, it does nothing."""
        with self._opening:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        for source in self._sources.values():
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(source.close(), loop).result(_CLOSING_S)
        _THREAD.release()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._opening:
            if self._loop is None:
                self._loop = _THREAD.acquire()
            return self._loop


class _Thread:
    """The event loop of all brokers of this process: connections to servers are shared, and belong to one loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def acquire(self) -> asyncio.AbstractEventLoop:
        """The loop, started by the first who uses it."""
        with self._lock:
            self._users += 1
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
                self._thread.start()
            return self._loop

    def release(self) -> None:
        """One uses it no more; the last ends it."""
        with self._lock:
            self._users -= 1
            if self._users or self._loop is None or self._thread is None:
                return
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_CLOSING_S)
            if not self._loop.is_running():
                self._loop.close()
            self._loop = self._thread = None


_THREAD = _Thread()


def _booked(books: Books, question: Question, said: Said) -> Outcome:
    try:
        books.book(question, said)
    except OverBudget as error:
        return error
    return said


def _finish(books: Books, question: Question, done: "Future[Said]", later: Callable[[Outcome], None]) -> None:
    books._waiting.discard(done)
    if done.cancelled():
        return
    error = done.exception()
    if error is None:
        later(_booked(books, question, done.result()))
    elif isinstance(error, ModelLost):
        later(error)
    else:
        later(ModelLost(f"{type(error).__name__}: {error}"))
