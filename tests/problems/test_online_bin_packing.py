"""Online bin packing: instances, the judge, and programs that look ahead."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo import Case, Evaluation, InvalidCandidate, plugins
from evo.types import SPLITS, Problem
from tests.problems.judging import Jailed, jailed, source

PROBLEM: Problem = plugins.problem("online_bin_packing")
MODULE = plugins.load_file(PROBLEM.folder / "problem.py")  # type: ignore[operator]
DRIVER = plugins.load_file(PROBLEM.folder / "driver.py")  # type: ignore[operator]


def best_fit(item: float, bins: np.ndarray) -> np.ndarray:
    return item - bins


def small_case(items: list[int] | None = None, capacity: int = 10) -> Case:
    instances = [
        {"kind": kind, "capacity": capacity, "items": np.array(items or [6, 5, 4, 5])}
        for kind in ("uniform", "weibull")
    ]
    return Case("small", {"instances": instances})


def judge(output: Any, case: Case) -> Evaluation:
    assert PROBLEM.score is not None
    return PROBLEM.score(output, case)


@pytest.fixture(scope="module")
def packing() -> Iterator[Jailed]:
    with jailed("online_bin_packing") as held:
        yield held


# In the jail.


def test_the_seed_is_ok_and_is_best_fit(packing: Jailed) -> None:
    for stage in ("search", "selection"):
        seed, plain = packing.judge_file("seed.py", stage), packing.judge_file("best_fit.py", stage)
        assert seed.status == "ok"
        assert (seed.score, seed.metrics) == (plain.score, plain.metrics)
        assert set(seed.metrics) == set(PROBLEM.metrics)


@pytest.mark.parametrize("stage", SPLITS)
def test_best_fit_beats_first_fit_on_every_split(packing: Jailed, stage: str) -> None:
    first, best = packing.judge_file("first_fit.py", stage), packing.judge_file("best_fit.py", stage)
    assert first.score is not None
    assert best.score is not None
    assert first.score < best.score < 0
    if stage == "holdout":  # FunSearch, Nature 625 (2024), Table 1: 4.23 % and 3.98 % on Weibull 5k
        assert first.metrics["weibull_excess"] == pytest.approx(4.23, abs=0.2)
        assert best.metrics["weibull_excess"] == pytest.approx(3.98, abs=0.2)


PEEK = """
import sys
def ahead():
    frame = sys._getframe(2)
    return frame.f_locals["items"], frame.f_locals["number"]
"""


@pytest.mark.parametrize(
    "body",
    [
        # keeps a bin whose room is exactly the size of one of the next items
        "return item - bins - 1000.0 * np.isin(bins, items[number + 1 : number + 40])",
        # packs by what the whole rest adds up to
        "return (item - bins) * (1.0 if sum(items[number:]) % 997 < 500 else -1.0)",
        # decides by how much there is to come
        "return (item - bins) * (1.0 if len(items) - number > 300 else -1.0)",
    ],
)
def test_a_program_that_looks_ahead_is_refused(packing: Jailed, body: str) -> None:
    program = (
        f"import numpy as np\n{PEEK}\ndef priority(item, bins):\n    items, number = ahead()\n    {body}\n"
    )
    verdicts = [packing.judge(program, seed=seed) for seed in range(4)]
    assert {verdict.status for verdict in verdicts} == {"invalid"}
    assert all("only later items changed" in verdict.feedback for verdict in verdicts)


def test_a_program_that_would_remember_its_first_run_is_refused_all_the_same(packing: Jailed) -> None:
    """It looks ahead, writes down what it decided wherever it can, and would repeat that for the twin."""
    program = f"""
import json, os, numpy as np
{PEEK}
PLACES = [folder + "/memory.json" for folder in (".", "/tmp", "/var/tmp", "/dev/shm", os.path.dirname(__file__))]
decided = []
known = None
for place in PLACES:
    try:
        known = json.load(open(place))
    except (OSError, ValueError):
        pass
def priority(item, bins):
    items, number = ahead()
    if known and len(decided) < len(known):
        value = known[len(decided)]
    else:
        value = 1.0 if sum(items[number:]) % 997 < 500 else -1.0
    decided.append(value)
    if number % 100 == 99:
        for place in PLACES:
            try:
                json.dump(decided, open(place, "w"))
            except OSError:
                pass
    return (item - bins) * value
"""
    verdicts = [packing.judge(program, seed=seed) for seed in (1, 2, 3)]
    assert {verdict.status for verdict in verdicts} == {"invalid"}


def test_a_program_may_remember_the_past_and_draw_from_a_seeded_generator(packing: Jailed) -> None:
    program = """
import numpy as np
rng = np.random.default_rng(7)
seen = []
def priority(item, bins):
    seen.append(item)
    return (item - bins) * (1.0 if item < 1.2 * sum(seen[-100:]) / len(seen[-100:]) else 0.1 + rng.random())
