"""What every value model must hold to, and two that know nothing: for comparison, and for the gate's test."""

import dataclasses
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from evo.roles import ValueModel
from evo.types import Candidate, Evaluation, Event, Forecast, Plan, Proposal, Reply, Steering

TWO_STAGES = Plan(n_seeds=1, stages=("few", "all"), keep=(0.5, 1.0), frontier=8)
"""What the contract's models are built with."""


class Guessing:
    """A value model that learns nothing; a subclass says what it forecasts of a candidate.

    Args:
        run_seed: at least 0.
        plan: of the run; a verdict at its last stage, or a failure at any, counts as a label.
    """

    def __init__(self, run_seed: int, plan: Plan) -> None:
        self._run_seed, self._plan = run_seed, plan
        self._told: set[str] = set()
        self._judged: set[str] = set()
        self._early: set[str] = set()

    @property
    def n_labels(self) -> int:
        """How many judged candidates it was told."""
        return len(self._judged)

    def tell(self, event: Event) -> None:
        """Counts candidates and labels."""
        if isinstance(event, Proposal) and event.candidate is not None and event.status == "ok":
            self._told.add(event.candidate.id)
            self._judged |= {event.candidate.id} & self._early
        elif isinstance(event, Evaluation) and self._is_label(event):
            (self._judged if event.candidate in self._told else self._early).add(event.candidate)

    def _is_label(self, event: Evaluation) -> bool:
        if event.status == "lost" or event.stage not in self._plan.stages:
            return False
        return event.status != "ok" or event.stage == self._plan.stages[-1]

    def forget(self, candidates: Sequence[str]) -> None:
        """These are unknown from now on."""
        self._told -= set(candidates)

    def predict(self, candidates: Sequence[str]) -> Forecast:
        """Says the same of each candidate whenever it is asked.

        Raises:
            KeyError: it was not told of one of them.
        """
        for name in candidates:
            if name not in self._told:
                raise KeyError(name)
        ones = np.ones(len(candidates))
        return Forecast(np.array([self.mean(name) for name in candidates]), ones, ones, 0 * ones)

    def mean(self, candidate: str) -> float:
        """What it forecasts."""
        raise NotImplementedError


class Noise(Guessing):
    """Forecasts a number that follows from the candidate's id and says nothing: a search must not listen to it."""

    def mean(self, candidate: str) -> float:
        """Uniform in [0, 1)."""
        text = f"{self._run_seed}:{candidate}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") / 2**64


class Constant(Guessing):
    """Forecasts the same of every candidate."""

    def mean(self, candidate: str) -> float:
        """Zero."""
        return 0.0


