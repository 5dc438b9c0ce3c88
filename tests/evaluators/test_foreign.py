"""Evaluators of other systems judge in the jail, unchanged, and are never believed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluators.foreign import FOLDER_BYTES, Foreign, verdict
from evo import Evaluation, Stage, plugins
from evo.errors import ProblemError
from evo.evaluate import Sandbox
from evo.testing import EvaluatorContract
from evo.testing.evaluator import Bench
from evo.types import EvaluateTask, Problem

EXAMPLES = Path(__file__).parent.parent / "foreign"
OPENEVOLVE = EXAMPLES / "openevolve_function_minimisation"
SHINKA = EXAMPLES / "shinka_polynomial_fit"
LOAD = """
import importlib.util
def load(path):
    spec = importlib.util.spec_from_file_location("program", path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program
"""
PLAIN = LOAD + "def evaluate(path):\n    return {'combined_score': load(path).answer()}\n"
TOLD = "exec(open(program_path).read())"
"""The program says what the evaluator writes."""
SCRIPT = """
import argparse, json, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--program{0}path")
parser.add_argument("--results{0}dir")
def main(program_path, results_dir):
    write = lambda name, value: (pathlib.Path(results_dir) / name).write_text(json.dumps(value))
    {1}
if __name__ == "__main__":
    main(**vars(parser.parse_args()))
"""

Judge = Callable[..., Evaluation]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Puts a folder together and judges one program with its evaluator; the same folder has one jail."""
    opened: dict[object, Foreign] = {}

    def run(
        evaluator: str,
        program: str = "def answer():\n    return 1.5\n",
        kind: str = "openevolve",
        *,
        name: str = "",
        timeout_s: float = 10.0,
        **more: str | bytes,
    ) -> Evaluation:
        names = (
            ("evaluator.py", "initial_program.py") if kind == "openevolve" else ("evaluate.py", "initial.py")
        )
        name = name or names[1]
        key = (evaluator, kind, name, timeout_s, *more)
        if key not in opened:
            folder = tmp_path_factory.mktemp("problem")
            files = {names[0]: evaluator, name: "BASELINE = 7\n"}
            files |= {file.replace("__", "."): text for file, text in more.items()}
            for file, text in files.items():
                (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)
            problem = plugins.problem(folder, {"timeout_s": timeout_s})
            opened[key] = Foreign(problem, **problem.options)
        found = opened[key](EvaluateTask("c" * 16, "search", seed=3, files={name: program}))
        assert found.verified is False
        return found

    yield run
    for one in opened.values():
        one.close()


def results(metrics: str, correct: str) -> str:
    return f"write('metrics.json', {metrics}); write('correct.json', {correct})"


def seed_of(folder: Path, problem: Problem) -> str:
    return (folder / str(problem.seeds[0])).read_text()


class TestOpenEvolveContract(EvaluatorContract):
    @pytest.fixture(params=["auto", "off"])
    def make(self, request: pytest.FixtureRequest) -> Callable[[], Bench]:
        problem = plugins.problem(OPENEVOLVE)
        text = seed_of(OPENEVOLVE, problem)
        good, bad = (
            EvaluateTask("c", "search", files={"initial_program.py": code})
            for code in (text, text.replace("return x, y", "return 1 / 0"))
        )
        sandbox = Sandbox(bubblewrap=request.param)
        return lambda: Bench(Foreign(problem, sandbox, **problem.options), good, bad)


class TestShinkaContract(EvaluatorContract):
    @pytest.fixture
    def make(self) -> Callable[[], Bench]:
        problem = plugins.problem(SHINKA)
        text = seed_of(SHINKA, problem)
        good, bad = (
            EvaluateTask("c", "search", files={"initial.py": code})
            for code in (text, text.replace("return total", "return total[1:]"))
        )
        return lambda: Bench(Foreign(problem, **problem.options), good, bad, noisy=True)


class TestOpenEvolve:
    def test_metrics_and_artifacts_come_through(self, judge: Judge):
        found = judge(
            "from openevolve.evaluation_result import EvaluationResult\nimport numpy as np\n"
            "def evaluate(path):\n"
            "    metrics = {'combined_score': np.float32(0.5), 'n': 3, 'bad': float('nan'), 'flag': True,\n"
            "               'array': np.array([2.0]), 'huge': 10 ** 400, 'list': [1, 2]}\n"
            "    return EvaluationResult(metrics, {'log': b'bytes \\xff', 'size': 12, 'none': None})\n"
        )
        assert (found.status, found.score) == ("ok", 0.5)
        assert dict(found.metrics) == {"n": 3.0, "array": 2.0}
        assert found.feedback.splitlines()[-3:] == [
            "log: bytes \N{REPLACEMENT CHARACTER}",
            "size: 12",
            "none: None",
        ]

    def test_without_a_combined_score_the_mean_counts_but_for_features(self, judge: Judge):
        found = judge(
            "def evaluate(path):\n    return {'a': 1.0, 'b': 2.0, 'far': 100, 'ok': True, 'inf': float('inf')}\n",
            config__yaml="database: {feature_dimensions: [far]}",
        )
        assert found.score == 1.5
        assert dict(found.metrics) == {"a": 1.0, "b": 2.0, "far": 100.0}

    @pytest.mark.parametrize(
        ("returned", "status", "feedback"),
        [
            ("{'combined_score': float('nan')}", "invalid", "combined_score is nan"),
            ("{'combined_score': -float('inf'), 'n': 1}", "invalid", "combined_score is -inf"),
            ("{'combined_score': True}", "invalid", "combined_score is True"),
            ("{'combined_score': (1.0, 2.0)}", "invalid", "combined_score is (1.0, 2.0)"),
            ("{'error': 'it is broken'}", "invalid", "error: it is broken"),
            ("{}", "invalid", "no combined_score, and no other number"),
            ("3.5", "invalid", "evaluate() returned float"),
            ("{'combined_score': 0.0, 'error': 'all runs failed'}", "invalid", "error: all runs failed"),
            ("{'combined_score': 0.7, 'error': 'one run failed'}", "ok", "error: one run failed"),
            ("{'combined_score': 0.0, 'error': ''}", "ok", ""),
            ("{'error': 0.25}", "ok", ""),
        ],
    )
    def test_what_evaluators_return(self, judge: Judge, returned: str, status: str, feedback: str):
        evaluator = "def evaluate(path):\n    print('printed')\n    return eval(open(path).read())\n"
        found = judge(evaluator, returned)
        assert (found.status, feedback in found.feedback) == (status, True), found.feedback
        assert ("It printed:\nprinted" in found.feedback) == (status != "ok")

    def test_arguments_of_the_settings_are_passed_on(self, judge: Judge):
        found = judge(
            "def evaluate(path, scale, *, names):\n    return {'combined_score': scale * len(names)}\n",
            config__yaml="evaluator: {evaluator_args: {scale: 2.5, names: [a, b]}}",
        )
        assert found.score == 5.0

    def test_the_first_program_stays_where_it_is(self, judge: Judge):
        found = judge(
            "import os, initial_program\n" + PLAIN.replace("load(path).answer()", "load(path).answer() + extra()")
            + "def extra():\n    assert os.getcwd() == os.path.dirname(os.path.abspath(__file__))\n"
            "    return initial_program.BASELINE\n"
        )  # fmt: skip
        assert found.score == 8.5

    def test_programs_in_other_languages_are_read(self, judge: Judge):
        evaluator = "def evaluate(path):\n    return {'combined_score': len(open(path).read()), 'x': path[-4:] == '.cpp'}"
        assert judge(evaluator, "int main() {}", name="initial_program.cpp").score == 13.0

    def test_what_evaluators_commonly_use_works(self, judge: Judge):
        found = judge(
            "import platform, shutil, signal, tempfile, logging, uuid\nfrom concurrent.futures import ThreadPoolExecutor\n" + LOAD
            + "def evaluate(path):\n"
            "    signal.signal(signal.SIGALRM, lambda *_: None)\n    signal.alarm(5)\n    platform.processor()\n    uuid.uuid1()\n"
            "    shutil.copy(path, 'copy.py')\n    shutil.copy2(path, 'copy2.py')\n    shutil.copytree('.', 'all')\n"
            "    logging.warning('hello')\n    print('x' * 1_000_000)\n"
            "    with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:\n        file.write('x')\n"
            "    with ThreadPoolExecutor(2) as pool:\n"
            "        return {'combined_score': pool.submit(load(path).answer).result(timeout=5)}\n"
        )  # fmt: skip
        assert (found.status, found.score) == ("ok", 1.5), found.feedback


PROCESSES = {
    "subprocess": "subprocess.run(['g++', path], check=True)",
    "system": "1 / os.system('true')",
    "fork": "os.fork()",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "pool": "multiprocessing.Pool(2)",
    "process": "multiprocessing.get_context('spawn').Process(target=print).start()",
    "queue": "multiprocessing.Queue()",
    "executor": "concurrent.futures.ProcessPoolExecutor(2)",
}


CONNECTIONS = {
    "web": "urllib.request.urlopen('http://127.0.0.1:9')",
    "socket": "socket.create_connection(('127.0.0.1', 9))",
    "asyncio": "asyncio.run(asyncio.sleep(0))",
}


class TestFailures:
    @pytest.mark.parametrize("act", PROCESSES.values(), ids=PROCESSES)
    def test_a_process_is_denied_in_so_many_words(self, judge: Judge, act: str):
        """Many evaluators make a score of 0 of it, which must not be taken for one."""
        found = judge(
            "import concurrent.futures, multiprocessing, os, subprocess\n"
            "def evaluate(path):\n    try:\n        exec(open(path).read())\n    except Exception as error:\n"
            "        return {'combined_score': 0.0, 'error': 'no luck'}\n    return {'combined_score': 1.0}\n",
            act,
        )
        assert found.status == "crashed"
        assert "The evaluator starts a process" in found.feedback
        assert "evaluator.py, line 4), which the sandbox denies" in found.feedback
        assert "write a problem.py" in found.feedback

    @pytest.mark.parametrize("act", CONNECTIONS.values(), ids=CONNECTIONS)
    def test_a_connection_is_denied_in_so_many_words(self, judge: Judge, act: str):
        found = judge(
            "import asyncio, socket, urllib.request, warnings\n"
            "def evaluate(path):\n    warnings.simplefilter('ignore')\n    try:\n        exec(open(path).read())\n"
            "    except Exception as error:\n        pass\n    return {'combined_score': 0.0}\n",
            act,
        )
        assert found.status == "crashed"
        assert "The evaluator opens a connection (socket" in found.feedback
        assert "evaluator.py, line 5), which the sandbox denies" in found.feedback

    def test_a_process_of_the_candidate_is_told_apart(self, judge: Judge):
        program = "import subprocess\n\ndef answer():\n    return len(subprocess.check_output(['ls']))\n"
        found = judge(PLAIN, program)
        assert found.status == "crashed"
        assert (
            "The candidate starts a process (subprocess.Popen in evo_candidate/initial_program.py, line 4)"
            in (found.feedback)
        )

    @pytest.mark.parametrize(
        ("program", "status", "feedback"),
        [
            ("def answer():\n    return 1 / 0", "crashed", "ZeroDivisionError"),
            ("def other(): pass", "crashed", "has no attribute 'answer'"),
            ("def answer(:", "crashed", "SyntaxError"),
            ("import os\ndef answer():\n    os._exit(0)", "crashed", "exited with status 0"),
            ("import sys\ndef answer():\n    sys.exit(3)", "crashed", "sys.exit(3)"),
            ("def answer():\n    while True: pass", "timeout", "longer than 1 s"),
            ("def answer():\n    while True: print('x' * 100000)", "crashed", "printed more than"),
            ("def answer():\n    return bytearray(1 << 40)", "memory", ""),
            ("x = '" + "y" * 300_000 + "'", "invalid", "at most"),
        ],
    )
    def test_failures_are_statuses(self, judge: Judge, program: str, status: str, feedback: str):
        found = judge(PLAIN, program, timeout_s=1.0)
        assert (found.status, found.score) == (status, None), found.feedback
        assert feedback in found.feedback

    def test_a_missing_package_is_named(self, judge: Judge):
        found = judge("import a_package_nobody_has\n" + PLAIN)
        assert found.status == "crashed"
        assert "No module named 'a_package_nobody_has'" in found.feedback

    def test_a_candidate_is_one_file(self):
        problem = plugins.problem(OPENEVOLVE)
        evaluator = Foreign(problem, **problem.options)
        text = seed_of(OPENEVOLVE, problem)
        renamed, two = ({"mine.py": text}, {"a.py": text, "b.py": text})
        try:
            assert evaluator(EvaluateTask("c", "search", files=renamed)).status == "ok"
            found = evaluator(EvaluateTask("c", "search", files=two))
            with pytest.raises(ProblemError, match="no cases of the split 'holdout'"):
                evaluator(EvaluateTask("c", "holdout", files=renamed))
        finally:
            evaluator.close()
        assert (found.status, found.verified) == ("invalid", False)
        assert found.feedback == "A candidate is one file initial_program.py; this one has a.py, b.py."

    def test_a_problem_needs_its_folder(self):
        problem = replace(plugins.problem(OPENEVOLVE), folder=None)
        with pytest.raises(ProblemError, match="has no folder"):
            Foreign(problem, **problem.options)


class TestTheFolder:
    def test_data_is_there_and_what_is_none_of_its_business_is_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("A_CANARY", "secret")
        outside = tmp_path / "outside.txt"
        outside.write_text("secret")
        folder = tmp_path / "problem"
        (folder / "runs").mkdir(parents=True)
        (folder / "runs" / "old.txt").write_text("x")
        (folder / "data").mkdir()
        (folder / "data" / "values.bin").write_bytes(bytes(range(256)))
        (folder / ".env").write_text("KEY=secret")
        (folder / "link.txt").symlink_to(outside)
        (folder / "evaluator.py").write_text(
            "import os\ndef evaluate(path):\n"
            "    seen = [n for n in ('.env', 'link.txt', 'runs') if os.path.exists(n)] + [*os.environ.values()]\n"
            "    here = open('data/values.bin', 'rb').read() == bytes(range(256))\n"
            "    return {'combined_score': float(here), 'n': len(seen), 'seen': ' '.join(seen)}\n"
        )
        (folder / "initial_program.py").write_text("")
        problem = plugins.problem(folder)
        evaluator = Foreign(problem, **problem.options)
        try:
            found = evaluator(EvaluateTask("c", "search", files={"initial_program.py": "x = 1"}))
        finally:
            evaluator.close()
        assert found.score == 1.0
        assert "secret" not in found.feedback
        assert not any(word in found.feedback for word in (".env", "link.txt", "runs"))

    def test_a_file_that_does_not_fit_is_named_when_it_is_missed(self, judge: Judge):
        found = judge(
            "def evaluate(path):\n    return {'combined_score': len(open('big.bin', 'rb').read())}\n",
            big__bin=b"\0" * (FOLDER_BYTES + 1),
        )
        assert found.status == "crashed"
        assert "Too large for the sandbox, and not in it: big.bin." in found.feedback


class TestShinka:
    def test_public_metrics_and_feedback_come_through(self):
        problem = plugins.problem(SHINKA)
        evaluator = Foreign(problem, **problem.options)
        try:
            found = evaluator(EvaluateTask("c", "search", files={"initial.py": seed_of(SHINKA, problem)}))
        finally:
            evaluator.close()
        assert (found.status, found.verified) == ("ok", False)
        assert found.score == pytest.approx(-0.3155, abs=1e-4)
        assert found.metrics["largest_error"] == -found.score
        assert found.metrics["num_valid_runs"] == found.metrics["runs"] == 3
        assert "secret" not in found.metrics
        assert "The error is largest near the ends." in found.feedback
        assert "worst_at: x = " in found.feedback

    @pytest.mark.parametrize("dash", ["_", "-"])
    def test_a_script_without_the_package(self, judge: Judge, dash: str):
        told = results("{'combined_score': 2.0, 'public': {'n': 1}}", "{'correct': True}")
        found = judge(SCRIPT.format(dash, TOLD), told, "shinka")
        assert (found.score, dict(found.metrics)) == (2.0, {"n": 1.0})

    @pytest.mark.parametrize(
        ("metrics", "correct", "feedback"),
        [
            ("{'combined_score': 9.0}", "{'correct': False, 'error': 'circles overlap'}", "circles overlap"),
            ("{'combined_score': 9.0}", "{'correct': 1}", "not correct, and no more"),
            ("{'combined_score': float('nan')}", "{'correct': True}", "combined_score is nan"),
            ("{'other': 1.0}", "{'correct': True}", "There is no combined_score."),
            ("[1, 2]", "[True]", "not correct"),
        ],
    )
    def test_what_is_not_correct_has_no_score(self, judge: Judge, metrics: str, correct: str, feedback: str):
        found = judge(SCRIPT.format("_", TOLD), results(metrics, correct), "shinka")
        assert (found.status, found.score) == ("invalid", None)
        assert feedback in found.feedback

    def test_a_main_that_nobody_calls_is_called(self, judge: Judge):
        evaluator = SCRIPT.format("_", TOLD).partition("if __name__")[0]
        assert (
            judge(evaluator, results("{'combined_score': 2.0}", "{'correct': True}"), "shinka").score == 2.0
        )

    def test_a_script_that_fails_before_it_writes_has_crashed(self, judge: Judge):
        found = judge(SCRIPT.format("_", "raise RuntimeError('too early')"), kind="shinka")
        assert found.status == "crashed"
        assert "too early" in found.feedback
        found = judge(SCRIPT.format("-other-", "pass"), kind="shinka")
        assert found.status == "crashed"
        assert "unrecognized arguments: --program_path" in found.feedback

    def test_what_a_program_raises_is_its_error(self, judge: Judge):
        evaluator = (
            "from shinka.core.wrap_eval import run_shinka_eval\n"
            "def main(program_path, results_dir):\n"
            "    run_shinka_eval(program_path, results_dir, 'answer', 2, run_workers=4,\n"
            "        get_experiment_kwargs=lambda i: {'i': i}, early_stop_method='ci',\n"
            "        aggregate_metrics_fn=lambda results: {'combined_score': sum(results)})\n"
        )
        assert judge(evaluator, "def answer(i):\n    return i + 1\n", kind="shinka").score == 3.0
        found = judge(evaluator, "def answer(i):\n    return 1 // i\n", kind="shinka")
        assert (found.status, "ZeroDivisionError" in found.feedback) == ("invalid", True)


FORGERS = {
    "patches the evaluator": "import sys\nmodule = sys.modules['evaluation_module']\n"
    "module.evaluate.__code__ = (lambda path: {'combined_score': 1e9}).__code__\ndef answer():\n    return 1e9\n",
    "returns it": "def answer():\n    return 1e9\n",
}


@pytest.mark.parametrize("program", FORGERS.values(), ids=FORGERS)
def test_a_forged_score_is_possible_and_marked(judge: Judge, program: str):
    found = judge(PLAIN, program)
    assert (found.score, found.verified) == (1e9, False)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["metrics", "texts", "correct", "error", "wrong", "denied"])
numbers = st.dictionaries(st.sampled_from(["combined_score", "a", "b"]), json_values | st.floats())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["openevolve", "shinka"]), json_values | st.dictionaries(keys, json_values | numbers))
def test_any_claim_gets_a_verdict(kind: str, claim: Any):
    found = verdict(kind, claim, ["a"])
    assert found.status in ("ok", "invalid", "crashed")
    assert found.status == "ok" or found.feedback
    assert not (found.status == "ok" and found.verified)


def test_the_time_limit_is_the_stages():
    problem = replace(plugins.problem(OPENEVOLVE), stages=(Stage(timeout_s=0.5),))
    evaluator = Foreign(problem, **problem.options)
    try:
        endless = {"initial_program.py": "def run_search():\n    while True: pass\n"}
        found = evaluator(EvaluateTask("c", "search", files=endless))
    finally:
        evaluator.close()
    assert (found.status, found.verified) == ("timeout", False)
    assert 0.4 < found.seconds < 2.0
