"""One fit of the value model: from rows and verdicts to heads that predict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evo.value.changes import Changes, fit_changes
from evo.value.columns import Columns, Encoded, Row
from evo.value.forest import Grove, Told
from evo.value.head import Head, fit_head
from evo.value.stack import VOICES, Stack

LEAST_OF_A_KIND = 2
"""Candidates that were ok, and that failed, before their difference is learnt."""

SURE = 4.0
"""A chance of ``ok`` is drawn towards the share of all, as by so many labels."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is learnt from.

    Attributes:
        rows: ``n`` candidates, those of this run first.
        z: ``[n]`` standardised scores; nan for a candidate that failed.
        seconds: ``[n]`` that judging took.
        noisiness: ``[n]`` how much noisier than a label of this run each is.
        n_own: how many are of this run.
    """

    rows: Sequence[Row]
    z: np.ndarray
    seconds: np.ndarray
    noisiness: np.ndarray
    n_own: int


@dataclass(frozen=True, slots=True)
class Size:
    """How much a fit may cost.

    Attributes:
        n_trees: for the scores.
        kernel_rows: for the Gaussian process.
        timed: whether it learns what judging a candidate takes; the mean of all is said of it otherwise.
    """

    n_trees: int
    kernel_rows: int
    timed: bool = True


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of it.

    Attributes:
        columns: how rows become matrices.
        score, ok, seconds: heads; None where there was too little to learn from, or nobody asks.
        changes: what predicts scores from parents' scores; None where there was too little.
        weights: ``[len(VOICES)]`` of the score head, of changes and of the parents' scores.
        parent_deviation: of a candidate's rank from its parent's.
        ok_rate, ok_spread: mean and standard deviation of the verdicts as 0 and 1.
        z: mean and standard deviation of the standardised scores.
        log_seconds: mean of ``log(1 + milliseconds)``.
        off: ``[m]`` how many of its standard deviations the score head was off on rows left out of it.
        grove: the forests of all of them; None where nothing was learnt.
    """

    columns: Columns
    score: Head | None
    ok: Head | None
    seconds: Head | None
    changes: Changes | None
    weights: np.ndarray
    parent_deviation: float
    ok_rate: float
    ok_spread: float
    z: tuple[float, float]
    log_seconds: float
    off: np.ndarray
    grove: Grove | None

    def think(self, rows: Sequence[Row]) -> np.ndarray:
        """``[n, 4 + len(VOICES)]``: mean and deviation of the standardised score, chance of ok, seconds, voices.

        The voices are ranks, nan where a candidate has no parent with a score or changes were not learnt.
        """
        encoded = self.columns.encode(rows)
        found = np.full((len(rows), 4 + len(VOICES)), np.nan)
        told = self.grove.predict(np.hstack([encoded.trees, encoded.changes])) if self.grove else {}
        found[:, 0], found[:, 1] = self.score.predict(encoded, told["score"]) if self.score else self.z
        if self.changes is not None and (born := ~np.isnan(encoded.parents)).any():
            self._hear(self.changes, encoded, told["changes"], born, found)
        ok: np.ndarray | float = self.ok_rate
        if self.ok:
            ok = self.ok.predict(encoded, told["ok"])[0] * self.ok_spread + self.ok_rate
        found[:, 2] = np.clip(ok, 0.01, 0.99)
        log_seconds = self.seconds.predict(encoded, told["seconds"])[0] if self.seconds else self.log_seconds
        found[:, 3] = np.expm1(np.minimum(log_seconds, 30.0)) / 1e3
        return found

    def _hear(
        self, changes: Changes, encoded: Encoded, told: Told, born: np.ndarray, found: np.ndarray
    ) -> None:
        """Mixes, in place, what all voices say of the candidates that are `born` of a parent with a score."""
        ranks, (mean, std) = changes.ranks, found[:, :2].T
        changed, variance = changes.predict(encoded, told)
        voices = np.column_stack([ranks.to(mean), changed, ranks.to(encoded.parents)])
        own = np.full(len(voices), self.parent_deviation)
        spreads = np.column_stack([(ranks.to(mean + std) - ranks.to(mean - std)) / 2, np.sqrt(variance), own])
        said = (voices * self.weights).sum(axis=1)
        apart = ((spreads**2 + (voices - said[:, None]) ** 2) * self.weights).sum(axis=1)
        found[born, 0] = ranks.back(said)[born]
        found[born, 1] = ranks.back_spread(said, np.sqrt(apart))[born]
        found[born, 4:] = voices[born]


