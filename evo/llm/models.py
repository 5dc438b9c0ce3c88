"""The language models of a run, as its operators see them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evo.errors import ModelError, ModelLost
from evo.llm import keys, prices, tokens
from evo.llm.caller import Caller
from evo.llm.client import Client
from evo.llm.failures import CallFailed
from evo.llm.ledger import Ceiling, Ledger
from evo.llm.limiter import SLACK_S, WINDOW_S, Limiter
from evo.llm.request import Request, content_key
from evo.llm.roster import Roster
from evo.llm.settings import LlmSettings
from evo.types import CallRole, Event, Proposal, ProposeTask, Reply, Usage


@dataclass(frozen=True, slots=True)
class Trial:
    """What one call brought, for ``evo doctor``; the usage's ``usd`` is None where the price is unknown."""

    model: str
    text: str
    seconds: float
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Opened:
    client: Client
    roster: Roster
    caller: Caller


@dataclass
class LanguageModels:
    """Asks models, and pays for nothing twice; see `evo.roles.Models`.

    Attributes:
        settings: which models, and how.
        record: makes a reply durable; awaited before the reply is handed out.
        limits: what may be spent.
        seed: of the run.
        replies: recorded ones that answer in the place of models, if ``settings.replay`` is set. A
            question that is not among them is lost: nobody is called. A reply keeps the cost that it
            had, so that a replayed run decides as the first did, its budget included.
        clock, sleep: monotonic time in seconds, and waiting for it to pass.
        window_s, slack_s: of the limits per minute, see `evo.llm.limiter`.
        ledger: the books.
    """

    settings: LlmSettings
    record: Callable[[Reply], Awaitable[None]]
    limits: Ceiling = Ceiling()
    seed: int = 0
    replies: Iterable[Reply] = ()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    window_s: float = WINDOW_S
    slack_s: float = SLACK_S
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.settings.chosen
        self.names = tuple(model.called for model in chosen)
        self.weights = {model.called: model.weight for model in chosen}
        self.ledger = Ledger(self.limits)
        self._recorded = {reply.key: reply for reply in self.replies} if self.settings.replay else None
        self._kept: dict[int, dict[int, Reply]] = {}
        self._proposed: set[int] = set()
        self._opened: _Opened | None = None

    async def ask(
        self,
        task: ProposeTask,
        messages: Sequence[Mapping[str, str]],
        *,
        turn: int = 0,
        role: CallRole = "propose",
        temperature: float | None = None,
    ) -> Reply:
        """The answer of ``task.model``, or of another where it gives none; see `evo.roles.Models.ask`.

        A reply that was recorded for this task and turn is returned as it is, whatever the messages.
        """
        if kept := self._kept.get(task.number, {}).get(turn):
            return kept
        opened = self._open()
        key = content_key(opened.roster[task.model].settings, messages, temperature, task.seed, turn)
        request = Request(task, messages, turn, role, temperature, key, self.seed)
        if self._recorded is not None:
            return await self._replay(opened, request, self._recorded.get(key))
        reasons: list[str] = []
        for member in opened.roster.in_order(request):
            try:
                return await opened.caller.call(member, request)
            except CallFailed as failed:
                self.ledger.note_failure(member.name, role)
                opened.roster.note(member, failed)
                reasons.append(str(failed))
        raise opened.roster.lost(reasons)

    def bill(self, task: ProposeTask, reply: Reply) -> Usage:
        """What `reply` cost `task`: nothing if it was bought for another task."""
        return reply.usage if reply.number == task.number else Usage()

    def room(self, model: str) -> int:
        """Tokens that the messages to `model` may have: its context less the longest answer."""
        member = self._open().roster[model]
        return member.context - member.longest

    def count(self, model: str, text: str) -> int:
        """Tokens of `text`, about; never much too low. So far one count does for all models."""
        return tokens.count(text)

    def tell(self, event: Event) -> None:
        """Takes in one event. A reply is kept until its proposal is told: it is paid for and not used yet."""
        self.ledger.tell(event)
        if isinstance(event, Proposal):
            self._proposed.add(event.number)
            self._kept.pop(event.number, None)
        elif isinstance(event, Reply) and event.number not in self._proposed:
            self._kept.setdefault(event.number, {}).setdefault(event.turn, event)

    def check(self, budget_usd: float | None = None) -> list[str]:
        """Makes sure, before anything is spent, that the models can be asked as configured.

        Args:
            budget_usd: the run's limit, in the place of that in `limits`.

        Returns:
            What people should know: a line for each model, and one for each setting it will ignore.

        Raises:
            ModelError: a key is not set, a name is unknown, or a limit in dollars could not be kept.
            ConfigError: the longest answer does not fit.
        """
        limits = self.limits if budget_usd is None else replace(self.limits, usd=budget_usd)
        return self._open().roster.check(limits, with_keys=self._recorded is None)

    def take_keys(self) -> list[str]:
        """Moves the keys of all models out of the environment into the memory of this process.

        To be called after `check`, and before another process is started.

        Returns:
            The names of the variables that were set.
        """
        opened = self._open()
        members = opened.roster.members.values()
        names = {name for one in members for name in opened.client.key_variables(one.settings)}
        return keys.take_from_environment(sorted(names))

    def estimate(self, proposals: int) -> prices.Estimate:
        """What so many proposals will use: by the calls so far, or by what is usual before any."""
        members = self._open().roster.members
        known = {name: member.price for name, member in members.items()}
        so_far = self.ledger.total(role="propose")
        if not so_far.calls:
            return prices.estimate(self.settings.chosen, known, proposals)
        tokens_in, tokens_out = so_far.tokens_in // so_far.calls, so_far.tokens_out // so_far.calls
        return prices.estimate(self.settings.chosen, known, proposals, tokens_in, tokens_out)

    async def try_once(self, model: str = "") -> Trial:
        """One real call, which is neither recorded nor booked.

        Raises:
            ModelError: it failed; the message says how to put it right.
        """
        opened = self._open()
        member = opened.roster[model]
        opened.client.check_key(member.settings)
        start = self.clock()
        try:
            answer, usage = await opened.caller.once(
                member, [{"role": "user", "content": "Answer with one word: ready"}]
            )
        except CallFailed as failed:
            raise ModelError(str(failed)) from None
        return Trial(member.name, keys.scrub(answer.text), self.clock() - start, usage)

    @property
    def taken_out(self) -> dict[str, str]:
        """Model -> why it is not asked any more."""
        if self._opened is None:
            return {}
        return {name: one.out for name, one in self._opened.roster.members.items() if one.out}

    async def close(self) -> None:
        """Closes all connections, in the event loop they were used in."""
        if self._opened is not None:
            await self._opened.client.close()

    def _open(self) -> _Opened:
        """What needs litellm, which is imported when it is first wanted."""
        if self._opened is None:
            client, settings = Client(), self.settings
            limiter = Limiter(
                settings.max_concurrency,
                settings.requests_per_minute,
                settings.tokens_per_minute,
                clock=self.clock,
                sleep=self.sleep,
                window_s=self.window_s,
                slack_s=self.slack_s,
            )
            caller = Caller(
                client, limiter, self.ledger, settings.retries, self._keep, self.clock, self.sleep
            )
            self._opened = _Opened(client, Roster(settings, client), caller)
        return self._opened

    async def _keep(self, reply: Reply) -> None:
        await self.record(reply)
        self.tell(reply)

    async def _replay(self, opened: _Opened, request: Request, found: Reply | None) -> Reply:
        """The recorded reply to the same question, made this run's own."""
        if found is None:
            raise ModelLost(
                f"llm.replay={self.settings.replay} has no reply to this question, and a replay calls nobody: "
                "the run differs from the recorded one from here on."
            )
        request.tries = found.tries
        cost = opened.caller.cost(opened.roster[request.task.model], request)
        reservation = await self.ledger.reserve(cost)
        try:
            reply = request.reply(found.model, found.text, found.finish, found.seconds, found.usage)
            await self._keep(reply)
        finally:
            self.ledger.release(reservation)
        return reply
