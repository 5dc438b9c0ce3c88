"""What takes part in a run, built from its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evo import plugins
from evo.budget import SPENDABLE, Limits
from evo.champion import ChampionRule
from evo.config import Component, Config
from evo.design.design import checker
from evo.earlier_runs import teach
from evo.errors import ConfigError, InvalidCandidate, ProblemError
from evo.operators.llm.notebook import Notebook
from evo.operators.seed import seed_files
from evo.roles import Learner, Models, Operator, Search
from evo.search.looks import FIRST_LAP, laps
from evo.search.seeding import generator
from evo.types import OperatorShare, Plan, Problem, Stage

COLD_START = 8
"""First programs by models, where nothing else is said and the budget is `ENOUGH_EVALUATIONS` or more.

Of designs without a model there are none. On real agents (agents-textworld) `greedy` took 21 evaluations to the best
1 % of all designs, and 34, 30 and 39 after a cold start of 8, 16 and 30 rows of a covering array, `top_k` 28 against
37, 41 and 41 (medians over 20 seeds; python -m tests.benchmarks.search_study --landscapes agents-textworld
--searches greedy,top_k --cold-start 0,8,16,30 --evaluations 150 --runs FILE). On invented ones with more slots
(--landscapes designs-plain,designs-noisy,designs-large --evaluations 300 --seeds 12) 16 rows paid: `greedy` took .75
[.58, .97] of the evaluations, `top_k` .59 [.44, .80]. So where a run stays poor, run.cold_start=16 is worth a try.
"""

ENOUGH_EVALUATIONS = 80

STARTERS = ("llm.start", "design.cover")
"""Names of the operators that make a cold start; the first that a run has makes it."""

LEARN_FROM = "learn_from"
"""Setting of a part of the search, such as its value model: folders of runs that it learns from at first."""

NO_RACE = 0.05
"""Error rate in the plan of a run without a race, where it has no effect."""


@dataclass(frozen=True, slots=True)
class Crew:
    """The operators of a run.

    Attributes:
        operators: by name, with the one that makes the seeds.
        with_models: names of those that ask a language model.
        notebook: what they write down together; None if none of them does.
    """

    operators: Mapping[str, Operator]
    with_models: frozenset[str]
    notebook: Notebook | None

    @property
    def learners(self) -> list[Learner]:
        """Those that are told events."""
        told: list[Learner] = [] if self.notebook is None else [self.notebook]
        return told + [one for one in self.operators.values() if isinstance(one, Learner)]


def build_crew(config: Config, problem: Problem, models: Models | None) -> Crew:
    """The configured operators and the one that makes the seeds.

    Raises:
        ConfigError: an operator asks a language model, and there is none.
        PluginError: one cannot be built.
    """
    chosen = {"seed": Component("evo.operators.seed:Seed"), **config.operators}
    notebook = Notebook(problem)
    shared: dict[str, Any] = {"models": models, "notebook": notebook, "run_seed": config.run.seed}
    operators: dict[str, Operator] = {}
    with_models, writes = set(), False
    for name, part in chosen.items():
        takes = [key for key in plugins.settings(part.use, problem.folder) if key in shared]
        if "models" in takes:
            if models is None:
                raise ConfigError(
                    f"operators.{name} asks a language model, and llm=none. Choose one: evo run llm=local, or "
                    "operators that need none: evo run operators=default"
                )
            with_models.add(name)
        writes |= "notebook" in takes
        given = {"problem": problem, **{key: shared[key] for key in takes}}
        operators[name] = plugins.build(
            part.use, part.fields, given, near=problem.folder, what=f"operators.{name}"
        )
    return Crew(operators, frozenset(with_models), notebook if writes else None)


def plan_of(
    config: Config, problem: Problem, crew: Crew, models: Models | None, evaluator_frontier: int
) -> Plan:
    """What the search is told about the run."""
    stages = search_stages(problem)
    raced_stages = [stage for stage in stages if stage.picks is not None]
    asks = models is not None and bool(crew.with_models)
    return Plan(
        n_seeds=len(problem.seeds),
        stages=tuple(stage.name for stage in stages),
        keep=tuple(stage.keep for stage in stages),
        operators={name: _share(config, crew, name, models) for name in config.operators},
        frontier=evaluator_frontier + (proposal_slots(config) if asks else 0),
        bandit=asks if config.run.bandit is None else config.run.bandit,
        limits=limits_of(config.budget),
        cold_start=cold_start(config, crew),
        starter=_starter(config),
        model_weights={model.called: model.weight for model in config.llm.chosen},
        race=tuple(len(stage.picks or ()) for stage in raced_stages),
        race_error=config.run.race or NO_RACE,
    )


def build_search(config: Config, plan: Plan) -> Search:
    """The configured search, with the parts that its settings name, such as its value model.

    Raises:
        ConfigError: a part cannot learn from the runs it is given.
        PluginError: one of them cannot be built.
    """
    given = {"run_seed": config.run.seed, "plan": plan}
    fields = _with_parts(config.search.fields, "search", given)
    search: Search = plugins.build(config.search.use, fields, given, what="search")
    return search


def _with_parts(fields: Mapping[str, Any], where: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` with what is a mapping with a ``use`` built: a part, which may have parts in turn."""
    return {
        key: build_part(value, f"{where}.{key}", given)
        if isinstance(value, Mapping) and "use" in value
        else value
        for key, value in fields.items()
    }


