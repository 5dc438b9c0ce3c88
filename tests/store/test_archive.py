"""The archive against an obvious reckoning over the same events, and runs as people look at them."""

import math
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from evo.errors import RunError
from evo.roles import Learner
from evo.store.archive import Archive, RunView, open_run
from evo.store.journal import Journal
from evo.types import (
    Candidate,
    EvaluateTask,
    Evaluation,
    Event,
    Judged,
    Proposal,
    ProposeTask,
    Status,
    Steering,
    Usage,
)

STAGES = ("smoke", "all")
FAILURES: list[Status] = ["invalid", "timeout", "crashed", "memory"]


def story(n: int = 120, seed: int = 0) -> list[Event]:
    """A run of two stages with failures, losses, duplicates, repeats, and a selection at the end."""
    rng, told, ids = random.Random(seed), list[Event](), list[str]()
    for i in range(n):
        parents = tuple(rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 2])))) if i > 2 else ()
        operator = rng.choice(["mutate", "cross"]) if i > 2 else "seed"
        draw = rng.random()
        if draw < 0.1 and i > 2:
            told.append(Proposal(i, operator, parents, status="invalid", reason="no", usage=Usage(1, 2, 0.5)))
            continue
        if draw < 0.2 and i > 2:
            known = Candidate(rng.choice(ids), {"a": "again"}, (), "other")
            told.append(Proposal(i, operator, parents, known, "duplicate"))
            continue
        made = Candidate(f"c{i}", {"a": f"{i}"}, parents, operator, f"note {i}")
        told.append(Proposal(i, operator, parents, made, known=i, seconds=0.5))
        ids.append(made.id)
        told += verdicts(made.id, rng)
    return [*told, *(Evaluation(name, "selection", score=rng.random()) for name in ids[5:9])]


def verdicts(name: str, rng: random.Random) -> Iterator[Evaluation]:
    usage = Usage(cpu_s=0.25)
    for stage in STAGES:
        attempt = 1
        while rng.random() < 0.2:
            yield Evaluation(name, stage, attempt, "lost", usage=usage)
            attempt += 1
        if rng.random() < 0.3:
            yield Evaluation(name, stage, attempt, rng.choice(FAILURES), usage=usage, seconds=9.0)
            return
        for again in range(rng.choice([1, 1, 1, 2])):
            score = float(rng.randrange(20))  # with ties
            metrics = {"size": score, f"only_{attempt}": 1.0}
            is_sure = rng.random() < 0.8
            yield Evaluation(
                name,
                stage,
                attempt + again,
                "ok",
                score,
                metrics,
                usage=usage,
                seconds=score,
                verified=is_sure,
            )


@pytest.fixture
def run(fast_path: Path) -> Path:
    with Journal.open(fast_path, segment_rows=60) as journal:
        for event in story():
            journal.append([event])
    return fast_path


def latest(events: list[Event], stage: str) -> dict[str, Evaluation]:
    return {
        event.candidate: event
        for event in events
        if isinstance(event, Evaluation) and event.stage == stage and event.status != "lost"
    }


def first_proposals(events: list[Event]) -> dict[str, Proposal]:
    found: dict[str, Proposal] = {}
    for event in events:
        if isinstance(event, Proposal) and event.candidate:
            found.setdefault(event.candidate.id, event)
    return found


def told(events: list[Event], source: object = None, stages: tuple[str, ...] | None = STAGES) -> Archive:
    archive = Archive(source, stages)  # type: ignore[arg-type]
    for event in events:
        archive.tell(event)
    return archive


def test_an_archive_is_a_learner() -> None:
    assert isinstance(Archive(None), Learner)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
