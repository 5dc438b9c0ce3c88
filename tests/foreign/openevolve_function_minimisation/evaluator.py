"""Scores a search program by how low the point is that it finds."""

import concurrent.futures
import importlib.util
import time
import traceback

import numpy as np
from openevolve.evaluation_result import EvaluationResult
from surface import height

LOWEST = -0.971
LIMIT_S = 5


def _load(program_path):
    spec = importlib.util.spec_from_file_location("program", program_path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def _in_time(function):
    executor = concurrent.futures.ThreadPoolExecutor(max_workers=1)
    try:
        return executor.submit(function).result(timeout=LIMIT_S)
    finally:
        executor.shutdown(wait=False)


def evaluate(program_path):
    """Metrics of one program; ``combined_score`` is 1 at the lowest point."""
    start = time.time()
    try:
        x, y = _in_time(_load(program_path).run_search)
        point = np.array([x, y], dtype=float)
        if not np.isfinite(point).all():
            raise ValueError(f"the point {point} is not finite")
        value = height(*point)
    except Exception as error:
        print("evaluation failed:", error)
        return EvaluationResult(
            metrics={"combined_score": 0.0, "validity": 0.0, "error": f"{type(error).__name__}: {error}"},
            artifacts={"traceback": traceback.format_exc(limit=-2)},
        )
    print(f"found {value:.4f} in {time.time() - start:.3f} s")
    return EvaluationResult(
        metrics={
            "combined_score": float(1.0 / (1.0 + abs(value - LOWEST))),
            "validity": 1.0,
            "value": np.float64(value),
            "distance": float(np.linalg.norm(point)),
            "converged": bool(value < 0),
        },
        artifacts={"where it ended": f"({x:.4f}, {y:.4f}), height {value:.4f}; the lowest is about {LOWEST}"},
    )


def evaluate_stage1(program_path):
    """A first look: does it run at all?"""
    return {"runs": float(hasattr(_load(program_path), "run_search"))}


def evaluate_stage2(program_path):
    """Everything."""
    return evaluate(program_path)
