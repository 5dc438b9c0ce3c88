"""What an ablation says of parts whose worth is known."""

import pytest

from tests.benchmarks.ablation import pays, pays_table
from tests.benchmarks.landscapes.runs import Order, Run, landscape
from tests.benchmarks.landscapes.tables import Study

PARTS = {"engine": "car[engine=null]", "radio": "car[radio=null]", "brake": "car[brake=null]"}
ARRIVES = {"car": 40, "car[engine=null]": 80, "car[radio=null]": 40, "car[brake=null]": 20}
"""Evaluations to the target."""


@pytest.fixture(scope="module")
def study() -> Study:
    """Runs that jump from the seed to the optimum."""
    place = landscape("nk-smooth")
    start = place.truth(place.seeds()[0]) or 0.0
    runs = []
    for method, arrives in ARRIVES.items():
        for seed in range(10):
            steps = [(1, start), (arrives, place.optimum)]
            runs.append(
                Run(Order(place.name, method, seed, 100), steps, steps, 100, 100, 0, 0, 1.0, 0.1, 0.0, "")
            )
    return Study(place, runs)


def test_a_part_pays_if_the_search_is_slower_without_it(study: Study) -> None:
    rows = {row["part"]: row for row in pays("car", PARTS, [study])}
    assert {part: row["pays"] for part, row in rows.items()} == {
        "engine": True,
        "radio": None,
        "brake": False,
    }
    assert rows["engine"]["ratio"] == pytest.approx(2)
    assert rows["engine"]["interval"] == pytest.approx((2, 2))
    assert rows["engine"]["area"]["wins"] == 10
    assert rows["brake"]["ratio"] == pytest.approx(0.5)
    assert pays("car", PARTS, [study, study])[0]["area"]["wins"] == 20


def test_the_table_says_it_in_words(study: Study) -> None:
    heading, *lines = pays_table("car", pays("car", PARTS, [study]))
    assert "car" in heading
    assert [line.rpartition(": ")[2] for line in lines] == ["pays", "not clear", "does harm"]
    assert "x2.00 [2.00..2.00], area better in 10 of 10" in lines[0]
