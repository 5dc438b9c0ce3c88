"""Every table prints whatever its rows hold, and shows what they say."""

import io
import json
from typing import Any

import pytest
from rich.console import Console, RenderableType

from evo.report import tables
from evo.report.comparison import comparison_rows
from evo.report.text import files_diff, json_lines
from tests.report.samples import BETTER, HOSTILE, SEED

RUN = {
    "dir": "runs/circles",
    "problem": "circle_packing",
    "search": "Islands",
    "seed": 3,
    "best": 2.6012345678,
    "evaluations": 1000,
    "budget": 1000,
    "status": "evaluations budget of 1000 spent",
    "changed": 1_000_000.0,
}
CANDIDATE = {
    "id": "ab" * 8,
    "score": 2.5,
    "metrics": {"slack": 1e-12},
    "operator": "tune",
    "parents": ["cd" * 8, "ef" * 8],
    "note": "radius 0.1 -> 0.2",
    "verified": True,
    "files": {"seed.py": SEED},
}
VERDICT = {
    "stage": "search", "attempt": 1, "status": "ok", "score": 2.5, "seconds": 0.21, "sandbox": "S3",
    "verified": True, "metrics": {"slack": 1e-12}, "feedback": "a little more room on the left",
}  # fmt: skip
SHOWN = {
    **CANDIDATE,
    "evaluations": [VERDICT, {**VERDICT, "status": "timeout", "score": None, "feedback": ""}],
}
LINEAGE = [
    {"id": "aa" * 8, "operator": "seed", "parents": [], "score": 1.0, "status": "ok", "note": ""},
    {
        "id": "bb" * 8,
        "operator": "tune",
        "parents": ["aa" * 8],
        "score": 1.25,
        "status": "ok",
        "note": "k 3 -> 4",
    },
    {
        "id": "cc" * 8,
        "operator": "ast.mutate",
        "parents": ["bb" * 8],
        "score": None,
        "status": "crashed",
        "note": "",
    },
]
DOCTOR = [
    {"check": "sandbox", "status": "ok", "found": "level S3", "fix": ""},
    {"check": "g++", "status": "absent", "found": "a C++ compiler", "fix": "apt-get install g++"},
]
RESULTS = [
    {
        "method": method,
        "seed": seed,
        "scores": [None, level, level + seed / 100],
        "seconds": 12.0,
        "cpu_s": 3.0,
    }
    for method, level in (("islands", 2.0), ("uniform", 1.0))
    for seed in range(5)
]
COMPARED = comparison_rows(RESULTS, budget=3, best_known=4.0)


def show(what: RenderableType, width: int = 200, terminal: bool = False) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
    )
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def every_table(text: str = "") -> list[RenderableType]:
    """All of them; `text` in every place that a candidate can write to."""
    candidate = CANDIDATE | ({"note": text, "operator": text, "metrics": {text: 1.0}} if text else {})
    shown = {
        **candidate,
        "files": {text or "seed.py": text or BETTER},
        "evaluations": [{**VERDICT, "feedback": text or "x"}],
    }
    lineage = [{**row, "note": text or row["note"]} for row in LINEAGE]
    return [
        tables.runs_table([RUN | ({"status": text, "problem": text} if text else {})], now=1_000_000.0),
        tables.top_table([candidate]),
        tables.lineage_table(lineage),
        tables.candidate_view(shown),
        tables.run_view(RUN | {"config": {"search": {"use": text or "x"}}}),
        tables.diff_view(files_diff({"seed.py": SEED}, {text or "seed.py": text or BETTER})),
        tables.doctor_table([{**row, "found": text or row["found"]} for row in DOCTOR]),
        tables.comparison_table(COMPARED),
    ]


def test_runs_whose_champion_is_another_than_the_best_say_why() -> None:
    why = "least usd within 0.2 of the best (1 against 4)"
    assert "champion" not in show(tables.runs_table([RUN, RUN | {"why": "", "warning": ""}]))
    text = show(tables.runs_table([RUN, RUN | {"why": why}, RUN | {"warning": "unknown 'usd'"}]))
    assert all(words in text for words in ("champion", why, "unknown 'usd'"))
    assert why in show(tables.run_view(RUN | {"why": why, "warning": ""}))
    assert "warning" not in show(tables.run_view(RUN | {"why": why, "warning": ""}))


def test_runs() -> None:
    text = show(tables.runs_table([RUN], now=1_000_000.0 + 7_300))
    for expected in (
        "runs/circles",
        "circle_packing",
        "Islands",
        "2.601234568",
        "1,000 / 1,000",
        "2 h",
        "budget of 1000 spent",
    ):
        assert expected in text
    old = show(tables.runs_table([RUN | {"best": None, "budget": None}], now=1_000_000.0 + 3 * 86_400))
    assert "3 d" in old
    assert "–" in old


def test_top() -> None:
    text = show(tables.top_table([CANDIDATE, {**CANDIDATE, "score": 2.4, "verified": False}]))
    for expected in (
        "ab" * 8,
        "2.5",
        "slack",
        "1e-12",
        "cdcdcdcd efefefef",
        "radius 0.1 -> 0.2",
        "2.4 unverified",
    ):
        assert expected in text