class ValueModelContract(ABC):
    """Subclass it, and supply the fixture `make`.

    Example::

        class TestEnsemble(ValueModelContract):
            @pytest.fixture
            def make(self) -> Callable[[int, Plan], ValueModel]:
                return lambda run_seed, plan: Ensemble(run_seed, plan)
    """

    n_candidates = 60
    """How many candidates the tests tell."""

    learns = True
    """Whether it has to predict better than chance what `history_of` makes easy to predict."""

    @pytest.fixture
    @abstractmethod
    def make(self) -> Callable[[int, Plan], ValueModel]:
        """Builds a fresh model from the run's seed and a plan."""

    # -- forecasts --------------------------------------------------------------------------------

    def test_a_forecast_is_finite_and_in_range_at_every_moment(
        self, make: Callable[[int, Plan], ValueModel]
    ) -> None:
        """From before the first label on, for scores of any size."""
        for unit in (1.0, 1e-9, -1e12):
            model, told = make(0, TWO_STAGES), []
            for event in history_of(self.n_candidates, unit=unit):
                model.tell(event)
                if isinstance(event, Proposal) and event.candidate is not None:
                    told.append(event.candidate.id)
                _check(model.predict(told[-5:]), min(len(told), 5))

    def test_before_any_label_all_are_the_same(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """It has nothing to go by."""
        if not self.learns:
            pytest.skip("it never goes by anything")
        model, names = make(0, TWO_STAGES), _propose(make(0, TWO_STAGES), 0)
        names = _propose(model, 9)
        forecast = model.predict(names)
        for values in (forecast.mean, forecast.std, forecast.ok, forecast.seconds):
            assert np.ptp(values) == 0

    def test_asked_for_nobody_it_says_nothing(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """Also when it was fitted."""
        model = make(0, TWO_STAGES)
        _check(model.predict([]), 0)
        _tell(model, history_of(self.n_candidates))
        _check(model.predict([]), 0)

    def test_forecasts_come_in_the_order_asked(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """And do not depend on whom else it is asked about."""
        model = make(1, TWO_STAGES)
        _tell(model, history_of(self.n_candidates))
        names = _propose(model, 12)
        whole = model.predict(names)
        turned = model.predict(names[::-1])
        alone = np.array([model.predict([name]).mean[0] for name in names])
        assert np.array_equal(whole.mean, turned.mean[::-1])
        assert np.array_equal(whole.std, turned.std[::-1])
        assert np.array_equal(whole.mean, alone)

    def test_asking_changes_nothing(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """One that was asked at every step, in batches of any size, and one that never was, agree bit for bit."""
        asked, silent, told = make(2, TWO_STAGES), make(2, TWO_STAGES), []
        for at, event in enumerate(history_of(self.n_candidates)):
            asked.tell(event)
            silent.tell(event)
            if isinstance(event, Proposal) and event.candidate is not None:
                told.append(event.candidate.id)
            asked.predict(told[-1 - at % 7 :])
        assert _same(asked.predict(told), silent.predict(told))

    def test_it_learns(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """What is easy to see in the text: the larger number is better, and ``bad`` fails."""
        if not self.learns:
            pytest.skip("it is not meant to")
        model = make(3, TWO_STAGES)
        _tell(model, history_of(2 * self.n_candidates))
        names = _propose(model, 60)
        forecast = model.predict(names)
        order = np.argsort(np.argsort(forecast.mean))
        truth = np.array([_quality(10_000 + at) for at in range(60)])
        assert np.corrcoef(order, truth)[0, 1] > 0.5
        bad = np.array([_is_bad(10_000 + at) for at in range(60)])
        assert forecast.ok[bad].mean() < forecast.ok[~bad].mean() - 0.1

    # -- labels -----------------------------------------------------------------------------------

    def test_what_counts_as_a_label(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """A verdict at the last stage of the search, or a failure at any; nothing else."""
        model = make(0, TWO_STAGES)
        one, two, three, four = _propose(model, 4)
        assert model.n_labels == 0
        for event, expected in (
            (Evaluation(one, "few", 1, "ok", 1.0), 0),
            (Evaluation(one, "all", 1, "lost"), 0),
            (Evaluation(one, "all", 2, "ok", 1.0), 1),
            (Evaluation(two, "few", 1, "crashed"), 2),
            (Evaluation(three, "holdout", 1, "ok", 9.0), 2),
            (Evaluation(three, "selection", 1, "ok", 9.0), 2),
            (Evaluation(three, "few", 1, "lost"), 2),
            (Evaluation(four, "few", 1, "ok", 2.0), 2),
            (Evaluation(four, "all", 1, "timeout"), 3),
            (Steering("advice"), 3),
            (Reply(0, 0, "propose", "model", "key", "text"), 3),
            (Proposal(50, "change", status="invalid"), 3),
        ):
            model.tell(event)
            assert model.n_labels == expected

    def test_holdout_and_selection_change_nothing(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """Whatever their scores are."""
        seen, unseen = make(4, TWO_STAGES), make(4, TWO_STAGES)
        for event in history_of(self.n_candidates):
            seen.tell(event)
            unseen.tell(event)
            if isinstance(event, Evaluation):
                for split in ("holdout", "selection"):
                    seen.tell(Evaluation(event.candidate, split, 1, "ok", -7.0))
        assert _same(seen.predict(_propose(seen, 9)), unseen.predict(_propose(unseen, 9)))

    def test_told_twice_is_told_once(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """Every event, at once or the whole run again."""
        once, twice = make(5, TWO_STAGES), make(5, TWO_STAGES)
        events = history_of(self.n_candidates)
        _tell(once, events)
        _tell(twice, [event for event in events for _ in range(2)])
        _tell(twice, events)
        assert once.n_labels == twice.n_labels
        assert _same(once.predict(_propose(once, 9)), twice.predict(_propose(twice, 9)))

    def test_a_replayed_model_is_the_same(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """Same settings, same events, same forecasts, bit for bit."""
        events = history_of(self.n_candidates)
        first, second = make(6, TWO_STAGES), make(6, TWO_STAGES)
        _tell(first, events)
        _tell(second, events)
        assert _same(first.predict(_propose(first, 9)), second.predict(_propose(second, 9)))

    def test_a_verdict_may_come_before_its_proposal(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """It counts once the candidate is known."""
        model = make(0, TWO_STAGES)
        proposal, name = _proposal(0)
        model.tell(Evaluation(name, "all", 1, "ok", 1.0))
        assert model.n_labels == 0
        model.tell(proposal)
        assert model.n_labels == 1

    def test_duplicates_are_ignored(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """The candidate is known, whoever proposes it again."""
        model, other = make(7, TWO_STAGES), make(7, TWO_STAGES)
        for number, event in enumerate(history_of(self.n_candidates)):
            model.tell(event)
            other.tell(event)
            if isinstance(event, Proposal):
                again = dataclasses.replace(event, number=50_000 + number, status="duplicate")
                model.tell(again)
        assert _same(model.predict(_propose(model, 9)), other.predict(_propose(other, 9)))

    # -- forgetting -------------------------------------------------------------------------------

    def test_who_is_unknown_or_forgotten_is_refused(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """With a KeyError; told again, it is known again."""
        model = make(0, TWO_STAGES)
        with pytest.raises(KeyError):
            model.predict(["0123456789abcdef"])
        one, two = _propose(model, 2)
        model.forget([one, "0123456789abcdef"])
        model.predict([two])
        with pytest.raises(KeyError):
            model.predict([two, one])
        _propose(model, 1)
        _check(model.predict([one, two]), 2)

    def test_what_was_learnt_of_the_forgotten_stays(self, make: Callable[[int, Plan], ValueModel]) -> None:
        """A judged candidate that is forgotten at once teaches as much as one that is kept."""
        kept, freed = make(8, TWO_STAGES), make(8, TWO_STAGES)
        last = TWO_STAGES.stages[-1]
        for event in history_of(self.n_candidates):
            kept.tell(event)
            freed.tell(event)
            if isinstance(event, Evaluation) and (event.stage == last or event.score is None):
                freed.forget([event.candidate])
        assert kept.n_labels == freed.n_labels
        assert _same(kept.predict(_propose(kept, 9)), freed.predict(_propose(freed, 9)))


def history_of(n: int, unit: float = 1.0) -> list[Event]:
    """`n` candidates and their verdicts, a few behind; every fourth is ``bad`` and fails, one has no score like it.

    Args:
        n: how many candidates.
        unit: that scores are multiplied by.
    """
    events: list[Event] = []
    names: list[str] = []
    for number in range(n):
        proposal, name = _proposal(number, tuple(names[:: max(len(names), 1)]))
        events.append(proposal)
        names.append(name)
        if number >= 3:
            events += _verdicts(number - 3, names[number - 3], unit)
    return events


def _verdicts(number: int, name: str, unit: float) -> list[Event]:
    seconds = 0.01 * (1 + number % 3)
    if _is_bad(number):
        return [Evaluation(name, "few", 1, "crashed", seconds=seconds)]
    score = unit * (_quality(number) if number % 17 != 5 else -1e6)
    return [Evaluation(name, stage, 1, "ok", float(score), seconds=seconds) for stage in TWO_STAGES.stages]


def _quality(number: int) -> float:
    """In [0, 1)."""
    return (number * 0.618034) % 1.0


def _is_bad(number: int) -> bool:
    return number % 4 == 1


def _proposal(number: int, parents: tuple[str, ...] = ()) -> tuple[Proposal, str]:
    """A program that calls more the better it is."""
    calls = "\n".join(f"    x = step(x, {at})" for at in range(1 + int(20 * _quality(number))))
    bad = "    bad(x)\n" if _is_bad(number) else ""
    text = f"def solve(x):\n{calls}\n{bad}    return x + {number}\n"
    candidate = Candidate.of({"main.py": text}, parents, "change" if parents else "seed")
    return Proposal(number, candidate.operator, parents, candidate), candidate.id


def _propose(model: ValueModel, n: int) -> list[str]:
    """Tells `n` more candidates, always the same ones."""
    made = [_proposal(10_000 + number) for number in range(n)]
    _tell(model, [proposal for proposal, _ in made])
    return [name for _, name in made]


def _tell(model: ValueModel, events: Sequence[Event]) -> None:
    for event in events:
        model.tell(event)


def _check(forecast: Forecast, n: int) -> None:
    for values in (forecast.mean, forecast.std, forecast.ok, forecast.seconds):
        assert values.shape == (n,)
        assert np.isfinite(values).all()
    assert (forecast.std >= 0).all()
    assert (forecast.seconds >= 0).all()
    assert ((forecast.ok >= 0) & (forecast.ok <= 1)).all()


def _same(one: Forecast, other: Forecast) -> bool:
    """Bit for bit."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("mean", "std", "ok", "seconds")
    )
