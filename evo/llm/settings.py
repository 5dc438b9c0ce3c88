"""Which language models a run asks, and how: the group ``llm`` of the configuration."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evo.errors import ConfigError, one_of

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One language model.

    Attributes:
        model: its name as litellm writes it, such as ``openai/gpt-5``; with `base_url` a bare name is
            that of a model of an OpenAI-compatible server.
        name: what it is called in this run, to tell two apart that differ in `temperature`, say;
            empty for `model`.
        base_url: of the server, if it is not the provider's own.
        key_variable: environment variable with the key, never the key itself. Empty for the provider's
            own one, which is not sent to a `base_url` unless it is named here.
        weight: share of the proposals, against the other models.
        temperature: None for the provider's default.
        reasoning_effort: None for the provider's default.
        max_tokens: of the longest answer, thinking included.
        context_tokens: of messages and answer together; None for what is known of the model.
        timeout_s: for one call, from sending it to the last byte of the answer.
        usd_per_million_in, usd_per_million_out: price of tokens; None for what is known of the model.
    """

    model: str = ""
    name: str = ""
    base_url: str | None = None
    key_variable: str = ""
    weight: float = 1.0
    temperature: float | None = None
    reasoning_effort: str | None = None
    max_tokens: int = 8192
    context_tokens: int | None = None
    timeout_s: float = 180.0
    usd_per_million_in: float | None = None
    usd_per_million_out: float | None = None

    @property
    def called(self) -> str:
        """What it is called in this run."""
        return self.name or self.model

    @property
    def answers_as(self) -> str:
        """The model with the settings that its answers depend on, in words: kept beside them."""
        settings = ("temperature", "reasoning_effort", "max_tokens")
        set_ = ((name, getattr(self, name)) for name in settings)
        return " ".join([self.model, *(f"{name}={value}" for name, value in set_ if value is not None)])


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """All of ``llm``. Make one with `of`, which checks it.

    Attributes:
        defaults: what holds for every model unless its entry says otherwise. Its `model` is the one
            that is asked when there is no ensemble; empty for none.
        ensemble: the models that share the proposals, by weight; empty for the one in `defaults`.
        spares: asked in this order when a call to another model failed for good, and not before.
        max_concurrency: calls in flight.
        requests_per_minute, tokens_per_minute: never exceeded in any 60 seconds; None sets no limit.
        retries: further tries of a call that was refused, cut or not answered in time.
        required: end the run when no model is left; False goes on with operators that need none.
        replay: folder of a run whose recorded replies answer; nobody is called.
        answers: file that what models say to agents is kept in, in the place of the run's own: what a run
            that names it was told is not asked again by the next one, if its model has the same name,
            temperature, effort and length. Tokens, dollars and seconds count as when it was asked.
    """

    defaults: ModelSettings = ModelSettings()
    ensemble: tuple[ModelSettings, ...] = ()
    spares: tuple[ModelSettings, ...] = ()
    max_concurrency: int = 64
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    retries: int = 4
    required: bool = True
    replay: str | None = None
    answers: str | None = None

    @property
    def enabled(self) -> bool:
        """Whether there is a model to ask."""
        return bool(self.chosen)

    @property
    def chosen(self) -> tuple[ModelSettings, ...]:
        """The models that share the proposals."""
        return self.ensemble or ((self.defaults,) if self.defaults.model else ())

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> "LlmSettings":
        """From plain values: the keys of `ModelSettings` and of this class beside each other.

        ``models`` and ``fallbacks`` are lists of mappings with what differs from the rest, or of names.

        Raises:
            ConfigError: a key is unknown, a value of the wrong type or out of range.
        """
        known = [*_MODEL_CHECKS, *_RUN_CHECKS, "models", "fallbacks"]
        for key in node:
            if key not in known:
                raise ConfigError(f"llm has no setting {key!r}. {one_of(str(key), known)}")
        given = {key: _checked(f"llm.{key}", value, _MODEL_CHECKS[key]) for key, value in _own(node)}
        defaults = ModelSettings(**given)
        rest = {
            key: _checked(f"llm.{key}", node[key], check) for key, check in _RUN_CHECKS.items() if key in node
        }
        if rest.get("answers"):  # in full, so that a run finds it from anywhere
            rest["answers"] = str(Path(rest["answers"]).expanduser().absolute())
        ensemble = _entries("models", node.get("models"), defaults)
        known_models = ensemble or ((defaults,) if defaults.model else ())
        spares = _entries("fallbacks", node.get("fallbacks"), defaults, known_models)
        made = cls(defaults, ensemble, spares, **rest)
        made._check_names()
        return made

    def plain(self) -> dict[str, Any]:
        """The mapping that `of` reads."""
        return {
            **dataclasses.asdict(self.defaults),
            **{key: getattr(self, key) for key in _RUN_CHECKS},
            "models": [_difference(model, self.defaults) for model in self.ensemble],
            "fallbacks": [_difference(model, self.defaults) for model in self.spares],
        }

    def _check_names(self) -> None:
        names = [model.called for model in self.chosen]
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(
                    f"llm.models has {name!r} twice. Give each a name of its own: "
                    f"{{model: {name}, name: {name}-hot, temperature: 1.2}}"
                )
        if self.chosen and not sum(model.weight for model in self.chosen) > 0:
            raise ConfigError("llm.models all have weight 0, so none would be asked. Set one to 1.")


