"""What the memories of places know: counts of what was tried, and a map."""

import asyncio

import pytest

from evo.design.catalogue.memory.map_graph import MapGraph
from evo.design.catalogue.memory.visited import Visited
from evo.design.chart import NOWHERE, UNKNOWN, Chart
from evo.design.contracts import Happening
from evo.design.places import tried
from evo.design.situation import Situation


def lived(memory: Visited | MapGraph, *story: str) -> None:
    """``>`` marks actions, all else was seen."""
    for text in story:
        kind = "action" if text.startswith(">") else "observation"
        asyncio.run(memory.write(Happening(kind, text.lstrip("> "))))


def told(memory: Visited | MapGraph, seen: str, *actions: str) -> str:
    return asyncio.run(memory.read(Situation(seen, actions=actions).text()))


HALL, ATTIC = "You are in the hall. A lamp.", "You are in the attic. Dust."


def test_visited_counts_actions_where_they_were_done() -> None:
    memory = Visited(by="place")
    lived(memory, HALL, "> look", HALL, "> go up", ATTIC, "> look", ATTIC, "> go down", HALL, "> look", HALL)
    assert tried(told(memory, HALL)) == {"look": 2, "go up": 1}
    assert tried(told(memory, ATTIC)) == {"look": 1, "go down": 1}
    assert told(memory, "You are in the cellar.") == ""


@pytest.mark.parametrize(("by", "n"), [("place", 2), ("view", 1), ("anywhere", 3)])
def test_visited_may_mean_other_things_by_a_place(by: str, n: int) -> None:
    memory = Visited(by=by)
    lived(memory, HALL, "> look", "You are in the hall. Dark.", "> look", ATTIC, "> look", ATTIC)
    assert tried(told(memory, HALL)) == {"look": n}


def test_what_names_no_place_happened_where_one_was() -> None:
    memory = Visited(by="place")
    lived(memory, HALL, "> take lamp", "Taken.", "> rub lamp", "A genie.")
    assert tried(told(memory, HALL)) == {"take lamp": 1, "rub lamp": 1}


def test_the_map_learns_ways_by_going_them() -> None:
    memory = MapGraph(signs=False, tried=False)
    lived(memory, HALL, "> go up", ATTIC, "> go north", ATTIC)
    chart = Chart.of(told(memory, ATTIC, "go down", "go north", "close hatch", "take dust"))
    assert chart.here == "attic"
    assert chart.ways == {"hall": {"go up": "attic"}, "attic": {"go north": NOWHERE, "go down": UNKNOWN}}
    assert chart.seen["hall"].endswith("A lamp.")


def test_a_way_that_was_shut_is_tried_again_once_the_place_has_changed() -> None:
    memory = MapGraph(signs=False, tried=False)
    lived(memory, "You are in the hall. To the east you see a closed door.", "> go east")
    shut = "That is closed. You are in the hall. To the east you see a closed door."
    lived(memory, shut)
    assert Chart.of(told(memory, shut, "go east")).untried("hall") == []
    lived(memory, "> open door to east", "You are in the hall. To the east you see an open door.")
    assert Chart.of(told(memory, shut, "go east")).untried("hall") == ["go east"]


def test_signs_say_where_ways_lead() -> None:
    seen = "You are in the hall. To the North you see the attic. To the East you see a closed door."
    chart = Chart.of(told(MapGraph(signs=True, tried=False), seen, "move east", "move north"))
    assert chart.ways["hall"] == {"move north": "attic", "move east": UNKNOWN}
    plain = Chart.of(told(MapGraph(signs=False, tried=False), seen, "move east", "move north"))
    assert plain.ways["hall"]["move north"] == UNKNOWN


def test_a_map_in_words_is_read() -> None:
    memory = MapGraph(signs=True, tried=False)
    lived(
        memory, HALL, "> read map", "The hall connects to the attic and yard.\nThe yard connects to the barn."
    )
    chart = Chart.of(told(memory, HALL))
    assert chart.near == {"hall": ["attic", "yard"], "yard": ["barn"]}
    assert [place for _, place in chart.path(["barn"]) or ()] == ["yard", "barn"]


def test_the_map_may_tell_what_was_tried() -> None:
    memory = MapGraph(signs=True, tried=True)
    lived(memory, HALL, "> rub lamp", "Nothing.", "> rub lamp", "Nothing.")
    assert tried(told(memory, HALL)) == {"rub lamp": 2}


def test_a_chart_survives_being_written() -> None:
    chart = Chart(
        "hall",
        {"hall": {"go: up": "attic", "go east": UNKNOWN}},
        {"yard": ["barn", "hall"]},
        {"hall": "a -> b: c"},
    )
    assert Chart.of(chart.text()) == chart
    assert Chart.of("anything\nWay: odd\n\n") == Chart()
