"""The value model: trees and a Gaussian process over what a candidate's text, slots and parents say."""

import math
from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from evo.errors import ConfigError
from evo.types import Evaluation, Event, Forecast, Plan, Proposal
from evo.value.calibration import Calibration, Outcome
from evo.value.columns import Row
from evo.value.explanation import Explanation, explain
from evo.value.facts import facts_of
from evo.value.fitting import Fitted, Material, Size, fit
from evo.value.lineage import Lineage, maker_of
from evo.value.memory import Foreign, Known, Label, choose_rows
from evo.value.record import Record, places_of
from evo.value.scale import Scale
from evo.value.stack import VOICES, Stack

FIRST_FIT = 8
"""Labels before which nothing is fitted."""

GROWTH = 24
"""The model is fitted anew when the labels have grown by one in so many: after every label while there are few,
when a surprise of one candidate is what is most to be learnt about those that wait."""

FOREIGN_NOISE = 2.0
"""How much noisier than its own labels those of another run are held to be, at first."""

FADING = 10.0
"""Every so many labels of its own, those of other runs become noisier by as much again as one of its own."""

FOREIGN_UNTIL = 300
"""With so many labels of its own it learns from other runs no more."""

REMEMBERED = 8
"""Times the rows it learns from: so many judged candidates can still be asked about, and be parents whose text
is known; the latest."""

DIGITS = 9
"""To which forecasts are rounded: what is left to the last bits of sums must not decide between candidates."""


