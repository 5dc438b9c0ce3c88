"""Where agents' answers come from: a rule, a recording, a server; and how a problem names them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evo import plugins
from evo.errors import ConfigError, ModelError, ModelLost, ProblemError, one_of
from evo.llm import tokens
from evo.llm.caller import FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_REQUEST_S
from evo.llm.client import Client
from evo.llm.failures import CallFailed
from evo.llm.keys import Sealed
from evo.llm.prices import price_of
from evo.llm.question import Question, Said, Source, counted
from evo.llm.recording import Recording
from evo.llm.roster import Roster
from evo.llm.settings import LlmSettings
from evo.llm.slots import Slots

Rule = Callable[[Question], "str | Said"]

_OTHER = ("recording", "cache", "rule", "delay_s")

KEYS = "keys"
"""Beside a model's settings: a `Sealed` with its keys."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """Answers by a function of the problem's own.

    Attributes:
        delay_s: how long it seems to take.
    """

    rule: Rule
    delay_s: float = 0.0

    def now(self, question: Question) -> Said | None:
        """At once, unless there is a delay."""
        return None if self.delay_s else self._said(question)

    async def later(self, question: Question) -> Said:
        """After the delay."""
        await asyncio.sleep(self.delay_s)
        return self._said(question)

    async def close(self) -> None:
        """Nothing is open."""

    def _said(self, question: Question) -> Said:
        answer = self.rule(question)
        return answer if isinstance(answer, Said) else counted(question, answer)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Answers from a file, and nobody is called."""

    recording: Recording

    def now(self, question: Question) -> Said | None:
        """The recorded answer."""
        return self.recording.get(question.key)

    async def later(self, question: Question) -> Said:
        """There is none.

        Raises:
            ModelLost: always.
        """
        when = (
            f" in repeat {question.repeat}, each of which has answers of its own" if question.repeat else ""
        )
        raise ModelLost(
            f"{self.recording.path} has no answer to what {question.node} asks {question.model}{when}, and a recording "
            f"calls nobody. Name a model and this file as its cache, options={{'models': {{{question.model!r}: "
            "{'model': ..., 'cache': ...}}}, to add to it."
        )

    async def close(self) -> None:
        """Nothing is open."""


class Served:
    """Asks a server, and keeps the answers if there is a file for them.

    Args:
        settings: of one model.
        cache: answers that are there are not asked for again.
        retries: further tries of a call that may be answered yet.
    """

    def __init__(self, settings: LlmSettings, cache: Recording | None) -> None:
        self._settings, self._cache = settings, cache
        (model,) = settings.chosen
        self._model = model
        self._opened: tuple[Client, Roster] | None = None
        self._opening = asyncio.Lock()
        self._slots: Slots | None = None

    def now(self, question: Question) -> Said | None:
        """From the cache."""
        return self._cache.get(question.key) if self._cache is not None else None

    async def later(self, question: Question) -> Said:
        """From the server.

        Raises:
            ModelLost: it does not answer, after all retries.
        """
        if self._cache is not None:
            self._cache.refresh()
            if (known := self._cache.get(question.key)) is not None:
                return known
        if self._slots is None:
            server = self._model.base_url or self._model.model
            self._slots = Slots(server, self._settings.max_concurrency)
        async with self._slots.place():
            said = await self._asked(question)
        return said if self._cache is None else self._cache.add(question, said)

    async def close(self) -> None:
        """Closes the connections."""
        if self._opened is not None:
            await self._opened[0].close()

    async def _open(self) -> tuple[Client, Roster]:
        """What needs litellm, whose import takes seconds: others are answered meanwhile."""
        async with self._opening:
            if self._opened is None:
                client = await asyncio.to_thread(Client)
                self._opened = client, Roster(self._settings, client)
            return self._opened

    async def _asked(self, question: Question) -> Said:
        reasons: list[str] = []
        pause = 0.0
        for attempt in range(self._settings.retries + 1):
            await asyncio.sleep(pause)
            try:
                return await self._tried(question, attempt)
            except CallFailed as failed:
                reasons.append(str(failed))
                if failed.remedy != "again" or failed.retry_after_s > LONGEST_REQUEST_S:
                    break
                pause = max(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**attempt), failed.retry_after_s)
        raise ModelLost("; ".join(dict.fromkeys(reasons)))

    async def _tried(self, question: Question, attempt: int) -> Said:
        client, roster = await self._open()
        member = roster[self._model.called]
        temperature = self._model.temperature if question.temperature is None else question.temperature
        messages = [{"role": role, "content": text} for role, text in question.messages]
        start = time.monotonic()
        answer = await client.complete(
            self._model,
            messages,
            temperature=temperature,
            max_tokens=member.longest,
            seed=int(question.key[:7], 16) + attempt,
        )
        seconds = time.monotonic() - start
        tokens_in = question.tokens if answer.tokens_in is None else answer.tokens_in
        told = answer.tokens_out
        tokens_out = (tokens.count(answer.text) if answer.text else 0) if told is None else told
        usd = member.cost(tokens_in, tokens_out, answer.cached)
        return Said(answer.text, answer.finish, tokens_in, tokens_out, usd, seconds, attempt)


