"""A value model that starts from what other runs of the problem found."""

from pathlib import Path

import pytest

import evo
from evo import config as configuration
from evo.assembly import build_search
from evo.errors import ConfigError
from evo.types import Plan

WORDS = ["problem=sphere", "search=screened"]


def build(*words: str) -> object:
    return build_search(configuration.compose([*WORDS, *words]), Plan())


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier") / "run"
    return evo.search("sphere", budget=30, search="greedy", dir=folder).folder


def test_a_model_starts_from_an_earlier_run_and_the_setting_is_saved(earlier: Path, tmp_path: Path) -> None:
    words = [*WORDS, "pool=inline", "budget.evaluations=12", f"search.value.model.learn_from=[{earlier}]"]
    config = configuration.compose(words)
    search = build_search(config, Plan())
    assert search.value.model.n_fits == 1  # type: ignore[attr-defined]
    assert search.value.model.n_labels == 0  # type: ignore[attr-defined]
    saved = tmp_path / "config.yaml"
    configuration.save(config, saved)
    assert configuration.load(saved).search.fields["value"]["model"]["learn_from"] == [str(earlier)]


def test_without_it_the_model_starts_from_nothing() -> None:
    assert build().value.model.n_fits == 0  # type: ignore[attr-defined]


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"search\.value\.model\.learn_from: /nowhere is not the folder of a run"
    ):
        build("search.value.model.learn_from=[/nowhere]")
    with pytest.raises(ConfigError, match=r"must be a list of runs, got 'one'.*learn_from=\[RUN\]"):
        build("search.value.model.learn_from=one")
    (tmp_path / "journal").mkdir()
    (tmp_path / "config.yaml").write_text("problem: {use: sphere}\n")
    with pytest.raises(ConfigError, match=r"the run .* cannot be read\. "):
        build(f"search.value.model.learn_from=[{tmp_path}]")


def test_a_model_that_cannot_learn_from_runs_is_refused(earlier: Path) -> None:
    with pytest.raises(ConfigError, match="Noise cannot learn from other runs"):
        build(
            "search.value.model.use=evo.testing.value_model:Noise",
            f"search.value.model.learn_from=[{earlier}]",
        )
