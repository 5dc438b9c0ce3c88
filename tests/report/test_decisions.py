"""What a search knew, on the page: complete, to scale, bounded, and harmless whatever names it holds."""

import dataclasses
import re

import numpy as np
import pytest

from evo.report.decisions import CellRow, Decisions, FrontMember, GroupRow, Judgements, Lags, NodeRow
from evo.report.graph import Graph, Series, draw_graph
from evo.report.page import page
from evo.report.sections.populations import populations, staleness
from evo.report.sections.tree import MOST, layout, most_visited, tree
from evo.report.sections.value import value
from evo.report.summary import RunSummary
from tests.report.samples import HOSTILE, sample
from tests.report.test_forecasts import told
from tests.report.test_page import Document

NODES = (
    NodeRow("root", "", 10, 1.0, 0.5),
    NodeRow("left", "root", 6, 2.0, 1.5),
    NodeRow("right", "root", 3, None, None),
    NodeRow("leaf", "left", 1, 1.5, 1.25),
)


def run(**decisions: object) -> RunSummary:
    return RunSummary("dir", "toy", decisions=Decisions(**decisions))  # type: ignore[arg-type]


def everything(name: str = "a") -> Decisions:
    return Decisions(
        judgements=told(300),
        n_screened=90,
        n_proposed=300,
        tree=(NodeRow(name, "", 3, 1.0, 1.0), NodeRow(name + "b", name, 1, 2.0, 2.0)),
        groups=tuple(GroupRow(i, i % 2, 4, 0.5, 1.0) for i in range(20)),
        cells=tuple(CellRow((i, 2), (name, name), name, float(i), 3, 1) for i in range(-1, 4)),
        axes=(name, name),
        front=(FrontMember(name, 1.0, {name: 2.0}), FrontMember(name, 2.0, {})),
        lags=Lags(9, 1.0, 3.0, 5.0, ((3, 1.0, 2.0), (9, 1.0, 3.0))),
    )


def test_nothing_is_shown_of_a_search_that_knows_nothing() -> None:
    for section in (value, tree, populations, staleness):
        assert section(run()) == ""
    assert staleness(run(lags=Lags(5, 0.0, 0.0, 0.0))) == ""


def test_the_page_shows_every_part_and_names_do_nothing() -> None:
    for name in ("plain", HOSTILE):
        text = page(dataclasses.replace(sample(50), decisions=everything(name)))
        document = Document(text)
        shown = document.text()
        for title in ("Value model", "Search tree", "Populations", "Lag of workers"):
            assert title in shown
        assert len(document.named("script")) == 2
        assert len(document.named("img")) == 1
        assert not re.search(r"\b(nan|inf|None)\b", shown)
        assert len(text) < 400_000


def test_what_was_screened_out_is_said_in_words() -> None:
    text = value(run(judgements=told(), n_screened=1_234, n_proposed=5_000))
    assert "1,234 of 5,000 candidates (24.7 %)" in text
    assert "Of 200 such audits made while there was screening, 200 would have been screened out" in text
    assert "Of these none (0.0 %; 95 % interval 0.0 to 1.9 %) beat the best score" in text
    trusting = dataclasses.replace(told(), surplus=np.ones(2_000))
    assert "has not shown enough skill" in value(run(judgements=trusting))


def test_intervals_that_are_off_are_called_so() -> None:
    honest = told()
    assert "too sure of itself" not in value(run(judgements=honest))
    assert "too sure of itself" in value(run(judgements=dataclasses.replace(honest, std=honest.std / 2)))
    assert "too careful" in value(run(judgements=dataclasses.replace(honest, std=honest.std * 2)))


def test_a_value_model_that_was_never_fitted_says_so() -> None:
    assert "not fitted yet" in value(run(judgements=Judgements()))


def test_a_search_that_cannot_be_built_says_why() -> None:
    summary = dataclasses.replace(run(note="No such class."), settings={"search.value.use": "x:Y"})
    assert "No such class." in value(summary)


def test_children_stand_to_the_right_the_most_visited_first() -> None:
    places = layout(NODES)
    assert places == {"leaf": (2, 0.0), "right": (1, 1.0), "left": (1, 0.0), "root": (0, 0.5)}
    text = tree(run(tree=NODES))
    assert text.count("<circle") == 4
    assert text.count("f-duplicate") == 1  # the one without a value


def test_a_large_tree_is_cut_to_the_most_visited_with_their_ancestors() -> None:
    chain = [NodeRow(str(i), str(i - 1) if i else "", 1, 0.0, 0.0) for i in range(60)]
    wide = [NodeRow(f"w{i}", "0", 5, 0.0, 0.0) for i in range(500)]
    chosen = most_visited([*chain, *wide], MOST)
    assert len(chosen) == MOST
    known = {row.id for row in chosen}
    assert all(row.parent in known for row in chosen if row.parent)
    long = [NodeRow(str(i), str(i - 1) if i else "", 5000 - i, 0.0, 0.0) for i in range(5_000)]
    assert len(layout(long)) == 5_000
    assert len(most_visited(long, MOST)) <= MOST


def test_the_best_cell_is_the_darkest() -> None:
    cells = tuple(CellRow((i, 0), (f"c{i}", "x"), "id", float(i), 0, 0) for i in range(3))
    text = populations(run(cells=cells, axes=("long", "wide")))
    assert [float(one) for one in re.findall(r'opacity="([\d.]+)"', text)] == pytest.approx([0.41, 0.71, 1])


def test_a_graph_keeps_its_points_inside_whatever_they_are() -> None:
    values = np.array([1.0, np.nan, 1e308, -1e308, np.inf])
    text = draw_graph(Graph("x", [Series("a", np.arange(5.0), values, dots=True)], "x", "y", diagonal=True))
    assert "nan" not in text
    assert "inf" not in text
    numbers = [float(one) for one in re.findall(r"-?\d+\.\d+", text)]
    assert all(0 <= one <= 470 for one in numbers)
    assert draw_graph(Graph("x", [Series("a", np.zeros(0), np.zeros(0))], "x", "y")) == ""
    assert "<svg" in draw_graph(Graph("x", [Series("a", np.ones(3), np.ones(3))], "x", "y"))
