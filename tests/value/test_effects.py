"""What components are said to have brought, against landscapes whose truth is known."""

import math
import time
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from evo.value.effects import Effects, JudgedDesign, bounded, effects, operator_effects
from evo.value.factors import MOST_LEVELS, OTHERS, factors_of
from evo.value.mixed import fit
from evo.value.swaps import Swap, t_intervals

Slots = dict[str, str | float]
MEMORY = {"none": -3.0, "window": -1.0, "summary": 4.0}
PLANNING = {"none": 0.0, "tree": 1.0, "steps": -1.0}
GUARD = {"none": 0.0, "strict": 0.0}


def truth(slots: Mapping[str, str | float]) -> float:
    return MEMORY[str(slots["memory"])] + PLANNING[str(slots["planning"])] + GUARD[str(slots["guard"])]


def draw(rng: np.random.Generator) -> Slots:
    return {
        "memory": str(rng.choice(list(MEMORY))),
        "planning": str(rng.choice(list(PLANNING))),
        "guard": str(rng.choice(list(GUARD))),
    }


def judged(
    rng: np.random.Generator,
    n: int,
    score: Callable[[Slots], float] = truth,
    noise: float = 0.5,
    greed: float = 0.0,
) -> list[JudgedDesign]:
    """`n` designs, a share `greed` of them made from the best so far by changing one slot."""
    found: list[JudgedDesign] = []
    best: tuple[float, Slots] | None = None
    for _ in range(n):
        slots = draw(rng)
        if best is not None and rng.random() < greed:
            name = str(rng.choice(list(slots)))
            slots = {**best[1], name: slots[name]}
        value = score(slots) + float(rng.normal(0, noise))
        best = (value, slots) if best is None or value > best[0] else best
        found.append(JudgedDesign(slots, value, 1.0, 0.01))
    return found


def by_name(found: Effects) -> dict[tuple[str, str], tuple[float, float]]:
    return {
        (one.slot, one.component): (one.score.mean, one.score.half_width)
        for one in found.components
        if one.score is not None
    }


@pytest.mark.parametrize("greed", [0.0, 0.9])
def test_intervals_hold_the_truth_however_lopsided_the_designs_are(greed: float) -> None:
    inside, clear = [], 0
    for seed in range(15):
        found = by_name(effects(judged(np.random.default_rng(seed), 80, greed=greed)))
        for slot, table in (("memory", MEMORY), ("planning", PLANNING), ("guard", GUARD)):
            middle = np.mean(list(table.values()))
            for name, value in table.items():
                mean, half = found[slot, name]
                inside.append(abs(mean - (value - middle)) <= half)
        clear += abs(found["memory", "summary"][0]) > found["memory", "summary"][1]
    assert np.mean(inside) > 0.9
    assert clear == 15


def test_what_makes_no_difference_is_not_called_clear() -> None:
    wrong = [
        one.score.clear
        for seed in range(15)
        for one in effects(judged(np.random.default_rng(seed), 60, greed=0.5)).components
        if one.slot == "guard" and one.score is not None
    ]
    assert np.mean(wrong) <= 0.15


def test_a_mean_of_its_company_does_not_pass_for_an_effect() -> None:
    """The strict guard was only tried where the best memory was: its raw mean is far above the other's."""
    rng = np.random.default_rng(0)
    designs = []
    for _ in range(120):
        slots = draw(rng)
        slots["guard"] = "strict" if slots["memory"] == "summary" and rng.random() < 0.8 else "none"
        designs.append(JudgedDesign(slots, truth(slots) + float(rng.normal(0, 0.3))))
    raw = {
        name: np.mean([one.score for one in designs if one.slots["guard"] == name and one.score is not None])
        for name in GUARD
    }
    assert raw["strict"] - raw["none"] > 3
    mean, half = by_name(effects(designs))["guard", "strict"]
    assert abs(mean) < 0.3
    assert half < 0.6


def test_little_evidence_is_drawn_to_nothing_and_its_interval_is_wide() -> None:
    designs = judged(np.random.default_rng(1), 60)
    lucky = JudgedDesign({"memory": "new", "planning": "none", "guard": "none"}, 9.0)
    found = by_name(effects([*designs, lucky]))
    assert 0 < found["memory", "new"][0] < 9
    assert found["memory", "new"][1] > 2 * found["memory", "none"][1]


