"""Configuration: Hydra groups below ``conf/``, typed defaults here, one-line errors.

A word such as ``budget.evaluations=200`` is a Hydra override. ``search=``, ``operators=``, ``pool=`` and
``llm=`` choose a file of that group; ``problem=`` takes a name or a folder of the user's own, and
``problem.n=32`` goes to that problem's ``make(n=...)``. ``llm=`` also takes the name of a model. Unless
operators are named, those are taken that fit: ``operators=llm`` with a model, ``design`` for a problem of
agent designs, ``design_llm`` for both.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yaml import YAMLError

from evo import plugins
from evo.budget import Limits
from evo.champion import ChampionRule
from evo.design.design import is_of_designs
from evo.errors import ConfigError, one_of
from evo.evaluate import Sandbox
from evo.llm.settings import LlmSettings
from evo.types import Problem

GROUPS = ("search", "operators", "pool", "llm")
"""Settings that are a choice of file below ``conf/``."""

RESUMABLE_LLM = (
    *("base_url", "key_variable", "max_concurrency", "requests_per_minute", "tokens_per_minute"),
    *("timeout_s", "retries", "required"),
)
"""Of ``llm``, what may change when a run is resumed: how models are reached, not which they are."""


RESUMABLE_RUN = ("champion",)
"""Of ``run``, what may change when a run is resumed: no decision of a search depends on it."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Where a run lives and what it draws from.

    Attributes:
        dir: the run's folder; null makes ``runs/PROBLEM-DATE-TIME``.
        seed: of every decision. The same seed with ``pool=inline`` gives the same run.
        proposal_slots: proposals made at the same time; those of operators without a model take turns.
            With a model it is ``llm.max_concurrency`` if that is more.
        bandit: share out the proposals over operators and models by what they bring for their cost;
            null does so when there is a model.
        cold_start: first candidates, made before the search begins: programs that models write, each its own
            way (``llm.start``), or designs that together hold every pair of components (``design.cover``). Null
            is 8 programs with a model and at least 80 evaluations, else none: designs of a covering array
            did not pay on real agents, see `evo.assembly.COLD_START`.
        selection: how many of the best are judged on the ``selection`` cases at the end, and the seed beside
            them, so that a lucky score does not make a champion that is worse than it; with a champion rule
            half of them are those that it likes best. 0 judges none.
        selection_repeats: how often each of them is judged there, every time with another seed; the best mean
            is the champion. Where the problem draws inputs (``vary``) it is at least 3.
        champion: which candidate is the result: ``best score``, or as in ``least usd within 0.02`` the one with
            the least (or ``most``) of a measure among those whose score is no more than 0.02 below the best:
            what judging took of seconds, usd, tokens or gpu_seconds, or a metric of the problem. The search
            maximises the score all the same. Null takes the problem's rule.
        race: candidates are judged on more and more cases while they may still become the best; this is the
            largest chance that the best one is stopped early, such as 0.05. Null judges all on all cases.
    """

    dir: str | None = None
    seed: int = 0
    proposal_slots: int = 8
    bandit: bool | None = None
    cold_start: int | None = None
    selection: int = 5
    selection_repeats: int = 1
    champion: str | None = None
    race: float | None = None

    def __post_init__(self) -> None:
        for name, least in (
            ("seed", 0),
            ("proposal_slots", 1),
            ("cold_start", 0),
            ("selection", 0),
            ("selection_repeats", 1),
        ):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(
                    f"run.{name} must be at least {least}, got {value}. Set it with: evo run run.{name}={least}"
                )
        if self.champion is not None:
            try:
                ChampionRule.parse(str(self.champion))
            except ConfigError as error:
                raise ConfigError(
                    f"run.champion: {error}. Set it with: evo run 'run.champion=least usd within 0.02'"
                ) from None
        if self.race is not None and not 0 < self.race < 1:
            raise ConfigError(
                f"run.race must be above 0 and below 1, or null, got {self.race}. Set it with: evo run run.race=0.05"
            )


@dataclass(frozen=True, slots=True)
class Component:
    """A plug-in and its settings: what ``{use: ..., key: value}`` means."""

    use: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, node: Mapping[str, Any], where: str) -> "Component":
        """From a configuration node.

        Raises:
            ConfigError: it has no ``use``.
        """
        if not isinstance(node.get("use"), str):
            raise ConfigError(f"{where} needs a 'use', such as use: evo.search.islands:Islands.")
        return cls(node["use"], {key: value for key, value in node.items() if key != "use"})

    def plain(self) -> dict[str, Any]:
        """The node that `of` reads."""
        return {"use": self.use, **self.fields}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of a run, resolved. `plain` and `from_plain` are inverse to each other.

    Attributes:
        loaded: the problem, where it had to be loaded to resolve the settings; see `load_problem`.
    """

    problem: str | Problem
    params: Mapping[str, Any]
    search: Component
    operators: Mapping[str, Component]
    weights: Mapping[str, float]
    pool: Component
    budget: Limits = Limits()
    run: RunSettings = RunSettings()
    sandbox: Sandbox = Sandbox()
    llm: LlmSettings = LlmSettings()
    loaded: Problem | None = field(default=None, compare=False, repr=False)

    def load_problem(self) -> Problem:
        """The problem that is meant; it is loaded now, unless it was before.

        Raises:
            ProblemError: there is no such problem, or it does not take a parameter.
        """
        if isinstance(self.problem, Problem):
            return self.problem
        return self.loaded or plugins.problem(self.problem, self.params)

    def plain(self) -> dict[str, Any]:
        """As nested plain values, for ``config.yaml``."""
        problem = self.problem.name if isinstance(self.problem, Problem) else self.problem
        return {
            "problem": {"use": problem, **self.params},
            "run": dataclasses.asdict(self.run),
            "budget": dataclasses.asdict(self.budget),
            "search": self.search.plain(),
            "operators": {
                name: {**part.plain(), "weight": self.weights[name]} for name, part in self.operators.items()
            },
            "pool": self.pool.plain(),
            "sandbox": dataclasses.asdict(self.sandbox),
            "llm": self.llm.plain() if self.llm.enabled else {"model": None},
        }


