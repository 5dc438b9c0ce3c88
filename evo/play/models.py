"""The models of a problem's designs, on their way to whoever judges."""

from dataclasses import replace

from evo.design.catalogue import OPTION
from evo.llm.sources import KEYS, keys_of
from evo.types import Problem


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
