"""Builds a search from what stands in ``conf/search`` and what is set on the command line."""

import re
from typing import Any

import yaml

from evo import plugins
from evo.assembly import build_part
from evo.errors import ConfigError
from evo.roles import Search, ValueModel
from evo.types import Plan

_OUTSIDE = re.compile(r",(?![^\[{]*[\]}])")


def split(text: str) -> list[str]:
    """``"greedy,top_k[k=3,value=null]"`` -> ``["greedy", "top_k[k=3,value=null]"]``."""
    return [part.strip() for part in _OUTSIDE.split(text) if part.strip()]


def settings(text: str) -> dict[str, Any]:
    """The node that `text` means: a file of ``conf/search``, with what is set in brackets behind its name.

    ``default[value=null]`` takes the value model away, ``default[value.n_trees=20]`` sets one of its settings.

    Raises:
        ConfigError: there is no such file, or a setting reads otherwise.
    """
    name, _, rest = text.partition("[")
    file = plugins.root() / "conf" / "search" / f"{name}.yaml"
    if not file.is_file():
        choices = ", ".join(sorted(path.stem for path in file.parent.glob("*.yaml")))
        raise ConfigError(f"No search {name!r} in conf/search. Choose from: {choices}")
    return _with(yaml.safe_load(file.read_text()), name, rest)


def _with(node: dict[str, Any], name: str, rest: str) -> dict[str, Any]:
    for setting in split(rest.removesuffix("]")):
        key, equals, value = setting.partition("=")
        if not equals:
            raise ConfigError(f"A setting of {name} reads key=value, got {setting!r}.")
        _set(node, key.split("."), yaml.safe_load(value))
    return node


def _set(node: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        node = node.setdefault(key, {})
    node[path[-1]] = value


def build(text: str, run_seed: int, plan: Plan) -> Search:
    """The search that `text` means, for one run; a setting with a ``use`` is built first, as in a real run."""
    search: Search = build_part(settings(text), "search", {"run_seed": run_seed, "plan": plan})
    return search


def build_value(text: str, run_seed: int, plan: Plan) -> ValueModel:
    """The value model that ``"evo.value.ensemble:Ensemble[n_trees=20]"`` means."""
    use, _, rest = text.partition("[")
    value: ValueModel = build_part(
        _with({"use": use}, use, rest), "value", {"run_seed": run_seed, "plan": plan}
    )
    return value
