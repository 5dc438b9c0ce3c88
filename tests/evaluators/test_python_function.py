"""Python functions are judged case by case, stage by stage, without being believed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluators.python_function import PythonFunction
from evo import Case, Evaluation, InvalidCandidate, Problem, Stage, plugins
from evo.errors import ConfigError, MissingExtra, ProblemError, UnsafeMachine
from evo.evaluate import Sandbox
from evo.testing import EvaluatorContract
from evo.testing.evaluator import Bench
from evo.types import EvaluateTask

SQUARE = "def solve(n):\n    return n * n\n"


def score(output: Any, case: Case) -> Evaluation:
    if not isinstance(output, int):
        raise InvalidCandidate(f"solve() must return a whole number, it returned {output!r}.")
    return Evaluation.ok(-abs(output - case.expected), off=float(output != case.expected))


def worth(output: float) -> Evaluation:
    return Evaluation.ok(output)


PROBLEM = Problem(
    name="square",
    statement="Square the number.",
    seeds=[{"solve.py": SQUARE}],
    score=score,
    cases=[
        *(Case(f"s{n}", {"n": n}, expected=n * n) for n in range(4)),
        *(Case(f"v{n}", {"n": n}, "selection", n * n) for n in range(10, 12)),
        Case("h", {"n": 100}, "holdout", 10_000),
    ],
    stages=(Stage("brief", cases=2, timeout_s=5.0), Stage("all", timeout_s=5.0)),
)

Make = Callable[..., PythonFunction]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[PythonFunction] = []

    def build(problem: Problem = PROBLEM, sandbox: Sandbox = Sandbox(), **options: Any) -> PythonFunction:  # noqa: B008
        made.append(PythonFunction(problem, sandbox, **options))
        return made[-1]

    yield build
    for evaluator in made:
        evaluator.close()


def task(source: str | dict[str, str], stage: str = "all", seed: int = 0) -> EvaluateTask:
    files = {"solve.py": source} if isinstance(source, str) else source
    return EvaluateTask("0123456789abcdef", stage, seed=seed, files=files)


class TestPythonFunctionContract(EvaluatorContract):
    @pytest.fixture(params=["auto", "off"])
    def make(self, request: pytest.FixtureRequest) -> Callable[[], Bench]:
        sandbox = Sandbox(bubblewrap=request.param)
        return lambda: Bench(
            PythonFunction(PROBLEM, sandbox), task(SQUARE), task("def solve(n):\n    return 'x'")
        )


class TestSphereContract(EvaluatorContract):
    @pytest.fixture
    def make(self) -> Callable[[], Bench]:
        sphere = plugins.problem("sphere")
        good, bad = (
            EvaluateTask("c", "search", files={"solve.py": f"def solve():\n    return [0.5] * {n}"})
            for n in (10, 9)
        )
        return lambda: Bench(plugins.load(sphere.evaluator)(problem=sphere), good, bad)


class TestCases:
    def test_stages_choose_split_and_number(self, make: Make):
        evaluator = make()
        names = {
            stage: [c.case for c in evaluator(task(SQUARE, stage)).cases]
            for stage in ("brief", "all", "selection", "holdout")
        }
        assert names == {
            "brief": ["s0", "s1"],
            "all": ["s0", "s1", "s2", "s3"],
            "selection": ["v10", "v11"],
            "holdout": ["h"],
        }

    @pytest.mark.parametrize(("aggregate", "expected"), [("mean", -1.5), ("min", -3.0), ("sum", -6.0)])
    def test_scores_are_put_together(self, make: Make, aggregate: str, expected: float):
        found = make(aggregate=aggregate)(task("def solve(n):\n    return n * n + n"))
        assert found.score == expected
        assert dict(found.metrics) == {"off": 0.75}
        assert [case.score for case in found.cases] == [0.0, -1.0, -2.0, -3.0]

    def test_a_case_that_fails_fails_all_with_its_name(self, make: Make):
        found = make()(task("def solve(n):\n    return n * n if n != 2 else 0.5"))
        assert found.status == "invalid"
        assert found.feedback == "On case s2: solve() must return a whole number, it returned 0.5."
        assert [case.status for case in found.cases] == ["ok", "ok", "invalid", "ok"]

    def test_a_crash_fails_all_with_the_cases_before_it(self, make: Make):
        found = make()(task("def solve(n):\n    print('n is', n)\n    return 0 // (n - 1)"))
        assert found.status == "crashed"
        assert [(case.case, case.status) for case in found.cases] == [("s0", "ok"), ("s1", "crashed")]
        assert found.feedback.startswith("On case s1: Traceback")
        assert "ZeroDivisionError" in found.feedback
        assert found.feedback.endswith("It printed:\nn is 0\nn is 1")

    def test_the_time_is_for_all_cases_together(self, make: Make):
        slow = replace(PROBLEM, stages=(Stage(timeout_s=0.5),))
        for apart in (False, True):
            found = make(slow, fork_per_case=apart)(
                task("import time\n\ndef solve(n):\n    time.sleep(0.2)\n    return n * n", "search")
            )
            assert found.status == "timeout"
            assert found.seconds < 1.0
            assert 1 <= len(found.cases) < 4

    def test_processes_are_shared_or_not(self, make: Make):
        counts = "calls = []\n\ndef solve(n):\n    calls.append(n)\n    return n * n + len(calls) - 1"
        assert make()(task(counts)).score == -1.5
        assert make(fork_per_case=True)(task(counts)).score == 0.0

    def test_parts_of_a_case_do_not_see_each_other(self, make: Make):
        def total(outputs: Any, case: Case) -> Evaluation:
            return Evaluation.ok(float(sum(outputs)))

        parts = replace(
            PROBLEM,
            score=total,
            cases=[Case("one", {"n": 5}), Case("two", [{"n": 1}, {"n": 2}]), Case("three", {"n": 7})],
        )
        parts = replace(parts, score=lambda outputs, case: Evaluation.ok(np.sum(outputs)))
        counts = "calls = []\n\ndef solve(n):\n    calls.append(n)\n    return 100 * len(calls) + n"
        found = make(parts)(task(counts))
        assert [case.score for case in found.cases] == [105.0, 203.0, 107.0]
        assert found.artefact == '{"one":105,"two":[101,102],"three":107}'

    def test_inputs_may_be_drawn_for_each_evaluation(self, make: Make):
        def vary(case: Case, rng: np.random.Generator) -> Case:
            n = int(rng.integers(1000))
            return replace(case, inputs={"n": n}, expected=n * n)

        evaluator = make(replace(PROBLEM, vary=vary))
        first, again, other = (evaluator(task(SQUARE, seed=seed)) for seed in (1, 1, 2))
        assert first.score == again.score == other.score == 0.0
        assert first.artefact == again.artefact != other.artefact

    def test_the_artefact_is_what_was_returned(self, make: Make):
        one = replace(
            PROBLEM, cases=[Case("only", {"n": 3}, expected=9)], score=lambda output: Evaluation.ok(1.0)
        )
        evaluator = make(one)
        assert (
            evaluator(
                task("import numpy as np\n\ndef solve(n):\n    return {'a': np.eye(2), 'b': (1,)}")
            ).artefact
            == '{"a":[[1.0,0.0],[0.0,1.0]],"b":[1]}'
        )
        assert evaluator(task("def solve(n):\n    return 'x' * 70000")).artefact == ""


class TestSecrets:
    def test_what_is_expected_never_enters_the_candidates_process(self, make: Make):
        secret = "s3cret-" + "7" * 20
        hidden = replace(
            PROBLEM,
            cases=[Case("only", {"n": 1}, expected=secret)],
            score=lambda output, case: Evaluation.ok(float(output)),
        )
        source = (
            "import gc, sys\n\ndef solve(n):\n    needle = 's3cret' + '-'\n    found = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) and needle + '7' in repr(o)]\n"
            "    return float(len(found) + sum(name.startswith('evo') for name in sys.modules))"
        )
        assert make(hidden)(task(source)).score == 0.0

    def test_the_seed_of_the_judge_is_not_the_candidates(self, make: Make):
        drawn = replace(
            PROBLEM, score=lambda output, case, rng: Evaluation.ok(float(output == rng.integers(2**31)))
        )
        guesses = "import numpy as np\n\ndef solve(n):\n    return int(np.random.default_rng(np.random.randint(2**31)).integers(2**31))"
        assert make(drawn)(task(guesses, seed=5)).score == 0.0

    def test_candidates_draw_alike_under_the_same_seed(self, make: Make):
        loose = replace(PROBLEM, score=worth)
        draws = "import random\nimport numpy as np\n\ndef solve(n):\n    return random.random() + np.random.rand()"
        evaluator = make(loose)
        scores = [evaluator(task(draws, seed=seed)).score for seed in (3, 3, 4)]
        assert scores[0] == scores[1] != scores[2]


class TestDriver:
    def test_wraps_the_function(self, make: Make, tmp_path: Path):
        (tmp_path / "drive.py").write_text(
            "def drive(function, n):\n    return sum(function(i) for i in range(n))\n"
        )
        driven = replace(PROBLEM, driver="drive.py", folder=tmp_path, score=worth)
        found = make(driven)(task("def solve(i):\n    return i"))
        assert [case.score for case in found.cases] == [0.0, 0.0, 1.0, 3.0]

    @pytest.mark.parametrize(("text", "reason"), [("def drive(:", "line 1"), ("x = 1", "must define drive")])
    def test_that_is_none_is_the_problems_fault(self, make: Make, tmp_path: Path, text: str, reason: str):
        (tmp_path / "drive.py").write_text(text)
        with pytest.raises(ProblemError, match=reason):
            make(replace(PROBLEM, driver="drive.py", folder=tmp_path))


class TestRefusals:
    def test_of_settings(self, make: Make):
        with pytest.raises(ConfigError, match=r"aggregate.*mean"):
            make(aggregate="median")
        with pytest.raises(MissingExtra, match="no_such_package"):
            make(imports=("no_such_package",))

    def test_of_problems(self, make: Make):
        with pytest.raises(ProblemError, match="no score"):
            make(replace(PROBLEM, score=None))
        with pytest.raises(ProblemError, match="no cases"):
            make(replace(PROBLEM, cases=[]))
        evaluator = make(replace(PROBLEM, cases=[Case("a", {"n": {1, 2}}), Case("h", {"n": 1}, "holdout")]))
        with pytest.raises(ProblemError, match=r"case a hold.*set"):
            evaluator(task(SQUARE))
        with pytest.raises(ProblemError, match="no cases of the split 'selection'"):
            evaluator(task(SQUARE, "selection"))

    def test_of_machines_that_hold_too_little(self, make: Make):
        with pytest.raises(UnsafeMachine, match="S3"):
            make(sandbox=Sandbox(min_level="S3", bubblewrap="off"))
        found = make(sandbox=Sandbox(min_level="S3", bubblewrap="off", unsafe=True))(task(SQUARE))
        assert (found.status, found.sandbox) == ("ok", "S2")

    def test_of_scores_that_are_not_finite(self, make: Make):
        large = replace(PROBLEM, score=lambda output: Evaluation.ok(1.7e308))
        found = make(large, aggregate="sum")(task(SQUARE))
        assert found.status == "invalid"
