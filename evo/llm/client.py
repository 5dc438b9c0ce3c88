"""Calls through litellm, and what litellm knows of models. Nothing else in evo touches it."""

import asyncio
import difflib
import importlib
import inspect
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from evo.errors import ModelError
from evo.llm import keys
from evo.llm.failures import CallFailed, understand
from evo.llm.settings import ModelSettings

SPARE_S = 5.0
"""How much longer than ours the HTTP client's own deadline is, so that it is ours that counts."""

MOST_LISTED = 8

NO_KEY = "no-key"
"""Sent to servers that want none: litellm would otherwise send them the key of a provider."""

_KEYLESS = ("hosted_vllm", "llamafile", "lm_studio", "ollama", "ollama_chat")

_clients: Counter[int] = Counter()
"""By event loop, the clients that have made a call there and are not closed. litellm shares connections between
all clients of a loop, so the last one closes them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        tokens_in, tokens_out: None if the server did not say.
        cached: those of `tokens_in` that the provider had in its cache.
    """

    text: str
    finish: str
    tokens_in: int | None
    tokens_out: int | None
    cached: int = 0


@cache
def litellm() -> ModuleType:
    """The library, imported at the first call: it costs 3 CPU-seconds and 175 MB."""
    # Without these it fetches a price list from the network, reads keys out of a file named .env, and logs.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    os.environ.setdefault("LITELLM_LOG", "ERROR")
    library = importlib.import_module("litellm")
    library.telemetry = False  # type: ignore[attr-defined]
    library.suppress_debug_info = True  # type: ignore[attr-defined]
    return library


def _be_quiet() -> None:
    """Turns off litellm's books of each call, in the task that calls this.

    They cost a fifth of a call and run on in tasks of their own, also after the call was given up.
    """
    try:
        internal = importlib.import_module("litellm._internal_context")
    except ImportError:  # another version: slower, nothing else
        return
    internal.is_internal_call.set(True)