def test_every_table_marks_scores_that_may_be_forged() -> None:
    rows: dict[str, Any] = {
        "2.601234568": tables.runs_table([RUN | {"verified": False}]),
        "2.6012345678": tables.run_view(RUN | {"verified": False}),
        "2.5": tables.evaluations_table([VERDICT | {"verified": False}]),
        "1": tables.lineage_table([LINEAGE[0] | {"verified": False}]),
    }
    for score, table in rows.items():
        assert f"{score} unverified" in show(table)
    for table in (tables.runs_table([RUN]), tables.run_view(RUN), tables.lineage_table(LINEAGE)):
        assert "unverified" not in show(table)


def test_lineage() -> None:
    lines = [line for line in show(tables.lineage_table(LINEAGE)).splitlines() if line.strip()]
    assert "+0.25" in lines[3]
    assert "k 3 -> 4" in lines[3]
    assert "crashed" in lines[4]


def test_lineage_compares_within_a_stage_only() -> None:
    stages = ("main", "main@4", "main")
    rows = [{**row, "stage": stage} for row, stage in zip(LINEAGE, stages, strict=False)]
    lines = [line for line in show(tables.lineage_table(rows)).splitlines() if line.strip()]
    assert "main@4" in lines[3]
    assert "+0.25" not in lines[3]


def test_a_candidate_whole() -> None:
    text = show(tables.candidate_view(SHOWN))
    for expected in (
        "ab" * 8,
        "timeout",
        "210 ms",
        "S3",
        "slack 1e-12",
        "a little more room",
        "seed.py",
        "radius = 0.5 / k",
    ):
        assert expected in text
    assert "\x1b[" in show(tables.candidate_view(SHOWN), terminal=True)


def test_a_run() -> None:
    nested = {"counts": {"evaluations": {"ok": 678}}, "config": {"search": {"use": "Islands", "n": [1, 2]}}}
    text = show(tables.run_view({**RUN, **nested}))
    for expected in ("2.6012345678", "evaluations.ok", "678", "search.use", "Islands", "1 2"):
        assert expected in text


def test_diff() -> None:
    text = files_diff({"seed.py": SEED}, {"seed.py": BETTER})
    assert show(tables.diff_view(text)).rstrip("\n") == text
    coloured = show(tables.diff_view(text), terminal=True)
    assert "\x1b[31m-    k = 6" in coloured
    assert "\x1b[32m+    k, shift = 5, 0.01" in coloured
    assert show(tables.diff_view("")).strip() == ""


def test_doctor() -> None:
    text = show(tables.doctor_table(DOCTOR))
    for expected in ("sandbox", "level S3", "absent", "apt-get install g++"):
        assert expected in text


def test_comparison() -> None:
    text = show(tables.comparison_table(COMPARED))
    islands, uniform = (
        line for line in text.splitlines() if line.lstrip().startswith(("islands", "uniform"))
    )
    assert "2.02" in islands
    assert "2 … 2.04" in islands
    assert "3/5" in islands
    assert "0/5" in uniform
    assert "0-5" in uniform  # against islands, the first
    assert "0.062" in uniform
    assert "failed" not in text
    broken = [{"method": "broken", "seed": 0, "scores": [None]}]
    assert "failed" in show(tables.comparison_table(comparison_rows([*RESULTS, *broken], budget=3)))
    assert "No run has a score" in show(tables.comparison_table(comparison_rows(broken, budget=3)))


@pytest.mark.parametrize("width", [30, 200])
@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("text", [HOSTILE, "[bold]x[/nothing]", "", "\n", "x" * 5_000])
def test_no_text_can_break_a_table(text: str, width: int, terminal: bool) -> None:
    for table in every_table(text):
        printed = show(table, width, terminal)
        assert "\x1b[2J" not in printed
        assert "\u202e" not in printed
        printed.encode("utf-8")


def test_markup_in_a_note_is_text() -> None:
    assert "[bold]x[/nothing]" in show(tables.top_table([{**CANDIDATE, "note": "[bold]x[/nothing]"}]))


@pytest.mark.parametrize("rows", [[RUN], [CANDIDATE], [SHOWN], LINEAGE, DOCTOR, COMPARED, []])
def test_rows_are_one_json_object_a_line(rows: list[dict[str, Any]]) -> None:
    printed = json_lines(rows).splitlines()
    assert len(printed) == len(rows)
    for line, row in zip(printed, rows, strict=True):
        assert json.loads(line) == json.loads(json.dumps(row))


def test_empty_listings_are_tables_too() -> None:
    for table in (
        tables.runs_table([]),
        tables.top_table([]),
        tables.lineage_table([]),
        tables.doctor_table([]),
    ):
        assert show(table).strip()


def test_a_large_file_is_shown_without_colours_but_whole() -> None:
    text = "x = 1\n" * 20_000
    printed = show(tables.candidate_view({**SHOWN, "files": {"big.py": text}}), terminal=True)
    assert printed.count("x = 1") == 20_000
