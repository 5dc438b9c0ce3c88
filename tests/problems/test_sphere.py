"""The smallest problem: its judge is three lines, and the evaluator refuses what they trip over."""

from collections.abc import Iterator

import pytest

from evo import InvalidCandidate, plugins
from tests.problems.judging import Jailed, jailed


@pytest.fixture(scope="module")
def sphere() -> Iterator[Jailed]:
    with jailed("sphere") as held:
        yield held


def test_the_seed_is_ok(sphere: Jailed) -> None:
    verdict = sphere.judge_file("seed.py")
    assert (verdict.status, verdict.score, verdict.metrics) == ("ok", -26.25, {"largest": 3.0})
    assert verdict.verified


def test_zeros_are_best(sphere: Jailed) -> None:
    assert sphere.judge("def solve():\n    return [0.0] * 10").score == 0.0


@pytest.mark.parametrize(
    "answer",
    [
        "None",
        "[]",
        "[0.0] * 9",
        "[[0.0] * 10]",
        "[float('nan')] * 10",
        "[float('inf')] * 10",
        "['zero'] * 10",
        "[10 ** 400] * 10",
        "[1e200] * 10",
        "[[0.0], [0.0, 0.0]] * 5",
        "{'score': 1e9}",
    ],
)
def test_wrong_answers_are_invalid(sphere: Jailed, answer: str) -> None:
    verdict = sphere.judge(f"def solve():\n    return {answer}")
    assert verdict.status == "invalid"
    assert verdict.feedback


def test_the_message_says_what_to_change() -> None:
    with pytest.raises(InvalidCandidate, match="must return 10 numbers, it returned shape \\(3,\\)"):
        plugins.problem("sphere").score([1.0, 2.0, 3.0])  # type: ignore[misc]