def test_the_best_of_a_slot_comes_first_with_its_counts() -> None:
    designs = judged(np.random.default_rng(2), 50)
    failed = [JudgedDesign({**designs[0].slots, "planning": "tree"}, None, 9.0, 0.5) for _ in range(20)]
    found = effects([*designs, *failed])
    memory = [one for one in found.components if one.slot == "memory"]
    assert [one.component for one in memory] == ["summary", "window", "none"]
    assert sum(one.n for one in memory) == found.n == 70
    assert sum(one.n_ok for one in memory) == found.n_ok == 50
    tree = next(one for one in found.components if one.component == "tree")
    assert tree.ok is not None
    assert tree.ok.clear
    assert tree.ok.mean < -0.2
    assert tree.seconds is not None
    assert tree.seconds.mean > 1
    assert tree.usd is not None
    assert tree.usd.clear


def test_two_that_only_work_together() -> None:
    def score(slots: Slots) -> float:
        return truth(slots) + 6.0 * (slots["memory"] == "window" and slots["guard"] == "strict")

    found = effects(judged(np.random.default_rng(3), 150, score))
    first = found.pairs[0]
    assert {first.slot, first.other_slot} == {"memory", "guard"}
    assert first.score.clear
    together = next(
        one for one in found.pairs if {one.component, one.other_component} == {"window", "strict"}
    )
    # 6 in one cell of six: (1 - 1/3) * (1 - 1/2) of it is neither memory's nor guard's own.
    assert together.score.mean == pytest.approx(2.0, abs=0.5)
    plain = effects(judged(np.random.default_rng(3), 150))
    assert sum(one.score.clear for one in plain.pairs) <= len(plain.pairs) // 8


def test_swaps_compare_with_all_else_equal() -> None:
    base: Slots = {"memory": "none", "planning": "none", "guard": "none"}
    backgrounds: list[Slots] = [{**base, "planning": one, "guard": two} for one in PLANNING for two in GUARD]
    designs = [
        JudgedDesign(
            {**slots, "memory": name}, 10.0 * at + MEMORY[name] + 0.1 * (at % 2) * (name == "summary")
        )
        for at, slots in enumerate(backgrounds)
        for name in ("none", "summary")
    ]
    swaps = [one for one in effects(designs).swaps if one.slot == "memory"]
    assert [(one.before, one.after, one.n) for one in swaps] == [("none", "summary", 6)]
    assert swaps[0].difference.mean == pytest.approx(7.05)
    assert swaps[0].difference.half_width < 0.1
    memory = next(one for one in effects(designs).components if one.component == "summary")
    assert memory.swaps == 6


def test_values_that_change_places_are_another_background() -> None:
    names = [f"reasoning.p{at}" for at in range(8)]
    at_rest: Slots = {"memory": "none", "planning": "none", **dict.fromkeys(names, 0.0)}
    designs = [{**at_rest, "memory": memory, name: 0.5} for memory in ("none", "window") for name in names]
    found = effects([JudgedDesign(slots, float(at)) for at, slots in enumerate(designs)]).swaps
    assert [(one.slot, one.n) for one in found] == [("memory", len(names))]


def test_families_see_through_a_background_that_blurs_everything() -> None:
    """Backgrounds differ by far more than a swap is worth, for reasons no slot tells."""
    rng = np.random.default_rng(4)
    designs = []
    for at in range(25):
        level = float(rng.normal(0, 20))
        for name, gain in (("none", 0.0), ("summary", 2.0)):
            slots: Slots = {"memory": name, "prompt": f"text {at}", "role": f"role {at}"}
            designs.append(JudgedDesign(slots, level + gain + float(rng.normal(0, 0.2))))
    mean, half = by_name(effects(designs))["memory", "summary"]
    assert mean == pytest.approx(1.0, abs=0.3)
    assert half < 0.5
    blurred = [JudgedDesign({**one.slots, "prompt": str(at)}, one.score) for at, one in enumerate(designs)]
    assert by_name(effects(blurred))["memory", "summary"][1] > 4 * half


