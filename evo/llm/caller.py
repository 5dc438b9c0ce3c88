"""One call: in line, within the budget, tried again where that may help."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from evo.llm import tokens
from evo.llm.client import Answer, Client
from evo.llm.failures import CallFailed
from evo.llm.ledger import Cost, Ledger
from evo.llm.limiter import Entry, Limiter
from evo.llm.request import Messages, Request, count_messages
from evo.llm.roster import Member
from evo.types import Reply, Usage

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
"""Before the second try, and before any try unless the server asks for more."""

LONGEST_REQUEST_S = 300.0
"""A server that asks to be left alone for longer is not asked again for this call."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls and books them.

    Attributes:
        retries: further tries of a call.
        keep: makes a reply durable and tells it.
        clock, sleep: monotonic time in seconds, and waiting for it to pass.
    """

    client: Client
    limiter: Limiter
    ledger: Ledger
    retries: int
    keep: Callable[[Reply], Awaitable[None]]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]

    async def call(self, member: Member, request: Request) -> Reply:
        """The answer of one model, kept before it is returned.

        Raises:
            CallFailed: it gave none.
            BudgetSpent: what is left may not pay for it.
            StorageFull: the answer could not be recorded.
        """
        async with self.limiter.slot():
            reservation = await self.ledger.reserve(self.cost(member, request))
            try:
                start = self.clock()
                answer, usage = await self._answered(member, request)
                member.failures = 0
                # No waiting between the answer and this: what is paid for must not be given up any more.
                seconds = self.clock() - start
                reply = request.reply(member.name, answer.text, answer.finish, seconds, usage)
                await self.keep(reply)
            finally:
                self.ledger.release(reservation)
        return reply

    async def once(self, member: Member, messages: Messages) -> tuple[Answer, Usage]:
        """One try, neither limited nor booked.

        Raises:
            CallFailed: it was not answered.
        """
        answer = await self._complete(member, messages, member.settings.temperature, 0)
        return answer, self._usage(member, count_messages(messages), answer)

    def cost(self, member: Member, request: Request) -> Cost:
        """What the call will use: the mean so far, the worst before any is known, never less than its prompt."""
        mean = self.ledger.mean(member.name, request.role)
        tokens_in = request.tokens if mean is None else max(request.tokens, mean.tokens_in)
        tokens_out = member.longest if mean is None else mean.tokens_out
        return Cost(tokens_in + tokens_out, member.cost(tokens_in, tokens_out))

    async def _answered(self, member: Member, request: Request) -> tuple[Answer, Usage]:
        """An answer, after as many tries as it takes; an empty one is asked for once more.

        Returns:
            The answer, with what it cost together with the empty one before it.
        """
        empty: tuple[Answer, Usage] | None = None
        failed = CallFailed("", "again", "nonsense")
        for attempt in range(self.retries + 1):
            if attempt:
                await self.sleep(_pause(request, attempt, failed))
            if member.out:
                raise CallFailed(member.out, "give_up", "refused")
            entry = await self.limiter.admit(request.tokens + member.longest)
            request.tries += 1
            try:
                answer, usage = await self._one_try(member, request, entry, attempt)
            except CallFailed as error:
                failed = error
                if failed.remedy != "again" or failed.retry_after_s > LONGEST_REQUEST_S:
                    break
                continue
            if answer.text.strip() or empty:
                return answer, usage + (empty[1] if empty else Usage())
            empty = answer, usage
            failed = CallFailed(f"{member.name} answered with nothing.", "again", "nonsense")
        if empty:
            return empty  # it is paid for
        raise failed

    async def _one_try(
        self, member: Member, request: Request, entry: Entry, attempt: int
    ) -> tuple[Answer, Usage]:
        """What a try brought; the limiter learns what it used, as far as that can be known."""
        used = entry.tokens
        temperature = member.settings.temperature if request.temperature is None else request.temperature
        try:
            answer = await self._complete(
                member, request.messages, temperature, request.task.seed + request.turn + attempt
            )
            usage = self._usage(member, request.tokens, answer)
            used = usage.tokens_in + usage.tokens_out
        except CallFailed as failed:
            if failed.cause not in ("slow", "cut", "nonsense"):  # those may have been answered in full
                used = request.tokens
            raise
        finally:
            self.limiter.settle(entry, used)
        return answer, usage

    async def _complete(
        self, member: Member, messages: Messages, temperature: float | None, seed: int
    ) -> Answer:
        return await self.client.complete(
            member.settings,
            messages,
            temperature=temperature,
            max_tokens=member.longest,
            seed=seed % 2**31,  # what servers take
        )

    def _usage(self, member: Member, prompt: int, answer: Answer) -> Usage:
        """What the server says was used, or what we count if it says nothing."""
        tokens_in = prompt if answer.tokens_in is None else answer.tokens_in
        tokens_out = answer.tokens_out
        if tokens_out is None:
            tokens_out = tokens.count(answer.text) if answer.text else 0
        return Usage(tokens_in, tokens_out, member.cost(tokens_in, tokens_out, answer.cached))


def _pause(request: Request, attempt: int, failed: CallFailed) -> float:
    """Seconds before try `attempt`: doubling, and drawn, so that calls that failed together do not come together."""
    jitter = 0.5 + float(request.draws(request.tries + 1).random())
    pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempt - 1)) * jitter
    asked = failed.retry_after_s + FIRST_PAUSE_S * jitter if failed.retry_after_s else 0.0
    return max(pause, asked)
