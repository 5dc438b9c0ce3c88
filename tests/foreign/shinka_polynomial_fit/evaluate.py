"""Scores an approximation of the sine by the largest error it makes."""

import argparse
from pathlib import Path

import numpy as np
from shinka.core import run_shinka_eval


def get_kwargs(run_index):
    """Arguments of one run."""
    return {"points": 20 + 7 * run_index}


def validate(result):
    """Whether a run's result can be scored, and why not."""
    x, y = result
    if np.shape(y) != np.shape(x):
        return False, f"expected {np.shape(x)} estimates, got {np.shape(y)}"
    if not np.isfinite(y).all():
        return False, "an estimate is not finite"
    return True, None


def aggregate(results, results_dir):
    """All runs as metrics."""
    errors = [float(np.abs(y - np.sin(x)).max()) for x, y in results]
    np.savez(Path(results_dir) / "extra.npz", y=results[0][1])
    worst = int(np.argmax(np.abs(results[0][1] - np.sin(results[0][0]))))
    return {
        "combined_score": -max(errors),
        "public": {
            "largest_error": max(errors),
            "runs": len(results),
            "worst_at": f"x = {results[0][0][worst]:.3f}",
        },
        "private": {"secret": 42.0},
        "extra_data": {"errors": errors},
        "text_feedback": "The error is largest near the ends." if worst in (0, 19) else "",
    }


def main(program_path, results_dir):
    """Runs the program and writes metrics.json and correct.json."""
    Path(results_dir).mkdir(parents=True, exist_ok=True)
    metrics, correct, error = run_shinka_eval(
        program_path=program_path,
        results_dir=results_dir,
        experiment_fn_name="run_experiment",
        num_runs=3,
        get_experiment_kwargs=get_kwargs,
        validate_fn=validate,
        aggregate_metrics_fn=lambda results: aggregate(results, results_dir),
    )
    print("correct" if correct else f"failed: {error}", metrics)
    if not correct:
        raise RuntimeError(error or "evaluation failed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program_path", default="initial.py")
    parser.add_argument("--results_dir", default="results")
    main(**vars(parser.parse_args()))