def fit(
    material: Material,
    size: Size,
    draws: Callable[[int], np.random.Generator],
    before: Fitted | None,
    stack: Stack | None = None,
) -> Fitted:
    """Fits every head.

    Args:
        material: at least one row.
        size: what it may cost.
        draws: number of a head -> the generator for all its draws.
        before: the last fit, to go on from.
        stack: whose word was worth what so far.
    """
    stack = stack or Stack()
    columns, encoded = Columns.fit(material.rows)
    names = [*columns.slots, *columns.parameters]
    fine = ~np.isnan(material.z)
    scored = np.flatnonzero(fine)
    score = ok = changes = None
    off = np.zeros(0)
    if len(scored) >= 2 * LEAST_OF_A_KIND and np.ptp(material.z[scored]) > 0:
        own = int((scored < material.n_own).sum())
        rng = draws(0)
        process = _choice(np.arange(len(scored)), own, material.z[scored], size.kernel_rows, rng)
        z, noisiness = material.z[scored], material.noisiness[scored]
        score = fit_head(
            encoded.take(scored),
            z,
            noisiness,
            rng,
            n_trees=size.n_trees,
            kernel_rows=process,
            slot_names=names,
            before=before.score if before else None,
        )
        off = (z[process] - score.left_out) / score.left_out_std
        off = off[process < own] if own else off
        if own:
            changes = fit_changes(encoded.take(scored[:own]), z[:own], draws(4), size.n_trees)
    rate = (len(scored) + SURE) / (len(material.rows) + SURE + 1.0)
    if min(len(scored), len(fine) - len(scored)) >= LEAST_OF_A_KIND:
        ok = _fit_ok(material, encoded, fine, size, rng=draws(1), names=names, before=before)
        rate = float(fine.mean())
    seconds = _fit_seconds(material, encoded, size, draws(2))
    return Fitted(
        columns,
        score,
        ok,
        seconds,
        changes,
        stack.weights(of_slots=bool(columns.slots)),
        stack.deviation(VOICES.index("parent")),
        rate,
        float(fine.std()),
        _moments(material.z[scored]),
        float(np.mean(_log(material.seconds))),
        off,
        _grove({"score": score, "ok": ok, "seconds": seconds, "changes": changes}, encoded),
    )


def _grove(parts: Mapping[str, Head | Changes | None], encoded: Encoded) -> Grove | None:
    """All their forests: those of changes split on columns that stand behind the others."""
    behind = encoded.trees.shape[1]
    forests = {
        name: (one.trees, behind if isinstance(one, Changes) else 0)
        for name, one in parts.items()
        if one is not None
    }
    return Grove(forests) if forests else None


def _fit_ok(
    material: Material,
    encoded: Encoded,
    fine: np.ndarray,
    size: Size,
    *,
    rng: np.random.Generator,
    names: list[str],
    before: Fitted | None,
) -> Head:
    target = (fine - fine.mean()) / fine.std()
    everyone = np.arange(len(fine))
    process = _choice(everyone, material.n_own, np.zeros(len(fine)), size.kernel_rows // 2, rng)
    n_trees = max(size.n_trees // 3, 4)
    last = before.ok if before else None
    return fit_head(
        encoded,
        target,
        material.noisiness,
        rng,
        n_trees=n_trees,
        kernel_rows=process,
        slot_names=names,
        before=last,
    )


def _fit_seconds(material: Material, encoded: Encoded, size: Size, rng: np.random.Generator) -> Head | None:
    if not size.timed or np.ptp(material.seconds) == 0:
        return None
    n_trees = max(size.n_trees // 3, 4)
    return fit_head(encoded, _log(material.seconds), material.noisiness, rng, n_trees=n_trees)


def _choice(places: np.ndarray, own: int, z: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """At most `most` of the rows, in order: of this run the latest half, the best quarter and some others."""
    if len(places) <= most:
        return places
    mine, others = places[:own], places[own:]
    latest = mine[-(most // 2) :]
    rest = mine[: len(mine) - len(latest)]
    best = rest[np.argsort(-z[rest], kind="stable")[: most // 4]]
    left = np.concatenate([np.setdiff1d(rest, best), others])
    drawn = rng.permutation(left)[: most - len(latest) - len(best)]
    return np.sort(np.concatenate([latest, best, drawn]))


def _moments(z: np.ndarray) -> tuple[float, float]:
    return (float(z.mean()), max(float(z.std()), 1e-3)) if len(z) else (0.0, 1.0)


def _log(seconds: np.ndarray) -> np.ndarray:
    """``log(1 + milliseconds)``."""
    return np.asarray(np.log1p(1e3 * np.maximum(seconds, 0.0)))
