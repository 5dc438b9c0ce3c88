"""Judges agent designs: each plays every case in the jail, and meets world and models through this process alone.

A problem names its world, ``options={"world": "world.py:Games"}`` (an `evo.design.environment.Environment`);
without one its cases are questions, ``Case(inputs={"question": ..., "context": ...}, expected=...)``, and
``score(answer, case)`` judges the text of the answer.
"""

import hashlib
import json
import math
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar, get_args

import numpy as np

from evo import plugins
from evo.design.catalogue import Catalogue
from evo.design.component import SLOTS
from evo.design.contracts import Message, Seen
from evo.design.design import Design
from evo.design.environment import Environment, Opening
from evo.design.faults import InvalidDesign
from evo.design.runtime.recipe import MAIN, program, recipe, texts
from evo.design.trajectory import CASE_BYTES, Spoken, Trajectory, joined, kept, worst
from evo.errors import InvalidCandidate, ModelLost, PluginError, ProblemError, UnsafeMachine
from evo.evaluate import (
    Answered,
    Halt,
    Jail,
    Limits,
    Outcome,
    Program,
    Sandbox,
    StartFailed,
    Warm,
    examine,
    require,
)
from evo.evaluate.inside import wire
from evo.evaluate.judge import Judge, printable
from evo.llm.broker import Account, Books, Broker, Budget, OverBudget
from evo.llm.broker import Outcome as Asked
from evo.llm.question import Question
from evo.llm.sources import source_of
from evo.types import Case, CaseResult, EvaluateTask, Evaluation, Problem, Stage, Usage

MOST_REQUESTS = 20_000
"""Requests of one case, of any kind."""
BUSY = 3.0
"""Wall time that a second of CPU time may take."""
ANSWER_CHARACTERS = 100_000
"""A longer answer is refused."""
SHOWN = 3
"""Trajectories in the feedback, the worst first."""
SHOWN_CHARACTERS = 600
"""Of each of them."""

