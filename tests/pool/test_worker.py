"""How a problem travels to a worker."""

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from evo import Evaluation, plugins
from evo.errors import PluginError, ProblemError
from evo.pool.worker import RemoteWorker, Warm, WorkerSpec, failed
from evo.types import EvaluateTask, Problem
from tests.pool.toys import FOLDER, toy


def halved(output: float) -> Evaluation:
    return Evaluation.ok(output / 2)


def travelled(problem: Problem) -> Problem:
    spec: WorkerSpec = pickle.loads(pickle.dumps(WorkerSpec.of(problem)))
    return spec.problem


def test_a_problem_with_a_folder_travels_as_a_reference() -> None:
    spec = WorkerSpec.of(toy())
    assert spec.by_reference
    assert len(pickle.dumps(spec)) < 1000
    assert travelled(toy()).score is toy().score


def test_plain_settings_travel_as_they_were_changed() -> None:
    changed = toy(options={"bonus": 2.0}, entry="other", stages=(replace(toy().stages[0], timeout_s=0.5),))
    there = travelled(changed)
    assert (there.options, there.entry, there.stages) == ({"bonus": 2.0}, "other", changed.stages)


def test_a_changed_function_is_not_loaded_back_from_the_folder() -> None:
    spec = WorkerSpec.of(toy(score=halved))
    assert not spec.by_reference
    assert travelled(toy(score=halved)).score is halved


def test_a_problem_from_a_file_of_another_name_is_not_loaded_from_problem_py(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text((FOLDER / "problem.py").read_text())
    assert not WorkerSpec(plugins.problem(tmp_path / "mine.py")).by_reference


def test_parameters_travel(tmp_path: Path) -> None:
    (tmp_path / "problem.py").write_text(
        "from evo import Problem\ndef make(n=1):\n    return Problem(name=f'p{n}', statement='', seeds=[])\n"
    )
    problem = plugins.problem(tmp_path, {"n": 5})
    assert WorkerSpec(problem).by_reference
    assert travelled(problem).name == "p5"


def test_evos_own_files_are_named_so_that_another_installation_finds_them() -> None:
    inside = WorkerSpec.of(toy(evaluator=str(FOLDER / "evaluator.py") + ":Obedient"))
    assert inside.problem.evaluator == "tests/pool/toy/evaluator.py:Obedient"


def test_a_file_elsewhere_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("Mine = dict\n")
    monkeypatch.chdir(tmp_path)
    spec = WorkerSpec.of(toy(evaluator="mine.py:Mine"))
    assert spec.problem.evaluator == f"{tmp_path}/mine.py:Mine"


def test_a_missing_evaluator_is_refused_before_any_worker_starts() -> None:
    with pytest.raises(PluginError, match="no_such"):
        WorkerSpec.of(toy(evaluator="no_such.py:Evaluator"))


def test_a_missing_folder_is_told_by_the_worker(tmp_path: Path) -> None:
    (tmp_path / "problem.py").write_text((FOLDER / "problem.py").read_text())
    problem = replace(plugins.problem(tmp_path), evaluator=f"{FOLDER}/evaluator.py:Obedient")
    packed = pickle.dumps(WorkerSpec.of(problem))
    (tmp_path / "problem.py").unlink()
    tmp_path.rmdir()
    with pytest.raises(ProblemError, match="has no folder"):
        pickle.loads(packed)


def test_a_call_begins_no_task_after_its_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    worker = RemoteWorker(pickle.dumps(WorkerSpec.of(toy())), gpu=True)
    worker.start()
    tasks = [EvaluateTask(f"c{i}", "search", files={"do.txt": "sleep 0.03"}) for i in range(5)]
    answer = worker.judge(tasks, slice_s=0.02)
    assert [verdict.candidate for verdict in answer.verdicts] == ["c0"]
    assert len(worker.judge(tasks, slice_s=60.0).verdicts) == 5
    worker.close()


def test_a_verdict_has_the_seed_that_it_was_ordered_with() -> None:
    warm = Warm(WorkerSpec.of(toy()).build)
    assert warm.judge(EvaluateTask("c", "search", seed=9, files={"do.txt": "score 1"})).seed == 9
    warm.close()


def test_a_worker_sees_a_gpu_only_if_it_leases_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"CUDA_VISIBLE_DEVICES": "0"})
    RemoteWorker(b"", gpu=True)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    RemoteWorker(b"", gpu=False)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_a_long_reason_is_cut_at_its_beginning() -> None:
    lost = failed(EvaluateTask("a", "search"), "lost", "x" * 100_000 + "the end")
    assert lost.feedback.endswith("the end")
    assert len(lost.feedback) == 4000
