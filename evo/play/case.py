"""One case, played by one design in the jail and judged."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evo.design.environment import Environment, Opening
from evo.design.runtime.recipe import MAIN
from evo.design.trajectory import Trajectory
from evo.errors import InvalidCandidate
from evo.evaluate import Jail, Limits, Outcome, Program
from evo.evaluate.inside import wire
from evo.evaluate.judge import Judge, printable
from evo.llm.broker import Books, Broker, Budget
from evo.play.draws import design_seed, generator, world_seed
from evo.play.host import Host
from evo.play.requests import clean
from evo.types import Case, CaseResult, Evaluation

ANSWER_CHARACTERS = 100_000
"""A longer answer is refused."""

_LEAST_S = 0.01  # for a case that begins when the time is over


@dataclass(frozen=True, slots=True)
class Table:
    """Where one case at a time is played."""

    jail: Jail
    world: Environment | None


@dataclass(frozen=True, slots=True)
class Order:
    """A design, ready to be played.

    Attributes:
        recipe: see `evo.design.runtime.recipe`.
        files: that its process gets.
        limits: of a case.
        end: on the monotonic clock, when the time of the evaluation is over.
        repeat: see `evo.types.EvaluateTask`.
        budget: that the design sets itself for a case.
    """

    recipe: Mapping[str, Any]
    files: Mapping[str, str]
    limits: Limits
    end: float
    repeat: int = 0
    budget: Budget = Budget()


@dataclass(frozen=True, slots=True)
class Played:
    """A case that was played.

    Attributes:
        outcome: how the run in the jail ended.
        host: that answered it, with what was used and said.
    """

    case: Case
    verdict: Evaluation
    outcome: Outcome
    host: Host

    @property
    def result(self) -> CaseResult:
        """As it is recorded."""
        verdict = self.verdict
        return CaseResult(self.case.name, verdict.status, verdict.score, self.outcome.wall_s)

    @property
    def own_s(self) -> float:
        """What the design itself used: wall time without waiting, or CPU time."""
        return max(self.outcome.wall_s - self.outcome.waited_s, self.outcome.cpu_s)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is the same for all designs.

    Attributes:
        budget: of every case, whatever a design sets itself.
        judge: of answers to questions; None where the world judges.
        restarts: whether the world may be begun anew within a case.
        case_wall_s: longest time that a case may take, all waiting included.
        seed: see `evo.play.draws`.
    """

    broker: Broker
    budget: Budget
    judge: Judge | None
    restarts: bool
    case_wall_s: float
    seed: int

    def play(self, table: Table, order: Order, case: Case) -> Played:
        """`case`, from its beginning to its verdict."""
        opening, begin = self._opened(table.world, case)
        host = Host(
            table.world,
            self.broker,
            Books(self.budget.lower(order.budget), order.repeat),
            frozenset(order.recipe["models"].values()),
            Trajectory(case.name, opening.goal),
            begin,
        )
        own = design_seed(self.seed, case.name, order.repeat)
        inputs = {"recipe": order.recipe, "goal": opening.goal, "context": opening.context, "seed": own}
        run = Program(order.files, "solve", MAIN, own, driven=False)
        try:
            left_s = max(_LEAST_S, order.end - time.monotonic())
            limits = replace(order.limits, whole_s=min(self.case_wall_s, left_s))
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
        return Played(case, verdict, outcome, host)

    def _opened(self, world: Environment | None, case: Case) -> tuple[Opening, Callable[[], Opening] | None]:
        """How the case begins, and what begins it anew."""
        if world is None:
            return _question(case), None
        seed = world_seed(self.seed, case.name)

        def begin() -> Opening:
            return world.reset(case, seed)

        return begin(), begin if self.restarts else None

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
        trajectory.answer = answer = clean(answer)
        if world is None:
            assert self.judge is not None  # noqa: S101  there is one without a world
            return self.judge([wire.pack(answer)], case, generator(self.seed, case.name))
        try:
            return world.result(answer)
        except InvalidCandidate as refusal:
            return Evaluation.failed("invalid", printable(str(refusal)))


def _question(case: Case) -> Opening:
    assert isinstance(case.inputs, Mapping)  # noqa: S101  the evaluator has seen to it
    return Opening(case.inputs["question"], str(case.inputs.get("context", "")))
