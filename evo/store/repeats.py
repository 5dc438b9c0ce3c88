"""Verdicts on the few candidates that are judged several times at a stage, as one verdict on each."""

from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean

from evo.types import Evaluation, Usage


class Repeats:
    """For each candidate, by its number in the archive, all its verdicts that were not lost."""

    def __init__(self) -> None:
        self._told: dict[int, dict[int, Evaluation]] = {}  # number -> attempt -> verdict without its texts
        self._latest: dict[int, int] = {}

    def joined(self, number: int, evaluation: Evaluation) -> Evaluation:
        """Takes in a verdict; returns the one that stands for all so far: their means, or the first failure."""
        self._latest[number] = max(evaluation.attempt, self.latest(number))
        if evaluation.status == "lost":
            return evaluation
        told = self._told.setdefault(number, {})
        told[evaluation.attempt] = replace(evaluation, cases=(), feedback="", artefact="")
        verdicts = [told[attempt] for attempt in sorted(told)]
        scores = [one.score for one in verdicts if one.score is not None]
        if len(scores) < len(verdicts):
            failed = next(one for one in verdicts if one.score is None)
            return replace(evaluation, status=failed.status, score=None)
        return replace(
            evaluation,
            score=fmean(scores),
            metrics=_means([one.metrics for one in verdicts]),
            seconds=fmean(one.seconds for one in verdicts),
            usage=_mean_usage([one.usage for one in verdicts]),
        )

    def scores(self, number: int) -> list[float | None]:
        """Of every verdict that was not lost, by attempt; None for one that is not ``ok``."""
        told = self._told.get(number, {})
        return [told[attempt].score for attempt in sorted(told)]

    def seeds(self, number: int) -> frozenset[int]:
        """Of every verdict that was not lost."""
        return frozenset(one.seed for one in self._told.get(number, {}).values())

    def latest(self, number: int) -> int:
        """The highest attempt, lost ones included; 0 if there was none."""
        return self._latest.get(number, 0)


def _means(metrics: list[Mapping[str, float]]) -> dict[str, float]:
    """Of the metrics that all have."""
    common = [name for name in metrics[0] if all(name in one for one in metrics)]
    return {name: fmean(one[name] for one in metrics) for name in common}


def _mean_usage(usages: list[Usage]) -> Usage:
    """Of one verdict, tokens rounded; an unknown price makes the mean unknown."""
    prices = [one.usd for one in usages if one.usd is not None]
    return Usage(
        round(fmean(one.tokens_in for one in usages)),
        round(fmean(one.tokens_out for one in usages)),
        fmean(prices) if len(prices) == len(usages) else None,
        fmean(one.cpu_s for one in usages),
        fmean(one.gpu_s for one in usages),
    )
