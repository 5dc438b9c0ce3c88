import json
from typing import Any

import numpy as np
import pytest

from evo.report.comparison import comparison_rows
from evo.report.text import json_line


def runs(method: str, level: float, n: int = 10, length: int = 100, **more: Any) -> list[dict[str, Any]]:
    rng = np.random.default_rng(abs(int(level * 10)))
    return [
        {
            "method": method,
            "seed": seed,
            "scores": [None, *(level - rng.exponential(1.0 / np.arange(1, length))).tolist()],
            "seconds": 10.0 + seed,
            "cpu_s": 20.0,
            **more,
        }
        for seed in range(n)
    ]


def test_rows_come_best_first_with_what_they_beat() -> None:
    results = [*runs("low", 1.0), *runs("high", 3.0), *runs("middle", 2.0)]
    rows = comparison_rows(results, budget=100, best_known=4.0)
    assert [row["method"] for row in rows] == ["high", "middle", "low"]
    high, middle, low = rows
    assert high["better_than"] == ["low", "middle"]
    assert middle["better_than"] == ["low"]
    assert low["better_than"] == []
    assert high["wins"]["low"] == {"won": 10, "lost": 0, "tied": 0, "p": pytest.approx(2 / 2**10)}
    assert low["wins"]["high"]["lost"] == 10
    assert high["share"] == pytest.approx(high["best"]["median"] / 4)
    assert high["best"]["low"] <= high["best"]["median"] <= high["best"]["high"] <= high["max"] < 3
    assert high["seconds"] == 14.5
    assert high["holdout"] is None


def test_the_target_is_one_that_half_of_the_best_methods_runs_reach() -> None:
    rows = comparison_rows([*runs("low", 1.0), *runs("high", 3.0)], budget=100)
    by_name = {row["method"]: row for row in rows}
    assert by_name["high"]["target"] == by_name["high"]["best"]["median"]
    assert by_name["high"]["reached"] == 5
    assert by_name["low"]["reached"] == 0
    assert by_name["low"]["to_target"] is None
    assert by_name["low"]["expected_to_target"] is None
    assert 1 < by_name["high"]["to_target"] < 100
    given = comparison_rows(runs("high", 3.0), budget=100, target=-50.0)
    assert given[0]["to_target"] == 2  # the first evaluation of every run is a failure


def test_a_run_without_any_score_loses_and_is_counted() -> None:
    broken = [{"method": "broken", "seed": seed, "scores": [None] * 5} for seed in range(10)]
    good, bad = comparison_rows([*broken, *runs("good", -100.0)], budget=100)
    assert good["method"] == "good"
    assert good["better_than"] == ["broken"]
    assert good["wins"]["broken"]["won"] == 10
    assert bad["best"] is None
    assert bad["failed"] == 10
    assert bad["area"] is None
    nothing = comparison_rows(broken, budget=100)
    assert nothing[0]["target"] is None


def test_only_seeds_that_both_ran_are_paired() -> None:
    first, second = runs("a", 3.0, n=6), runs("b", 1.0, n=9)[4:]
    by_name = {row["method"]: row for row in comparison_rows([*first, *second], budget=100)}
    assert by_name["a"]["wins"]["b"]["won"] == 2
    apart = comparison_rows([*first, *second[2:]], budget=100)
    assert apart[0]["wins"]["b"] == {"won": 0, "lost": 0, "tied": 0, "p": 1.0}


def test_equal_results_are_ties_and_nothing_is_better() -> None:
    same = [{**run, "method": "twin"} for run in runs("one", 2.0)]
    rows = comparison_rows([*runs("one", 2.0), *same], budget=100)
    assert all(row["better_than"] == [] for row in rows)
    assert rows[0]["wins"][rows[1]["method"]] == {"won": 0, "lost": 0, "tied": 10, "p": 1.0}


def test_holdout_scores_get_their_own_interval() -> None:
    (row,) = comparison_rows(runs("a", 2.0, holdout=1.5), budget=100)
    assert row["holdout"] == {"median": 1.5, "low": 1.5, "high": 1.5}


def test_the_area_rewards_being_early() -> None:
    early = [{"method": "early", "seed": 0, "scores": [0.0, 1.0, 1.0, 1.0]}]
    late = [{"method": "late", "seed": 0, "scores": [0.0, 0.0, 0.0, 1.0]}]
    by_name = {row["method"]: row for row in comparison_rows([*early, *late], budget=4)}
    assert by_name["early"]["area"] == 0.75
    assert by_name["late"]["area"] == 0.25


def test_rows_are_plain_json() -> None:
    rows = comparison_rows([*runs("a", 2.0), *runs("b", 1.0)], budget=100, best_known=0.0)
    for row in rows:
        assert json.loads(json_line(row)) == json.loads(json.dumps(row))


def test_the_others_are_held_against_the_first() -> None:
    results = [*runs("low", 1.0), *runs("high", 3.0)]
    high, low = comparison_rows(results, budget=100)
    assert low["against"] is None
    assert high["against"] == {
        "method": "low",
        "won": 10,
        "lost": 0,
        "tied": 0,
        "p": pytest.approx(2 / 2**10),
    }
    high, low = comparison_rows(results, budget=100, first="high")
    assert high["against"] is None
    assert (low["against"]["method"], low["against"]["lost"]) == ("high", 10)
    assert high["against"] is None
    assert comparison_rows([], budget=100) == []


def test_the_normalised_area_runs_from_the_first_score_to_the_best_of_anybody() -> None:
    scores = {"best": [1.0, 3.0, 2.0, 2.0], "stuck": [1.0, 0.0, None, 0.0], "failed": [None] * 4}
    results = [{"method": name, "seed": 0, "scores": list(values)} for name, values in scores.items()]
    by_name = {row["method"]: row["curve"] for row in comparison_rows(results, budget=4)}
    assert by_name["best"] == {"median": 0.75, "low": 0.75, "high": 0.75}
    assert by_name["stuck"]["median"] == by_name["failed"]["median"] == 0
    by_name = {row["method"]: row["curve"] for row in comparison_rows(results, budget=4, floor=2.0)}
    assert by_name["best"]["median"] == 0.75  # of three evaluations at 3
    by_name = {row["method"]: row["curve"] for row in comparison_rows(results, budget=4, floor=-1.0)}
    assert by_name["stuck"]["median"] == pytest.approx(0.5)
    assert comparison_rows(results[2:], budget=4)[0]["curve"] is None
