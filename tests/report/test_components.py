"""The components on a run's page: bars to scale, what is not clear pale, hostile names harmless."""

import math
import re
from dataclasses import replace

from evo.report.page import page
from evo.report.sections.effects import effects
from evo.report.sections.parts import MAX_ROWS
from evo.report.summary import ComponentRow, RunSummary
from tests.report.samples import HOSTILE, sample

ROWS = (
    ComponentRow("memory", "summary", 38, 12, 4.0, 1.0),
    ComponentRow("memory", "none", 40, 12, -2.0, 3.0),
    ComponentRow("guard", "strict", 2, 0, 1.0, math.inf),
)


def section(*rows: ComponentRow) -> str:
    return effects(RunSummary("dir", "toy", components=rows))


def bars(text: str) -> list[tuple[str, float, float]]:
    """Class, start and width of every bar and interval, without the marks of 0."""
    found = re.findall(r'<rect class="f-(\w+)" x="([\d.-]+)" width="([\d.]+)"', text)
    return [(kind, float(x), float(width)) for kind, x, width in found if width != ".4"]


def test_bars_begin_at_nothing_and_intervals_lie_over_their_ends() -> None:
    positive, over, negative, under, *_ = bars(section(*ROWS))
    assert positive == ("passed", 50.0, 40.0)  # of a scale from -5 to 5
    assert over == ("range", 80.0, 20.0)
    assert negative == ("stopped", 30.0, 20.0)
    assert under == ("range", 0.0, 60.0)


def test_what_is_not_clear_is_pale() -> None:
    rows = section(*ROWS).split("<tr>")[2:]
    assert ["opacity" in row for row in rows] == [False, True, True]
    assert "+4 ± 1" in rows[0]


def test_nothing_without_designs_and_no_more_than_fit() -> None:
    assert section() == ""
    text = section(*[replace(ROWS[0], component=f"c{at}") for at in range(MAX_ROWS + 5)])
    assert text.count("<tr>") == MAX_ROWS + 1
    assert "5 more" in text
    assert "nan" not in section(ComponentRow("a", "b", 1, 0, 0.0, 0.0))


def test_names_of_candidates_do_nothing() -> None:
    text = page(replace(sample(50), components=(ComponentRow(HOSTILE, HOSTILE, 1, 0, 1.0, 0.5),)))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