def source_of(name: str, node: Any, near: Path | None) -> Source:
    """The source that a problem names for a model.

    Args:
        name: of the model, as designs have it.
        node: ``{"recording": FILE}``, ``{"rule": "rules.py:answer"}`` (of a `Question`; with ``delay_s`` it
            seems to take so long), or the settings of a model (`evo.llm.settings.LlmSettings`), with
            ``cache``, a file, if answers are to be kept.
        near: the problem's folder.

    Raises:
        ProblemError: it is none of these.
        ConfigError: a setting of the model is wrong.
    """
    if not isinstance(node, Mapping) or not node:
        raise ProblemError(
            f"the model {name!r} must have a mapping with recording, rule or model in options['models'], got {node!r}."
        )
    if "rule" in node:
        _only(name, node, ("rule", "delay_s"))
        rule = node["rule"] if callable(node["rule"]) else plugins.load(str(node["rule"]), near)
        return Ruled(rule, float(node.get("delay_s", 0.0)))
    if "recording" in node:
        _only(name, node, ("recording",))
        path = _path(str(node["recording"]), near)
        if not path.is_file():
            raise ProblemError(f"the model {name!r} is to answer from {path}, and there is no such file.")
        recording = Recording(path)
        if len(recording.models) > 1:
            raise ProblemError(
                f"the model {name!r} is to answer from {path}, which holds answers of {len(recording.models)} models: "
                f"{'; '.join(sorted(recording.models))}. Keep those of one, by their key 'by'."
            )
        return Recorded(recording)
    settings = _settings(name, node)
    if isinstance(keys := node.get(KEYS), Sealed):
        keys.open()
    (model,) = settings.chosen
    cache = Recording(_path(str(node["cache"]), near), model.answers_as) if node.get("cache") else None
    return Served(settings, cache)


def keys_of(name: str, node: Any) -> Sealed | None:
    """The keys, as far as they are set, that the model at `source_of` will be asked with; None if it needs none.

    Raises:
        ConfigError: a setting of the model is wrong.
        ModelError: no provider is known by its name.
    """
    if not isinstance(node, Mapping) or not node or "rule" in node or "recording" in node:
        return None
    (model,) = _settings(name, node).chosen
    if model.base_url and not model.key_variable:
        return None  # known without litellm, whose import takes seconds
    return Sealed.of(Client().key_variables(model))


def check_price(name: str, node: Any, budget_usd: float) -> None:
    """Returns if a limit in dollars can be kept with the model at `source_of`.

    Raises:
        ConfigError: a setting of the model is wrong.
        ModelError: its price is unknown.
    """
    if not isinstance(node, Mapping) or not node or "rule" in node or "recording" in node:
        return
    (model,) = _settings(name, node).chosen
    if price_of(model, Client().facts(model)) is None:
        raise ModelError(
            f"budget.usd={budget_usd:g} cannot be kept: the price of the model {name!r} that designs ask is unknown. Set "
            f"usd_per_million_in and usd_per_million_out in options['models'][{name!r}], or limit budget.tokens instead."
        )


def _settings(name: str, node: Mapping[str, Any]) -> LlmSettings:
    """Those of the one model that a node is about."""
    left_out = {*_OTHER, *({KEYS} if isinstance(node.get(KEYS), Sealed) else ())}
    settings = LlmSettings.of({key: value for key, value in node.items() if key not in left_out})
    if len(settings.chosen) != 1:
        raise ConfigError(f"options['models'][{name!r}] must name one model, got {len(settings.chosen)}.")
    return settings


def _only(name: str, node: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in node:
        if key not in known:
            raise ProblemError(f"options['models'][{name!r}] has no key {key!r}. {one_of(str(key), known)}")


def _path(path: str, near: Path | None) -> Path:
    return (near or Path.cwd()) / Path(path).expanduser()
