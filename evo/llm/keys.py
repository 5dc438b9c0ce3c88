"""Keys of language models: read from the environment alone, held in memory, shown nowhere."""

import os
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass

from evo.llm.settings import ModelSettings

VARIABLES: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "azure": ("AZURE_API_KEY",),
    "cerebras": ("CEREBRAS_API_KEY",),
    "cohere": ("COHERE_API_KEY",),
    "dashscope": ("DASHSCOPE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks_ai": ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "huggingface": ("HUGGINGFACE_API_KEY", "HF_TOKEN"),
    "mistral": ("MISTRAL_API_KEY",),
    "moonshot": ("MOONSHOT_API_KEY",),
    "nvidia_nim": ("NVIDIA_NIM_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "perplexity": ("PERPLEXITYAI_API_KEY",),
    "sambanova": ("SAMBANOVA_API_KEY",),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY"),
    "xai": ("XAI_API_KEY",),
    "zai": ("ZAI_API_KEY",),
}
"""Provider -> the environment variables its key may be in; the first that is set counts."""

_SECRET_NAMES = ("_API_KEY", "_TOKEN", "_SECRET", "_ACCESS_KEY")
_SHORTEST_SECRET = 8
_LOOKS_LIKE_A_KEY = re.compile(
    r"(?i:(?<=bearer ))[^\s\"',;]{6,}"  # of an Authorization header
    r"|\b(?:sk|pk|gsk|xai|hf|tgp|nvapi|pplx|csk)[-_][\w*.-]{8,}"  # also where a provider shows it half masked
    r"|\bAIza[\w-]{20,}"
    r"|(?i:(?<=[?&]key=))[^\s&\"']+"
)
GONE = "[key]"
"""What stands in the place of a key."""

_taken: dict[str, str] = {}  # as lasting as the environment that they were taken out of
_used: set[str] = set()


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """Keys on their way to a process that does not inherit them; they travel by pickle and are shown nowhere.

    Attributes:
        by_variable: name of the environment variable -> key.
    """

    by_variable: Mapping[str, str]

    @classmethod
    def of(cls, names: Iterable[str], environment: MutableMapping[str, str] | None = None) -> "Sealed":
        """The keys in those of the variables that `read` would find set."""
        return cls({name: key for name in names if (key := read((name,), environment))})

    def open(self) -> None:
        """Makes the keys known to `read`, in this process, whose environment stays without them."""
        _taken.update(self.by_variable)
        _used.update(self.by_variable.values())

    def __repr__(self) -> str:
        return f"Sealed({', '.join(self.by_variable)})"


def variables(model: ModelSettings, provider: str) -> tuple[str, ...]:
    """The environment variables that the key of `model` may be in; none if it needs no key.

    A server at a `base_url` gets a key only if its variable is named: the key of a provider must not go
    to a stranger.
    """
    if model.key_variable:
        return (model.key_variable,)
    return () if model.base_url else VARIABLES.get(provider, ())


def read(names: Iterable[str], environment: MutableMapping[str, str] | None = None) -> str | None:
    """The key in the first of `names` that is set, in the environment or taken out of it before."""
    source = os.environ if environment is None else environment
    for name in names:
        if key := (source.get(name) or _taken.get(name) or "").strip():
            _used.add(key)
            return key
    return None


def take_from_environment(
    names: Iterable[str], environment: MutableMapping[str, str] | None = None
) -> list[str]:
    """Moves keys out of the environment, so that no process started from here inherits them.

    `read` finds them all the same, in this process.

    Returns:
        The names of those that were set.
    """
    source = os.environ if environment is None else environment
    found = [name for name in names if source.get(name)]
    for name in found:
        _taken[name] = source.pop(name)
        _used.add(_taken[name].strip())
    return found


def scrub(text: str, environment: MutableMapping[str, str] | None = None) -> str:
    """`text` without any key known to this process, and without what looks like one: for messages."""
    source = os.environ if environment is None else environment
    for name, value in source.items():
        if name.endswith(_SECRET_NAMES) and len(value.strip()) >= _SHORTEST_SECRET:
            text = text.replace(value.strip(), GONE)
    return _LOOKS_LIKE_A_KEY.sub(GONE, scrub_used(text))


def scrub_used(text: str) -> str:
    """`text` without the keys that models were asked with: for what a server sends, which may echo them."""
    for key in _used:
        if key in text and len(key) >= _SHORTEST_SECRET:
            text = text.replace(key, GONE)
    return text