"""
    for seed in (1, 2, 3):
        assert packing.judge(program, seed=seed).status == "ok"


def test_a_program_that_draws_without_a_seed_is_refused(packing: Jailed) -> None:
    program = "import os\ndef priority(item, bins):\n    return (item - bins) * (os.urandom(1)[0] - 127.5)"
    verdict = packing.judge(program)
    assert verdict.status == "invalid"
    assert "without random numbers or a clock" in verdict.feedback


@pytest.mark.parametrize(
    "answer", ["None", "0.0", "bins[:-1]", "'high'", "np.ones((len(bins), 2))", "[1.0] * (len(bins) + 1)"]
)
def test_a_priority_of_another_shape_fails_with_a_message(packing: Jailed, answer: str) -> None:
    verdict = packing.judge(f"import numpy as np\ndef priority(item, bins):\n    return {answer}")
    assert verdict.status == "crashed"
    assert "must return one number per bin" in verdict.feedback


def test_changing_the_bins_it_is_shown_helps_nobody(packing: Jailed) -> None:
    program = "def priority(item, bins):\n    value = item - bins\n    bins[:] = 1e9\n    return value"
    assert packing.judge(program).score == packing.judge_file("seed.py").score


def test_a_driver_that_was_tampered_with_cannot_overfill_a_bin(packing: Jailed) -> None:
    program = """
import sys
def priority(item, bins):
    frame = sys._getframe(1)
    frame.f_locals["free"][:] = 1e9
    return item - bins
