"""The verdict on a design: what its cases come to together."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evo.design.trajectory import Trajectory, joined, kept, worst
from evo.evaluate.judge import printable
from evo.play.case import Played
from evo.play.ledger import METRICS, ledger, means
from evo.types import EvaluateTask, Evaluation, Stage

SHOWN = 3
"""Trajectories in the feedback, the worst first."""
SHOWN_CHARACTERS = 600
"""Of each of them."""


def verdict(played: Sequence[Played], failed_case: float | None, is_all: bool) -> Evaluation:
    """That on the whole evaluation, or on what is new of it.

    Args:
        played: at least one case.
        failed_case: what a case counts that failed; None if the evaluation then fails.
        is_all: whether no cases were played before.
    """
    trajectories = [one.host.trajectory for one in played]
    usage, metrics = ledger(played)
    common: dict[str, Any] = {
        "cases": tuple(one.result for one in played),
        "artefact": kept(trajectories),
        "seconds": sum(one.own_s for one in played),
        "usage": usage,
    }
    failed = [one for one in played if one.verdict.status != "ok"]
    lost = [one for one in failed if one.verdict.status == "lost"]
    if failed and (lost or failed_case is None or (is_all and len(failed) == len(played))):
        first = (lost or failed)[0]
        where = f"On case {first.case.name}: " if len(played) > 1 else ""
        reason = f"{where}{first.verdict.feedback}"
        shown = [one for one in worst(trajectories, SHOWN) if one.status != "ok"]
        return Evaluation(
            status=first.verdict.status,
            metrics=metrics,
            feedback=_feedback(reason, shown),
            **common,
        )
    fallback = 0.0 if failed_case is None else failed_case
    scores = [fallback if one.verdict.score is None else one.verdict.score for one in played]
    score = statistics.fmean(scores)
    if not math.isfinite(score):
        return Evaluation(status="invalid", feedback="The scores are too large to add up.", **common)
    reason = "" if not failed else f"On case {failed[0].case.name}: {failed[0].verdict.feedback}"
    top = max(scores)
    shown = [one for one in worst(trajectories, SHOWN) if one.score is None or one.score < top]
    return Evaluation(
        score=score,
        metrics={
            **means([one.verdict.metrics for one in played if one.verdict.status == "ok"]),
            **metrics,
        },
        feedback=_feedback(reason, shown),
        **common,
    )


def taken_over(task: EvaluateTask, stage: Stage) -> Evaluation | None:
    """The evaluation whose cases are not played again; None if there is none that fits."""
    earlier = task.earlier
    if earlier is None or earlier.score is None or not stage.skip or len(earlier.cases) != stage.skip:
        return None
    return earlier if earlier.seed == task.seed else None


def merged(earlier: Evaluation, verdict: Evaluation) -> Evaluation:
    """One verdict on the cases of both; what a node that was not asked in some used there is 0."""
    cases = earlier.cases + verdict.cases
    if verdict.score is None or earlier.score is None:
        return replace(verdict, cases=cases)
    share = len(earlier.cases) / len(cases)
    names = [
        name
        for name in dict.fromkeys((*earlier.metrics, *verdict.metrics))
        if name.startswith(METRICS) or (name in earlier.metrics and name in verdict.metrics)
    ]
    return replace(
        verdict,
        score=share * earlier.score + (1 - share) * verdict.score,
        cases=cases,
        metrics={
            name: share * earlier.metrics.get(name, 0.0) + (1 - share) * verdict.metrics.get(name, 0.0)
            for name in names
        },
        feedback=printable("\n\n".join(text for text in (earlier.feedback, verdict.feedback) if text)),
        artefact=joined(earlier.artefact, verdict.artefact),
    )


def _feedback(reason: str, shown: Sequence[Trajectory]) -> str:
    return printable(
        "\n\n".join([*([reason] if reason else []), *(one.summary(SHOWN_CHARACTERS) for one in shown)])
    )
