"""What every evaluator must hold to."""

import math
import pickle
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from evo.evaluate import LEVELS
from evo.roles import Evaluator
from evo.types import EvaluateTask, Evaluation


@dataclass(frozen=True, slots=True)
class Bench:
    """An evaluator with two candidates to try it on.

    Attributes:
        good: a task whose candidate is valid.
        bad: a task whose candidate is not; it must fail with a reason.
        noisy: the score of the same candidate may differ from one evaluation to the next, even
            with the same seed, because it is a measurement.
    """

    evaluator: Evaluator
    good: EvaluateTask
    bad: EvaluateTask
    noisy: bool = False


class EvaluatorContract(ABC):
    """Subclass it and supply `make`; every test is then run on your evaluator."""

    @abstractmethod
    @pytest.fixture
    def make(self) -> Callable[[], Bench]:
        """A function that makes a fresh evaluator and its candidates."""

    @pytest.fixture
    def bench(self, make: Callable[[], Bench]) -> Iterator[Bench]:
        bench = make()
        yield bench
        bench.evaluator.close()

    def test_a_valid_candidate_gets_a_finite_float(self, bench: Bench) -> None:
        verdict = bench.evaluator(bench.good)
        assert verdict.status == "ok", verdict.feedback
        assert type(verdict.score) is float
        assert math.isfinite(verdict.score)
        assert all(math.isfinite(value) for value in verdict.metrics.values())

    def test_a_failure_is_a_status_with_a_reason(self, bench: Bench) -> None:
        verdict = bench.evaluator(bench.bad)
        assert verdict.status in ("invalid", "timeout", "memory", "crashed")
        assert verdict.score is None
        assert verdict.feedback.strip()

    def test_a_verdict_answers_its_task(self, bench: Bench) -> None:
        for task in (bench.good, bench.bad):
            asked = replace(task, candidate="0123456789abcdef", attempt=3, seed=2**63 + 7)
            verdict = bench.evaluator(asked)
            assert (verdict.candidate, verdict.stage) == (asked.candidate, asked.stage)
            assert (verdict.attempt, verdict.seed) == (3, asked.seed)
            assert verdict.seconds > 0
            assert verdict.usage.cpu_s >= 0

    def test_the_same_task_gets_the_same_verdict(self, bench: Bench) -> None:
        first, second = bench.evaluator(bench.good), bench.evaluator(bench.good)
        assert first.status == second.status == "ok"
        if not bench.noisy:
            assert _told(first) == _told(second)

    def test_a_failure_leaves_nothing_behind_for_the_next(self, bench: Bench) -> None:
        before = bench.evaluator(bench.good)
        bench.evaluator(bench.bad)
        after = bench.evaluator(bench.good)
        assert after.status == "ok"
        if not bench.noisy:
            assert _told(before) == _told(after)

    def test_its_level_is_known_and_stands_on_every_verdict(self, bench: Bench) -> None:
        assert bench.evaluator.sandbox_level in ("", *LEVELS)
        for task in (bench.good, bench.bad):
            assert bench.evaluator(task).sandbox == bench.evaluator.sandbox_level

    def test_a_verdict_can_be_sent_to_another_process(self, bench: Bench) -> None:
        for task in (bench.good, bench.bad):
            verdict = bench.evaluator(task)
            assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301 - our own

    def test_an_unknown_stage_is_refused(self, bench: Bench) -> None:
        with pytest.raises(KeyError):
            bench.evaluator(replace(bench.good, stage="no such stage"))

    def test_close_may_be_called_twice(self, bench: Bench) -> None:
        bench.evaluator.close()
        bench.evaluator.close()


def _told(verdict: Evaluation) -> tuple[object, ...]:
    cases = tuple((case.case, case.status, case.score) for case in verdict.cases)
    return verdict.score, dict(verdict.metrics), cases, verdict.feedback, verdict.artefact
