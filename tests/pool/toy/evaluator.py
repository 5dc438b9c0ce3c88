"""An evaluator that does what the candidate's file says, outside any sandbox: for tests of the pools alone."""

import os
import time
from pathlib import Path

from evo import Evaluation, InvalidCandidate
from evo.errors import UnsafeMachine
from evo.types import EvaluateTask, Problem


class Obedient:
    """Carries out the words of ``do.txt``: one command and its argument."""

    sandbox_level = "S0"

    def __init__(self, problem: Problem, bonus: float = 0.0, refuse: str = "") -> None:
        if refuse == "unsafe":
            raise UnsafeMachine("this evaluator needs S2, this machine offers S0.")
        if refuse == "broken":
            raise OSError("no such device")
        if refuse == "slow":
            time.sleep(60)
        self.problem, self.bonus = problem, bonus
        self.n_judged = 0
        self.closed = False

    def __call__(self, task: EvaluateTask) -> Evaluation:
        self.n_judged += 1
        command, _, argument = task.files["do.txt"].partition(" ")
        verdict: Evaluation = getattr(self, f"_{command}")(argument)
        return verdict

    def close(self) -> None:
        self.closed = True

    def _score(self, argument: str) -> Evaluation:
        return Evaluation.ok(float(argument) + self.bonus, n_judged=self.n_judged, pid=os.getpid())

    def _judge(self, argument: str) -> Evaluation:
        assert self.problem.score is not None
        return self.problem.score(float(argument))

    def _sleep(self, argument: str) -> Evaluation:
        time.sleep(float(argument))
        return Evaluation.ok(1.0, pid=os.getpid())

    def _once(self, argument: str) -> Evaluation:
        """The first time, says its process id in a file and hangs; later it is ok."""
        file = Path(argument)
        if file.exists():
            return Evaluation.ok(2.0, pid=os.getpid())
        part = file.with_suffix(".part")
        part.write_text(str(os.getpid()))
        part.rename(file)
        time.sleep(60)
        return Evaluation.ok(-1.0)

    def _die(self, argument: str) -> Evaluation:
        os._exit(9)

    def _refuse(self, argument: str) -> Evaluation:
        raise InvalidCandidate(argument)

    def _raise(self, argument: str) -> Evaluation:
        raise RuntimeError(argument)

    def _unsafe(self, argument: str) -> Evaluation:
        raise UnsafeMachine(argument)

    def _environment(self, argument: str) -> Evaluation:
        return Evaluation.ok(1.0, feedback=repr(os.environ.get(argument)))

    def _lease(self, argument: str) -> Evaluation:
        import ray

        held: dict[str, float] = ray.get_runtime_context().get_assigned_resources()  # type: ignore[no-untyped-call]
        return Evaluation.ok(float(held[argument]), pid=os.getpid())