class Client:
    """One way to every model. Made where there is no event loop yet, closed in the loop it was used in."""

    def __init__(self) -> None:
        litellm()
        self._loop: int | None = None
        self._providers: dict[ModelSettings, str] = {}

    def provider(self, model: ModelSettings) -> str:
        """Which of litellm's providers has `model`.

        Raises:
            ModelError: none is known by that name.
        """
        if model not in self._providers:
            self._providers[model] = _provider(model)
        return self._providers[model]

    def facts(self, model: ModelSettings) -> Mapping[str, Any]:
        """What litellm's table says of `model`: prices, ``max_input_tokens``; empty if it is not in it."""
        table, bare = litellm().model_cost, model.model.partition("/")[2]
        provider = self.provider(model)
        for name in (model.model, bare):
            entry: Mapping[str, Any] | None = table.get(name)
            if entry and str(entry.get("litellm_provider", "")).startswith(provider):
                return entry
        return {}

    def key_variables(self, model: ModelSettings) -> tuple[str, ...]:
        """The environment variables that the key of `model` may be in; none if it needs none.

        Raises:
            ModelError: no provider is known by its name.
        """
        return keys.variables(model, self.provider(model))

    def check_key(self, model: ModelSettings) -> None:
        """Makes sure that `model` can be asked.

        Raises:
            ModelError: its key is not set.
        """
        provider, variables = self.provider(model), self.key_variables(model)
        if variables:
            if keys.read(variables) is None:
                raise ModelError(f"{model.called} needs a key. Set it with: export {variables[0]}=...")
        elif not model.base_url and provider not in _KEYLESS:
            # Of providers that take several variables, or none that we know, litellm knows best.
            missing = litellm().validate_environment(model.model).get("missing_keys", [])
            if missing:
                raise ModelError(
                    f"{model.called} needs {', '.join(missing)} in the environment. Export them."
                )

    async def complete(
        self,
        model: ModelSettings,
        messages: Sequence[Mapping[str, str]],
        *,
        temperature: float | None,
        max_tokens: int,
        seed: int,
    ) -> Answer:
        """One call, tried once.

        Raises:
            CallFailed: for whatever reason.
        """
        _be_quiet()
        self._use()
        provider, variables = self.provider(model), self.key_variables(model)
        wanted: dict[str, Any] = {
            "temperature": temperature,
            "reasoning_effort": model.reasoning_effort,
            "base_url": model.base_url,
            "api_key": keys.read(variables) or (NO_KEY if model.base_url else None),
        }
        try:
            async with asyncio.timeout(model.timeout_s):
                response = await litellm().acompletion(
                    model=_spelled(model.model, provider),
                    messages=list(messages),
                    max_tokens=max_tokens,
                    seed=seed,
                    timeout=model.timeout_s + SPARE_S,
                    num_retries=0,
                    max_retries=0,
                    drop_params=True,  # a setting that the model does not have is left out, and said so before
                    **{name: value for name, value in wanted.items() if value is not None},
                )
        except Exception as error:  # noqa: BLE001  whatever litellm makes of a reply, here it becomes a failed call
            # It is not raised from here: the text of the original, and of what it came of, may hold a key.
            failed = understand(error, model, variables)
        else:
            return _answer(response)
        if failed.cause == "unknown" and model.base_url and (served := await self.served(model)):
            raise CallFailed(f"{failed} It has: {', '.join(served)}.", failed.remedy, failed.cause)
        raise failed

    async def served(self, model: ModelSettings) -> list[str]:
        """The first few names of models that the server of `model` lists; none if it does not say."""
        from openai import AsyncOpenAI, OpenAIError  # what litellm stands on

        key = keys.read(self.key_variables(model)) or NO_KEY
        try:
            async with AsyncOpenAI(
                base_url=model.base_url, api_key=key, timeout=SPARE_S, max_retries=0
            ) as server:
                return [one.id for one in (await server.models.list()).data][:MOST_LISTED]
        except OpenAIError:
            return []  # it is only for a better message

    def dropped(self, model: ModelSettings) -> list[str]:
        """Which of the temperature and the reasoning effort that are set for `model` it does not take."""
        provider = self.provider(model)
        name = _spelled(model.model, provider).removeprefix(f"{provider}/")

        def request(**wanted: Any) -> Any:
            return litellm().utils.get_optional_params(
                model=name, custom_llm_provider=provider, drop_params=True, **wanted
            )

        given = {"temperature": model.temperature, "reasoning_effort": model.reasoning_effort}
        wanted = {name: value for name, value in given.items() if value is not None}
        return [name for name, value in wanted.items() if request(**{name: value}) == request()]

    def _use(self) -> None:
        """Counts itself at its first call: one that never makes any need not be closed."""
        if self._loop is None:
            self._loop = id(asyncio.get_running_loop())
            _clients[self._loop] += 1

    async def close(self) -> None:
        """Closes the connections, if no other client uses them. Called twice, it does nothing."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        _clients[loop] -= 1
        if _clients[loop] == 0:
            del _clients[loop]
            await _disconnect(loop)


async def _disconnect(loop: int) -> None:
    """Closes the connections of this event loop; the last loop of all closes what belongs to none, too."""
    cache = litellm().in_memory_llm_clients_cache
    for key in [key for key in list(cache.cache_dict) if str(key).endswith(f"-{loop}")]:
        closing = cache.cache_dict.pop(key).close()
        if inspect.isawaitable(closing):
            await closing
    if not _clients:
        await litellm().close_litellm_async_clients()
        cache.flush_cache()


def _provider(model: ModelSettings) -> str:
    known = [provider.value for provider in litellm().provider_list]
    first, slash, _ = model.model.partition("/")
    if slash and first in known:
        return first
    if model.base_url:
        return "openai"
    entry = litellm().model_cost.get(model.model)
    if entry and entry.get("litellm_provider") in known:
        return str(entry["litellm_provider"])
    close = difflib.get_close_matches(first, known, n=1)
    hint = f"Did you mean {close[0]}/{model.model.partition('/')[2]}? " if slash and close else ""
    raise ModelError(
        f"llm.model={model.model} names no known provider. {hint}Write it as openai/gpt-5, or set llm.base_url "
        "for a server of your own."
    )


def _spelled(name: str, provider: str) -> str:
    """The name as litellm wants it, which tells from its first part who is meant."""
    return name if name.partition("/")[0] == provider else f"{provider}/{name}"


def _answer(response: Any) -> Answer:
    """Ours of litellm's.

    Raises:
        CallFailed: it holds no answer.
    """
    try:
        choice, usage = response.choices[0], getattr(response, "usage", None)
        text = choice.message.content or ""
    except (AttributeError, IndexError, TypeError):
        raise CallFailed("the answer holds no choices.", "again", "nonsense") from None
    tokens_in, tokens_out = _tokens(usage, "prompt_tokens"), _tokens(usage, "completion_tokens")
    cached = _tokens(getattr(usage, "prompt_tokens_details", None), "cached_tokens") or 0
    return Answer(
        text, str(choice.finish_reason or "stop"), tokens_in, tokens_out, min(cached, tokens_in or 0)
    )


def _tokens(usage: Any, name: str) -> int | None:
    """A count that was reported; litellm puts 0 where there is none."""
    value = getattr(usage, name, None)
    return int(value) if value else None
