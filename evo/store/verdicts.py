"""The verdicts of one stage over all candidates, as arrays: some 120 bytes a candidate."""

import math
from array import array
from collections.abc import Mapping

import numpy as np

from evo.champion import COSTS
from evo.types import STATUSES, Evaluation, Status, Usage

_UNJUDGED = -1
_LOST = STATUSES.index("lost")
_OK = STATUSES.index("ok")
_ATTEMPT_BITS = 32


class Verdicts:
    """For each candidate, by its number in the archive, the latest verdict that was not lost.

    Attributes:
        best: number of the candidate with the highest score, the earliest of equals.
    """

    def __init__(self) -> None:
        self.best: int | None = None
        self._told: set[int] = set()
        self._status = array("b")
        self._score = array("d")  # not-a-number unless ok
        self._seconds = array("d")
        self._usd = array("d")  # not-a-number where unknown
        self._tokens = array("q")
        self._gpu_s = array("d")
        self._attempts = array("i")
        self._verified = array("b")
        self._metrics_at = array("q")
        self._metrics_count = array("i")
        self._metric_values = array("d")
        self._metric_codes = array("i")
        self._metric_names: list[str] = []
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        """One more than the highest number that was judged."""
        return len(self._status)

    def tell(self, number: int, evaluation: Evaluation) -> bool:
        """Takes in a verdict on candidate `number`; False if that attempt was told before."""
        key = number << _ATTEMPT_BITS | evaluation.attempt
        if key in self._told:
            return False
        self._told.add(key)
        self._reach(number)
        self._attempts[number] += 1
        if evaluation.status == "lost":
            if self._status[number] == _UNJUDGED:
                self._status[number] = _LOST
            return True
        score = math.nan if evaluation.score is None else evaluation.score
        self._status[number] = STATUSES.index(evaluation.status)
        self._score[number] = score
        self._seconds[number] = evaluation.seconds
        self._keep_usage(number, evaluation.usage)
        self._verified[number] = evaluation.verified
        self._keep_metrics(number, evaluation.metrics)
        self._update_best(number, score)
        return True

    def is_judged(self, number: int) -> bool:
        """Whether there is a verdict that was not lost."""
        return number < len(self) and self._status[number] not in (_UNJUDGED, _LOST)

    def status(self, number: int) -> Status | None:
        """The latest verdict; ``lost`` if every attempt was, None if there was none."""
        code = self._status[number] if number < len(self) else _UNJUDGED
        return None if code == _UNJUDGED else STATUSES[code]

    def score(self, number: int) -> float | None:
        """The score of the latest verdict, None unless it is ``ok``."""
        is_ok = number < len(self) and self._status[number] == _OK
        return self._score[number] if is_ok else None

    def seconds(self, number: int) -> float:
        """What the candidate took, by the latest verdict."""
        return self._seconds[number] if number < len(self) else 0.0

    def attempts(self, number: int) -> int:
        """How often it was judged, lost attempts included."""
        return self._attempts[number] if number < len(self) else 0

    def verified(self, number: int) -> bool:
        """Whether the score came from a judge outside the candidate's process."""
        return bool(self._verified[number]) if number < len(self) else True

    def metrics(self, number: int) -> Mapping[str, float]:
        """The metrics of the latest verdict."""
        if number >= len(self):
            return {}
        start, count = self._metrics_at[number], self._metrics_count[number]
        return {
            self._metric_names[self._metric_codes[i]]: self._metric_values[i]
            for i in range(start, start + count)
        }

    def ranking(self, k: int) -> list[int]:
        """Numbers of the `k` best candidates, the best first, the earlier of equals first."""
        scores = np.array(self._score)
        numbers = np.flatnonzero(~np.isnan(scores))
        order = np.argsort(-scores[numbers], kind="stable")
        return [int(number) for number in numbers[order[:k]]]

    def near_best(self, within: float) -> tuple[np.ndarray, np.ndarray]:
        """Those whose score is no more than `within` below the best, the earlier first.

        Returns:
            ``[n]`` their numbers, and ``[n]`` their scores.
        """
        scores = np.array(self._score)
        best = -math.inf if self.best is None else scores[self.best]
        numbers = np.flatnonzero(scores >= best - within)
        return numbers, scores[numbers]

    def measure(self, name: str) -> np.ndarray:
        """``[n]`` values of a measure by number, see `evo.champion.measures`; not-a-number where unknown."""
        costs = dict(zip(COSTS, (self._seconds, self._usd, self._tokens, self._gpu_s), strict=True))
        values = np.array(costs[name], float) if name in costs else np.full(len(self), math.nan)
        if name in self._codes:
            values = self._with_metric(values, self._codes[name])
        return np.where(np.isfinite(values), values, math.nan)

    @property
    def measure_names(self) -> list[str]:
        """Measures that a verdict may have: costs, and every metric that occurred."""
        return list(dict.fromkeys([*COSTS, *self._metric_names]))

    def _with_metric(self, values: np.ndarray, code: int) -> np.ndarray:
        """`values` with a metric in the places of those that have it."""
        starts, counts = np.array(self._metrics_at), np.array(self._metrics_count)
        numbers = np.repeat(np.arange(len(self)), counts)
        places = np.arange(len(numbers)) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
        has = np.array(self._metric_codes)[places] == code
        values[numbers[has]] = np.array(self._metric_values)[places[has]]
        return values

    def _reach(self, number: int) -> None:
        lacking = number + 1 - len(self)
        if lacking > 0:
            self._status.extend([_UNJUDGED] * lacking)
            self._score.extend([math.nan] * lacking)
            self._seconds.extend([0.0] * lacking)
            self._usd.extend([math.nan] * lacking)
            self._tokens.extend([0] * lacking)
            self._gpu_s.extend([0.0] * lacking)
            self._attempts.extend([0] * lacking)
            self._verified.extend([1] * lacking)
            self._metrics_at.extend([0] * lacking)
            self._metrics_count.extend([0] * lacking)

    def _keep_usage(self, number: int, usage: Usage) -> None:
        self._usd[number] = math.nan if usage.usd is None else usage.usd
        self._tokens[number] = usage.tokens_in + usage.tokens_out
        self._gpu_s[number] = usage.gpu_s

    def _keep_metrics(self, number: int, metrics: Mapping[str, float]) -> None:
        self._metrics_at[number] = len(self._metric_values)
        self._metrics_count[number] = len(metrics)
        for name, value in metrics.items():
            code = self._codes.setdefault(name, len(self._codes))
            if code == len(self._metric_names):
                self._metric_names.append(name)
            self._metric_codes.append(code)
            self._metric_values.append(value)

    def _update_best(self, number: int, score: float) -> None:
        if number == self.best:  # judged again: another one may be better now
            self.best = next(iter(self.ranking(1)), None)
        elif not math.isnan(score) and (
            self.best is None or (score, -number) > (self._score[self.best], -self.best)
        ):
            self.best = number
