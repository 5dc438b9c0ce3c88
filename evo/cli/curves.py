"""A run's best-so-far curve, read from disk."""

from pathlib import Path

from evo.store.archive import open_run


def curve_of(folder: Path) -> tuple[list[float], list[float]]:
    """The evaluations spent when the best score grew, all that were spent, and the best at those.

    In a race a judgement on a part of the cases counts as that part, as it does for the budget.

    Raises:
        RunError: `folder` is not a run.
    """
    with open_run(folder) as view:
        steps = [(spent, standing.score) for spent, standing in view.archive.improvements()]
        points = [(spent, score) for spent, score in steps if score is not None]
        if points and points[-1][0] < view.archive.spent:
            points.append((view.archive.spent, points[-1][1]))
    return [spent for spent, _ in points], [score for _, score in points]
