import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from evo.errors import ConfigError, MissingExtra
from evo.report.plot import chart_of, labels, write_plot
from tests.report.samples import HOSTILE, curve

SVG = "{http://www.w3.org/2000/svg}"
CURVES = {"runs/a": curve(300, 1), "runs/b": curve(500, 2)}


@pytest.mark.parametrize("gap", [False, True])
def test_an_svg_file_is_well_formed_and_loads_nothing(tmp_path: Path, gap: bool) -> None:
    file = write_plot(
        {**CURVES, f"runs/{HOSTILE}": curve(200, 3), "runs/empty": ([], [])},
        tmp_path / "x" / "p.svg",
        2.7,
        gap,
    )
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.get("width") == "960"
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "style", "path", "text", "g", "circle"}
    for element in root.iter():
        assert not any(name.endswith("href") or name.startswith("on") for name in element.attrib)
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")
    lines = [
        e
        for e in root.iter(f"{SVG}path")
        if (e.get("class") or "").startswith("curve ") and "H" in (e.get("d") or "")
    ]
    assert len(lines) == 3


def test_a_curve_is_the_best_of_the_scores_that_were_given() -> None:
    chart = chart_of({"a": ([1, 2, 3, 4, 5], [np.nan, 1.0, 0.5, np.nan, 2.0])})
    assert chart.curves[0].evaluations.tolist() == [2, 5]
    assert chart.curves[0].scores.tolist() == [1, 2]
    assert chart.curves[0].end == 5


def test_labels_are_as_short_as_they_can_be() -> None:
    assert labels(["runs/a", "runs/b"]) == ["a", "b"]
    assert labels(["x/1/run", "x/2/run"]) == ["1/run", "2/run"]
    assert labels(["one"]) == ["one"]
    assert labels([]) == []


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.svg or \.png, got 'p\.pdf'"):
        write_plot(CURVES, tmp_path / "p.pdf")


def test_a_png_without_matplotlib_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match="pip install matplotlib"):
        write_plot(CURVES, tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()


@pytest.mark.parametrize("gap", [False, True])
def test_a_png_with_matplotlib(tmp_path: Path, gap: bool) -> None:
    pytest.importorskip("matplotlib")
    file = write_plot({**CURVES, "runs/empty": ([], [])}, tmp_path / "p.png", 2.7, gap)
    assert file.read_bytes().startswith(b"\x89PNG")