_LEAST_S = 0.01  # for a case that begins when the time is over
_LEDGER = ("calls", "tokens", "usd", "seconds.model")
_SPEAKERS = get_args(Message.__annotations__["role"])
_ROLE = re.compile(r"[\w .-]{0,40}")
_MOST_ROLES = 24


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
        budget: what one case may use: ``calls``, ``tokens`` and ``usd`` of models, ``steps`` in the world.
            A call beyond it ends the case as ``timeout``.
        at_once: cases of one evaluation that are played at the same time, each in a process of its own. More
            than one pays where models take time to answer.
        failed_case: score of a case that failed; None for none.
        case_wall_s: longest time that a case may take, waiting for models and the world included; of all
            cases together `Stage.whole_s` is. The time
            of its own that a design may use in a case is an equal share of the stage's ``timeout_s``: so much
            CPU time, and `BUSY` times as much on the clock, so that a busy machine fails nobody.
        hidden: packages that no design may import, such as the one that the world's games come from.
        seed: that worlds and designs draw from, together with the case's name: every evaluation of a design
            plays the same.

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
        self._problem, self._failed_case, self._case_wall_s, self._seed = (
            problem,
            failed_case,
            case_wall_s,
            seed,
        )
        self._catalogue = Catalogue.of(problem)
        self._cases = problem.all_cases()
        _check(problem, self._cases, world, at_once, case_wall_s)
        self._make_world: Callable[[], Environment] | None = (
            plugins.load(world, problem.folder) if world else None
        )
        self._judge = None if world else Judge(problem)
        self._budget = Budget.of(budget or {})
        self._broker = Broker(_sources(self._catalogue.models, models or {}, problem))
        self._at_once = at_once
        self._restarts = "restart" in self._catalogue.world
        self._warm = Warm(tuple(sorted(texts())), hidden=_hidden(problem, hidden), texts=texts())
        self._sandbox = sandbox
        self._tables: SimpleQueue[_Table] = SimpleQueue()
        self._open = ExitStack()
        self._open.callback(self._broker.close)
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
            verdict = Evaluation(status="invalid", feedback=reason, seconds=time.perf_counter() - start)
        else:
            earlier = _taken_over(task, stage)
            share_s = stage.timeout_s / len(cases if stage.picks is None else every)
            rest = cases if earlier is None else cases[stage.skip :]
            verdict = self._verdict(self._played(design, rest, stage, share_s, task.seed), earlier is None)
            verdict = verdict if earlier is None else _joined(earlier, verdict)
        return replace(
            verdict,
            candidate=task.candidate,
            stage=task.stage,
            attempt=task.attempt,
            sandbox=self.sandbox_level,
            seed=task.seed,
        )

    def close(self) -> None:
        """Ends the jailed processes, the worlds and the broker."""
        self._open.close()

    def _set_up(self) -> "_Table":
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
        return _Table(jail, world)

    def _played(
        self, design: Design, cases: Sequence[Case], stage: Stage, share_s: float, seed: int
    ) -> "list[_Played]":
        """Every case, in order, `at_once` of them at a time.

        Args:
            design: that plays.
            cases: of the stage.
            stage: whose limits hold.
            share_s: of the stage's time, for each case.
            seed: of the evaluation.
        """
        limits = Limits(wall_s=BUSY * share_s, cpu_s=share_s, memory_mb=stage.memory_mb)
        end = time.monotonic() + stage.longest_s
        order = _Order(recipe(design), program(design), limits, end)
        if self._problem.vary is not None:
            vary = self._problem.vary
            cases = [vary(case, _generator(seed, case.name)) for case in cases]
        n = min(self._at_once, len(cases))
        while self._n_tables < n:
            self._tables.put(self._set_up())
            self._n_tables += 1
        if n == 1:
            return [self._play(order, case) for case in cases]
        with ThreadPoolExecutor(n, "case") as threads:
            return list(threads.map(lambda case: self._play(order, case), cases))

    def _play(self, order: "_Order", case: Case) -> "_Played":
        table = self._tables.get()
        try:
            return self._play_at(table, order, case)
        finally:
            self._tables.put(table)

    def _play_at(self, table: "_Table", order: "_Order", case: Case) -> "_Played":
        seed = _case_seed(self._seed, f"world {case.name}")
        world = table.world
        opening = _question(case) if world is None else world.reset(case, seed)
        host = _Host(
            world,
            self._broker,
            Books(self._budget),
            frozenset(order.recipe["models"].values()),
            Trajectory(case.name, opening.goal),
            None if world is None or not self._restarts else lambda: world.reset(case, seed),
        )
        own = _case_seed(self._seed, f"design {case.name}")  # tells nothing about the world's
        inputs = {"recipe": order.recipe, "goal": opening.goal, "context": opening.context, "seed": own}
        run = Program(order.files, "solve", MAIN, own, driven=False)
        try:
            left_s = max(_LEAST_S, order.end - time.monotonic())
            limits = replace(order.limits, whole_s=min(self._case_wall_s, left_s))
            outcome = table.jail.run(run, [wire.pack(inputs)], limits, host)
        finally:
            host.books.close()
        if outcome.status != "ok":
            verdict = Evaluation.failed(outcome.status, outcome.feedback)
        else:
            verdict = self._judged(outcome, table.world, case, host.trajectory)
        for place in sorted(host.spoken):
            host.trajectory.spoke(host.spoken[place])
        host.trajectory.status, host.trajectory.score = verdict.status, verdict.score
        return _Played(case, verdict, outcome, host)

    def _judged(
        self, outcome: Outcome, world: Environment | None, case: Case, trajectory: Trajectory
    ) -> Evaluation:
        """The verdict on a case that was played to its end."""
        try:
            answer = wire.unpack(outcome.claims[0])
        except wire.WireError as error:
            return Evaluation.failed("invalid", f"The answer cannot be judged: {error}.")
        if not isinstance(answer, str) or len(answer) > ANSWER_CHARACTERS:
            return Evaluation.failed(
                "invalid", f"An answer is a text of at most {ANSWER_CHARACTERS} characters."
            )
        trajectory.answer = answer = _text(answer)
        if world is None:
            assert self._judge is not None  # noqa: S101  there is one without a world
            return self._judge([wire.pack(answer)], case, _generator(self._seed, case.name))
        try:
            return world.result(answer)
        except InvalidCandidate as refusal:
            return Evaluation.failed("invalid", printable(str(refusal)))

    def _verdict(self, played: "Sequence[_Played]", is_all: bool) -> Evaluation:
        """That on the whole evaluation, or on what is new of it."""
        trajectories = [one.host.trajectory for one in played]
        usage, metrics = _ledger(played)
        common: dict[str, Any] = {
            "cases": tuple(one.result for one in played),
            "artefact": kept(trajectories),
            "seconds": sum(one.own_s for one in played),
            "usage": usage,
        }
        failed = [one for one in played if one.verdict.status != "ok"]
        lost = [one for one in failed if one.verdict.status == "lost"]
        if failed and (lost or self._failed_case is None or (is_all and len(failed) == len(played))):
            first = (lost or failed)[0]
            where = f"On case {first.case.name}: " if len(played) > 1 else ""
            reason = f"{where}{first.verdict.feedback}"
            shown = [one for one in worst(trajectories, SHOWN) if one.status != "ok"]
            return Evaluation(
                status=first.verdict.status,
                metrics=metrics,
                feedback=_feedback(reason, shown),
                **common,
            )
        fallback = 0.0 if self._failed_case is None else self._failed_case
        scores = [fallback if one.verdict.score is None else one.verdict.score for one in played]
        score = statistics.fmean(scores)
        if not math.isfinite(score):
            return Evaluation(status="invalid", feedback="The scores are too large to add up.", **common)
        reason = "" if not failed else f"On case {failed[0].case.name}: {failed[0].verdict.feedback}"
        top = max(scores)
        shown = [one for one in worst(trajectories, SHOWN) if one.score is None or one.score < top]
        return Evaluation(
            score=score,
            metrics={
                **_means([one.verdict.metrics for one in played if one.verdict.status == "ok"]),
                **metrics,
            },
            feedback=_feedback(reason, shown),
            **common,
        )