def test_standings_are_those_of_the_events(seed: int) -> None:
    events = story(seed=seed)
    archive = told(events)
    proposals, by_stage = (
        first_proposals(events),
        {stage: latest(events, stage) for stage in (*STAGES, "selection")},
    )
    assert [one.id for one in archive.standings()] == list(proposals)
    for one in archive.standings():
        made = proposals[one.id].candidate
        assert made is not None
        assert (one.number, one.operator) == (proposals[one.id].number, proposals[one.id].operator)
        assert (one.parents, one.note) == (made.parents, made.note)
        known_by = next((stage for stage in reversed(STAGES) if one.id in by_stage[stage]), None)
        assert one.stage == known_by
        assert archive.judged(one.id) == (known_by is not None)
        if known_by:
            verdict = by_stage[known_by][one.id]
            assert (one.status, one.score, one.seconds) == (verdict.status, verdict.score, verdict.seconds)
            assert (one.metrics, one.verified) == (verdict.metrics, verdict.verified)
            attempts = [
                e
                for e in events
                if isinstance(e, Evaluation) and e.candidate == one.id and e.stage == known_by
            ]
            assert one.attempts == len(attempts)
        scores = {stage: found[one.id].score for stage, found in by_stage.items() if one.id in found}
        assert one.scores == {stage: score for stage, score in scores.items() if score is not None}
        assert archive.score(one.id, "smoke") == scores.get("smoke")
        assert archive.score(one.id) == one.score


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_each_stage(seed: int) -> None:
    events = story(seed=seed)
    order = {name: i for i, name in enumerate(first_proposals(events))}
    for stop in range(1, len(events), 7):
        archive = told(events[:stop])
        for stage in STAGES:
            found = latest(events[:stop], stage)
            ok = [(-e.score, order[name], name) for name, e in found.items() if e.score is not None]
            assert [one.id for one in archive.top(5, stage)] == [name for _, _, name in sorted(ok)[:5]]
        if not latest(events[:stop], "selection"):
            assert archive.champion() == next(iter(archive.top(1)), None)
    selection = latest(events, "selection")
    champion = told(events).champion()
    assert champion is not None
    assert champion.id == max(selection, key=lambda name: (selection[name].score, -order[name]))


def test_a_best_that_is_judged_again_and_worse_is_best_no_more() -> None:
    archive = told([])
    for name, score in (("a", 3.0), ("b", 2.0), ("c", 2.0)):
        archive.tell(Evaluation(name, "all", score=score))
    archive.tell(Evaluation("a", "all", 2, score=1.0))
    assert [one.id for one in archive.top(9)] == ["b", "c", "a"]
    assert archive.champion() == archive.standing("b")
    for name in "bca":
        archive.tell(Evaluation(name, "all", 5, "crashed"))
    assert archive.champion() is None
    assert archive.top(3) == []


def test_told_twice_nothing_changes() -> None:
    events = story()
    once, twice = told(events), told([one for event in events for one in (event, event)])
    for event in reversed(events):
        twice.tell(event)
    assert list(once.standings()) == list(twice.standings())
    assert once.counts() == twice.counts()
    assert (once.usage, once.evaluations) == (twice.usage, twice.evaluations)
    assert once.scores_in_order() == twice.scores_in_order()


def test_counts(run: Path) -> None:
    events = story()
    archive = told(events)
    counts = archive.counts()
    proposals = [event for event in events if isinstance(event, Proposal)]
    evaluations = [event for event in events if isinstance(event, Evaluation)]
    assert counts["candidates"] == len(first_proposals(events))
    for status in ("ok", "duplicate", "invalid"):
        assert counts["proposals"][status] == sum(one.status == status for one in proposals)
    assert sum(counts["evaluations"].values()) == len(evaluations)
    assert counts["evaluations"]["lost"] == sum(one.status == "lost" for one in evaluations)
    assert archive.evaluations == sum(one.status != "lost" and one.stage in STAGES for one in evaluations)
    assert archive.cpu_seconds() == sum(one.usage.cpu_s for one in evaluations)
    final, made = latest(events, "all"), first_proposals(events)
    for name in ("seed", "mutate", "cross"):
        record = counts["operators"][name]
        mine = [one for one in proposals if one.operator == name]
        assert record["proposed"] == len(mine)
        assert record["duplicate"] == sum(one.status == "duplicate" for one in mine)
        assert record["failed"] == record["invalid"] == sum(one.status == "invalid" for one in mine)
        assert record["seconds"] == sum(one.seconds for one in mine)
        assert record["usd"] == sum(one.usage.usd or 0 for one in mine)
        scored = [
            n for n, one in made.items() if one.operator == name and n in final and final[n].score is not None
        ]
        assert record["ok"] == len(scored)
        gains = []
        for child in scored:
            beaten = [
                final[p].score for p in made[child].parents if p in final and final[p].score is not None
            ]
            if beaten:
                gains.append(final[child].score - max(beaten))  # type: ignore[operator, type-var]
        assert record["improved"] == sum(gain > 0 for gain in gains)
        assert record["best_gain"] == max(gains, default=None)


