"""A race on Ray: verdicts come in another order than they were asked for, and workers die."""

from pathlib import Path

import pytest

from evo import Evaluation
from evo.config import compose
from evo.pool.cluster import Cluster
from evo.session import Session
from evo.store.archive import open_run
from evo.store.journal import read_events

pytestmark = pytest.mark.timeout(120)

FOLDER = '''"""Say numbers close to the cases' own."""
from evo import Case, Evaluation, InvalidCandidate, Problem
from evo.types import Stage


def score(output, case):
    if not 2 < abs(output) < 37:
        raise InvalidCandidate("too far off")
    return Evaluation.ok(-abs(float(output) - case.expected))


PROBLEM = Problem(
    name="aim", statement=__doc__, seeds=["seed.py"], score=score,
    cases=[Case(f"c{n}", {"n": n}, expected=3.0 * n + n % 5) for n in range(32)],
    stages=[Stage("quick", cases=2, keep=0.6), Stage("main")],
    evaluator="dying.py:Dying",
)
'''
DYING = """import os
import signal
from pathlib import Path

from evo import Evaluation, plugins


class Dying(plugins.load("evaluators/python_function.py:PythonFunction")):
    def __call__(self, task):
        first, refused, died = (Path(__file__).with_name(name) for name in ("first", "refused", "died"))
        if not first.exists():
            first.write_text(task.candidate)
        elif task.candidate != first.read_text() and not refused.exists():
            refused.touch()
            return Evaluation.failed("invalid", "the first after the seed is refused")
        if task.stage == "main@8" and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(task)
"""
SEED = "def solve(n):\n    return 1.0 * n + 7.0 - 0.1 * n + 1.5\n"
LAPS = [f"main@{n}" for n in range(4, 32, 4)]


def test_a_race_after_a_stage_with_failures_and_a_worker_that_dies(
    ray_session: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "problem.py").write_text(FOLDER)
    (tmp_path / "seed.py").write_text(SEED)
    (tmp_path / "dying.py").write_text(DYING)
    words = [
        *(f"problem={tmp_path}", f"run.dir={tmp_path / 'run'}", "search=greedy", "run.race=0.1"),
        *("pool=ray", "pool.address=local", "pool.slots=2", "budget.evaluations=24"),
    ]
    with Session.start(compose(words)) as session:
        assert session.stages == ("quick", *LAPS, "main")
        outcome = session.run()
    told = [event for event in read_events(tmp_path / "run") if isinstance(event, Evaluation)]
    reached = {stage: {one.candidate for one in told if one.stage == stage} for stage in session.stages}
    assert outcome.exit_status == 0
    assert any(one.status == "invalid" for one in told)
    lost = [one for one in told if one.status == "lost"]
    assert lost[0].stage == "main@8"
    again = [one for one in told if one.candidate == lost[0].candidate and one.stage == "main@8"]
    assert [one.attempt for one in again][:2] == [1, 2]
    below = reached["quick"]
    for stage in (*LAPS, "main"):
        assert reached[stage] <= below  # nobody skips a stage
        below = reached[stage]
    assert len(reached["main@4"]) > len(reached["main"]) > 0
    for one in told:
        if one.status == "ok" and one.stage in LAPS:
            assert len(one.cases) == int(one.stage.removeprefix("main@"))
    conclusive = [one.stage for one in told if one.status != "lost"]
    spent = conclusive.count("quick") + sum(stage != "quick" for stage in conclusive) / 8
    assert outcome.evaluations == pytest.approx(spent)
    with open_run(tmp_path / "run") as view:
        assert view.archive.spent == pytest.approx(spent)
        assert (best := view.archive.champion()) is not None
        assert len(view.evaluation(best.id, "main").cases) == 32