@dataclass(frozen=True, slots=True)
class _Table:
    """Where one case at a time is played."""

    jail: Jail
    world: Environment | None


@dataclass(frozen=True, slots=True)
class _Order:
    """A design, ready to be played."""

    recipe: Mapping[str, Any]
    files: Mapping[str, str]
    limits: Limits
    end: float


@dataclass(frozen=True, slots=True)
class _Played:
    case: Case
    verdict: Evaluation
    outcome: Outcome
    host: "_Host"

    @property
    def result(self) -> CaseResult:
        """As it is recorded."""
        verdict = self.verdict
        return CaseResult(self.case.name, verdict.status, verdict.score, self.outcome.wall_s)

    @property
    def own_s(self) -> float:
        """What the design itself used: wall time without waiting, or CPU time."""
        return max(self.outcome.wall_s - self.outcome.waited_s, self.outcome.cpu_s)


@dataclass(slots=True)
class _Host:
    """Answers what a design asks in one case; an `evo.evaluate.Exchange`.

    Attributes:
        world: the environment, begun; None if there is none.
        models: that the design has in its slots.
        begin: begins the case anew; None if the world does not offer that.
        steps: made in the world.
        spoken: calls of models that were answered, by the number of their request.
        written: bytes of the messages of them all.
    """

    world: Environment | None
    broker: Broker
    books: Books
    models: frozenset[str]
    trajectory: Trajectory
    begin: Callable[[], Opening] | None = None
    steps: int = 0
    restarts: int = 0
    requests: int = 0
    roles: set[str] = field(default_factory=set)
    spoken: dict[int, Spoken] = field(default_factory=dict)
    written: int = 0

    def ask(self, body: bytes, later: Callable[[Answered], None]) -> Answered | None:
        """See `evo.evaluate.Exchange`."""
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            return Halt("timeout", f"over {MOST_REQUESTS} requests in this case")
        order = _order_of(body)
        match order.get("do"):
            case "model":
                return self._model(order, later)
            case "step" if isinstance(order.get("action"), str):
                return self._step(_text(order["action"]))
            case "actions":
                return _packed([] if self.world is None else list(self.world.actions()))
            case "restart":
                return self._restart()
        return Halt("invalid", "a request that is none of those there are")

    def _step(self, action: str) -> Answered:
        try:
            self.books.budget.check("steps", self.steps + 1)
        except OverBudget as error:
            return Halt("timeout", f"It went {error}.")
        self.steps += 1
        if self.world is None:
            seen = Seen("There is no world to act in: answer the question.")
        else:
            seen = self.world.step(action)
        self.trajectory.stepped(action, seen.text)
        return _seen(seen)

    def _restart(self) -> Answered:
        if self.begin is None:
            return Halt("invalid", "This world cannot be begun anew.")
        self.restarts += 1
        seen = Seen(self.begin().context)
        self.trajectory.stepped("(restart)", seen.text)
        return _seen(seen)

    def _model(self, order: Mapping[str, Any], later: Callable[[Answered], None]) -> Answered | None:
        question = _asked(order)
        if question is None or question.model not in self.models or question.model == "none":
            return Halt(
                "invalid", "It asks a model that its design does not have, or not as one asks a model."
            )
        if question.role not in self.roles and len(self.roles) < _MOST_ROLES:
            self.roles.add(question.role)
        question = question if question.role in self.roles else replace(question, role="other")
        place = self.requests
        self.written += sum(len(text) for _, text in question.messages)
        answer = self.broker.ask(
            self.books, question, lambda found: later(self._answered(place, question, found))
        )
        return None if answer is None else self._answered(place, question, answer)

    def _answered(self, place: int, question: Question, answer: Asked) -> Answered:
        """What the design gets of an answer; this may be called in the broker's thread."""
        if isinstance(answer, OverBudget):
            return Halt("timeout", f"It went {answer}.")
        if isinstance(answer, ModelLost):
            return Halt("lost", f"No answer of the model {question.model}: {answer}")
        if self.written <= CASE_BYTES:
            self.spoken[place] = Spoken(question.node, question.role, question.messages, answer.text)
        return json.dumps(answer.text).encode()


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