def test_a_swap_seen_once_with_nothing_to_compare_has_no_interval() -> None:
    estimates = t_intervals([[1.0], [4.0]])
    assert [one.half_width for one in estimates] == [math.inf, math.inf]
    assert not estimates[0].clear
    borrowed = t_intervals([[1.0], [4.0, 4.2, 3.9, 4.1]])
    assert borrowed[0].half_width > borrowed[1].half_width
    assert borrowed[1].clear


def numeric(rng: np.random.Generator, n: int, score: Callable[[float], float]) -> list[JudgedDesign]:
    designs = []
    for _ in range(n):
        slots: Slots = {
            "memory": str(rng.choice(["none", "window"])),
            "planning": str(rng.choice(["a", "b"])),
        }
        value = 0.0
        if slots["memory"] == "window":
            slots["memory.size"] = float(rng.integers(1, 33))
            value = score(float(slots["memory.size"]))
        designs.append(JudgedDesign(slots, value + float(rng.normal(0, 0.5))))
    return designs


def test_the_slope_of_a_number() -> None:
    (size,) = effects(numeric(np.random.default_rng(5), 150, lambda x: 0.25 * x)).parameters
    assert size.parameter == "memory.size"
    assert size.slope.clear
    assert size.slope.mean == pytest.approx(0.25, abs=0.04)
    assert size.best == size.ranges[-1]
    assert [one.low for one in size.ranges] == sorted(one.low for one in size.ranges)


def test_the_best_range_of_a_number_may_lie_in_the_middle() -> None:
    (size,) = effects(numeric(np.random.default_rng(6), 200, lambda x: -abs(x - 14) / 2)).parameters
    assert size.best.low <= 14 <= size.best.high
    assert size.best.score.clear
    assert sum(one.n for one in size.ranges) == size.n < 200


def test_nothing_is_said_of_a_parameter_whose_designs_all_failed() -> None:
    rng = np.random.default_rng(7)
    working = judged(rng, 30)
    failed = [
        JudgedDesign({**one.slots, "memory": "window", "memory.size": float(size)}, None)
        for size, one in enumerate(judged(rng, 6))
    ]
    found = effects([*working, *failed])
    assert found.parameters == ()
    assert by_name(found)["memory", "summary"] == pytest.approx(
        by_name(effects(working))["memory", "summary"], rel=0.05
    )


def test_a_component_is_worth_what_it_brings_with_its_parameters() -> None:
    found = by_name(effects(numeric(np.random.default_rng(7), 200, lambda x: 10 + x / 16)))
    assert found["memory", "window"][0] == pytest.approx(5.5, abs=0.4)  # half of 11 above the mean of both


def test_what_a_parameter_does_with_another_slot_is_credited_to_both() -> None:
    """Mode a, which half of the windows have, brings 6 beside the strict guard, which four in five designs have."""
    rng = np.random.default_rng(13)
    designs = []
    for _ in range(300):
        slots: Slots = {
            "memory": str(rng.choice(["none", "window"])),
            "guard": str(rng.choice(["strict", "none"], p=[0.8, 0.2])),
        }
        if slots["memory"] == "window":
            slots["memory.mode"] = str(rng.choice(["a", "b"]))
        both = slots.get("memory.mode") == "a" and slots["guard"] == "strict"
        value = 2.0 * (slots["memory"] == "window") + 6.0 * both
        designs.append(JudgedDesign(slots, value + float(rng.normal(0, 0.1))))
    found = by_name(effects(designs))
    assert found["memory", "window"][0] == pytest.approx((2 + 6 / 2 * 0.8) / 2, abs=0.2)
    assert found["guard", "strict"][0] == pytest.approx(6 / 4 / 2, abs=0.2)
    assert found["memory.mode", "a"][0] == pytest.approx(6 * 0.8 / 2, abs=0.2)


def test_a_score_out_of_all_proportion_does_not_drown_the_others() -> None:
    designs = judged(np.random.default_rng(8), 80)
    wild = JudgedDesign(designs[0].slots, -1e12)
    mean, half = by_name(effects([*designs, wild]))["memory", "summary"]
    assert mean > half
    assert mean < 8
    assert bounded(np.array([1.0, 1.0])).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 6])
def test_a_handful_of_designs_is_enough_to_be_careful_about(n: int) -> None:
    found = effects(judged(np.random.default_rng(9), n))
    assert found.n == n
    assert all(np.isfinite([one.score.mean for one in found.components if one.score is not None]))
    if n < 4:
        assert found.components == ()