class Ensemble:
    """Predicts score, chance of ``ok`` and seconds of candidates that are not judged yet.

    Args:
        run_seed: at least 0.
        plan: of the run; a verdict at its last stage, or a failure at any, is a label.
        n_trees: of the forest that predicts scores; a third of it predicts each of chance and seconds.
        rows: candidates it learns from at most: the latest, the best, and a sample of the others.
        kernel_rows: of these, as many as the Gaussian process is given.
        longest: it is fitted anew after so many labels at the latest.
        window: honest residuals that calibrate it, the latest.

    Raises:
        ConfigError: a setting is out of range.
    """

    def __init__(
        self,
        run_seed: int,
        plan: Plan,
        *,
        n_trees: int = 48,
        rows: int = 2048,
        kernel_rows: int = 384,
        longest: int = 100,
        window: int = 200,
    ) -> None:
        _check(
            run_seed=run_seed,
            n_trees=n_trees,
            rows=rows,
            kernel_rows=kernel_rows,
            longest=longest,
            window=window,
        )
        self._run_seed, self._plan = run_seed, plan
        # Where evaluations are limited, nobody is chosen for being quick.
        self._size = Size(n_trees, kernel_rows, timed="evaluations" not in plan.limits)
        self._most_rows, self._longest = rows, longest
        self._stages = frozenset(plan.stages)
        self._askable: dict[str, Known] = {}
        self._learning: dict[str, Known] = {}
        self._shelved: dict[str, Known] = {}  # judged, and not to be asked about any more
        self._judged: deque[str] = deque()  # of those in `_askable` and `_shelved`, in order
        self._labels: list[Label] = []  # of the candidates in `_learning`, in the order they came
        self._n_labels = 0
        self._numbers: set[int] = set()  # of proposals that were told
        self._climbed: dict[str, dict[str, float]] = {}  # candidate -> stage it passed -> seconds
        self._early: dict[str, list[Evaluation]] = {}  # told before their candidate
        self._waiting: dict[str, list[str]] = {}  # parent without a verdict -> its children
        self._foreign: list[Foreign] = []
        self._foreign_scale: Scale | None = None
        self._lineage = Lineage()
        self._record = Record()
        self._stack = Stack()
        self._scale = Scale()
        self._next_fit = FIRST_FIT
        self._n_fits = 0
        self._fitted: Fitted | None = None
        self._thoughts: dict[str, np.ndarray] = {}  # of the model as it stands
        self._calibration = Calibration(window)

    # -- being asked ------------------------------------------------------------------------------

    @property
    def n_labels(self) -> int:
        """How many judged candidates of this run it has learnt from."""
        return self._n_labels

    @property
    def n_fits(self) -> int:
        """How often it was fitted."""
        return self._n_fits

    def predict(self, candidates: Sequence[str]) -> Forecast:
        """What it expects of candidates it was told and that were not forgotten, in the order given.

        Raises:
            KeyError: it was not told of one of them, or one was judged more than `REMEMBERED` times as many
                verdicts ago as it learns from.
        """
        thoughts = self._think(candidates)
        z, spread, ok, seconds = thoughts[:, :4].T
        spread = spread * self._calibration.factor
        mean, std = self._scale.back(z), self._scale.back_spread(z, spread)
        return Forecast(_rounded(mean), _rounded(std), _rounded(ok), _rounded(seconds))

    def forget(self, candidates: Sequence[str]) -> None:
        """These will not be asked about any more; what was learnt from them stays."""
        for name in candidates:
            known = self._askable.pop(name, None)
            if known is not None and name in self._lineage.scores:
                self._shelved[name] = known  # its children are still measured against it
            self._thoughts.pop(name, None)

    def history(self) -> list[Outcome]:
        """What was predicted of each of the latest candidates just before its verdict came, and the verdict."""
        return list(self._calibration.outcomes)

    def coverage(self, last: int | None = None) -> float | None:
        """Share of the latest scores that lay in their 90 % intervals; None before there are any."""
        return self._calibration.coverage(last)

    def explain(self) -> Explanation | None:
        """What it goes by, as of the latest labels; None before it was fitted. Costs a fit, and changes nothing."""
        if self._fitted is None:
            return None
        from threadpoolctl import threadpool_limits  # late, as scikit-learn is

        material = self.material()
        with threadpool_limits(1):
            fitted = fit(material, self._size, self._draws, self._fitted, self._stack)
        scored = np.flatnonzero(~np.isnan(material.z))
        x = fitted.columns.encode([material.rows[at] for at in scored.tolist()]).trees
        return explain(fitted, self._scale, x, material.z[scored], self._draws(3))

    def _think(self, candidates: Sequence[str]) -> np.ndarray:
        """``[n, 4 + len(VOICES)]``, see `Fitted.think`; a candidate is thought about once a fit."""
        for name in candidates:
            if name not in self._askable:
                raise KeyError(f"the value model was not told of candidate {name}, or was told to forget it")
        new = [name for name in dict.fromkeys(candidates) if name not in self._thoughts]
        if new:
            if self._fitted is None:
                found = np.tile(self._cold(), (len(new), 1))
            else:
                found = self._fitted.think(self._rows([self._askable[name] for name in new]))
            self._thoughts.update(zip(new, found, strict=True))
        return np.array([self._thoughts[name] for name in candidates]).reshape(
            len(candidates), 4 + len(VOICES)
        )

    def _cold(self) -> list[float]:
        """What it says of everybody before it was ever fitted."""
        n_ok = sum(label.score is not None for label in self._labels)
        seconds = [label.seconds for label in self._labels]
        rate = (n_ok + 4.0) / (len(self._labels) + 5.0)
        return [0.0, 1.0, rate, float(np.mean(seconds)) if seconds else 0.0, *[float("nan")] * len(VOICES)]

    # -- being told -------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """Takes in one event; only proposals with a candidate and verdicts of the run's stages count."""
        if isinstance(event, Proposal):
            self._tell_proposal(event)
        elif isinstance(event, Evaluation):
            self._tell_evaluation(event)

    def _tell_proposal(self, proposal: Proposal) -> None:
        candidate = proposal.candidate
        if candidate is None or proposal.status != "ok" or candidate.id in self._askable:
            return
        parents = candidate.parents
        known = [found for name in parents if (found := self._find(name)) is not None]
        new = proposal.number not in self._numbers
        history = self._lineage.told(proposal, parents, self._n_labels, count=new)
        self._numbers.add(proposal.number)
        facts, maker = facts_of(candidate, [found.facts for found in known]), maker_of(proposal)
        places = places_of(facts.touched, parents, maker)
        self._askable[candidate.id] = Known(
            facts,
            history,
            self._record.numbers(places),
            places,
            parents,
            maker,
            self._guess(parents),
        )
        for name in parents:
            if name not in self._lineage.scores:
                self._waiting.setdefault(name, []).append(candidate.id)
        for evaluation in self._early.pop(candidate.id, []):
            self._tell_evaluation(evaluation)

    def _tell_evaluation(self, evaluation: Evaluation) -> None:
        name, stage = evaluation.candidate, evaluation.stage
        if evaluation.status == "lost" or stage not in self._stages or name in self._lineage.scores:
            return
        known = self._askable.get(name)
        if known is None:
            self._early.setdefault(name, []).append(evaluation)
            return
        seconds = self._climbed.setdefault(name, {})
        seconds.setdefault(stage, evaluation.seconds)
        if evaluation.status != "ok" or stage == self._plan.stages[-1]:
            del self._climbed[name]
            self._learn(known, Label(name, evaluation.score, sum(seconds.values())))

    def _learn(self, known: Known, label: Label) -> None:
        self._compare(label)
        if step := self._lineage.step(label.score, known.parents):
            self._record.add(known.places, *step, label.score is None)
        self._lineage.judged(label.candidate, label.score, known.parents, known.maker)
        for name in self._waiting.pop(label.candidate, ()):
            self._thoughts.pop(name, None)  # their parent's score is known now
        self._learning[label.candidate] = known
        self._judged.append(label.candidate)
        if len(self._judged) > REMEMBERED * self._most_rows:
            oldest = self._judged.popleft()
            self.forget([oldest])
            self._shelved.pop(oldest, None)
        self._labels.append(label)
        self._n_labels += 1
        if self._fitted is None:
            self._thoughts.clear()  # what is said of everybody moves with every label
            self._scale = self._new_scale()
        if self._n_labels >= self._next_fit:
            self._fit()

    def _compare(self, label: Label) -> None:
        """Writes down what is expected now, before the verdict is learnt."""
        said = self.predict([label.candidate])
        off = None
        if self._fitted is not None and label.score is not None:
            thought, truth = self._think([label.candidate])[0], float(self._scale.to(label.score))
            off = (truth - thought[0]) / thought[1]
            if self._fitted.changes is not None and not np.isnan(voices := thought[4:]).any():
                self._stack.tell(voices, float(self._fitted.changes.ranks.to(truth)))
        self._calibration.add(
            Outcome(
                label.candidate,
                self._n_labels,
                float(said.mean[0]),
                float(said.std[0]),
                float(said.ok[0]),
                label.score,
            ),
            off,
        )

    def _find(self, name: str) -> Known | None:
        return self._askable.get(name) or self._learning.get(name) or self._shelved.get(name)

    def _guess(self, parents: Sequence[str]) -> float | None:
        """The best that is expected of parents that are not judged yet; None if there are none.

        Whoever has children was chosen for it once it was judged, so it is hardly worse than its own parents.
        """
        waiting = [name for name in parents if name not in self._lineage.scores and name in self._askable]
        if not waiting:
            return None
        before = [self._before(self._askable[name]) for name in waiting]
        return max(float(self.predict(waiting).mean.max()), *before)

    def _before(self, known: Known) -> float:
        """The score that `known` came from, or what stands in for it; minus infinity without one."""
        scores = [score for name in known.parents if (score := self._lineage.scores.get(name)) is not None]
        if scores:
            return max(scores)
        return -np.inf if known.guess is None else known.guess

    # -- learning ---------------------------------------------------------------------------------

    def learn_from(self, events: Iterable[Event], stages: Sequence[str] | None = None) -> None:
        """Takes another run of this problem, or of one like it, for a start; to be called before any tell.

        Its scores are standardised within that run, and count for less the more labels there are of this one.

        Args:
            events: of one run, in order.
            stages: of that run's problem, if not the same as of this one.
        """
        plan = self._plan if stages is None else Plan(stages=tuple(stages), keep=(1.0,) * len(stages))
        other = Collector(self._run_seed, plan, rows=max(self._most_rows // 2, 16))
        for event in events:
            other.tell(event)
        self._foreign += other.collected()
        self._foreign_scale = self._scale = other._scale
        if len(self._foreign) >= FIRST_FIT:
            self._fit()

    def fit_when(self, n_labels: int) -> None:
        """Puts the next fit off until there are so many labels: for who hands over labels that are all there."""
        self._next_fit = n_labels

    def _fit(self) -> None:
        """Fits all heads to the labels so far."""
        from threadpoolctl import threadpool_limits  # comes with scikit-learn; late, as that is

        n = self._n_labels
        self._next_fit = n + min(max(1, n // GROWTH), self._longest)
        self._n_fits += 1
        self._prune()
        self._scale = self._new_scale()
        with threadpool_limits(
            1
        ):  # sums in the same order on any number of cores; and small ones are faster so
            self._fitted = fit(self.material(), self._size, self._draws, self._fitted, self._stack)
        self._thoughts.clear()
        self._calibration.refit(self._fitted.off)

    def _draws(self, head: int) -> np.random.Generator:
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence((self._run_seed, self._n_fits, head, 7)))
        )

    def _prune(self) -> None:
        """Lets go of what is not learnt from any more."""
        chosen = choose_rows(self._labels, self._most_rows)
        if len(chosen) < len(self._labels):
            self._labels = [self._labels[at] for at in chosen]
            self._learning = {label.candidate: self._learning[label.candidate] for label in self._labels}

    def _new_scale(self) -> Scale:
        scores = [label.score for label in self._labels if label.score is not None]
        if len(scores) < FIRST_FIT // 2 and self._foreign_scale is not None:
            return self._foreign_scale
        return Scale.of(scores)

    def material(self) -> Material:
        """What a fit would learn from now."""
        foreign = self._foreign if self._n_labels < FOREIGN_UNTIL else []
        scores = [math.nan if label.score is None else label.score for label in self._labels]
        own = self._scale.to(np.array(scores))
        z = np.concatenate([own, [math.nan if one.z is None else one.z for one in foreign]])
        noisiness = np.ones(len(z))
        noisiness[len(own) :] = FOREIGN_NOISE + self._n_labels / FADING
        return Material(
            self._rows([self._learning[label.candidate] for label in self._labels])
            + [one.row for one in foreign],
            z,
            np.array([label.seconds for label in self._labels] + [one.seconds for one in foreign]),
            noisiness,
            len(own),
        )

    def _rows(self, known: Sequence[Known]) -> list[Row]:
        """Everything about candidates, their parents' scores as they are known now."""
        if not known:
            return []
        lineage, parents = self._lineage.parents(
            [one.parents for one in known], [one.guess for one in known], self._scale
        )
        lineage = np.hstack([np.stack([one.history for one in known]), lineage])
        return [
            Row(one.facts, lineage[at], one.record, parent)
            for at, (one, parent) in enumerate(zip(known, parents.tolist(), strict=True))
        ]


class Collector(Ensemble):
    """Reads the journal of another run without ever fitting anything."""

    def collected(self) -> list[Foreign]:
        """The judged candidates that are worth learning from."""
        self._prune()
        self._scale = self._new_scale()
        rows = self._rows([self._learning[label.candidate] for label in self._labels])
        return [
            Foreign(row, None if label.score is None else float(self._scale.to(label.score)), label.seconds)
            for row, label in zip(rows, self._labels, strict=True)
        ]

    def _fit(self) -> None:
        """Nothing but keeping what it holds bounded."""
        self._next_fit = self._n_labels + self._most_rows
        self._prune()
        self.forget([name for name in self._askable if name in self._lineage.scores])


def _rounded(values: np.ndarray) -> np.ndarray:
    """`values` to `DIGITS` significant digits."""
    exponent = np.floor(np.log10(np.maximum(np.abs(values), 1e-200)))
    unit = 10.0 ** (exponent - DIGITS + 1)
    return np.asarray(np.round(values / unit) * unit)


def _check(**settings: int) -> None:
    """Refuses settings that are too small.

    Raises:
        ConfigError: one is.
    """
    least = {"run_seed": 0, "n_trees": 1, "rows": 16, "kernel_rows": 8, "longest": 1, "window": 10}
    for name, value in settings.items():
        if value < least[name]:
            raise ConfigError(
                f"search.value.{name} must be at least {least[name]}, got {value}. "
                f"Set it with: evo run search.value.{name}={max(least[name], 1)}"
            )
