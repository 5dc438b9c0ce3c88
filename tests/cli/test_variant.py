"""Methods with settings of their own: how they are read, where they run, and what makes them another run."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evo import plugins
from evo.cli import main
from evo.cli.variant import Variant, split, without_each_part
from evo.errors import ConfigError


def test_commas_in_brackets_part_nothing() -> None:
    text = "greedy, map_elites[metrics=[a,b],bins=3],default[value={use: x, n: 1},k=2] ,uniform"
    assert split(text) == [
        "greedy",
        "map_elites[metrics=[a,b],bins=3]",
        "default[value={use: x, n: 1},k=2]",
        "uniform",
    ]
    assert split("") == []


def test_a_variant_is_words_and_a_folder() -> None:
    found = Variant.of("map_elites[metrics=[a,b],bins=3]")
    assert found.words == ["search=map_elites", "search.metrics=[a,b]", "search.bins=3"]
    assert re.fullmatch(r"[\w.-]+", found.folder)
    assert Variant.of("greedy").folder == "greedy"
    assert Variant.of("greedy[]").words == ["search=greedy"]
    folders = {Variant.of(f"a[k={path}]").folder for path in ("../x", "..-x", "x/..")}
    assert len(folders) == 3
    assert not any("/" in folder for folder in folders)
    for wrong in ("greedy[k]", "greedy[k=1", "[k=1]", ""):
        with pytest.raises(ConfigError, match="a method reads"):
            Variant.of(wrong)


def test_parts_are_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "# Recommended.\n# without restarts: patience=1000\n"
        'use: "evo.search.top_k:TopK"\nk: 3\nvalue: {use: "evo.value.ensemble:Ensemble"}\n'
    )
    assert without_each_part(file) == {"value": "mine[value=null]", "restarts": "mine[patience=1000]"}
    assert without_each_part(file, "k=3")["restarts"] == "mine[k=3,patience=1000]"
    file.write_text("use: a:B\n")
    assert without_each_part(file) == {}


def test_what_stands_in_brackets_is_what_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    methods = "top_k[k=1],screened[value=null,k=2],top_k"
    words = ["problem=sphere", "budget.evaluations=12", "--methods", methods, "--seeds", "2", "--jobs", "2"]
    assert main(["baseline", *words, "--out", str(tmp_path), "--json", "--target=-1e9"]) == 0
    rows = {row["method"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows) == set(split(methods))
    assert rows["top_k"]["against"]["method"] == "top_k[k=1]"
    assert all((row["target"], row["reached"], row["to_target"]) == (-1e9, 2, 1) for row in rows.values())
    searches = [
        json.dumps(read_yaml(file)["search"], sort_keys=True) for file in tmp_path.glob("*-0/config.yaml")
    ]
    assert len(set(searches)) == len(searches) == 3
    assert sum('"k": 1' in one for one in searches) == 1


def read_yaml(file: Path) -> dict[str, dict[str, object]]:
    import yaml

    found: dict[str, dict[str, object]] = yaml.safe_load(file.read_text())
    return found


def test_a_run_with_other_settings_is_not_taken_for_this_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["problem=sphere", "budget.evaluations=5", "--methods", "greedy", "--seeds", "1"]
    assert main(["baseline", *words, "--out", str(tmp_path), "--json"]) == 0
    file = tmp_path / "greedy-0" / "config.yaml"
    file.write_text(file.read_text().replace("evo.search.greedy:Greedy", "evo.search.top_k:TopK"))
    assert main(["baseline", *words, "--out", str(tmp_path), "--json"]) == 2
    assert "other settings of search" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ("greedy[widht=2]", "no setting 'widht'"),
        ("greedi[k=2]", "Did you mean 'greedy'"),
        ("greedy[k", "a method reads"),
        (",", "--methods names none"),
    ],
)
def test_what_cannot_be_built_is_refused_before_anything_runs(
    methods: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline", "problem=sphere", "--methods", methods, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_every_search_of_the_project_has_readable_parts() -> None:
    for file in (plugins.root() / "conf" / "search").glob("*.yaml"):
        for method in without_each_part(file).values():
            assert Variant.of(method).name == file.stem


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_no_run_goes_on_when_the_command_is_killed(tmp_path: Path) -> None:
    words = ["problem=sphere", "budget.evaluations=1000000", "--methods", "greedy", "--seeds", "1"]
    command = [sys.executable, "-m", "evo", "baseline", *words, "--jobs", "1", "--out", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        assert _until(lambda: any(tmp_path.glob("greedy-0/**/journal*")), seconds=60)
        below = _descendants(process.pid)
        process.terminate()
        process.wait(timeout=30)
    assert below
    assert _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), seconds=30)


def _until(met: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.05)
    return met()


def _descendants(pid: int) -> list[int]:
    found, left = [], [pid]
    while left:
        task = Path(f"/proc/{left.pop()}/task")
        children = [int(word) for file in task.glob("*/children") for word in file.read_text().split()]
        found += children
        left += children
    return found
