"""The page: well-formed, inert whatever a candidate writes, bounded, and complete."""

import base64
import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from evo.report.page import page, write_page
from evo.report.summary import (
    BestScore,
    BudgetRow,
    ChampionRow,
    FailureRow,
    Improvement,
    LineageRow,
    OperatorRow,
    RungRow,
    RunSummary,
)
from evo.report.text import visible
from tests.report.samples import HOSTILE, improvements, sample

VOID = {"meta", "link", "img", "input", "br", "hr"}
LOADING = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href", "formaction"}


class Document(HTMLParser):
    """Checks that tags nest, and collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.data: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} repeats an attribute: {names}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> in the wrong place"

    def handle_data(self, data: str) -> None:
        self.data.setdefault(self.open[-1] if self.open else "", []).append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self) -> str:
        return " ".join(
            t for tag, parts in self.data.items() if tag not in ("script", "style") for t in parts
        )


def one_evaluation() -> RunSummary:
    return RunSummary(
        "runs/x",
        "sphere",
        improvements=(Improvement(1, -3.0, "a" * 16, "seed"),),
        points_evaluation=np.array([1.0]),
        points_score=np.array([-3.0]),
        evaluations=1,
        best_known=0.0,
        champion=ChampionRow("a" * 16, -3.0, "seed", files={"seed.py": "x = 1\n"}),
    )


RUNS = {
    "usual": sample(400),
    "empty": RunSummary("runs/x", "sphere"),
    "one": one_evaluation(),
    "hostile": sample(200, HOSTILE, verified=False),
    "long": sample(100_000),
}


@pytest.fixture(params=RUNS)
def document(request: pytest.FixtureRequest) -> Document:
    return Document(page(RUNS[request.param]))


def test_nothing_is_loaded_from_anywhere(document: Document) -> None:
    for tag, attributes in document.tags:
        assert tag not in (
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "audio",
            "video",
            "use",
            "image",
            "foreignobject",
        )
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{tag} has {name}"
            assert name != "style", f"{tag} has a style of its own, which the policy forbids"
            if name in LOADING:
                assert value.startswith(("data:", "#")), f"{tag} loads {value[:80]}"
    for tag in ("style", "script"):
        for text in document.data[tag]:
            if not text.lstrip().startswith("["):  # the data of the curve
                assert not re.search(
                    r"url\(|@import|fetch\(|XMLHttpRequest|import\(|WebSocket|innerHTML|eval\(", text
                )


def test_the_policy_admits_exactly_this_script_and_this_style(document: Document) -> None:
    policy = next(
        m["content"] for m in document.named("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; img-src data:; ")

    def hashed(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    scripts = document.named("script")
    assert [one.get("type", "") for one in scripts] == ["application/json", ""]
    assert len(document.named("style")) == 1
    (style,) = document.data["style"]
    assert f"style-src {hashed(style)};" in policy
    assert f"script-src {hashed(document.data['script'][-1])};" in policy
    assert "unsafe" not in policy


def test_no_number_is_missing_a_value(document: Document) -> None:
    assert not re.search(r"\b(nan|None|inf|NaN|Infinity)\b", document.text())
    for tag, attributes in document.tags:
        if tag in ("path", "rect", "circle", "text", "svg"):
            assert "nan" not in " ".join(attributes.values()).split()


def test_what_a_candidate_writes_is_text() -> None:
    hostile, usual = Document(page(RUNS["hostile"])), Document(page(RUNS["usual"]))
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in usual.tags} | {"div"}
    assert len(hostile.named("script")) == 2
    assert len(hostile.named("img")) == 1
    # in the title, the note, the lineage, a file's name and text, a diff, a setting, the feedback
    assert hostile.text().count("<img src=x onerror=alert(2)>") >= 12
    rows = json.loads(hostile.data["script"][0])
    assert rows[0]["note"].startswith("</script><script>")
    raw = page(RUNS["hostile"])
    assert "\x1b" not in raw
    assert "\u202e" not in raw
    raw.encode("utf-8")


def test_the_picture_is_an_image_and_not_a_part_of_the_page() -> None:
    (image,) = Document(page(RUNS["usual"])).named("img")
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode().startswith("<svg")


def test_a_score_that_may_be_forged_is_marked() -> None:
    assert "Not verified." in Document(page(RUNS["hostile"])).text()
    assert not any(
        word in Document(page(RUNS["usual"])).text().lower() for word in ("unverified", "not verified")
    )
    assert "unverified" in Document(page(RUNS["hostile"])).text()


def test_a_champion_by_a_rule_says_which_and_who_has_the_best_score() -> None:
    run = RUNS["usual"]
    assert run.champion is not None
    why, beside = (
        "least usd within 0.02 of the best (1 against 4)",
        BestScore("beefbeefbeefbeef", 2.7182, "selection"),
    )
    ruled = dataclasses.replace(run, champion=dataclasses.replace(run.champion, why=why, best=beside))
    text = Document(page(ruled)).text()
    for expected in (why, "score of the champion", "best score on selection", "2.7182", "beefbeefbeefbeef"):
        assert expected in text
        assert expected not in Document(page(run)).text()
    for words in ("no candidate has a known 'usd'", HOSTILE):
        unknown = dataclasses.replace(run, champion=dataclasses.replace(run.champion, warning=words))
        assert "Champion rule." in Document(page(unknown)).text()
    assert "Champion rule." not in Document(page(run)).text()


def test_everything_that_the_summary_says_is_shown() -> None:
    run = RUNS["usual"]
    text = Document(page(run)).text()
    assert run.champion is not None
    for expected in (
        f"{run.champion.score:.10g}",
        "2.635863 (AlphaEvolve (2025), table B.12)",
        "budget spent",
        "ast.crossover",
        "Circles 3 and 17 overlap by 0.0021.",
        "ZeroDivisionError",
        "n_islands",
        "2.60.0",
        "S3",
        "2.6279 to 2.6283, 3 repeats",
        "distance to the nearest overlap",
        "no change, or one that does not compile",
        "1 min 23 s",
        "evo resume runs/circle_packing-20260101-120000 budget.evaluations=800",
        f"evo lineage runs/circle_packing-20260101-120000 {run.champion.id}",
    ):
        assert expected in text


def test_a_folder_is_quoted_as_a_shell_needs_it() -> None:
    text = Document(page(dataclasses.replace(RUNS["one"], folder="runs/my run; rm -rf $HOME"))).text()
    assert "evo resume 'runs/my run; rm -rf $HOME'" in text


def test_an_unfinished_run_says_so() -> None:
    text = Document(page(RUNS["one"])).text()
    assert "not ended" in text
    assert "go on from the journal" in text
    assert "3 below the best known" in text


def test_the_page_of_a_long_run_is_small() -> None:
    assert len(page(RUNS["long"])) < 350_000


def test_no_candidate_can_make_the_page_large() -> None:
    huge = "x = '<&>'\n" * 500_000
    best = ChampionRow(
        "a" * 16,
        1.0,
        huge,
        huge,
        {f"metric {i} {'m' * 500}": 1.0 for i in range(2_000)},
        {f"file {i} {'f' * 500}.py": huge for i in range(200)},
        tuple(LineageRow("b" * 16, huge, 1.0, "ok", huge) for _ in range(3_000)),
        huge,
        huge,
        feedback=huge,
    )
    numbers = np.arange(1.0, 30_001)
    run = RunSummary(
        "runs/x",
        "p",
        huge,
        settings={f"group{i}.key": huge for i in range(3_000)},
        improvements=improvements(numbers, numbers, huge),
        points_evaluation=numbers,
        points_score=numbers,
        evaluations=30_000,
        best_known=1e6,
        champion=best,
        reason=huge,
        failures=tuple(FailureRow("invalid", 1, "c", "o", huge) for _ in range(500)),
        operators=tuple(OperatorRow(f"{i} " * 5_000, 1) for i in range(300)),
        ladder=tuple(RungRow(huge, 5, 1, 0.1, huge) for _ in range(4)),
        budgets=(BudgetRow("evaluations", 1, 2),),
    )
    text = page(run)
    Document(text)
    assert len(text) < 2_000_000


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "report.html"
    assert write_page(RUNS["hostile"], file) == file
    assert file.read_text(encoding="utf-8") == page(RUNS["hostile"])
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]


def test_hostile_text_is_what_the_tests_take_it_for() -> None:
    assert visible(HOSTILE) != HOSTILE
    assert HOSTILE.startswith("</script>")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
@pytest.mark.parametrize("name", ["usual", "hostile"])
def test_a_browser_runs_our_script_and_no_other(name: str, tmp_path: Path) -> None:
    file = write_page(RUNS[name], tmp_path / "report.html")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    options += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    options += [
        f"--user-data-dir={tmp_path / 'profile'}",
        "--enable-logging=stderr",
        "--virtual-time-budget=3000",
    ]
    command = ["chromium", *options, "--dump-dom", f"file://{file}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert 'class="cursor"' in done.stdout, "our script did not run"
    said = [
        line for line in done.stderr.splitlines() if "CONSOLE" in line or "Content Security Policy" in line
    ]
    assert said == []
