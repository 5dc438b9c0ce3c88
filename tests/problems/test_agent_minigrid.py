"""The grid worlds in words: cases, what is seen, what walks do, and that MiniGrid's own verifier decides."""

import json
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
from evo.design.places import place_of
from evo.errors import MissingExtra
from evo.evaluate import Sandbox
from evo.testing.play import play
from evo.types import Case, EvaluateTask, Stage

pytest.importorskip("minigrid", reason='minigrid is not installed: pip install "evo-search[agents]"')

PROBLEM = plugins.problem("agent_minigrid")
FOLDER = PROBLEM.folder or Path()
CATALOGUE = Catalogue.of(PROBLEM)
WORLD = plugins.load_file(FOLDER / "world.py")


@pytest.fixture(scope="module")
def world() -> Iterator[Any]:
    levels = WORLD.Levels()
    yield levels
    levels.close()


def case(level: str, seed: int = 0, steps: int = 40) -> Case:
    return Case(f"{level}_{seed}", {"level": level, "seed": seed, "steps": steps})


def files(name: str) -> dict[str, str]:
    return {DESIGN: (FOLDER / "references" / f"{name}.yaml").read_text(encoding="utf-8")}


def test_splits_share_no_level_with_its_seed() -> None:
    cases = PROBLEM.all_cases()
    assert Counter(one.split for one in cases) == {"search": 36, "selection": 96, "holdout": 192}
    assert len({(one.inputs["level"], one.inputs["seed"]) for one in cases}) == len(cases)


def test_every_level_is_the_same_each_time_and_can_be_acted_in(world: Any) -> None:
    for one in PROBLEM.all_cases()[:12]:
        told = []
        for seed in (1, 2):
            opening = world.reset(one, seed)
            actions = world.actions()
            told.append((opening, actions, [world.step(action) for action in actions[:4]]))
        assert told[0] == told[1]
        assert told[0][1] == sorted(told[0][1])
        assert place_of(told[0][0].context) == "room 1"


def test_a_walk_to_what_is_wanted_does_the_mission(world: Any) -> None:
    opening = world.reset(case("BabyAI-GoToObj-v0"), 0)
    thing = opening.goal.removeprefix("go to the ")
    seen = world.step(f"go to {thing}")
    assert seen.done
    assert 0.8 < seen.reward < 1
    assert f"Ahead: {thing}." in seen.text
    verdict = world.result("")
    assert verdict.score == seen.reward
    assert verdict.metrics["moves"] > 1


def test_a_door_is_opened_with_its_key_and_gone_through(world: Any) -> None:
    opening = world.reset(case("MiniGrid-DoorKey-6x6-v0"), 0)
    colour = opening.context.split("locked ")[1].split()[0]
    assert "go to goal" not in world.actions()
    for action in (
        f"go to {colour} key",
        f"pick up {colour} key",
        f"go to {colour} door",
        f"unlock {colour} door",
    ):
        assert action in world.actions(), action
        seen = world.step(action)
    assert f"You carry: {colour} key" in seen.text
    assert f"open {colour} door" in seen.text
    assert "room 2" in world.step(f"go through {colour} door").text
    assert "room 1" in world.step(f"go through {colour} door").text
    world.step(f"go through {colour} door")
    assert world.step("go to goal").done
    assert world.result("").score > 0.5


def test_without_its_key_a_door_stays_locked(world: Any) -> None:
    opening = world.reset(case("MiniGrid-DoorKey-6x6-v0"), 0)
    colour = opening.context.split("locked ")[1].split()[0]
    world.step(f"go to {colour} door")
    assert f"unlock {colour} door" not in world.actions()
    assert "locked" in world.step(f"open {colour} door").text


def test_one_thing_is_put_next_to_another(world: Any) -> None:
    opening = world.reset(case("BabyAI-PutNextLocal-v0", 3), 0)
    what, to = opening.goal.removeprefix("put the ").split(" next to the ")
    for action in (f"go to {what}", f"pick up {what}", f"put {what} next to {to}"):
        seen = world.step(action)
    assert seen.done
    assert world.result("").score > 0


def test_what_is_not_possible_is_said_and_counted(world: Any) -> None:
    world.reset(case("BabyAI-GoToObj-v0", steps=2), 0)
    assert world.step("fly").text.startswith("That is not possible here.")
    assert world.step("").done
    assert world.actions() == ()
    assert (world.result("").score, world.result("").metrics["moves"]) == (0.0, 0.0)


def test_without_the_package_the_fix_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "minigrid", raising=False)
    with pytest.raises(MissingExtra, match=r"evo-search\[agents\]"):
        WORLD.require()


def test_parts_together_play_better_than_alone(world: Any) -> None:
    cases = [one for one in PROBLEM.all_cases() if one.split == "search"][:12]
    means = {}
    for name in ("goal_words", "goal_words_visited", "goal_words_frontier"):
        design = Design.load(files(name), CATALOGUE)
        means[name] = sum(play(design, world, one)[0].score or 0.0 for one in cases) / len(cases)
    assert means["goal_words"] < means["goal_words_visited"] < means["goal_words_frontier"]


def test_the_jail_gives_the_same_scores(world: Any) -> None:
    small = replace(PROBLEM, stages=(Stage(cases=6, timeout_s=60.0),))
    evaluator = plugins.load(small.evaluator, FOLDER)(small, Sandbox(), **small.options)
    cases = [one for one in small.all_cases() if one.split == "search"][:6]
    try:
        for name in ("random_walk", "goal_words_frontier"):
            verdict = evaluator(EvaluateTask(name, "search", files=files(name)))
            played = [play(Design.load(files(name), CATALOGUE), world, one) for one in cases]
            assert [one.score for one in verdict.cases] == [one.score for one, _ in played]
            assert [one["case"] for one in json.loads(verdict.artefact)] == [one.name for one in cases]
    finally:
        evaluator.close()
