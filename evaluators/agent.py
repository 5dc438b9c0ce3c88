"""Judges agent designs: each plays every case in the jail, and meets world and models through this process alone.

A problem names its world, ``options={"world": "world.py:Games"}`` (an `evo.design.environment.Environment`);
without one its cases are questions, ``Case(inputs={"question": ..., "context": ...}, expected=...)``, and
``score(answer, case)`` judges the text of the answer.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar

from evo import plugins
from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.design.environment import Environment
from evo.design.faults import InvalidDesign
from evo.design.runtime.recipe import program, recipe, texts
from evo.errors import PluginError, ProblemError, UnsafeMachine
from evo.evaluate import Jail, Limits, Sandbox, StartFailed, Warm, examine, require
from evo.evaluate.judge import Judge, printable
from evo.llm.broker import Broker, Budget
from evo.llm.sources import source_of
from evo.play.case import Order, Played, Rules, Table
from evo.play.draws import generator
from evo.play.verdict import merged, taken_over, verdict
from evo.types import Case, EvaluateTask, Evaluation, Problem, Stage

BUSY = 3.0
"""Wall time that a second of CPU time may take."""


class Agent:
    """Judges designs by the mean of their scores over the cases.

    A case that ends with another status than ``ok`` has no score, and with it neither has the evaluation,
    which takes the status of the first such case; the other cases are played all the same. Where a problem
    says what a failed case is worth, in its own unit, a failure costs that much and no more, unless every case
    failed; ``lost`` never counts for anything.

    Args:
        problem: with `Problem.score` if it has no world.
        sandbox: how designs are held.
        world: reference of the class of its environment; empty for questions.
        design: what designs may be made of, see `evo.design.catalogue.Catalogue.of`.
        models: name of a model as designs have it -> where its answers come from, see
            `evo.llm.sources.source_of`.
        budget: what one case may use: ``calls``, ``tokens``, ``usd`` and ``seconds`` of models, ``steps`` in
            the world; a design may set itself lower limits (`evo.design.budget`). A call beyond a limit ends
            the case as ``timeout``.
        at_once: cases of one evaluation that are played at the same time, each in a process of its own. More
            than one pays where models take time to answer.
        failed_case: score of a case that failed; None for none.
        case_wall_s: longest time that a case may take, waiting for models and the world included; of all
            cases together `Stage.whole_s` is. The time
            of its own that a design may use in a case is an equal share of the stage's ``timeout_s``: so much
            CPU time, and `BUSY` times as much on the clock, so that a busy machine fails nobody.
        hidden: packages that no design may import, such as the one that the world's games come from.
        seed: that worlds and designs draw from, together with the case's name: every evaluation of a design
            plays the same, but that in each `EvaluateTask.repeat` models are asked, and designs draw, anew.

    Attributes:
        goes_on: it plays only the cases that an earlier stage has not, so that designs can race.

    Raises:
        UnsafeMachine: this machine cannot hold designs as `sandbox` asks.
        ProblemError: there are no cases, neither world nor score, or an option is wrong.
    """

    goes_on: ClassVar[bool] = True

    def __init__(
        self,
        problem: Problem,
        sandbox: Sandbox = Sandbox(),  # noqa: B008 - frozen
        *,
        world: str = "",
        design: Mapping[str, Any] | None = None,
        models: Mapping[str, Any] | None = None,
        budget: Mapping[str, Any] | None = None,
        at_once: int = 1,
        failed_case: float | None = None,
        case_wall_s: float = 600.0,
        hidden: Sequence[str] = (),
        seed: int = 0,
    ) -> None:
        del design  # the catalogue reads it from the problem
        self._problem, self._failed_case = problem, failed_case
        self._catalogue = Catalogue.of(problem)
        self._cases = problem.all_cases()
        _check(problem, self._cases, world, at_once, case_wall_s)
        self._make_world: Callable[[], Environment] | None = (
            plugins.load(world, problem.folder) if world else None
        )
        judge, limits = None if world else Judge(problem), Budget.of(budget or {})
        broker = Broker(_sources(self._catalogue.models, models or {}, problem))
        restarts = "restart" in self._catalogue.world
        self._rules = Rules(broker, limits, judge, restarts, case_wall_s, seed)
        self._at_once = at_once
        self._warm = Warm(tuple(sorted(texts())), hidden=_hidden(problem, hidden), texts=texts())
        self._sandbox = sandbox
        self._tables: SimpleQueue[Table] = SimpleQueue()
        self._open = ExitStack()
        self._open.callback(broker.close)
        try:
            first = self._set_up()
            self.report = examine(first.jail)
            require(self.report, sandbox)
        except BaseException:
            self._open.close()
            raise
        self._tables.put(first)
        self._n_tables = 1
        self.sandbox_level: str = self.report.level

    def __call__(self, task: EvaluateTask) -> Evaluation:
        """The verdict on one design at one stage; cases that `task.earlier` holds are not played again.

        Raises:
            ProblemError: the stage's split has no cases.
        """
        stage = self._problem.stage(task.stage)
        every = [case for case in self._cases if case.split == stage.split]
        cases = stage.chosen(every)
        if not cases:
            raise ProblemError(f"problem {self._problem.name} has no cases of the split {stage.split!r}.")
        start = time.perf_counter()
        try:
            design = Design.load(task.files, self._catalogue)
        except InvalidDesign as refusal:
            reason = printable(str(refusal))
            found = Evaluation(status="invalid", feedback=reason, seconds=time.perf_counter() - start)
        else:
            earlier = taken_over(task, stage)
            share_s = stage.timeout_s / len(cases if stage.picks is None else every)
            rest = cases if earlier is None else cases[stage.skip :]
            played = self._played(design, rest, stage, share_s, task)
            found = verdict(played, self._failed_case, earlier is None)
            found = found if earlier is None else merged(earlier, found)
        return replace(
            found,
            candidate=task.candidate,
            stage=task.stage,
            attempt=task.attempt,
            sandbox=self.sandbox_level,
            seed=task.seed,
        )

    def close(self) -> None:
        """Ends the jailed processes, the worlds and the broker."""
        self._open.close()

    def _set_up(self) -> Table:
        try:
            jail = Jail(self._sandbox, self._warm)
        except StartFailed as error:
            raise UnsafeMachine(f"The jailed process cannot be started: {error}") from None
        except ImportError as error:
            raise PluginError(f"A component of evo's own cannot be loaded in the jail: {error}") from None
        self._open.callback(jail.close)
        world = None
        if self._make_world is not None:
            world = self._make_world()
            self._open.callback(world.close)
        return Table(jail, world)

    def _played(
        self, design: Design, cases: Sequence[Case], stage: Stage, share_s: float, task: EvaluateTask
    ) -> list[Played]:
        """Every case, in order, `at_once` of them at a time.

        Args:
            design: that plays.
            cases: of the stage.
            stage: whose limits hold.
            share_s: of the stage's time, for each case.
            task: whose seed and repeat count.
        """
        limits = Limits(wall_s=BUSY * share_s, cpu_s=share_s, memory_mb=stage.memory_mb)
        end = time.monotonic() + stage.longest_s
        own = Budget.of(design.budget)
        order = Order(recipe(design), program(design), limits, end, task.repeat, own)
        if self._problem.vary is not None:
            vary = self._problem.vary
            cases = [vary(case, generator(task.seed, case.name)) for case in cases]
        n = min(self._at_once, len(cases))
        while self._n_tables < n:
            self._tables.put(self._set_up())
            self._n_tables += 1
        if n == 1:
            return [self._play(order, case) for case in cases]
        with ThreadPoolExecutor(n, "case") as threads:
            return list(threads.map(lambda case: self._play(order, case), cases))

    def _play(self, order: Order, case: Case) -> Played:
        table = self._tables.get()
        try:
            return self._rules.play(table, order, case)
        finally:
            self._tables.put(table)


def _check(problem: Problem, cases: Sequence[Case], world: str, at_once: int, case_wall_s: float) -> None:
    """Refuses a problem that cannot be judged.

    Raises:
        ProblemError: see `Agent`.
    """
    name = problem.name
    if not cases:
        raise ProblemError(f"problem {name} has no cases; give it at least one Case.")
    if not at_once >= 1 or not case_wall_s > 0:
        raise ProblemError(
            f"problem {name}: options at_once and case_wall_s must be at least 1 and above 0, got {at_once} and {case_wall_s}."
        )
    if world:
        return
    for case in cases:
        if not isinstance(case.inputs, Mapping) or not isinstance(case.inputs.get("question"), str):
            raise ProblemError(
                f"problem {name}: case {case.name} has no inputs['question'], a text, and options['world'] names no world."
            )


def _hidden(problem: Problem, packages: Sequence[str]) -> tuple[Path, ...]:
    """What no design may read: the problem's folder, and those packages that are installed."""
    found = [problem.folder] if problem.folder else []
    for name in packages:
        if (spec := find_spec(name)) is not None:
            found += [
                Path(place) for place in spec.submodule_search_locations or [spec.origin or "/dev/null"]
            ]
    return tuple(place.resolve() for place in found)


def _sources(names: Sequence[str], models: Mapping[str, Any], problem: Problem) -> dict[str, Any]:
    for name in names:
        if name not in models:
            raise ProblemError(
                f"problem {problem.name} lets designs use the model {name!r}, and options['models'] does not say where "
                "its answers come from."
            )
    return {name: source_of(name, models[name], problem.folder) for name in names}
