"""The models of a problem's designs, on their way to whoever judges."""

from dataclasses import asdict, replace
from pathlib import Path

from evo import plugins
from evo.design.catalogue import OPTION
from evo.errors import ConfigError, one_of
from evo.llm.settings import LlmSettings
from evo.llm.sources import KEYS, check_price, keys_of
from evo.types import Problem, Stage


def with_models(problem: Problem, llm: LlmSettings, cache: Path | None = None) -> Problem:
    """`problem` with a run's language models behind the names that its designs use.

    A name that ``options["models"]`` explains stays as it is. Of the others, one that a model of the run is
    called by is that model; if the run has one model, it answers for all of them.

    Args:
        problem: of agent designs, or any other, which is returned as it is.
        llm: the run's models.
        cache: file that answers are kept in if ``llm.answers`` names none; None for none.

    Raises:
        ConfigError: no model of the run is meant by a name, or ``llm.answers`` is no file.
    """
    names = problem.options.get(OPTION, {}).get("models", ())
    if not names or "models" not in plugins.settings(problem.evaluator, problem.folder):
        return problem
    given = dict(problem.options.get("models", {}))
    called = {model.called: model for model in llm.chosen}
    if llm.answers:
        cache = Path(llm.answers)
        if cache.exists() and not cache.is_file():
            raise ConfigError(f"llm.answers={llm.answers} is no file. Name one, which need not exist yet.")
    missing = [name for name in names if name not in given]
    if not missing:
        return problem
    if not called:
        raise ConfigError(
            f"problem {problem.name}: its designs ask the model {missing[0]!r}, and llm=none. Choose one: "
            "llm=openai/NAME or another provider's, or of a server of your own: llm=local "
            "llm.base_url=http://HOST:PORT/v1 llm.model=NAME"
        )
    for name in missing:
        if name not in called and len(called) > 1:
            raise ConfigError(
                f"problem {problem.name}: its designs ask the model {name!r}. {one_of(name, list(called))} Give one of "
                "the run's models that name."
            )
        model = called[name] if name in called else next(iter(called.values()))
        given[name] = {
            **asdict(model),
            "max_concurrency": llm.max_concurrency,
            "retries": llm.retries,
            **({} if cache is None else {"cache": str(cache)}),
        }
    return replace(problem, options={**problem.options, "models": given})


def check_prices(problem: Problem, budget_usd: float | None) -> None:
    """Returns if a run's limit in dollars can be kept with the models that a problem's designs ask.

    Raises:
        ConfigError: a setting of a model is wrong.
        ModelError: the price of one is unknown.
    """
    if budget_usd is not None:
        given = problem.options.get("models", {})
        for name in problem.options.get(OPTION, {}).get("models", ()):
            check_price(name, given.get(name), budget_usd)


def note(problem: Problem, stage: Stage) -> str:
    """What a person should know of the calls of agents before a run begins: how many there may be."""
    budget = problem.options.get("budget", {})
    most = [f"{budget[name]} {name}" for name in ("calls", "tokens", "usd") if budget.get(name) is not None]
    every = problem.all_cases()
    n = len(stage.chosen([case for case in every if case.split == stage.split]))
    cases = f"{n} case{'' if n == 1 else 's'}"
    limit = f"at most {', '.join(most)} in each of" if most else "without a limit in each of"
    closing = " The best few on the selection cases come on top of these when they are spent."
    beyond = closing if any(case.split == "selection" for case in every) else ""
    return f"Judging a design asks models too: {limit} {cases}. It counts in budget.tokens and budget.usd.{beyond}"


def with_keys(problem: Problem) -> Problem:
    """`problem` with the keys beside those of its designs' models that need one.

    A run takes keys out of its environment before it starts any process, so workers in processes of their own
    do not inherit them. They go to a worker with the problem, in memory: they are in no file, and in no
    process that holds a candidate. On a cluster they cross the network as all messages to workers do, in
    the clear unless the cluster uses TLS.

    Raises:
        ConfigError: a setting of a model is wrong.
        ModelError: no provider is known by a model's name.
    """
    names = problem.options.get(OPTION, {}).get("models", ())
    given = problem.options.get("models", {})
    keyed = {name: {**given[name], KEYS: keys} for name in names if (keys := keys_of(name, given.get(name)))}
    if not keyed:
        return problem
    return replace(problem, options={**problem.options, "models": {**given, **keyed}})
