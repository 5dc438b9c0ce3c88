"""Which folders are problems of another system, and what is read from them."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from evo import plugins
from evo.errors import EvoError, ProblemError
from evo.operators.seed import Seed
from evo.pool.worker import Warm, WorkerSpec
from evo.types import EvaluateTask, Evaluation, Problem, ProposeTask

HERE = Path(__file__).parent
OPENEVOLVE, SHINKA = HERE / "openevolve_function_minimisation", HERE / "shinka_polynomial_fit"
EVALUATE = "def evaluate(path):\n    return {}\n"
MAIN = "def main(program_path, results_dir):\n    pass\n"

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def fill(files: dict[str, str]) -> Path:
        for name, text in files.items():
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return tmp_path

    return fill


def test_an_openevolve_folder() -> None:
    problem = plugins.problem(OPENEVOLVE)
    assert (problem.name, problem.folder) == ("openevolve_function_minimisation", OPENEVOLVE)
    assert problem.statement.startswith("You improve search algorithms.")
    assert problem.statement.endswith("Return a better program.")
    assert [stage.timeout_s for stage in problem.stages] == [20.0]
    assert (list(problem.seeds), problem.mutable) == (["initial_program.py"], ("initial_program.py",))
    assert problem.options["features"] == ["distance"]
    seed = Seed(problem)(ProposeTask(0, "seed"))
    assert "EVOLVE-BLOCK-START" in seed.files["initial_program.py"]


def test_a_shinka_folder() -> None:
    problem = plugins.problem(str(SHINKA))
    assert problem.statement.startswith("You are good at numerical approximation.")
    assert problem.stages[0].timeout_s == 10.0
    assert problem.options == {"kind": "shinka", "program": "initial.py"}


def test_limits_are_parameters() -> None:
    stage = plugins.problem(OPENEVOLVE, {"timeout_s": 2, "memory_mb": 4096}).stages[0]
    assert (stage.timeout_s, stage.memory_mb) == (2.0, 4096)


@pytest.mark.parametrize(
    ("files", "statement", "timeout_s"),
    [
        ({}, "What it judges.\n\nWhat it is.", 300.0),
        (
            {"config.yaml": "prompt: {system_message: system_message}"},
            "What it judges.\n\nWhat it is.",
            300.0,
        ),
        ({"config.yaml": "evaluator: {timeout: 1.5}"}, "What it judges.\n\nWhat it is.", 1.5),
        ({"config.yaml": "prompt: {system_message: ' Told. '}\nevaluator: null"}, "Told.", 300.0),
        (
            {"evaluator.py": EVALUATE, "initial_program.py": "x = 1"},
            "Improve initial_program.py, so that",
            300.0,
        ),
        (
            {"evaluator.py": "from rules import *", "initial_program.py": '"What it is."'},
            "What it is.",
            300.0,
        ),
    ],
)
def test_what_the_settings_say(write: Write, files: dict[str, str], statement: str, timeout_s: float) -> None:
    usual = {
        "evaluator.py": f'"""What it judges."""\n{EVALUATE}',
        "initial_program.py": '"""What it is."""\n',
    }
    problem = plugins.problem(write(usual | files))
    assert problem.statement.startswith(statement)
    assert problem.stages[0].timeout_s == timeout_s


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ("job_config: {time: '01:02:03'}", 3723.0),
        ("job: {time: 1:00:00}", 3600.0),
        ("evo: {task_sys_msg: x}", 300.0),
    ],
)
def test_times_of_shinka(write: Write, settings: str, seconds: float) -> None:
    folder = write({"evaluate.py": MAIN, "initial.py": "", "shinka.yaml": settings})
    assert plugins.problem(folder).stages[0].timeout_s == seconds


@pytest.mark.parametrize(
    ("names", "settings", "chosen"),
    [
        (["initial_program.py", "initial_program.py.bak"], "", "initial_program.py"),
        (["initial_program.cpp"], "", "initial_program.cpp"),
        (["initial_program.py", "initial_program.rs"], "file_suffix: .rs", "initial_program.rs"),
    ],
)
def test_which_program_is_meant(write: Write, names: list[str], settings: str, chosen: str) -> None:
    folder = write({"evaluator.py": EVALUATE, "config.yaml": settings} | dict.fromkeys(names, "x"))
    assert plugins.problem(folder).seeds == (chosen,)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"initial_program.py": ""}, "has initial_program.py but no evaluator.py"),
        ({"evaluator.py": EVALUATE}, r"has evaluator.py but no initial_program\.\*"),
        ({"initial.py": ""}, "has initial.py but no evaluate.py"),
        ({"evaluate.py": MAIN}, r"has evaluate.py but no initial\.\*"),
        ({"initial_program.py": "", "evaluator.py": "def run(): pass"}, "defines no evaluate"),
        (
            {"initial_program.py": "", "evaluator.py": "class A:\n def evaluate(self): pass"},
            "defines no evaluate",
        ),
        ({"initial.py": "", "evaluate.py": "def run(): pass"}, "defines no main"),
        (
            {"initial_program.py": "", "evaluator.py": "def evaluate(:"},
            "evaluator.py, line 1: invalid syntax",
        ),
        ({"initial_program.c": "", "initial_program.h": "", "evaluator.py": EVALUATE}, "keep one of them"),
        (
            {"initial_program.py": "", "evaluator.py": EVALUATE, "config.yaml": "a: [1"},
            "config.yaml is not YAML",
        ),
        (
            {"initial_program.py": "", "evaluator.py": EVALUATE, "config.yaml": "evaluator: {timeout: soon}"},
            "a time limit is seconds or HH:MM:SS, got 'soon'",
        ),
        ({"README.md": ""}, "neither a folder with a problem.py"),
    ],
)
def test_what_is_missing_is_named_in_one_line(write: Write, files: dict[str, str], message: str) -> None:
    with pytest.raises(ProblemError, match=message) as error:
        plugins.problem(write(files))
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"timeout": 3}, "no parameter 'timeout'. Did you mean 'timeout_s'"),
        ({"timeout_s": "x"}, "problem.timeout_s must be a number above 0, got 'x'"),
        ({"memory_mb": 1.5}, "problem.memory_mb must be a whole number above 0, got 1.5"),
    ],
)
def test_wrong_parameters_are_refused(params: dict[str, object], message: str) -> None:
    with pytest.raises(EvoError, match=message):
        plugins.problem(OPENEVOLVE, params)


def test_a_problem_of_our_own_comes_first(write: Write) -> None:
    own = "from evo import Problem\nPROBLEM = Problem(name='own', statement='', seeds=[])\n"
    folder = write({"problem.py": own, "initial_program.py": "", "evaluator.py": EVALUATE})
    assert plugins.problem(folder).name == "own"


def test_nothing_of_the_folder_takes_the_place_of_our_evaluator(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({"initial_program.py": "", "evaluator.py": EVALUATE, "evaluators/foreign.py": "1 / 0"})
    with pytest.raises(ProblemError, match="would run outside of the sandbox"):
        plugins.problem(folder)
    monkeypatch.chdir(folder)
    with pytest.raises(ProblemError, match="would run outside of the sandbox"):
        plugins.problem(OPENEVOLVE)


def travelled(problem: Problem) -> Problem:
    spec: WorkerSpec = pickle.loads(pickle.dumps(WorkerSpec.of(problem)))
    return spec.problem


@pytest.mark.parametrize("folder", [OPENEVOLVE, SHINKA])
def test_it_travels_to_workers_as_a_reference(folder: Path) -> None:
    spec = WorkerSpec.of(plugins.problem(folder, {"timeout_s": 3}))
    assert spec.by_reference
    assert len(pickle.dumps(spec)) < 1000
    there = travelled(spec.problem)
    assert (there.folder, there.options, there.stages) == (folder, spec.problem.options, spec.problem.stages)


def test_a_spec_knows_that_its_scores_are_not_verified() -> None:
    assert not WorkerSpec.of(plugins.problem(OPENEVOLVE)).verified
    assert WorkerSpec.of(plugins.problem("sphere")).verified


class Broken:
    """Raises, or returns what does not say whether it is verified."""

    verified = False
    sandbox_level = "S0"

    def __call__(self, task: EvaluateTask) -> Evaluation:
        if task.files:
            return Evaluation.ok(1.0)
        raise RuntimeError("broken")

    def close(self) -> None:
        pass


def test_what_becomes_of_a_broken_evaluator_is_not_verified_either() -> None:
    warm = Warm(Broken)
    lost, ok = (
        warm.judge(EvaluateTask("a", "search")),
        warm.judge(EvaluateTask("a", "search", files={"x": ""})),
    )
    assert [(one.status, one.verified) for one in (lost, ok)] == [("lost", False), ("ok", False)]
