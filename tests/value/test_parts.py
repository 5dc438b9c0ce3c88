"""The parts of the value model, each against something slow and obvious."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.types import Candidate
from evo.value.bags import bag, grams, tokens_of
from evo.value.calibration import Calibration, conformal
from evo.value.components import Strengths, covariance, estimate, solve
from evo.value.facts import STRUCTURE, facts_of
from evo.value.forest import grow
from evo.value.memory import Label, choose_rows
from evo.value.scale import Scale
from evo.value.syntax import syntax_of

SCORES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30)


@given(SCORES)
@settings(deadline=None)
def test_a_scale_goes_there_and_back_in_order(scores: list[float]) -> None:
    scale = Scale.of(scores)
    ordered = np.sort(np.array(scores))
    z = scale.to(ordered)
    assert np.isfinite(z).all()
    assert (np.diff(z) >= 0).all()
    assert np.allclose(
        scale.back(z), ordered, rtol=1e-6, atol=1e-6 * max(scale.spread, np.abs(ordered).max())
    )


def test_one_catastrophe_does_not_squeeze_the_rest() -> None:
    scores = [-3.0, -3.1, -2.9, -3.05, -2.95, -1e6]
    z = Scale.of(scores).to(scores)
    assert np.ptp(z[:5]) > 1
    assert z[5] > -6


def test_beyond_what_was_seen_forecasts_stay_near() -> None:
    scale = Scale.of(np.linspace(0, 10, 20))
    assert scale.back(np.array([8.0]))[0] < 50
    assert scale.back_spread(np.array([5.0]), np.array([1.0]))[0] == pytest.approx(scale.spread)


def test_a_bag_counts_and_damps() -> None:
    once, thrice = bag(["a"], 64), bag(["a"] * 3, 64)
    assert np.count_nonzero(once) == 1
    assert np.abs(once).max() == pytest.approx(np.log(2))
    assert np.abs(thrice).max() == pytest.approx(np.log(4))
    assert not bag([], 8).any()
    assert tokens_of("Max_iter = 3.5") == ["max", "_", "iter", "=", "3.5"]
    assert grams(["a", "(", ")", "b"]) == ["a", "(", ")", "b", "a (", ") b"]


def test_syntax_counts_calls_as_often_as_loops_turn() -> None:
    found = syntax_of(
        "n = 4\nfor i in range(n):\n    for j in [1, 2]:\n        f(x, t=0.5)\ng('two words')\n"
    )
    assert found is not None
    assert found.turns == 1 + 4 * 2 + 1  # of range, f and g
    assert (found.loops_deep, found.looped) == (2, 1)
    assert {"f", "f looped", "t=", "t=0.5"} <= set(found.calls)
    assert found.words == ["two", "words"]
    assert syntax_of("x = 1.5 + 2\n").skeleton == syntax_of("y = 9.5 + 7\n").skeleton  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["def f(:\n", "x = " + "-" * 5000 + "1\n", "x = '\0'", "x = " + "9" * 400, ""]
)
def test_any_text_has_facts(text: str) -> None:
    facts = facts_of(Candidate.of({"main.py": text}), [])
    for values in (facts.structure, facts.tokens, facts.words, facts.constants):
        assert np.isfinite(values).all()
    assert len(facts.structure) == len(STRUCTURE)


def test_a_forest_walks_as_its_trees_do() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 5)).astype(np.float32)
    y = np.where(x[:, 0] > 0, 1.0, -1.0) + x[:, 1]
    forest = grow(x, y, np.ones(80), np.random.default_rng(1), n_trees=48)
    for row in range(0, 80, 7):
        for tree, root in enumerate(forest.roots):
            at = root
            while forest.children[at, 0] != at:
                below = x[row, forest.feature[at]] <= forest.threshold[at]
                at = forest.children[at, 0 if below else 1]
            assert forest.leaves(x[row : row + 1])[0, tree] == at
    assert np.corrcoef(forest.out_of_bag, y)[0, 1] > 0.6
    mean, variance = forest.predict(x)
    assert np.corrcoef(mean, y)[0, 1] > 0.8
    assert (variance >= 0).all()


def test_left_out_is_what_a_process_without_the_row_says() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(12, 3))
    kernels = np.stack([x @ x.T / 3, np.exp(-((x[:, None] - x[None]) ** 2).sum(-1))])
    y, noisiness, strengths = rng.normal(size=12), np.ones(12), Strengths(np.array([0.5, 0.3]), 0.2)
    total = covariance(kernels, noisiness, strengths)
    whole = solve(total, y, strengths)
    for row in range(12):
        rest = np.delete(np.arange(12), row)
        part = solve(total[np.ix_(rest, rest)], y[rest], strengths)
        mean, variance = part.predict(total[row, rest], total[row, row] - strengths.noise - 1e-9)
        assert whole.left_out[row] == pytest.approx(mean, abs=1e-6)
        assert whole.left_out_variance[row] == pytest.approx(variance, abs=1e-6)


def test_the_kernel_that_made_the_labels_gains_strength() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 60, 4))
    kernels = np.stack([one @ one.T / 4, other @ other.T / 4])
    y = one @ rng.normal(size=4) / 2 + 0.1 * rng.normal(size=60)
    prior = Strengths.prior(np.ones(2))
    found = estimate(kernels, y, np.ones(60), start=prior, prior=prior, rounds=30)
    assert found.kernels[0] > 4 * found.kernels[1]
    assert found.noise < prior.noise

    def evidence(strengths: Strengths) -> float:
        total = covariance(kernels, np.ones(60), strengths)
        return float(-y @ np.linalg.solve(total, y) - np.linalg.slogdet(total)[1])

    assert evidence(found) > evidence(prior)


def test_conformal_holds_nine_of_ten_to_come() -> None:
    rng = np.random.default_rng(0)
    held = [rng.exponential() <= conformal(list(rng.exponential(size=50))) for _ in range(2000)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.03)
    assert conformal([1.0, 2.0]) == 3.0


def test_stand_ins_give_way_to_honest_residuals() -> None:
    calibration = Calibration(window=50)
    calibration.refit(np.full(30, 3.29))
    assert calibration.factor == pytest.approx(2.0, rel=0.01)


def test_rows_are_the_latest_the_best_and_a_lasting_sample() -> None:
    labels = [Label(f"{at:016x}", float(-at) if at % 5 else None, 1.0) for at in range(100)]
    chosen = choose_rows(labels, 20)
    assert len(chosen) == 20
    assert set(range(90, 100)) <= set(chosen)
    assert {1, 2, 3, 4, 6} <= set(chosen)  # the best of the others
    kept = [labels[at] for at in chosen]
    assert choose_rows(kept, 20) == list(range(20))