def test_an_unknown_price_stays_unknown() -> None:
    archive = told(
        [Proposal(i, "llm", status="invalid", usage=Usage(5, 5, usd)) for i, usd in enumerate([1, None, 2])]
    )
    assert archive.counts()["operators"]["llm"]["usd"] is None
    assert archive.usage.usd is None


def test_a_proposal_that_was_lost_is_made_again() -> None:
    made = Candidate("a", {})
    archive = told([Proposal(4, "op", status="lost"), Proposal(4, "op", candidate=made)])
    assert archive.seen("a")
    assert archive.counts()["proposals"] == {"lost": 1, "ok": 1}


def test_the_curve_of_the_best() -> None:
    events = story()
    archive = told(events)
    best, expected, scores = -math.inf, [], []
    for event in events:
        if isinstance(event, Evaluation) and event.stage in STAGES and event.status != "lost":
            scores.append(event.score if event.stage == "all" else None)
            best = max(best, scores[-1]) if scores[-1] is not None else best
            expected.append(best if best > -math.inf else math.nan)
    evaluations, curve = archive.best_curve()
    assert archive.scores_in_order() == scores
    assert evaluations.tolist() == list(range(1, len(expected) + 1))
    np.testing.assert_array_equal(curve, expected)
    steps = archive.improvements()
    assert [expected[int(n) - 1] for n, _ in steps] == sorted(
        {one for one in expected if not math.isnan(one)}
    )
    assert [scores[int(n) - 1] for n, _ in steps] == [expected[int(n) - 1] for n, _ in steps]
    empty = told([])
    assert empty.improvements() == empty.scores_in_order() == []
    assert [len(one) for one in empty.best_curve()] == [0, 0]


def test_lineage_leads_from_the_seeds() -> None:
    events = story()
    archive, made = told(events), first_proposals(events)
    for name in made:
        line = [one.id for one in archive.lineage(name)]
        assert line[-1] == name
        assert len(set(line)) == len(line)
        for i, one in enumerate(line):
            assert {*made[one].candidate.parents} <= {*line[:i]}  # type: ignore[union-attr]
        assert not made[line[0]].candidate.parents  # type: ignore[union-attr]


def test_stages_are_found_in_their_order_where_they_are_not_given() -> None:
    events = [*story(), Evaluation("c0", "holdout", score=1e9)]
    given, found = told(events), told(events, stages=None)
    assert list(given.standings()) == list(found.standings())
    assert given.champion() == found.champion()
    assert given.scores_in_order() == found.scores_in_order()


def test_other_stages_than_those_of_the_search_do_not_steer(run: Path) -> None:
    """A stage that was not named is recorded, and neither ranks nor reaches an operator."""
    archive = told(story(), open_run(run), ("smoke",))
    assert all(one.stage in ("smoke", None) for one in archive.standings())
    (task,) = archive.fill_proposals([ProposeTask(1, "op", ("c0",))])
    assert task.relatives[0].evaluation.stage == "smoke"
    assert all(not archive.judged(one.id, "holdout") for one in archive.standings())


def test_tasks_get_their_relatives_and_files(run: Path) -> None:
    events = story()
    with Journal.open(run) as journal:
        archive = Archive(journal, STAGES)
        for event in journal.replay():
            archive.tell(event)
        made, smoke, final = first_proposals(events), latest(events, "smoke"), latest(events, "all")
        names = [name for name in made if name in smoke]
        tasks = archive.fill_proposals(
            [ProposeTask(i, "op", (a, b)) for i, (a, b) in enumerate(pairwise(names))]
        )
        for task in tasks:
            assert task.relatives == tuple(
                Judged(made[name].candidate, final.get(name, smoke[name]))  # type: ignore[arg-type]
                for name in task.parents
            )
        (filled,) = archive.fill_evaluations([EvaluateTask("c7", "all", 3, 9)])
        assert filled == EvaluateTask("c7", "all", 3, 9, {"a": "7"})
        journal.append([Proposal(999, "op", candidate=Candidate("unjudged", {}))])
        archive.tell(Proposal(999, "op", candidate=Candidate("unjudged", {})))
        (early,) = archive.fill_proposals([ProposeTask(0, "op", ("unjudged",))])
        assert early.relatives[0].evaluation == Evaluation.pending("unjudged")
        for task in (ProposeTask(0, "op", ("gone",)), ProposeTask(0, "op", inspirations=("unjudged",))):
            with pytest.raises(KeyError, match="was not judged"):
                archive.fill_proposals([task])
        with pytest.raises(KeyError, match="nobody"):
            archive.fill_evaluations([EvaluateTask("nobody", "all")])