def build_part(node: Mapping[str, Any], where: str, given: Mapping[str, Any]) -> Any:
    """A part of a search, such as its value model; its own parts are built first.

    It is given what it has a parameter for, and then told of the runs that its setting `LEARN_FROM` names.

    Args:
        node: ``{use: ..., key: value}``.
        where: the setting, for messages.
        given: what evo itself passes: the run's seed and plan.

    Raises:
        ConfigError: it cannot learn from the runs it is given.
        PluginError: it, or a part of it, cannot be built.
    """
    part = Component.of(node, where)
    fields = _with_parts(part.fields, where, given)
    runs = fields.pop(LEARN_FROM, None)
    takes = plugins.settings(part.use)
    own = {key: value for key, value in given.items() if key in takes}
    built = plugins.build(part.use, fields, own, what=where)
    if runs is not None:
        teach(built, runs, f"{where}.{LEARN_FROM}")
    return built


def plan_of_record(config: Config, problem: Problem) -> Plan:
    """The plan of a run that is only read: the same operators, models and limits, nobody is asked."""
    names = tuple(model.called for model in config.llm.chosen)
    models: Any = _Names(names) if names else None
    problem = raced(problem, config)
    return plan_of(config, problem, build_crew(config, problem, models), models, 1)


def _share(config: Config, crew: Crew, name: str, models: Models | None) -> OperatorShare:
    operator = crew.operators[name]
    return OperatorShare(
        weight=config.weights[name],
        n_parents=operator.n_parents,
        models=models.names if models is not None and name in crew.with_models else (),
        n_inspirations=int(getattr(operator, "n_inspirations", 0)),
        repairs=bool(getattr(operator, "repairs", False)),
        step=getattr(operator, "step", ""),
    )


def proposal_slots(config: Config) -> int:
    """How many proposals are made at the same time."""
    asks = config.llm.enabled
    return max(config.run.proposal_slots, config.llm.max_concurrency if asks else 0)


def cold_start(config: Config, crew: Crew) -> int:
    """How many first candidates the starter makes, if the run has one; see `COLD_START`.

    Raises:
        ConfigError: the run is to begin with some, and has no operator that makes them.
    """
    starter = _starter(config)
    if not starter:
        if config.run.cold_start:
            raise ConfigError(
                f"run.cold_start={config.run.cold_start}: first candidates are made by {' or '.join(STARTERS)}, and "
                "this run has neither. Programs have the one with a model, as in llm=local, designs the other with "
                "operators=design. Otherwise leave it out: run.cold_start=null"
            )
        return 0
    if config.run.cold_start is not None:
        return config.run.cold_start
    evaluations = config.budget.evaluations
    pays = starter in crew.with_models and (evaluations is None or evaluations >= ENOUGH_EVALUATIONS)
    return COLD_START if pays else 0


def _starter(config: Config) -> str:
    """Name of the operator that makes the cold start; empty without one."""
    return next((name for name in STARTERS if name in config.operators), "")