def test_nothing_is_said_where_nothing_differs_or_nothing_passed() -> None:
    slots: Slots = {"memory": "none"}
    assert effects([JudgedDesign(slots, float(at)) for at in range(9)]).components == ()
    failed = effects([JudgedDesign({"memory": str(at % 2)}, None) for at in range(9)])
    assert [one.score for one in failed.components] == [None, None]
    same = effects([JudgedDesign({"memory": str(at % 2)}, 5.0) for at in range(9)])
    assert not any(one.score.clear for one in same.components if one.score is not None)


def test_a_slot_that_is_not_filled_is_a_choice_and_many_are_put_together() -> None:
    designs: list[Slots] = [{"memory": f"c{at:03}"} for at in range(60) for _ in range(1 + (at < 5))] + [{}]
    (factor,) = factors_of(designs)
    assert len(factor.levels) == MOST_LEVELS
    assert factor.levels[-1] == OTHERS
    assert int(factor.counts.sum()) == len(designs)
    (few,) = factors_of([{"memory": "a"}, {}])
    assert few.levels == ("", "a")


def test_a_parameter_belongs_to_its_slot_and_words_are_levels() -> None:
    factors = factors_of(
        [
            {"tools": "all", "tools.search": "true", "a.b": "x"},
            {"tools": "all", "tools.search": "false", "a.b": "y"},
            {"tools": "none", "a.b": "y"},
        ]
    )
    assert [(one.name, one.slot, one.levels) for one in factors] == [
        ("a.b", "a.b", ("x", "y")),
        ("tools", "tools", ("all", "none")),
        ("tools.search", "tools", ("false", "true")),
    ]
    assert factors[2].codes.tolist() == [1, 0, -1]


def test_very_many_designs_cost_no_more_than_a_part_of_them() -> None:
    few = judged(np.random.default_rng(10), 2_000)
    start = time.process_time()
    found = effects(few * 10, most=1_000)
    assert time.process_time() - start < 5
    assert (found.n, found.n_used) == (20_000, 1_000)
    assert found == effects(few * 10, most=1_000)


def test_with_plenty_of_rows_it_is_least_squares() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=(200, 3))
    y = x @ [1.0, -2.0, 0.0] + rng.normal(0, 0.1, 200) + 5
    found = fit(x, y, np.array([0, 0, 1]), np.ones(2), np.arange(200))
    whole = np.column_stack([x, np.ones(200)])
    plain = np.linalg.lstsq(whole, y, rcond=None)[0]
    spread = 0.1 * np.sqrt(np.diag(np.linalg.inv(whole.T @ whole)))
    assert found.mean == pytest.approx(plain[:3], abs=0.01)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(spread[:3], rel=0.25)
    assert 195 < found.degrees <= 200


def test_operators_by_what_their_children_gained() -> None:
    rng = np.random.default_rng(12)
    children: list[tuple[str, float | None, float | None]] = []
    for _ in range(40):
        children.append(("good", 2.0 + float(rng.normal(0, 0.5)), 1.0))
        children.append(("idle", 1.0, 1.0))
    children += [("broken", None, 1.0)] * 5 + [("seed", 1.0, None)]
    found = {one.operator: one for one in operator_effects(children)}
    assert list(found)[:2] == ["good", "idle"]
    assert found["good"].gain is not None
    assert found["good"].gain.clear
    assert found["good"].gain.mean == pytest.approx(1.0, abs=0.3)
    assert found["idle"].gain is not None
    assert not found["idle"].gain.clear
    assert (found["broken"].n, found["broken"].n_ok, found["broken"].gain) == (5, 0, None)
    assert found["good"].better.mean > 0.8
    assert found["broken"].better.mean < 0.3
    assert operator_effects([]) == []


def test_a_swap_says_what_took_whose_place() -> None:
    rows = [JudgedDesign({"memory": name, "planning": "none"}, MEMORY[name]) for name in MEMORY]
    rows += [JudgedDesign({"memory": name, "planning": "tree"}, MEMORY[name] + 1) for name in MEMORY]
    found = {(one.before, one.after): one for one in effects(rows).swaps if one.slot == "memory"}
    assert isinstance(found["none", "summary"], Swap)
    assert found["none", "summary"].difference.mean == pytest.approx(7.0)
    assert found["none", "window"].n == 2