"""
    verdict = packing.judge(program)
    assert verdict.status == "invalid"
    assert "more than its capacity" in verdict.feedback


# The judge alone.


def test_the_score_is_the_excess_in_percent() -> None:
    case = small_case()  # 20 in bins of 10: at least 2
    assert judge([[0, 1, 0, 1], [0, 1, 0, 1]], case).score == 0.0
    verdict = judge([[0, 1, 0, 2], [0, 1, 0, 1]], case)
    assert verdict.metrics == {"uniform_excess": 50.0, "weibull_excess": 0.0}
    assert verdict.score == -25.0


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (None, "Leave the driver alone"),
        ("0101", "Leave the driver alone"),
        ({"uniform": [0, 1, 0, 1]}, "Leave the driver alone"),
        ([], "2 packings"),
        ([[0, 1, 0, 1]], "2 packings"),
        ([[0, 1, 0, 1]] * 3, "2 packings"),
        ([[0, 1, 0, 1], None], "list of bin numbers"),
        ([[0, 1, 0, 1], "0101"], "list of bin numbers"),
        ([[0, 1, 0, 1], [0, 1, 0, 1.0]], "list of bin numbers"),
        ([[0, 1, 0, 1], [False, True, False, True]], "list of bin numbers"),
        ([[0, 1, 0, 1], [0, 1, 0, None]], "list of bin numbers"),
        ([[0, 1, 0, 1], [0, 1, 0, float("nan")]], "list of bin numbers"),
        ([[0, 1, 0, 1], [[0], [1], [0], [1]]], "list of bin numbers"),
        ([[0, 1, 0, 1], np.zeros((2, 2), int)], "list of bin numbers"),
        ([[0, 1, 0, 1], np.zeros(4)], "list of bin numbers"),
        ([[0, 1, 0, 1], np.array([0, 1, 0, 1], bool)], "list of bin numbers"),
        ([[0, 1, 0, 1], [0, 1, 0]], "must have 4 bin numbers, one an item; it has 3"),
        ([[0, 1, 0, 1], [0, 1, 0, 1, 1]], "it has 5"),
        ([[0, 1, 0, 1], []], "it has 0"),
        ([[0, 1, 0, 1], [0, 1, 0, -1]], "numbered from 0 to at most 3"),
        ([[0, 1, 0, 1], [0, 1, 0, 4]], "numbered from 0 to at most 3"),
        ([[0, 1, 0, 1], [0, 1, 0, 10**400]], "numbered from 0 to at most 3"),
        ([[0, 1, 0, 1], np.array([0, 1, 0, 2**64 - 1], np.uint64)], "numbered from 0 to at most 3"),
        ([[0, 1, 0, 1], [0, 0, 1, 1]], "Bin 0 holds 11, more than its capacity 10"),
        ([[0, 0, 0, 0], [0, 1, 0, 1]], "Bin 0 holds 20"),
    ],
)
def test_wrong_packings_are_refused(output: Any, message: str) -> None:
    with pytest.raises(InvalidCandidate, match=message):
        judge(output, small_case())


def parts(*streams: list[int]) -> Case:
    instances = [[{"kind": "uniform", "capacity": 10, "items": np.array(items)}] for items in streams]
    other = {"kind": "weibull", "capacity": 10, "items": np.array([5])}
    return Case("parts", [{"instances": [*instance, other]} for instance in instances])


def test_twins_must_agree_until_their_items_differ_and_not_beyond() -> None:
    case = parts([5, 5, 5, 1], [5, 5, 6])
    assert judge([[[0, 0, 1, 1], [0]], [[0, 0, 1], [0]]], case).status == "ok"
    assert judge([[[0, 0, 1, 1], [0]], [[0, 0, 2], [0]]], case).status == "ok"  # the third item differs
    with pytest.raises(InvalidCandidate, match="decision for item 1 of a uniform instance"):
        judge([[[0, 0, 1, 1], [0]], [[0, 1, 2], [0]]], case)


def test_a_twin_that_ends_early_is_compared_to_its_end() -> None:
    case = parts([5, 5, 5, 1], [5, 5])
    with pytest.raises(InvalidCandidate, match="decision for item 1"):
        judge([[[0, 0, 1, 1], [0]], [[0, 1], [0]]], case)


@pytest.mark.parametrize(
    "output", [None, [], [[[0, 0, 1, 1], [0]]], {"0": []}, "two", [[[0, 0, 1, 1], [0]]] * 3]
)
def test_a_missing_part_is_refused(output: Any) -> None:
    with pytest.raises(InvalidCandidate, match="2 lists of packings"):
        judge(output, parts([5, 5, 5, 1], [5, 5]))


@settings(max_examples=60, deadline=None)
@given(items=st.lists(st.integers(1, 10), min_size=1, max_size=30), seed=st.integers(0, 2**32))
def test_what_the_driver_packs_is_always_valid(items: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = small_case(items)
    output = DRIVER.drive(lambda item, bins: rng.random(len(bins)), **case.inputs)  # type: ignore[arg-type]
    assert judge(output, case).score <= 0  # type: ignore[operator]


def test_the_driver_shows_the_bins_that_fit_and_a_new_one() -> None:
    shown: list[tuple[float, list[float]]] = []

    def priority(item: float, bins: np.ndarray) -> np.ndarray:
        shown.append((item, bins.tolist()))
        return item - bins

    (packed,) = DRIVER.drive(priority, [{"capacity": 10, "items": np.array([6, 5, 4, 7])}])
    assert shown == [(6.0, [10.0]), (5.0, [10.0]), (4.0, [4.0, 5.0, 10.0]), (7.0, [10.0])]
    assert packed.tolist() == [0, 1, 0, 2]


# Instances.


def test_cases_are_the_same_in_every_process_and_differ_between_splits() -> None:
    cases, again = MODULE.make_cases(), MODULE.make_cases()
    assert [case.name for case in cases] == [case.name for case in again]
    streams = [instance["items"] for case in cases for instance in case.inputs["instances"]]
    same = [instance["items"] for case in again for instance in case.inputs["instances"]]
    assert all(np.array_equal(a, b) for a, b in zip(streams, same, strict=True))
    starts = {items[:20].tobytes() for items in streams}
    assert len(starts) == len(streams)
    assert {case.split for case in cases} == set(SPLITS)


def test_sizes_are_distributed_as_published() -> None:
    rng = np.random.default_rng(1)
    weibull, uniform = MODULE.draw_items("weibull", 200_000, rng), MODULE.draw_items("uniform", 200_000, rng)
    assert weibull.dtype.kind == uniform.dtype.kind == "i"
    assert (weibull.min() >= 1, weibull.max() <= 100, uniform.min(), uniform.max()) == (True, True, 20, 100)
    assert weibull.mean() == pytest.approx(39.75, abs=0.15)  # of the 25,000 published items
    assert uniform.mean() == pytest.approx(60.0, abs=0.3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_a_twin_parts_from_its_case_at_one_place(seed: int) -> None:
    (case,) = [case for case in PROBLEM.all_cases() if case.split == "search"]
    assert PROBLEM.vary is not None
    varied = PROBLEM.vary(case, np.random.default_rng(seed))
    main, twin = (np.concatenate([i["items"] for i in part["instances"]]) for part in varied.inputs)  # type: ignore[index, union-attr]
    assert main is not varied
    assert varied.inputs[0] is case.inputs  # type: ignore[index]
    n = min(len(main), len(twin))
    (differ,) = np.nonzero(main[:n] != twin[:n])
    assert len(differ)
    assert 1 <= differ[0] < len(twin) <= differ[0] + MODULE.LONGEST_TURN
    assert replace(varied, inputs=case.inputs) == case


def test_honest_decisions_pass_for_any_twin() -> None:
    (case,) = [case for case in PROBLEM.all_cases() if case.split == "search"]
    assert PROBLEM.vary is not None
    scores = set()
    for seed in range(5):
        varied = PROBLEM.vary(case, np.random.default_rng(seed))
        scores.add(judge([DRIVER.drive(best_fit, **part) for part in varied.inputs], varied).score)  # type: ignore[arg-type]
    assert len(scores) == 1  # twins are not scored


def test_the_seed_stands_in_a_block_that_may_be_changed() -> None:
    assert source(PROBLEM, "seed.py").count("EVOLVE-BLOCK") == 2
