"""What each component of a design has brought: main effects, effects of pairs, of parameters, and of operators.

A search concentrates on what is good, so that raw means of a component say as much about its company as
about itself. Here all slots are fitted together, and little evidence is drawn towards no effect.

An effect is meant for designs like those that were judged: a component comes with the parameters that it had there,
beside what stood in the other slots there. Over all designs of a space it may be another one. Where all true scores
are known (2,506 agents of `problems/agent_textworld`, 150 evaluations by `greedy` and by `top_k`, 20 seeds;
``python -m tests.benchmarks.effects --searches greedy,top_k --cold-start 0,16,30``) the intervals of components held
the true effect .99 and .95 of the time, those of words .99 and .93, those of slopes .94 and .94; the effect over all
agents .79 and .76, .86 and .83, .16 and .24. After 16 or 30 designs of a covering array they were hardly narrower, and
those of components held the true effect .81 to .86 of the time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from evo.share import Share
from evo.value.factors import Factor, Layout, factors_of
from evo.value.mixed import Posterior, fit
from evo.value.slots import Slots
from evo.value.swaps import Backgrounds, Estimate, Swap, swaps_of, t_intervals

MOST_DESIGNS = 10_000
"""Of more than these an even spread is taken."""

LEAST_DESIGNS = 4
"""Of fewer nothing is said."""

BEYOND = 3.0
"""A score further from the middle nine tenths than so many times their width counts as one that is that far."""


@dataclass(frozen=True, slots=True)
class JudgedDesign:
    """A design with its verdict.

    Attributes:
        slots: of `evo.value.slots.slots_of`.
        score: None unless it was ``ok``.
        seconds: that judging it took.
        usd: that judging it cost; None where it is not known.
    """

    slots: Slots
    score: float | None
    seconds: float = 0.0
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class ComponentEffect:
    """A component in its slot, or a value of a parameter, against the mean of all that could stand there.

    Attributes:
        slot: ``memory``, or ``tools.search`` for a parameter.
        component: empty for a slot that is not filled.
        n: designs with it that were judged; `n_ok` of them have a score.
        score: what it adds to the score, in the problem's unit; the others as they stood in the designs judged.
        ok: what it adds to the chance to be ``ok``; None if all designs were, or none.
        seconds, usd: what it adds to the cost of judging; None where that is not known.
        swaps: comparisons with another component in which nothing else differed.
    """

    slot: str
    component: str
    n: int
    n_ok: int
    score: Estimate | None = None
    ok: Estimate | None = None
    seconds: Estimate | None = None
    usd: Estimate | None = None
    swaps: int = 0


@dataclass(frozen=True, slots=True)
class RangeEffect:
    """A range of a numeric parameter, from `low` to `high`, against the mean of its ranges."""

    low: float
    high: float
    n: int
    score: Estimate


@dataclass(frozen=True, slots=True)
class ParameterEffect:
    """A numeric parameter.

    Attributes:
        slope: what the score gains with each unit of it.
        ranges: ascending.
    """

    parameter: str
    n: int
    slope: Estimate
    ranges: tuple[RangeEffect, ...]

    @property
    def best(self) -> RangeEffect:
        """The range with the highest mean."""
        return max(self.ranges, key=lambda one: one.score.mean)


@dataclass(frozen=True, slots=True)
class PairEffect:
    """What two components add to the score together, beyond what each adds by itself."""

    slot: str
    component: str
    other_slot: str
    other_component: str
    n: int
    score: Estimate


@dataclass(frozen=True, slots=True)
class Effects:
    """All that judged designs say of their components; intervals are of 95 %.

    Attributes:
        n: designs judged; `n_ok` of them have a score.
        n_used: of them that were looked at.
        components: by slot, the best first.
        parameters: numeric ones, by name.
        pairs: the clear ones first, then those that are largest.
        swaps: by slot, those seen most often first.
    """

    n: int = 0
    n_ok: int = 0
    n_used: int = 0
    components: tuple[ComponentEffect, ...] = ()
    parameters: tuple[ParameterEffect, ...] = ()
    pairs: tuple[PairEffect, ...] = ()
    swaps: tuple[Swap, ...] = ()


def telling(estimate: Estimate | None) -> tuple[bool, float]:
    """A key by which the clear ones come first, each kind from the largest to the smallest."""
    return (True, 0.0) if estimate is None else (not estimate.clear, -abs(estimate.mean))


def effects(designs: Sequence[JudgedDesign], *, most: int = MOST_DESIGNS, pairs: int = 200) -> Effects:
    """What each component brought.

    Scores are fitted by a linear model of slots, parameters and pairs of components (`evo.value.mixed`).
    Designs that differ from another in one slot alone form families in it, so that their differences count
    as what they are: comparisons with all else equal.

    Args:
        designs: in the order they were judged; any number of them.
        most: designs to look at; of more an even spread is taken.
        pairs: of components to look at, at most.
    """
    n, n_ok = len(designs), sum(one.score is not None for one in designs)
    if n < LEAST_DESIGNS:
        return Effects(n, n_ok)
    if n > most:
        designs = [designs[at] for at in np.linspace(0, n - 1, most).round().astype(int)]
    slots = [one.slots for one in designs]
    factors = factors_of(slots)
    scored = np.array([at for at, one in enumerate(designs) if one.score is not None], int)
    found = _Tables(factors, len(designs))
    if len(scored) >= LEAST_DESIGNS and factors:
        scores = bounded(np.array([designs[at].score for at in scored], float))
        found.fit_scores(scores, scored, [slots[at] for at in scored], pairs)
    found.fit_rest(designs)
    return Effects(
        n,
        n_ok,
        len(designs),
        found.components(scored),
        found.parameters(scored),
        found.pairs(),
        found.swaps,
    )


def bounded(scores: np.ndarray) -> np.ndarray:
    """`scores`, ``[n]``, with those that are out of all proportion moved to the edge of it, see `BEYOND`."""
    low, high = np.quantile(scores, [0.05, 0.95])
    room = BEYOND * (high - low)
    return np.clip(scores, low - room, high + room) if high > low else scores


@dataclass(slots=True)
class _Tables:
    """Fits one figure after the other and keeps what each says of every level."""

    factors: Sequence[Factor]
    n: int
    swaps: tuple[Swap, ...] = ()
    _scores: dict[tuple[int, int], Estimate] = field(default_factory=dict)
    _slopes: dict[int, Estimate] = field(default_factory=dict)
    _pairs: list[PairEffect] = field(default_factory=list)
    _rest: dict[str, dict[tuple[int, int], Estimate]] = field(default_factory=dict)

    def fit_scores(self, scores: np.ndarray, chosen: np.ndarray, slots: Sequence[Slots], pairs: int) -> None:
        """Everything about the score."""
        layout = Layout(self.factors, chosen, pairs)
        own = [
            Factor(
                one.name,
                one.slot,
                one.levels,
                one.codes[chosen],
                None if one.values is None else one.values[chosen],
            )
            for one in self.factors
        ]
        backgrounds = Backgrounds(slots, own)
        posterior = fit(layout.x, scores, layout.groups, layout.shares, backgrounds.families())
        self._scores = self._levels(layout, posterior)
        for at, factor in enumerate(self.factors):
            # Where whoever has a parameter failed, nothing is known of it.
            if factor.values is not None and (factor.codes[chosen] >= 0).any():
                mean, half = posterior.of(layout.slope(at)[None])
                self._slopes[at] = Estimate(float(mean[0]), float(half[0]))
        means, halves = posterior.of(layout.pair_effects())
        for pair, mean, half in zip(layout.pairs, means.tolist(), halves.tolist(), strict=True):
            (a, i), (b, j) = pair.one, pair.other
            one, other = self.factors[a], self.factors[b]
            estimate = Estimate(mean, half)
            self._pairs.append(
                PairEffect(one.name, one.levels[i], other.name, other.levels[j], pair.n, estimate)
            )
        found = swaps_of(slots, scores, own, backgrounds)
        order = {factor.name: at for at, factor in enumerate(self.factors)}
        self.swaps = tuple(sorted(found, key=lambda one: (order[one.slot], -one.n, one.before, one.after)))

    def fit_rest(self, designs: Sequence[JudgedDesign]) -> None:
        """The chance to be ``ok``, and the cost of judging."""
        columns = {
            "ok": [1.0 if one.score is not None else 0.0 for one in designs],
            "seconds": [one.seconds for one in designs],
            "usd": [np.nan if one.usd is None else one.usd for one in designs],
        }
        for name, values in columns.items():
            y = np.array(values, float)
            known = np.flatnonzero(~np.isnan(y))
            if len(known) < LEAST_DESIGNS or not np.ptp(y[known]) or not self.factors:
                continue
            layout = Layout(self.factors, known, 0)
            y = y[known] if name == "ok" else bounded(y[known])
            self._rest[name] = self._levels(
                layout, fit(layout.x, y, layout.groups, layout.shares, np.arange(len(known)))
            )

    def _levels(self, layout: Layout, posterior: Posterior) -> dict[tuple[int, int], Estimate]:
        found = {}
        for at in range(len(self.factors)):
            means, halves = posterior.of(layout.levels(at))
            for level, (mean, half) in enumerate(zip(means.tolist(), halves.tolist(), strict=True)):
                found[at, level] = Estimate(mean, half)
        return found

    def components(self, scored: np.ndarray) -> tuple[ComponentEffect, ...]:
        """Of all factors but the numeric ones."""
        rows = []
        for at, factor in enumerate(self.factors):
            if factor.values is not None:
                continue
            passed = np.bincount(
                factor.codes[scored][factor.codes[scored] >= 0], minlength=len(factor.levels)
            )
            of_slot = [
                ComponentEffect(
                    factor.name,
                    name,
                    int(factor.counts[level]),
                    int(passed[level]),
                    self._scores.get((at, level)) if passed[level] else None,
                    **{figure: table[at, level] for figure, table in self._rest.items()},
                    swaps=sum(
                        one.n
                        for one in self.swaps
                        if one.slot == factor.name and name in (one.before, one.after)
                    ),
                )
                for level, name in enumerate(factor.levels)
            ]
            rows += sorted(of_slot, key=lambda one: -np.inf if one.score is None else -one.score.mean)
        return tuple(rows)

    def parameters(self, scored: np.ndarray) -> tuple[ParameterEffect, ...]:
        """Numeric ones that have scores."""
        rows = []
        for at, slope in self._slopes.items():
            factor = self.factors[at]
            n = np.bincount(factor.codes[scored][factor.codes[scored] >= 0], minlength=len(factor.levels))
            ranges = [
                RangeEffect(low, high, int(n[level]), self._scores[at, level])
                for level, (low, high) in enumerate(factor.edges)
                if n[level]
            ]
            if len(ranges) > 1:
                rows.append(ParameterEffect(factor.name, int(n.sum()), slope, tuple(ranges)))
        return tuple(rows)

    def pairs(self) -> tuple[PairEffect, ...]:
        """The clear ones first."""
        return tuple(sorted(self._pairs, key=lambda one: telling(one.score)))


@dataclass(frozen=True, slots=True)
class OperatorEffect:
    """What an operator did to the candidates that it was given.

    Attributes:
        n: children that were judged; `n_ok` of them have a score.
        gain: score of a child less the best of its parents', mean over those that have both; None without any.
        better: share of all judged children that are better than each of their parents.
    """

    operator: str
    n: int
    n_ok: int
    gain: Estimate | None
    better: Estimate


def operator_effects(children: Iterable[tuple[str, float | None, float | None]]) -> list[OperatorEffect]:
    """What each operator brought, the highest mean gain first.

    Args:
        children: of each judged child its operator, its score (None unless ``ok``), and the best score of
            its parents.
    """
    rows: dict[str, list[tuple[float | None, float | None]]] = {}
    for operator, score, parent in children:
        rows.setdefault(operator, []).append((score, parent))
    gains = {
        name: [a - b for a, b in pairs if a is not None and b is not None] for name, pairs in rows.items()
    }
    every = np.array([gain for some in gains.values() for gain in some])
    if len(every) >= LEAST_DESIGNS:
        low, high = float(bounded(every).min()), float(bounded(every).max())
        gains = {name: [min(max(gain, low), high) for gain in some] for name, some in gains.items()}
    with_gains = [name for name, some in gains.items() if some]
    estimates = dict(zip(with_gains, t_intervals([gains[name] for name in with_gains]), strict=True))
    found = []
    for name, pairs in rows.items():
        better = sum(gain > 0 for gain in gains[name])
        n_ok = sum(score is not None for score, _ in pairs)
        found.append(OperatorEffect(name, len(pairs), n_ok, estimates.get(name), _share(better, len(pairs))))
    return sorted(
        found, key=lambda one: (one.gain is None, -one.gain.mean if one.gain else 0.0, one.operator)
    )


def _share(part: int, whole: int) -> Estimate:
    low, high = Share(part, whole).interval()
    return Estimate((low + high) / 2, (high - low) / 2)
