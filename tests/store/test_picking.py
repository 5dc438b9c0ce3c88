"""The champion of an archive against an obvious reckoning over the same events."""

import shutil
from pathlib import Path

import pytest

from evo.champion import ChampionRule, champion, measures
from evo.errors import ConfigError
from evo.store.archive import Archive, open_run
from evo.store.journal import Journal
from evo.types import Evaluation, Event, Usage
from tests.store.test_archive import STAGES, first_proposals, latest, story, told
from tests.test_champion import Row

RULES = (
    *("least seconds within 0", "least seconds within 4", "most seconds within 4", "least size within 30"),
    *("least only_1 within 8", "most only_2 within 8", "least tokens within 5", "least usd within 3"),
)


def archive_of(events: list[Event], rule: str) -> Archive:
    archive = Archive(None, STAGES, ChampionRule.parse(rule))  # type: ignore[arg-type]
    for event in events:
        archive.tell(event)
    return archive


def judged(name: str, score: float, stage: str = "all", attempt: int = 1, **more: object) -> Evaluation:
    return Evaluation(name, stage, attempt, score=score, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(4))
def test_the_rule_decides_where_the_champion_is_picked(rule: str, seed: int) -> None:
    events = story(seed=seed)
    order = {name: i for i, name in enumerate(first_proposals(events))}
    for stop in (*range(20, len(events), 31), len(events)):
        archive = archive_of(events[:stop], rule)
        stage = next(s for s in ("selection", "all", "smoke") if latest(events[:stop], s))
        rows = [
            Row(name, verdict.score, measures(verdict))
            for name, verdict in sorted(latest(events[:stop], stage).items(), key=lambda one: order[one[0]])
            if verdict.score is not None
        ]
        expected, best, pick = champion(rows, rule), champion(rows), archive.pick()
        if expected is None or best is None:
            continue
        assert pick is not None
        assert (pick.champion.id, pick.best.id, pick.stage) == (expected.id, best.id, stage)
        assert archive.champion() == archive.standing(expected.id)
        assert bool(pick.why) == (expected.id != best.id)
        known = {n for row in rows if row.score >= best.score - pick_within(rule) for n in row.measures}
        assert bool(pick.warning) == (ChampionRule.parse(rule).measure not in known)


def pick_within(rule: str) -> float:
    return ChampionRule.parse(rule).within


def test_the_best_score_needs_no_reason() -> None:
    pick = told(story()).pick()
    assert pick is not None
    assert pick.champion == pick.best
    assert (pick.why, pick.warning, pick.note) == ("", "", "")


def test_a_reason_names_both_values() -> None:
    dear = judged("dear", 1.0, usage=Usage(900, 100, 0.5), seconds=3.0)
    cheap = judged("cheap", 0.98, usage=Usage(90, 10, 0.0625), seconds=2.0)
    for measure, values in (
        ("usd", "0.0625 against 0.5"),
        ("tokens", "100 against 1000"),
        ("seconds", "2 against 3"),
    ):
        pick = archive_of([dear, cheap], f"least {measure} within 0.05").pick()
        assert pick is not None
        assert pick.champion.id == "cheap"
        assert pick.note == f"least {measure} within 0.05 of the best ({values})"
    pick = archive_of([judged("free", 1.0, usage=Usage(usd=None)), cheap], "most usd within 1").pick()
    assert pick is not None
    assert "0.0625 against an unknown one" in pick.why


def test_gpu_seconds_and_a_metric_that_is_named_like_a_cost() -> None:
    rows = [
        judged("a", 1.0, usage=Usage(gpu_s=9.0), metrics={"seconds": 1.0}, seconds=5.0),
        judged("b", 0.9, usage=Usage(gpu_s=2.0), metrics={"seconds": 7.0}, seconds=3.0),
        judged("c", 0.8, usage=Usage(gpu_s=4.0), seconds=2.0),
    ]
    for rule, expected in (
        ("least gpu_seconds within 0.5", "b"),
        ("least seconds within 0.5", "a"),
        ("most seconds within 0.5", "b"),
    ):
        found = archive_of([*rows], rule).champion()
        assert found is not None
        assert found.id == expected