def limits_of(budget: Limits) -> dict[str, float]:
    """What is limited, name -> limit."""
    limits = {name: getattr(budget, name) for name in SPENDABLE}
    return {name: float(limit) for name, limit in limits.items() if limit is not None}


def search_stages(problem: Problem) -> tuple[Stage, ...]:
    """The stages that steer, in climbing order."""
    return tuple(stage for stage in problem.stages if stage.split == "search")


def raced(problem: Problem, config: Config) -> Problem:
    """`problem` with its last search stage in laps, each with the cases of the one before and a few more.

    The cases come in an order that is drawn once for the run. The last lap is called as the stage was, the
    others after the number of their cases, as in ``search@8``.

    Raises:
        ConfigError: there is to be a race, and the evaluator, how it scores or the number of cases does not
            allow one.
    """
    if config.run.race is None:
        return problem
    if not getattr(plugins.load(problem.evaluator, problem.folder), "goes_on", False):
        raise ConfigError(
            f"run.race: the evaluator of problem {problem.name} judges all cases at once. Leave it out: run.race=null"
        )
    if problem.options.get("aggregate") == "min":
        raise ConfigError(
            f"run.race: candidates race by their mean over the cases, and problem {problem.name} scores by the worst "
            "case (aggregate: min). Leave it out: run.race=null"
        )
    last = search_stages(problem)[-1]
    n_cases = len(last.chosen([case for case in problem.all_cases() if case.split == last.split]))
    counts = laps(n_cases)
    if len(counts) == 1:
        raise ConfigError(
            f"run.race needs at least {2 * FIRST_LAP} cases, and the last stage of problem {problem.name} "
            f"has {n_cases}. Leave it out: run.race=null"
        )
    order = tuple(map(int, generator(config.run.seed, 0, stream=3).permutation(n_cases)))
    stages = [
        replace(last, name=f"{last.name}@{n}", picks=order[:n], skip=skip, keep=1.0)
        for skip, n in zip((0, *counts), counts[:-1], strict=False)
    ]
    stages.append(replace(last, picks=order, skip=counts[-2]))
    place = problem.stages.index(last)
    return replace(problem, stages=(*problem.stages[:place], *stages, *problem.stages[place + 1 :]))


def check_problem(problem: Problem) -> Problem:
    """`problem`, if it can be searched at all.

    Raises:
        ProblemError: it has no seeds, no ``search`` stage, no ``search`` cases or no champion rule, or a seed
            breaks the problem's own rules, such as those of agent designs.
    """
    if not problem.seeds:
        raise ProblemError(f"problem {problem.name} has no seeds: name at least one first candidate.")
    if not search_stages(problem):
        raise ProblemError(f"problem {problem.name} has no stage on the search split.")
    if not any(case.split == "search" for case in problem.all_cases()):
        raise ProblemError(f"problem {problem.name} has no cases on the search split.")
    try:
        ChampionRule.parse(problem.champion)
    except ConfigError as error:
        raise ProblemError(f"problem {problem.name}: {error}") from None
    check_seeds(problem)
    return problem


def check_seeds(problem: Problem) -> None:
    """Returns if every seed of a problem of designs is a valid one.

    Raises:
        ProblemError: one is not; the message names all that is wrong with it.
    """
    check = checker(problem)
    if check is None:
        return
    for seed in problem.seeds:
        try:
            check(seed_files(problem, seed))
        except InvalidCandidate as refusal:
            name = seed if isinstance(seed, str) else ", ".join(sorted(seed))
            faults = "; ".join(str(refusal).splitlines())
            raise ProblemError(
                f"problem {problem.name}: its seed {name} is no valid design. {faults}"
            ) from None


def replayed_folder(config: Config) -> Path | None:
    """The run whose recorded replies answer in this one.

    Raises:
        ConfigError: it is no run.
    """
    if config.llm.replay is None:
        return None
    folder = Path(config.llm.replay).expanduser()
    if not (folder / "journal").is_dir():
        raise ConfigError(f"llm.replay={config.llm.replay} is not the folder of a run. See: evo ls")
    return folder


@dataclass(frozen=True, slots=True)
class _Names:
    """Models that are known by name alone."""

    names: tuple[str, ...]
