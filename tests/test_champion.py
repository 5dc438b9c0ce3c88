from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from evo.champion import ChampionRule, champion, measures, ranking
from evo.errors import ConfigError
from evo.types import Evaluation, Usage


@dataclass(frozen=True)
class Row:
    id: str
    score: float
    measures: Mapping[str, float] = field(default_factory=dict)


ROWS = [
    Row("dear", 1.0, {"usd": 9.0}),
    Row("fair", 0.95, {"usd": 2.0}),
    Row("fine", 0.97, {"usd": 2.0}),
    Row("cheap", 0.5, {"usd": 0.1}),
    Row("unknown", 0.99),
]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("best score", "dear"),
        ("least usd within 0", "dear"),
        ("least usd within 0.04", "fine"),
        ("least usd within 0.1", "fine"),
        ("least usd within 1", "cheap"),
        ("most usd within 0.5", "dear"),
        ("least seconds within 0.5", "dear"),
        (ChampionRule("usd", 1.0), "cheap"),
    ],
)
def test_the_rule_names_the_champion(rule: ChampionRule | str, expected: str) -> None:
    found = champion(ROWS, rule)
    assert found is not None
    assert found.id == expected


def test_the_ranking_holds_those_that_are_near_enough() -> None:
    assert [row.id for row in ranking(ROWS, "least usd within 0.1")] == ["fine", "fair", "dear", "unknown"]


@pytest.mark.parametrize("words", ["best score", "least usd within 0.02", "most a/b within 0"])
def test_a_rule_says_the_words_it_was_parsed_from(words: str) -> None:
    assert str(ChampionRule.parse(words)) == words


def test_what_is_measured_of_a_judgement() -> None:
    verdict = Evaluation(score=1.0, seconds=2.0, metrics={"size": 3.0}, usage=Usage(4, 5, None, gpu_s=6.0))
    assert measures(verdict) == {"seconds": 2.0, "tokens": 9.0, "gpu_seconds": 6.0, "size": 3.0}
    odd = Evaluation(score=1.0, metrics={"seconds": 8.0, "size": float("nan")}, usage=Usage(usd=0.5))
    assert measures(odd) == {"seconds": 8.0, "usd": 0.5, "tokens": 0.0, "gpu_seconds": 0.0}


def test_an_unknown_measure_comes_last() -> None:
    rows = [Row("unknown", 1.0), Row("known", 0.9, {"usd": 50.0})]
    assert champion(rows, "least usd within 0.2") is rows[1]
    assert champion(rows, "most usd within 0.2") is rows[1]


def test_of_equal_ones_the_first() -> None:
    assert champion([Row("a", 1.0), Row("b", 1.0)]) == Row("a", 1.0)


def test_without_candidates_there_is_no_champion() -> None:
    assert champion([]) is None


@pytest.mark.parametrize(
    "text", ["", "best", "least usd", "least usd within x", "least usd within -1", "least usd within inf"]
)
def test_words_that_are_no_rule_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"a champion rule is 'best score', .* got .*least usd within 0.02"):
        ChampionRule.parse(text)
