"""The models of a run: what is known of each, who is asked next, and who was taken out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evo.errors import ConfigError, ModelError, ModelLost, NoModelLeft
from evo.llm import prices
from evo.llm.client import Client
from evo.llm.failures import CallFailed
from evo.llm.ledger import Ceiling
from evo.llm.prices import Price
from evo.llm.request import Request
from evo.llm.settings import LlmSettings, ModelSettings

FAILURES_IN_A_ROW = 3
"""Calls given up because a model was not to be reached, after which it is taken out."""

UNKNOWN_CONTEXT = 16_384
MOST_CONTEXT = 131_072
"""Tokens of context: of a model nothing is known of, and the most that is used unless settings say more;
longer prompts cost more and are read less well."""


@dataclass(slots=True, eq=False)
class Member:
    """A model, with how it has been doing.

    Attributes:
        context: tokens of prompt and answer together.
        longest: tokens of an answer, at most.
        failures: calls in a row that were given up because it was not to be reached.
        out: why it is not asked any more; empty while it is.
    """

    settings: ModelSettings
    price: Price | None
    context: int
    longest: int
    failures: int = 0
    out: str = ""

    @property
    def name(self) -> str:
        """What it is called in this run."""
        return self.settings.called

    def cost(self, tokens_in: int, tokens_out: int, cached: int = 0) -> float | None:
        """US dollars, None if unknown; `cached` of the tokens in came from the provider's cache."""
        return None if self.price is None else self.price.of(tokens_in, tokens_out, cached)


class Roster:
    """All models that `settings` name, by name.

    Raises:
        ModelError: one of them is of no known provider.
    """

    def __init__(self, settings: LlmSettings, client: Client) -> None:
        self._settings, self._client = settings, client
        self.members: dict[str, Member] = {}
        for model in (*settings.chosen, *settings.spares):
            if model.called not in self.members:
                self.members[model.called] = _member(client, model)

    def __getitem__(self, name: str) -> Member:
        """The model of that name, or the first one.

        A run that is resumed with other models still has tasks for those that it started with.

        Raises:
            ModelError: there is none.
        """
        if not self.members:
            raise ModelError("there is no language model to ask. Choose one with: evo run llm=local")
        return self.members.get(name) or next(iter(self.members.values()))

    def in_order(self, request: Request) -> Iterator[Member]:
        """Who is asked, one after another until one answers.

        The task's model, or another of the run's own if it is taken out, be it by this very call; then
        the spares.
        """
        tried: list[Member] = []
        member: Member | None = self[request.task.model]
        while member is not None:
            tried.append(member)
            if not member.out:
                yield member
            # Taken out while it was asked? It is the call that failed if not, and only spares get it.
            member = self._substitute(request, tried) if member.out else None
        for spare in self._settings.spares:
            member = self[spare.called]
            if member not in tried and not member.out:
                tried.append(member)
                yield member

    def _substitute(self, request: Request, tried: Sequence[Member]) -> Member | None:
        """One of the run's own models that is left, drawn by weight."""
        left = [self[model.called] for model in self._settings.chosen if model.weight]
        left = [member for member in left if not member.out and member not in tried]
        if not left:
            return None
        shares = np.array([member.settings.weight for member in left])
        return left[int(request.draws(0).choice(len(left), p=shares / shares.sum()))]

    def note(self, member: Member, failed: CallFailed) -> None:
        """Takes a model out if no call to it will be answered."""
        if failed.remedy == "again" and failed.cause != "crowded":
            member.failures += 1
        if failed.remedy == "take_out" or member.failures >= FAILURES_IN_A_ROW:
            member.out = member.out or str(failed)

    def lost(self, reasons: Sequence[str]) -> ModelLost | NoModelLeft:
        """What it means that nobody answered, for `reasons`."""
        outs = "; ".join(dict.fromkeys(member.out for member in self.members.values() if member.out))
        if not all(member.out for member in self.members.values()):
            return ModelLost("; ".join(dict.fromkeys(reasons)) or outs)
        if not self._settings.required:
            return ModelLost(f"no language model is left: {outs}")
        return NoModelLeft(
            f"no language model is left: {outs} Or go on without one: evo resume RUN llm.required=false"
        )

    def check(self, limits: Ceiling, with_keys: bool = True) -> list[str]:
        """Makes sure that the models can be asked as configured.

        Returns:
            What people should know, a line each.

        Raises:
            ModelError: a key is not set, or a limit in dollars or tokens could not be kept.
            ConfigError: the longest answer does not fit.
        """
        known = {name: member.price for name, member in self.members.items()}
        prices.check([member.settings for member in self.members.values()], known, limits.usd)
        notes = []
        for member in self.members.values():
            if with_keys:
                self._client.check_key(member.settings)
            self._check_sizes(member)
            _check_answer_is_paid_for(member, limits)
            notes += self._notes(member)
        return notes

    def _check_sizes(self, member: Member) -> None:
        if member.context <= member.longest:
            raise ConfigError(
                f"llm.max_tokens={member.longest} leaves no room for a prompt in the {member.context} tokens of "
                f"context of {member.name}. Set llm.max_tokens={member.context // 4}, or llm.context_tokens=..."
            )
        per_minute = self._settings.tokens_per_minute
        if per_minute is not None and member.longest >= per_minute:
            raise ConfigError(
                f"llm.tokens_per_minute={per_minute} is less than one longest answer of {member.name}. "
                f"Set llm.max_tokens={per_minute // 4}, or raise the limit."
            )

    def _notes(self, member: Member) -> list[str]:
        model, price = member.settings, member.price
        cost = "price unknown"
        if price is not None:
            cost = f"${price.usd_in * 1e6:.2f} in, ${price.usd_out * 1e6:.2f} out for a million tokens"
        where = f" at {model.base_url}" if model.base_url else ""
        note = (
            f"{member.name}{where}: {cost}; context {member.context}, answers up to {member.longest} tokens"
        )
        ignored = self._client.dropped(model)
        return [note, *(f"{member.name} takes no {name}; it is asked without" for name in ignored)]


def _member(client: Client, model: ModelSettings) -> Member:
    facts = client.facts(model)
    known = int(facts.get("max_input_tokens") or facts.get("max_tokens") or UNKNOWN_CONTEXT)
    longest = min(model.max_tokens, int(facts.get("max_output_tokens") or model.max_tokens))
    return Member(
        model, prices.price_of(model, facts), model.context_tokens or min(known, MOST_CONTEXT), longest
    )


def _check_answer_is_paid_for(member: Member, limits: Ceiling) -> None:
    """One longest answer is what has to be reserved before anything is known of a model's answers."""
    longest, cost = member.longest, member.cost(0, member.longest)
    if limits.tokens is not None and longest >= limits.tokens:
        raise ModelError(
            f"budget.tokens={limits.tokens} may not pay for one answer of {member.name}, of up to {longest}. "
            "Raise it, or lower llm.max_tokens."
        )
    if limits.usd is not None and cost and cost >= limits.usd:
        raise ModelError(
            f"budget.usd={limits.usd:g} may not pay for one answer of {member.name}, of up to ${cost:.4f}. "
            "Raise it, or lower llm.max_tokens."
        )
