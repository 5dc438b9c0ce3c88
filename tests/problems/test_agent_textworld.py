"""The text games: cases, the world and its Java, references, and the table of labels."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evo import plugins
from evo.design.catalogue import Catalogue
from evo.design.design import Design
from evo.design.parts import DESIGN
from evo.errors import ConfigError, MissingExtra
from evo.evaluate import Sandbox
from evo.testing.play import play
from evo.types import Case, EvaluateTask, Problem, Stage

for package in ("textworld_express", "py4j"):
    pytest.importorskip(package, reason=f'{package} is not installed: pip install "evo-search[agents]"')
if shutil.which("java") is None:
    pytest.skip("there is no java: apt-get install default-jre-headless", allow_module_level=True)

PROBLEM = plugins.problem("agent_textworld")
FOLDER = PROBLEM.folder or Path()
CATALOGUE = Catalogue.of(PROBLEM)
WORLD = plugins.load_file(FOLDER / "world.py")
REFERENCES = sorted((FOLDER / "references").glob("*.yaml"))


@pytest.fixture(scope="module")
def world() -> Iterator[Any]:
    yield WORLD.Games()
    WORLD.JAVA.end()


def case(game: str, n: int = 0, steps: int = 50) -> Case:
    return Case(f"{game}_{n}", {"game": game, "fold": "train", "seed": n, "steps": steps})


def reference(name: str) -> dict[str, str]:
    return {DESIGN: (FOLDER / "references" / f"{name}.yaml").read_text(encoding="utf-8")}


def design(name: str) -> Design:
    return Design.load(reference(name), CATALOGUE)


def test_splits_share_no_game_and_begin_with_all_eight() -> None:
    cases = PROBLEM.all_cases()
    assert Counter(one.split for one in cases) == {"search": 32, "selection": 64, "holdout": 128}
    assert {one.inputs["fold"] for one in cases if one.split == "holdout"} == {"test"}
    assert len({(one.inputs["game"], one.inputs["seed"]) for one in cases}) == len(cases)
    assert len({one.inputs["game"] for one in cases[:8]}) == 8


def test_a_case_is_always_the_same(world: Any) -> None:
    told = []
    for _ in range(2):
        opening = world.reset(case("coin"), 7)
        first = world.actions()
        told.append((opening, first, [world.step(action) for action in first], world.result("")))
        world.reset(case("twc"), 7)
    assert told[0] == told[1]
    assert list(told[0][1]) == sorted(told[0][1])


def test_a_game_that_is_won(world: Any) -> None:
    opening = world.reset(case("simonsays"), 0)
    assert "Simon" in opening.goal
    seen = opening.context
    for _ in range(5):
        seen_now = world.step(seen.split("'")[1])
        assert seen_now.reward == pytest.approx(0.2)
        seen = seen_now.text
    assert seen_now.done
    assert world.actions() == ()
    verdict = world.result("")
    assert (verdict.score, verdict.metrics["won"]) == (1.0, 1.0)
    assert world.step("smell apple").done


def test_a_fatal_mistake_is_worth_nothing(world: Any) -> None:
    opening = world.reset(case("simonsays"), 0)
    wrong = next(action for action in world.actions() if action not in opening.context)
    assert world.step(wrong).done
    assert (world.result("").score, world.result("").metrics["lost"]) == (0.0, 1.0)


def test_steps_are_counted_and_nonsense_is_answered(world: Any) -> None:
    world.reset(case("coin", steps=2), 0)
    assert not world.step("xyzzy\n  nothing").done
    assert world.step("").done
    assert world.result("").metrics["steps"] == 2


def test_a_java_that_dies_is_started_anew_and_the_case_goes_on(world: Any) -> None:
    def steps(kill_at: int) -> list[Any]:
        world.reset(case("coin"), 0)
        found = []
        for n in range(6):
            if n == kill_at:
                WORLD.JAVA._gateway.java_process.kill()
                WORLD.JAVA._gateway.java_process.wait()
            found.append(world.step(world.actions()[n]))
        return found

    starts = WORLD.JAVA.starts
    assert steps(kill_at=9) == steps(kill_at=3)
    assert WORLD.JAVA.starts == starts + 1


def test_a_game_that_is_not_there_is_the_worlds_own_error(world: Any) -> None:
    with pytest.raises(RuntimeError, match="chess"):
        world.reset(case("chess"), 0)


def test_without_java_the_fix_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="apt-get install default-jre-headless"):
        WORLD.Games()


def test_without_the_package_the_fix_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "textworld_express")
    with pytest.raises(MissingExtra, match=r"evo-search\[agents\]"):
        WORLD.require()


def test_there_are_hand_made_designs_and_all_are_valid() -> None:
    assert len(REFERENCES) >= 35
    assert len({design(file.stem).id for file in REFERENCES}) == len(REFERENCES)


def test_the_seed_plays(world: Any) -> None:
    seed = Design.load({DESIGN: (FOLDER / "seed" / DESIGN).read_text(encoding="utf-8")}, CATALOGUE)
    verdict, steps = play(seed, world, case("coin"))
    assert verdict.status == "ok"
    assert steps


def test_parts_together_play_better_than_alone(world: Any) -> None:
    cases = [one for one in PROBLEM.all_cases() if one.split == "search"][:8]
    means = {}
    for name in ("goal_words", "orders_reckon_visited", "curious_gains_goal_path"):
        scores = [play(design(name), world, one)[0].score or 0.0 for one in cases]
        means[name] = sum(scores) / len(scores)
    assert means["goal_words"] < means["orders_reckon_visited"] < means["curious_gains_goal_path"]
    assert means["curious_gains_goal_path"] > 0.74


def test_the_jail_gives_the_same_scores(world: Any) -> None:
    small = _small(PROBLEM, 4)
    evaluator = plugins.load(small.evaluator, FOLDER)(small, Sandbox(), **small.options)
    try:
        for name in ("random_walk", "curious_gains_goal_path", "plan_then_act_all_rules"):
            verdict = evaluator(EvaluateTask(name, "search", files=reference(name)))
            assert verdict.status == "ok", verdict.feedback
            cases = [one for one in small.all_cases() if one.split == "search"][:4]
            own = [play(design(name), world, one)[0].score for one in cases]
            assert [one.score for one in verdict.cases] == own
    finally:
        evaluator.close()


def test_a_design_plays_the_same_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib, json, sys\n"
        "from tests.problems.test_agent_textworld import PROBLEM, WORLD, design\n"
        "from evo.testing.play import play\n"
        "world = WORLD.Games()\n"
        "for name in ('random_walk', 'curious_gains_frontier', 'curious_goal_path'):\n"
        "    for case in PROBLEM.all_cases()[:4]:\n"
        "        print(name, case.name, *play(design(name), world, case), sep='\\t')\n"
        "WORLD.JAVA.end()\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert said[0].count("\n") == 12


def _small(problem: Problem, cases: int) -> Problem:
    return replace(problem, stages=(Stage(cases=cases, timeout_s=60.0),))


def test_the_labels_are_those_of_the_space_and_can_be_repeated(world: Any) -> None:
    label = plugins.load_file(FOLDER / "label.py")
    rows, choices = label.known(), list(label.choices())
    assert len(choices) >= 1000
    assert [{name: row[name] for name in choices[0]} for row in rows] == choices
    assert len({row["id"] for row in rows}) == len(rows)
    cases = label.cases("search")
    for row in rows[:: len(rows) // 4]:
        policy = Design.load(label.files({name: row[name] for name in choices[0]}), CATALOGUE)
        assert policy.id == row["id"]
        assert [play(policy, world, one)[0].score for one in cases[:8]] == [
            row[one.name] for one in cases[:8]
        ]
        assert row["score"] == pytest.approx(sum(row[one.name] for one in cases) / len(cases))
