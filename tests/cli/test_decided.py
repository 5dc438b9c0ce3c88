"""The page's view of a search is that of the search which ran."""

import json
from pathlib import Path

import pytest

from evo import config as configuration
from evo.cli import main
from evo.cli.decided import decisions_of, judgements_of, lags_of
from evo.config import compose
from evo.report.decisions import Decisions
from evo.search.insight import insight, n_waiting
from evo.session import Session
from evo.store.archive import open_run

KNOWING = """
import numpy as np
from evo.testing.value_model import Guessing
from evo.types import Forecast

class Knowing(Guessing):
    \"\"\"Knows the score of any candidate of sphere, roughly; never fitted, always fit.\"\"\"

    n_fits = 1

    def tell(self, event):
        super().tell(event)
        candidate = getattr(event, "candidate", None)
        if hasattr(candidate, "files"):
            text = "".join(candidate.files.values())
            try:
                scope = {}
                exec(text, scope)
                self.scores[candidate.id] = -float(np.sum(np.abs(scope["solve"]()) ** 2))
            except (ValueError, TypeError, SyntaxError, NameError, ZeroDivisionError, IndexError, OverflowError):
                self.scores[candidate.id] = -100.0

    @property
    def scores(self):
        return self.__dict__.setdefault("_scores", {})

    def mean(self, candidate):
        return self.scores[candidate]
"""


def session_of(folder: Path, *words: str) -> Session:
    config = compose(["problem=sphere", "pool=inline", f"run.dir={folder}", *words])
    return Session.start(config)


def read(folder: Path) -> Decisions:
    config = configuration.load(folder / "config.yaml")
    with open_run(folder) as view:
        return decisions_of(view, config.load_problem(), [0, 1, 4], ended=True)


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Session]:
    """A run whose value model earns its say."""
    folder = tmp_path_factory.mktemp("screened")
    (folder / "knowing.py").write_text(KNOWING)
    words = ["search=greedy", f"search.value.use={folder}/knowing.py:Knowing", "budget.evaluations=200"]
    with session_of(folder / "run", *words) as session:
        session.run()
    return folder / "run", session


def test_the_replayed_search_expected_what_the_real_one_did(screened: tuple[Path, Session]) -> None:
    folder, session = screened
    live = judgements_of(insight(session.search).outlooks)
    found = read(folder)
    assert found.judgements is not None
    assert found.judgements.label.size == live.label.size > 60
    assert live.surplus.max() > 2
    for name in ("label", "mean", "std", "ok", "score", "surplus", "skill", "bound", "best"):
        assert getattr(found.judgements, name).tolist() == pytest.approx(
            getattr(live, name).tolist(), nan_ok=True
        )


def test_what_was_never_judged_is_counted_and_shown(
    screened: tuple[Path, Session], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, session = screened
    found = read(folder)
    assert main(["report", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["decisions"]["n_screened"] == found.n_screened > 20
    with open_run(folder) as view:
        unjudged = [one for one in view.archive.standings() if one.status is None]
    assert len(unjudged) == found.n_screened
    core = session.search._core  # type: ignore[attr-defined]
    assert n_waiting(session.search) == len(unjudged) - len(core.screen.dropped) < 20
    (rung,) = [row for row in told["ladder"] if row["name"] == "screened out"]
    assert rung["stopped"] == found.n_screened
    assert main(["show", str(folder), unjudged[0].id]) == 0
    assert "not judged: screened out" in capsys.readouterr().out
    assert main(["show", str(folder), "best"]) == 0
    assert "screened out" not in capsys.readouterr().out


def test_what_was_screened_out_does_not_wait(
    screened: tuple[Path, Session], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = screened
    words = [f"search.value.use={folder.parent}/knowing.py:Knowing", "budget.evaluations=160"]
    started = ["run", "problem=sphere", "pool=inline", "search=greedy", f"run.dir={tmp_path / 'run'}", *words]
    assert main([*started, "--no-report"]) == 0
    (end,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("end ")]
    with open_run(tmp_path / "run") as view:
        unjudged = [one for one in view.archive.standings() if one.status is None]
    told = int(end.partition(" waiting=")[2].split()[0])
    assert told < 8 < len(unjudged) - 8


@pytest.mark.parametrize(
    ("search", "what"),
    [("islands", "groups"), ("adaptive", "groups"), ("map_elites", "cells"), ("pareto", "front")],
)
def test_what_each_population_keeps(search: str, what: str, tmp_path: Path) -> None:
    with session_of(tmp_path / "run", f"search={search}", "budget.evaluations=40") as session:
        session.run()
    found = read(tmp_path / "run")
    assert getattr(found, what)
    assert found.judgements is None
    if search == "map_elites":
        assert len(found.axes) == len(found.cells[0].place)


def test_a_search_that_keeps_nothing_is_not_replayed(tmp_path: Path) -> None:
    with session_of(tmp_path / "run", "search=greedy", "budget.evaluations=5") as session:
        session.run()
    found = read(tmp_path / "run")
    assert found.lags == lags_of([0, 1, 4])
    assert found.judgements is None
    assert not found.tree


def test_lags_in_numbers() -> None:
    found = lags_of([0] * 90 + [10] * 10)
    assert found is not None
    assert (found.n, found.median, found.most) == (100, 0.0, 10.0)
    assert found.over_time[-1] == (100, 10.0, 10.0)
    assert len(found.over_time) <= 60
    assert lags_of([]) is None