def from_plain(node: Mapping[str, Any]) -> Config:
    """A `Config` from nested plain values, checked.

    Raises:
        ConfigError: a key is unknown or missing, or a value out of range.
    """
    operators = _flatten_operators(node.get("operators") or {})
    if not operators:
        raise ConfigError("a run needs at least one operator. Choose with: evo run operators=default")
    problem = dict(node.get("problem") or {})
    return Config(
        problem=problem.pop("use", ""),
        params=problem,
        search=Component.of(node.get("search") or {}, "search"),
        operators={
            name: Component(part.use, {k: v for k, v in part.fields.items() if k != "weight"})
            for name, part in operators.items()
        },
        weights={name: _weight(name, part.fields.get("weight", 1.0)) for name, part in operators.items()},
        pool=Component.of(node.get("pool") or {}, "pool"),
        budget=Limits(**node.get("budget", {})),
        run=RunSettings(**node.get("run", {})),
        sandbox=Sandbox(**node.get("sandbox", {})),
        llm=LlmSettings.of(node.get("llm") or {}),
    )


def compose(words: Sequence[str]) -> Config:
    """The configuration that override words such as ``search=greedy budget.seconds=60`` mean.

    Raises:
        ConfigError: a word is malformed, or its key, choice, type or value is not allowed.
    """
    problem, words = _split_problem(words)
    words, loaded = _with_operators(problem, _with_model(words))
    checked = [_check(word) for word in words]
    from hydra import compose as hydra_compose  # costs 0.3 CPU-s
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    store = ConfigStore.instance()
    for name, schema in _SCHEMAS.items():
        store.store(group=name, name="schema", node=_mutable(schema))
    typed = [f"+{name}@{name}=schema" for name in _SCHEMAS]
    try:
        with initialize_config_dir(str(plugins.root() / "conf"), version_base="1.3"):
            composed = hydra_compose("config", [*typed, *checked])
        node = OmegaConf.to_container(composed, resolve=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(_one_line(error, checked)) from error
    except YAMLError as error:
        raise ConfigError(
            f"A file of {plugins.root() / 'conf'} is no YAML: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(node, dict):
        raise ConfigError("conf/config.yaml must be a mapping.")
    found = from_plain({**{str(key): value for key, value in node.items()}, "problem": problem})
    return dataclasses.replace(found, loaded=loaded)


def load(file: Path, words: Sequence[str] = ()) -> Config:
    """The configuration saved with a run; `words` may raise its budget or change where it runs.

    Raises:
        ConfigError: the file is no configuration, or a word would make it another run.
    """
    import yaml  # comes with omegaconf; read without Hydra, which costs 0.3 CPU-s

    node = yaml.safe_load(file.read_text(encoding="utf-8"))
    for word in words:
        key, equals, text = word.partition("=")
        group, _, name = key.partition(".")
        fits = group in ("budget", "pool", "sandbox") or name in _RESUMABLE.get(group, ())
        if not equals or not fits:
            raise ConfigError(
                f"a resumed run takes budget.*, pool.*, pool=, sandbox.*, run.{','.join(RESUMABLE_RUN)} and "
                f"llm.{{{','.join(RESUMABLE_LLM)}}}, "
                f"got {word!r}: anything else would make it another run. Start a new one with: evo run"
            )
        if key == "pool":
            choice = _group_file("pool", text)
            node["pool"] = yaml.safe_load(choice.read_text(encoding="utf-8"))
        elif group in _SCHEMAS and name not in (known := _names(_SCHEMAS[group])):
            raise ConfigError(f"{group} has no setting {name!r}. {one_of(name, known)}")
        else:
            node[group][name] = yaml.safe_load(text)
    try:
        return from_plain(node)
    except TypeError as error:
        raise ConfigError(f"{file}: {error}") from error


def save(config: Config, file: Path) -> None:
    """Writes `config` as YAML."""
    import yaml  # see `load`

    file.write_text(yaml.safe_dump(config.plain(), sort_keys=False), encoding="utf-8")


_RESUMABLE = {"llm": RESUMABLE_LLM, "run": RESUMABLE_RUN}
_SCHEMAS: dict[str, type] = {"run": RunSettings, "budget": Limits, "sandbox": Sandbox}


def _names(schema: type) -> list[str]:
    return [f.name for f in dataclasses.fields(schema)]


def _mutable(schema: type) -> type:
    """The same fields without ``frozen``: OmegaConf makes a frozen class read-only."""
    fields = [(f.name, f.type, dataclasses.field(default=f.default)) for f in dataclasses.fields(schema)]
    return dataclasses.make_dataclass(schema.__name__, fields)


def _split_problem(words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """``problem=`` and ``problem.key=`` apart from the rest: a path is not in Hydra's grammar."""
    import yaml  # see `load`

    problem: dict[str, Any] = {}
    rest = []
    for word in words:
        key, equals, text = word.partition("=")
        if key == "problem" and equals:
            problem["use"] = text
        elif key.startswith("problem.") and equals:
            problem[key.removeprefix("problem.")] = yaml.safe_load(text)
        else:
            rest.append(word)
    if not problem.get("use"):
        raise ConfigError(
            f"which problem? Say problem=NAME or problem=FOLDER. {one_of('', plugins.problem_names())}"
        )
    return problem, rest


def _with_model(words: Sequence[str]) -> list[str]:
    """``llm=openai/gpt-5`` as a choice of file and a model."""
    words = list(words)
    chosen = next((word.partition("=")[2] for word in words if word.startswith("llm=")), "none")
    if "/" in chosen:
        group, _, model = chosen.partition("/")
        file = plugins.root() / "conf" / "llm" / f"{group}.yaml"
        if file.is_file() and "base_url:" in file.read_text(encoding="utf-8"):
            chosen = model  # of a server of one's own, where it has a bare name
        place = next(i for i, word in enumerate(words) if word.startswith("llm="))
        words[place : place + 1] = [f"llm={group if file.is_file() else 'none'}", f"llm.model='{chosen}'"]
    return words


def _with_operators(problem: Mapping[str, Any], words: Sequence[str]) -> tuple[list[str], Problem | None]:
    """With the operators that fit candidates and model, unless a choice is named; the problem, if that took it."""
    if any(word.startswith("operators=") for word in words):
        return list(words), None
    has_model = any(word.startswith(("llm.model=", "llm.models=")) for word in words) or any(
        word.startswith("llm=") and word != "llm=none" for word in words
    )
    params = {key: value for key, value in problem.items() if key != "use"}
    loaded = plugins.problem(problem["use"], params)
    choice = {(False, True): "llm", (True, False): "design", (True, True): "design_llm"}
    named = choice.get((is_of_designs(loaded), has_model))
    return [*([f"operators={named}"] if named else []), *words], loaded


def _check(word: str) -> str:
    """One override word, refused with the choices, or made fit for Hydra's strict nodes."""
    key, equals, value = word.partition("=")
    if not equals:
        raise ConfigError(f"a setting reads key=value, got {word!r}. See: evo run --help")
    plain = key.lstrip("+~")
    group, dot, name = plain.partition(".")
    known = ["problem", *GROUPS, *_SCHEMAS]
    if group not in known:
        raise ConfigError(f"no setting {plain!r}. {one_of(group, known)}")
    if group in GROUPS:
        if not dot:
            _group_file(group, value)
        # A plug-in's settings have their defaults in its class, not in the file, so they are new keys
        # to Hydra; they are checked against the class when it is built.
        return f"++{plain}={value}" if dot else word
    if name not in _names(_SCHEMAS[group]):
        raise ConfigError(f"{group} has no setting {name!r}. {one_of(name, _names(_SCHEMAS[group]))}")
    return word


def _group_file(group: str, choice: str) -> Path:
    file = plugins.root() / "conf" / group / f"{choice}.yaml"
    if not file.is_file():
        choices = sorted(f.stem for f in file.parent.glob("*.yaml"))
        raise ConfigError(f"{group}={choice} does not exist. {one_of(choice, choices)}")
    return file


def _one_line(error: BaseException, words: Sequence[str]) -> str:
    """What Hydra says in several lines and hides in ``__cause__``, as one."""
    cause = error.__cause__ or error
    text = re.sub(r"\s+", " ", str(cause).split("\n    full_key")[0]).strip()
    match = re.search(r"full_key: (\S+)", str(cause))
    named = match.group(1) if match else ""
    word = next((w for w in words if named and w.lstrip("+").startswith(named + "=")), "")
    return f"{word}: {text}" if word else text


def _flatten_operators(node: Mapping[str, Any], prefix: str = "") -> dict[str, Component]:
    """``{ast: {mutate: {use: ...}}}`` as ``{"ast.mutate": ...}``, so that dotted overrides reach it."""
    found: dict[str, Component] = {}
    for key, value in node.items():
        name = f"{prefix}{key}"
        if not isinstance(value, Mapping):
            raise ConfigError(f"operators.{name} must be a mapping with a 'use', got {value!r}.")
        if "use" in value:
            found[name] = Component.of(value, f"operators.{name}")
        else:
            found.update(_flatten_operators(value, f"{name}."))
    return found


def _weight(name: str, weight: Any) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight >= 0:
        raise ConfigError(
            f"operators.{name}.weight must be a number of at least 0, got {weight!r}. "
            f"Set it with: evo run operators.{name}.weight=1"
        )
    return float(weight)
