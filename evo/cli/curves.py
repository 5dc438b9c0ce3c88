"""A run's best-so-far curve, read from disk."""

from pathlib import Path

from evo.store.archive import open_run


def curve_of(folder: Path) -> tuple[list[int], list[float]]:
    """Numbers of the evaluations at which the best score grew, the last one of all, and the best at those.

    Raises:
        RunError: `folder` is not a run.
    """
    with open_run(folder) as view:
        steps = [(number, standing.score) for number, standing in view.archive.improvements()]
        points = [(number, score) for number, score in steps if score is not None]
        if points and points[-1][0] < view.archive.evaluations:
            points.append((view.archive.evaluations, points[-1][1]))
    return [number for number, _ in points], [score for _, score in points]