def test_a_candidate_that_is_judged_again_counts_as_it_was_judged_last() -> None:
    events: list[Event] = [
        judged("a", 1.0, metrics={"size": 5.0}),
        judged("b", 0.9, metrics={"size": 1.0}),
        judged("b", 0.9, attempt=2, metrics={"size": 8.0}),
    ]
    first, last = archive_of(events[:2], "least size within 1"), archive_of(events, "least size within 1")
    assert [one.champion().id for one in (first, last)] == ["b", "a"]  # type: ignore[union-attr]


def test_repeats_on_selection_are_averaged_in_all_that_a_rule_may_ask_for() -> None:
    def repeats(name: str, seconds: float, usd: tuple[float | None, ...]) -> list[Event]:
        return [
            judged(name, 1.0, "selection", i + 1, seconds=seconds + i, usage=Usage(10 * i, i, price, gpu_s=i))
            for i, price in enumerate(usd)
        ]

    events = [*repeats("slow", 3.0, (0.1, 0.1, 0.7)), *repeats("quick", 2.5, (0.2, 0.5, 0.5))]
    lost = Evaluation("quick", "selection", 4, "lost", seconds=99.0, usage=Usage(usd=99.0))
    for rule, expected, values in (
        ("least seconds within 0", "quick", "3.5 against 4"),
        ("least usd within 0", "slow", ""),
        ("most usd within 0", "quick", "0.4 against 0.3"),
        ("most tokens within 0", "slow", ""),
    ):
        pick = archive_of([*events, lost], rule).pick()
        assert pick is not None
        assert (pick.champion.id, values in pick.why) == (expected, True)
    unknown = [*repeats("slow", 1.0, (0.1, None)), *repeats("quick", 1.0, (0.9, 0.9))]
    pick = archive_of(unknown, "least usd within 0").pick()
    assert pick is not None
    assert pick.champion.id == "quick"


def test_a_measure_that_no_candidate_has_is_told_with_those_that_exist() -> None:
    rows: list[Event] = [
        judged("a", 1.0, metrics={"size": 2.0}, usage=Usage(usd=None)),
        judged("b", 0.9, metrics={"size": 1.0}, usage=Usage(usd=None)),
        judged("far", -9.0, metrics={"sise": 1.0}),
    ]
    pick = archive_of(rows, "least sise within 0.5").pick()
    assert pick is not None
    assert (pick.champion.id, pick.why) == ("a", "")
    assert pick.note == pick.warning
    assert "no candidate within 0.5 of the best has a known 'sise', so the best score" in pick.warning
    assert "Did you mean 'size'? Choices: gpu_seconds, seconds, size, tokens." in pick.warning


def test_half_of_those_judged_on_selection_are_the_rules() -> None:
    rows: list[Event] = [judged(f"c{i}", 10.0 - i, metrics={"size": 10.0 - i}) for i in range(10)]
    assert [one.id for one in archive_of(rows, "best score").finalists(3)] == ["c0", "c1", "c2"]
    liked = archive_of(rows, "least size within 6.5")
    assert [one.id for one in liked.finalists(5)] == ["c0", "c6", "c1", "c5", "c2"]
    assert [one.id for one in liked.finalists(1)] == ["c0"]
    assert len(liked.finalists(99)) == 10
    assert archive_of([], "least size within 6.5").finalists(5) == []


def test_a_run_on_the_disk_goes_by_its_settings(fast_path: Path) -> None:
    with Journal.open(fast_path) as journal:
        journal.append([judged("a", 1.0, "search", seconds=2.0), judged("b", 0.9, "search", seconds=1.0)])
    view = open_run(fast_path)
    found = []
    for settings in ("run: {seed: 3}", "run: {champion: null}", "run: {champion: least seconds within 0.2}"):
        (fast_path / "config.yaml").write_text(settings)
        view.refresh()
        assert view.resolve("best") == open_run(fast_path).resolve("best")
        found.append(view.resolve("best"))
    assert found == ["a", "a", "b"]
    (fast_path / "config.yaml").write_text("run: {champion: the nicest}")
    with pytest.raises(ConfigError, match=r"champion rule is .* got 'the nicest'"):
        open_run(fast_path)


def test_a_run_of_an_early_format_has_the_champion_it_had(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(Path(__file__).parents[1] / "golden" / "run_format_1", folder)
    view = open_run(folder)
    assert str(view.archive.rule) == "best score"
    pick, (first, *_) = view.archive.pick(), view.archive.top(1)
    assert pick is not None
    assert (pick.champion, pick.note) == (first, "")
