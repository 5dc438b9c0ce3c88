import numpy as np
import pytest

from evo.search.gate import CREDITED, ENOUGH, WINDOW, Gate


def gate(correlation: float, n: int = 200, seed: int = 0, failing: float = 0.0) -> Gate:
    rng, made = np.random.default_rng(seed), Gate()
    for _ in range(n):
        true = rng.normal()
        predicted = correlation * true + np.sqrt(1 - correlation**2) * rng.normal()
        made.tell(predicted, -np.inf if rng.random() < failing else true)
    return made


def test_right_predictions_have_full_skill_and_wrong_ones_none() -> None:
    assert gate(1.0).skill == pytest.approx(1.0)
    assert gate(1.0).bound > 0.95
    assert gate(-1.0).skill == pytest.approx(-1.0)
    assert gate(-1.0).bound == 0.0


def test_noise_has_hardly_ever_skill() -> None:
    bounds = [gate(0.0, seed=seed, failing=0.3).bound for seed in range(200)]
    assert np.mean(np.array(bounds) > 0.1) < 0.03
    assert np.mean(bounds) < 0.01


def test_the_bound_is_below_the_true_skill_about_nine_times_in_ten() -> None:
    truth = np.mean([gate(0.5, seed=seed).skill for seed in range(1000, 1300)])
    assert np.mean([gate(0.5, seed=seed).bound < truth for seed in range(300)]) > 0.84


def test_nothing_is_believed_before_enough_is_known() -> None:
    assert gate(1.0, n=ENOUGH).bound == 0.0
    assert gate(1.0, n=ENOUGH + 2).bound > 0.0


def test_credit_counts_until_the_model_has_shown_its_own_skill() -> None:
    assert Gate(credit=0.3).bound == 0.3
    right, wrong = Gate(credit=0.3), Gate(credit=0.3)
    bounds = []
    for number in range(CREDITED):
        right.tell(number, number)
        wrong.tell(number, -number)
        bounds.append(right.bound)
    assert bounds[1:] == sorted(bounds[1:])
    assert 0.6 < right.bound < 0.7
    assert wrong.bound == 0.0


def test_in_the_end_nothing_is_left_of_the_credit() -> None:
    rng, lent, earned = np.random.default_rng(3), Gate(credit=0.3), Gate()
    for _ in range(2 * WINDOW):
        true = rng.normal()
        predicted = 0.5 * true + rng.normal()
        lent.tell(predicted, true)
        earned.tell(predicted, true)
        assert lent.bound >= earned.bound
    assert lent.bound == earned.bound > 0.0


def test_on_credit_noise_is_not_believed_for_long() -> None:
    bounds = []
    for seed in range(100):
        rng, made = np.random.default_rng(seed), Gate(credit=0.3)
        for _ in range(2 * WINDOW):
            made.tell(rng.normal(), rng.normal())
        bounds.append(made.bound)
    assert np.mean(bounds) < 0.01


def test_a_few_far_apart_predictions_show_the_skill_that_a_narrow_choice_hides() -> None:
    """What is judged was predicted to be good, but for one in ten: those alone tell how good that was."""
    with_audits, without = [], []
    for seed in range(30):
        rng, made, narrow = np.random.default_rng(seed), Gate(), Gate()
        for number in range(150):
            while True:
                true = rng.normal()
                predicted = 0.6 * true + 0.8 * rng.normal()
                if predicted > 1.2 or number % 10 == 0:
                    break
            made.tell(predicted, true)
            if number % 10:
                narrow.tell(predicted, true)
        with_audits.append(made.skill)
        without.append(narrow.skill)
    assert np.mean(with_audits) > 1.4 * np.mean(without)


def test_skill_that_is_gone_is_soon_not_believed_any_more() -> None:
    made, rng = gate(0.9), np.random.default_rng(1)
    assert made.bound > 0.5
    for _ in range(WINDOW):
        made.tell(rng.normal(), rng.normal())
    assert made.bound < 0.1


def test_a_trend_that_everybody_sees_is_little_skill() -> None:
    rng, made = np.random.default_rng(2), Gate()
    for number in range(400):
        made.tell(number / 400 + 0.1 * rng.normal(), number / 400 + 0.1 * rng.normal())
    assert made.bound < 0.1


def test_equal_predictions_and_equal_truths_say_nothing() -> None:
    flat = Gate()
    for _ in range(100):
        flat.tell(0.5, 1.0)
    assert flat.skill == flat.bound == 0.0
    failing = Gate()
    for number in range(100):
        failing.tell(float(number % 7), -np.inf)
    assert failing.skill == failing.bound == 0.0
