"""Runs a program's function some times, has the results checked and put together, and writes both down.

The files are ``metrics.json`` and ``correct.json``, as ShinkaEvolve writes and reads them.
"""

import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Metrics = dict[str, Any]


def load_program(program_path: str) -> ModuleType:
    """Runs a Python file as a module called ``program``.

    Raises:
        ImportError: it is no Python file.
    """
    spec = importlib.util.spec_from_file_location("program", program_path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{program_path} cannot be loaded as a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def save_json_results(results_dir: str, metrics: Metrics, correct: bool, error: str | None = None) -> None:
    """Writes ``metrics.json`` and ``correct.json`` below `results_dir`."""
    folder = Path(results_dir)
    folder.mkdir(parents=True, exist_ok=True)
    verdict = {"correct": bool(correct), "error": error}
    (folder / "correct.json").write_text(json.dumps(verdict), encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics, default=_as_json), encoding="utf-8")


def run_shinka_eval(  # noqa: PLR0917 - it is called as ShinkaEvolve's is
    program_path: str,
    results_dir: str,
    experiment_fn_name: str,
    num_runs: int,
    get_experiment_kwargs: Callable[[int], dict[str, Any]] | None = None,
    aggregate_metrics_fn: Callable[[list[Any]], Metrics] | None = None,
    validate_fn: Callable[[Any], tuple[bool, str | None]] | None = None,
    plotting_fn: Callable[..., Any] | None = None,
    default_metrics_on_error: Metrics | None = None,
    **settings: Any,
) -> tuple[Metrics, bool, str | None]:
    """Calls the program's function `num_runs` times, one after the other.

    Args:
        program_path: Python file.
        results_dir: where the results go.
        experiment_fn_name: the function.
        num_runs: how often it is called.
        get_experiment_kwargs: number of the run, from 0 -> keyword arguments; ``seed=run + 1`` without.
        aggregate_metrics_fn: all results -> metrics, with ``combined_score``.
        validate_fn: a result -> whether it is valid, and why not.
        plotting_fn: not called.
        default_metrics_on_error: metrics in the place of those that could not be had.
        **settings: of early stopping and of several processes: all runs are made, in this one.

    Returns:
        The metrics, whether all runs were valid, and the first error.
    """
    seconds: list[float] = []
    try:
        function = getattr(load_program(program_path), experiment_fn_name)
        results = []
        for run in range(num_runs):
            arguments = get_experiment_kwargs(run) if get_experiment_kwargs else {"seed": run + 1}
            start = time.perf_counter()
            results.append(function(**arguments))
            seconds.append(time.perf_counter() - start)
        reasons = [reason for result in results if (reason := _refusal(validate_fn, result)) is not None]
        made = (
            aggregate_metrics_fn(results) if aggregate_metrics_fn else {"num_successful_runs": len(results)}
        )
        metrics = {**made, **_counts(seconds, results, reasons if validate_fn else None)}
        correct = not reasons
        error = next((f"Validation failed: {reason}" for reason in reasons if reason), None)
    except Exception as failure:  # noqa: BLE001 - whatever the program raises is what is written down
        metrics = {"combined_score": 0.0, **(default_metrics_on_error or {})}
        correct, error = False, f"{type(failure).__name__}: {failure}"
    metrics.pop("extra_data", None)
    save_json_results(results_dir, metrics, correct, error)
    return metrics, correct, error


def _refusal(validate: Callable[[Any], tuple[bool, str | None]] | None, result: Any) -> str | None:
    """Why a result is refused, perhaps without words; None if it is valid."""
    if validate is None:
        return None
    valid, reason = validate(result)
    return None if valid else reason or ""


def _counts(seconds: Sequence[float], results: Sequence[Any], reasons: Sequence[str] | None) -> Metrics:
    found: Metrics = {
        "execution_time_mean": statistics.fmean(seconds) if seconds else 0.0,
        "execution_time_std": statistics.pstdev(seconds) if seconds else 0.0,
    }
    if reasons is not None:
        found["num_valid_runs"] = len(results) - len(reasons)
        found["num_invalid_runs"] = len(reasons)
        found["all_validation_errors"] = list(dict.fromkeys(filter(None, reasons)))
    return found


def _as_json(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return str(value)