def test_a_run_can_be_looked_at(run: Path) -> None:
    events = story()
    (run / "config.yaml").write_text("run: {seed: 3}\nproblem: {use: sphere}\n")
    with open_run(run) as view:
        expected = told(events)
        assert list(view.archive.standings()) == list(expected.standings())
        assert view.config == {"run": {"seed": 3}, "problem": {"use": "sphere"}}
        assert view.changed > 1.7e9
        best = expected.champion()
        assert best is not None
        assert view.resolve("best") == best.id
        assert view.resolve("seed") == expected.lineage(best.id)[0].id
        assert view.candidate("c1") == first_proposals(events)["c1"].candidate
        every = [event for event in events if isinstance(event, Evaluation) and event.candidate == "c1"]
        assert view.evaluations("c1") == every
        assert view.evaluation(best.id) == latest(events, "all")[best.id]
        assert view.evaluation(best.id, "selection") == latest(events, "selection")[best.id]


def test_names_of_candidates(run: Path) -> None:
    view = open_run(run)
    only = next(name for name in first_proposals(story()) if len(name) == 4)
    assert view.resolve(only) == only
    assert view.resolve("c1") == "c1"  # whole, though others begin like it
    with pytest.raises(RunError, match=r"'c' begins \d+ ids: c0, c1, .*Give more"):
        view.resolve("c")
    with pytest.raises(RunError, match="no candidate 'zzz'"):
        view.resolve("zzz")


def test_a_run_with_nothing_in_it(tmp_path: Path) -> None:
    with Journal.open(tmp_path):
        view = open_run(tmp_path)
        assert (view.archive.champion(), view.table().num_rows, view.config) == (None, 0, {})
        assert view.changed > 1.7e9
        with pytest.raises(RunError, match="no candidate that is ok yet"):
            view.resolve("best")
    with pytest.raises(RunError, match="not a run"):
        open_run(tmp_path / "nothing")


def test_a_view_follows_its_run(fast_path: Path) -> None:
    events = story()
    with Journal.open(fast_path, segment_rows=40) as journal:
        view = open_run(fast_path, STAGES)
        for start in range(0, len(events), 25):
            journal.append(events[start : start + 25])
            assert view.refresh() == len(events[start : start + 25])
            assert list(view.archive.standings()) == list(told(events[: start + 25]).standings())
            assert view.refresh() == 0


def test_a_view_follows_a_part_that_grew_before_it_was_sealed(fast_path: Path) -> None:
    """The segment that takes the place of a part holds more than the part did when it was read."""
    events = story()
    with Journal.open(fast_path) as journal:
        journal.append(events[:50])
        view = open_run(fast_path, STAGES)
        journal.append(events[50:90])
    assert view.candidate("c0").files == {"a": "0"}  # read from the segment: the part is gone
    assert list(view.archive.standings()) == list(told(events[:50]).standings())
    assert view.refresh() == 40
    assert list(view.archive.standings()) == list(told(events[:90]).standings())


def test_the_table_has_a_row_a_candidate(run: Path) -> None:
    view: RunView = open_run(run)
    table = view.table(files=True)
    standings = list(view.archive.standings())
    assert table.num_rows == len(standings)
    for row, one in zip(table.to_pylist(), standings, strict=True):
        assert (row["id"], row["number"], row["score"], row["status"]) == (
            one.id,
            one.number,
            one.score,
            one.status,
        )
        assert (dict(row["metrics"]), dict(row["scores"])) == (one.metrics, one.scores)
        assert (tuple(row["parents"]), row["stage"]) == (one.parents, one.stage)
        assert dict(row["files"]) == view.candidate(one.id).files
    assert "files" not in view.table().column_names


def test_a_table_of_texts_that_cannot_be_written(fast_path: Path) -> None:
    odd = Candidate("\ud800", {"\udfff.py": "\ud800"}, ("p",), "op", "half \ud83d")
    with Journal.open(fast_path) as journal:
        journal.append([Proposal(0, "op", ("p",), odd), Evaluation("stranger", "search", score=1.0)])
    view = open_run(fast_path)
    rows = view.table(files=True).to_pylist()
    assert [(row["id"], row["note"]) for row in rows] == [("?", "half ?"), ("stranger", "")]
    assert view.candidate("\ud800") == odd


def test_steering_is_passed_over() -> None:
    archive = told([Steering("try hexagons")])
    assert archive.counts()["candidates"] == 0
