from collections import Counter
from typing import Any

import numpy as np
import pytest

from evo.errors import ConfigError
from evo.search.operator_mix import LOST_IN_A_ROW, REST, OperatorMix
from evo.types import OperatorShare, Plan, Proposal

SHARES = {"a": OperatorShare(3.0, 1), "b": OperatorShare(1.0, 2), "off": OperatorShare(0.0, 1)}
MODELS = {"plain": OperatorShare(1.0), "llm": OperatorShare(3.0, models=("big", "small", "off"))}


def mix_of(operators: dict[str, OperatorShare], **settings: Any) -> OperatorMix:
    return OperatorMix(Plan(operators=operators, **settings))


def drawn(mix: OperatorMix, n: int = 2000, **how: Any) -> Counter[tuple[str, str]]:
    rng = np.random.default_rng(0)
    arms = [mix.draw(rng, **how) for _ in range(n)]
    return Counter((arm.operator, arm.model) for arm in arms if arm)


def answered(mix: OperatorMix, operator: str, model: str, number: int, status: Any = "invalid") -> None:
    mix.tell(Proposal(number, operator, status=status, model=model), None)


def test_operators_are_drawn_by_weight() -> None:
    counts = drawn(mix_of(SHARES))
    assert set(counts) == {("a", ""), ("b", "")}
    assert counts["a", ""] / 2000 == pytest.approx(0.75, abs=0.04)


def test_models_share_the_weight_of_their_operator() -> None:
    counts = drawn(mix_of(MODELS, model_weights={"big": 2.0, "off": 0.0, "unused": 9.0}), 4000)
    shares = {arm: count / 4000 for arm, count in counts.items()}
    assert shares == pytest.approx(
        {("plain", ""): 1 / 4, ("llm", "big"): 1 / 2, ("llm", "small"): 1 / 4}, abs=0.03
    )


def test_only_those_that_the_parents_suffice_for() -> None:
    mix = mix_of(SHARES)
    assert set(drawn(mix, 50, max_parents=1)) == {("a", "")}
    assert set(drawn(mix, 50, max_parents=2)) == {("a", ""), ("b", "")}
    assert mix.draw(np.random.default_rng(0), max_parents=0) is None


@pytest.mark.parametrize("bandit", [False, True])
def test_repairs_are_drawn_only_when_there_is_something_to_repair(bandit: bool) -> None:
    mix = mix_of({"a": OperatorShare(), "fix": OperatorShare(repairs=True)}, bandit=bandit)
    assert set(drawn(mix, 100)) == {("a", "")}
    assert set(drawn(mix, 100, repairs=True)) == {("a", ""), ("fix", "")}


@pytest.mark.parametrize("bandit", [False, True])
def test_the_operator_of_the_cold_start_is_never_drawn(bandit: bool) -> None:
    mix = mix_of({"a": OperatorShare(), "start": OperatorShare(99.0)}, starter="start", bandit=bandit)
    assert set(drawn(mix, 100)) == {("a", "")}


@pytest.mark.parametrize("bandit", [False, True])
def test_an_arm_whose_model_does_not_answer_rests_and_is_tried_again(bandit: bool) -> None:
    mix = mix_of(MODELS, bandit=bandit)
    for number in range(LOST_IN_A_ROW):
        assert ("llm", "big") in drawn(mix, 200, number=number)
        answered(mix, "llm", "big", number, "lost")
    last = LOST_IN_A_ROW - 1
    for number in (last + 1, last + REST):
        assert set(drawn(mix, 200, number=number)) == {("plain", ""), ("llm", "small"), ("llm", "off")}
    again = last + 1 + REST
    assert ("llm", "big") in drawn(mix, 200, number=again)
    answered(mix, "llm", "big", again, "lost")  # still not there
    assert ("llm", "big") not in drawn(mix, 200, number=again + 1)
    answered(mix, "llm", "big", again + 1, "similar")
    assert ("llm", "big") in drawn(mix, 200, number=again + 2)


def test_when_all_rest_all_are_drawn() -> None:
    mix = mix_of({"llm": OperatorShare(models=("big", "small"))})
    for number in range(2 * LOST_IN_A_ROW):
        answered(mix, "llm", ("big", "small")[number % 2], number, "lost")
    assert set(drawn(mix, 50, number=2 * LOST_IN_A_ROW)) == {("llm", "big"), ("llm", "small")}


def test_an_operator_without_a_model_never_rests() -> None:
    mix = mix_of(SHARES)
    for number in range(9):
        answered(mix, "a", "", number, "lost")
    assert drawn(mix, 200, number=9) == drawn(mix_of(SHARES), 200, number=9)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_out_of_range_is_refused(weight: float) -> None:
    with pytest.raises(ConfigError, match=r"operators\.a\.weight must be .*, got .*operators\.a\.weight=1"):
        mix_of({"a": OperatorShare(weight)})
    with pytest.raises(ConfigError, match=r"models of operators\.llm need finite weights .*'big'"):
        mix_of(MODELS, model_weights={"big": weight})


def test_models_of_no_weight_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="one of them above 0"):
        mix_of(MODELS, model_weights={"big": 0.0, "small": 0.0, "off": 0.0})


def test_a_mix_of_nothing_is_refused() -> None:
    for shares in ({}, {"off": OperatorShare(0.0)}, {"fix": OperatorShare(repairs=True)}):
        with pytest.raises(ConfigError, match="operators needs one with a weight above 0"):
            mix_of(shares)
    with pytest.raises(ConfigError, match="only begin do not count"):
        mix_of({"a": OperatorShare()}, starter="a", cold_start=3)


def test_a_cold_start_by_nobody_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"cold start needs an operator of the run, got 'start'\. Choices: a, b"
    ):
        mix_of(SHARES, cold_start=2, starter="start")