Check = tuple[str, Callable[[Any], bool]]
"""What a value must be, for people, and whether it is."""


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _or_null(check: Check) -> Check:
    return f"{check[0]}, or null", lambda value: value is None or check[1](value)


_TEXT: Check = ("a text", lambda value: isinstance(value, str))
_COUNT: Check = ("a whole number of at least 1", lambda value: _whole(value) and value >= 1)
_FROM_ZERO: Check = ("a number of at least 0", lambda value: _number(value) and value >= 0)


def _address(value: Any) -> bool:
    """A URL without a secret in it: it is written into the run's folder."""
    if not isinstance(value, str):
        return False
    url = urlsplit(value)
    return url.scheme in ("http", "https") and bool(url.hostname) and not ("@" in url.netloc or url.query)


_URL: Check = ("a URL such as http://127.0.0.1:8000/v1, without a password or a key in it", _address)
_VARIABLE: Check = (
    "the name of an environment variable such as OPENAI_API_KEY, not the key itself",
    lambda value: isinstance(value, str) and (not value or (value.isidentifier() and value.isupper())),
)

_MODEL_CHECKS: dict[str, Check] = {
    "model": ("the name of a model such as openai/gpt-5", _TEXT[1]),
    "name": _TEXT,
    "base_url": _or_null(_URL),
    "key_variable": _VARIABLE,
    "weight": _FROM_ZERO,
    "temperature": _or_null(_FROM_ZERO),
    "reasoning_effort": _or_null((f"one of {', '.join(EFFORTS)}", lambda value: value in EFFORTS)),
    "max_tokens": _COUNT,
    "context_tokens": _or_null(_COUNT),
    "timeout_s": ("a number above 0", lambda value: _number(value) and value > 0),
    "usd_per_million_in": _or_null(_FROM_ZERO),
    "usd_per_million_out": _or_null(_FROM_ZERO),
}

_RUN_CHECKS: dict[str, Check] = {
    "max_concurrency": _COUNT,
    "requests_per_minute": _or_null(_COUNT),
    "tokens_per_minute": _or_null(_COUNT),
    "retries": ("a whole number of at least 0", lambda value: _whole(value) and value >= 0),
    "required": ("true or false", lambda value: isinstance(value, bool)),
    "replay": _or_null(("the folder of a run", _TEXT[1])),
    "answers": _or_null(("a file's name", _TEXT[1])),
}


def _own(node: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The settings of a model in `node`; a model that is null is none."""
    pairs = [(key, value) for key, value in node.items() if key in _MODEL_CHECKS]
    return [
        (key, "" if key in ("model", "name", "key_variable") and value is None else value)
        for key, value in pairs
    ]


def _checked(where: str, value: Any, check: Check) -> Any:
    wanted, is_fine = check
    if not is_fine(value):
        # A key or a password in the wrong place must not be shown.
        shown = "something else" if where.endswith(("key_variable", "base_url")) else repr(value)
        raise ConfigError(f"{where} must be {wanted}, got {shown}. Set it with: evo run {where}=...")
    return float(value) if isinstance(value, int) and wanted.startswith("a number") else value


def _entries(
    group: str, given: Any, defaults: ModelSettings, known: Sequence[ModelSettings] = ()
) -> tuple[ModelSettings, ...]:
    """The models in a list of names and mappings; a name of one that is `known` means that one."""
    if given is None:
        return ()
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ConfigError(f"llm.{group} must be a list of names or mappings, got {given!r}.")
    by_name = {model.called: model for model in known}
    found = []
    for i, entry in enumerate(given):
        where = f"llm.{group}[{i}]"
        if isinstance(entry, str) and entry in by_name:
            found.append(by_name[entry])
            continue
        node = {"model": entry} if isinstance(entry, str) else entry
        if not isinstance(node, Mapping) or not node.get("model", defaults.model):
            raise ConfigError(
                f"{where} must be the name of a model, or a mapping with 'model', got {entry!r}."
            )
        for key in node:
            if key not in _MODEL_CHECKS:
                raise ConfigError(f"{where} has no setting {key!r}. {one_of(str(key), [*_MODEL_CHECKS])}")
        changes = {key: _checked(f"{where}.{key}", value, _MODEL_CHECKS[key]) for key, value in _own(node)}
        found.append(dataclasses.replace(defaults, **{"name": "", **changes}))
    return tuple(found)


def _difference(model: ModelSettings, defaults: ModelSettings) -> dict[str, Any]:
    """What `_entries` needs to make `model` from `defaults` again."""
    found = {
        field.name: value
        for field in fields(model)
        if (value := getattr(model, field.name)) != getattr(defaults, field.name) or field.name == "model"
    }
    return {**found, "name": model.name} if model.name else {k: v for k, v in found.items() if k != "name"}