def _taken_over(task: EvaluateTask, stage: Stage) -> Evaluation | None:
    """The evaluation whose cases are not played again; None if there is none that fits."""
    earlier = task.earlier
    if earlier is None or earlier.score is None or not stage.skip or len(earlier.cases) != stage.skip:
        return None
    return earlier if earlier.seed == task.seed else None


def _joined(earlier: Evaluation, verdict: Evaluation) -> Evaluation:
    """One verdict on the cases of both; what a node that was not asked in some used there is 0."""
    cases = earlier.cases + verdict.cases
    if verdict.score is None or earlier.score is None:
        return replace(verdict, cases=cases)
    share = len(earlier.cases) / len(cases)
    names = [
        name
        for name in dict.fromkeys((*earlier.metrics, *verdict.metrics))
        if name.startswith(_LEDGER) or (name in earlier.metrics and name in verdict.metrics)
    ]
    return replace(
        verdict,
        score=share * earlier.score + (1 - share) * verdict.score,
        cases=cases,
        metrics={
            name: share * earlier.metrics.get(name, 0.0) + (1 - share) * verdict.metrics.get(name, 0.0)
            for name in names
        },
        feedback=printable("\n\n".join(text for text in (earlier.feedback, verdict.feedback) if text)),
        artefact=joined(earlier.artefact, verdict.artefact),
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


def _question(case: Case) -> Opening:
    assert isinstance(case.inputs, Mapping)  # noqa: S101  see `_check`
    return Opening(case.inputs["question"], str(case.inputs.get("context", "")))


def _order_of(body: bytes) -> Mapping[str, Any]:
    """A request as it came; empty if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _asked(order: Mapping[str, Any]) -> Question | None:
    """A call of a model; None if it is none."""
    model, node, role = (order.get(name) for name in ("model", "node", "role"))
    said, heat = order.get("messages"), order.get("temperature")
    if not (isinstance(model, str) and node in SLOTS and isinstance(role, str) and _ROLE.fullmatch(role)):
        return None
    if not isinstance(said, list) or not 0 < len(said) <= 1000:
        return None
    for one in said:
        if not (isinstance(one, list) and len(one) == 2 and one[0] in _SPEAKERS and isinstance(one[1], str)):
            return None
    if heat is not None:
        if isinstance(heat, bool) or not isinstance(heat, int | float) or not 0 <= heat <= 10:
            return None
        heat = float(heat)
    return Question(model, str(node), role, tuple((who, _text(text)) for who, text in said), heat)


def _text(untrusted: str) -> str:
    """A text that can be sent on: without halves of characters, which JSON can hold and UTF-8 cannot."""
    return untrusted.encode("utf-8", "replace").decode()


def _seen(seen: Seen) -> bytes:
    return _packed([seen.text, seen.reward, seen.done])


def _packed(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _ledger(played: "Sequence[_Played]") -> tuple[Usage, dict[str, float]]:
    """What all cases cost, and what a case cost on average, by node and by role."""
    n = len(played)
    total = Account()
    parts: dict[str, Account] = {}
    for one in played:
        for (node, role), account in one.host.books.accounts.items():
            total.merge(account)
            parts.setdefault(node, Account()).merge(account)
            if role and role != node:
                parts.setdefault(f"{node}.{role}", Account()).merge(account)
    metrics = {
        "steps": sum(one.host.steps for one in played) / n,
        "restarts": sum(one.host.restarts for one in played) / n,
        "cases.failed": sum(one.verdict.status != "ok" for one in played) / n,
        **_amounts("", total, n),
        "model.empty": total.empty / n,
        "model.cut": total.cut / n,
        "model.failed": total.failures / n,
    }
    for name, account in sorted(parts.items()):
        metrics |= _amounts(f".{name}", account, n)
    cpu_s = sum(one.outcome.cpu_s for one in played)
    return Usage(total.tokens_in, total.tokens_out, total.usd, cpu_s), metrics


def _amounts(suffix: str, account: Account, n: int) -> dict[str, float]:
    found = {
        f"calls{suffix}": account.calls / n,
        f"tokens{suffix}": (account.tokens_in + account.tokens_out) / n,
        f"seconds.model{suffix}": account.seconds / n,
    }
    return found | ({} if account.usd is None else {f"usd{suffix}": account.usd / n})


def _means(all_metrics: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of the metrics that all have."""
    shared = set.intersection(*(set(one) for one in all_metrics))
    names = [name for name in all_metrics[0] if name in shared]
    return {name: statistics.fmean(one[name] for one in all_metrics) for name in names}


def _feedback(reason: str, shown: Sequence[Trajectory]) -> str:
    return printable(
        "\n\n".join([*([reason] if reason else []), *(one.summary(SHOWN_CHARACTERS) for one in shown)])
    )


def _case_seed(seed: int, name: str) -> int:
    """The same for all designs."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=4).digest(), "little")


def _generator(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng(_case_seed(seed, name))
