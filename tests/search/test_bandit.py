"""The bandit on simulated arms, whose truth is known."""

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from evo.search.arms import replayed_arms
from evo.search.bandit import FLOOR, Bandit
from evo.search.greedy import Greedy
from evo.search.seeding import generator
from evo.testing.world import MODELS, World
from evo.types import Candidate, Evaluation, OperatorShare, Plan, Proposal, Usage

ARMS = [("change", ""), ("diff", "big"), ("diff", "small"), ("cross", "big")]
EVALUATIONS = {"evaluations": 500.0}
PARALLEL = 8
SEEDS = range(10)

Pays = Callable[[int, int, np.random.Generator], tuple[float | None, float]]
"""``pays(time, arm, rng)``: gain of a proposal, None if it fails before it is judged; and its price."""


def often(
    rates: list[float], sizes: tuple[float, ...] = (1, 1, 1, 1), usd: float | list[float] = 0.0
) -> Pays:
    """Gains of a heavy-tailed size, now and then; a rate of -1 fails always."""

    def pays(time: int, arm: int, rng: np.random.Generator) -> tuple[float | None, float]:
        gain = rng.lognormal() * sizes[arm] if rng.random() < rates[arm] else 0.0
        price = usd[arm] if isinstance(usd, list) else usd
        return (None if rates[arm] < 0 or rng.random() < 0.2 else gain), price

    return pays


def drawn(
    pays: Pays,
    n: int = 300,
    weights: tuple[float, ...] = (1, 1, 1, 1),
    limits: dict[str, float] = EVALUATIONS,
    seed: int = 0,
) -> list[int]:
    """Arms in the order they are drawn, eight of them in flight."""
    bandit, world, flying, order = Bandit(ARMS, limits), np.random.default_rng(1000 + seed), [], list[int]()
    for time in range(n):
        arm = bandit.draw(generator(seed, time), list(enumerate(weights)))
        order.append(arm)
        flying.append((time, arm, *pays(time, arm, world)))
        while len(flying) >= PARALLEL:
            finish(bandit, *flying.pop(0))
    return order


def finish(bandit: Bandit, number: int, arm: int, gain: float | None, usd: float | None = 0.0) -> None:
    operator, model = ARMS[arm]
    if gain is None:
        failed = Proposal(number, operator, status="invalid", model=model, usage=Usage(usd=usd))
        bandit.proposed(arm, failed, None)
        return
    made = Candidate(f"c{number}", {})
    bandit.proposed(arm, Proposal(number, operator, (), made, model=model, usage=Usage(usd=usd)), number)
    bandit.judged(number, Evaluation(made.id, "search", 1, "ok", 0.0))
    bandit.settled(number, gain)


def shares(pays: Pays, start: int, end: int, **how: Any) -> list[float]:
    """Mean share of each arm among the draws from `start` to `end`, over ten runs."""
    counts = Counter(arm for seed in SEEDS for arm in drawn(pays, end, seed=seed, **how)[start:])
    return [counts[arm] / counts.total() for arm in range(4)]


@pytest.mark.parametrize(
    ("pays", "limits"),
    [
        (often([0.06, 0.3, 0.06, 0.06]), EVALUATIONS),
        (often([0.3] * 4, sizes=(1, 5, 1, 1)), EVALUATIONS),
        (often([0.3] * 4, usd=[0.05, 0.01, 0.05, 0.05]), {"usd": 5.0}),
    ],
    ids=["often", "large", "cheap"],
)
def test_an_arm_that_pays_five_times_as_much_gets_most(pays: Pays, limits: dict[str, float]) -> None:
    found = shares(pays, 200, 300, limits=limits)
    assert found[1] > 0.6
    assert min(found) > FLOOR / 4 - 0.01  # and the others are not forgotten


def test_when_another_arm_begins_to_pay_it_is_found() -> None:
    first, second = often([0.06, 0.4, 0.06, 0.06]), often([0.06, 0.06, 0.4, 0.06])

    def pays(time: int, arm: int, rng: np.random.Generator) -> tuple[float | None, float]:
        return (first if time < 200 else second)(time, arm, rng)

    before, after = shares(pays, 150, 200), shares(pays, 350, 400)
    assert before[1] > 0.5
    assert before[2] < 0.2
    assert after[2] > 0.4
    assert after[1] < before[1] - 0.2


@pytest.mark.parametrize("limits", [EVALUATIONS, {"usd": 5.0}, {}], ids=["free", "paid", "unlimited"])
def test_an_arm_that_always_fails_falls_towards_the_floor(limits: dict[str, float]) -> None:
    found = shares(often([0.2, -1, 0.2, 0.2], usd=0.01), 200, 300, limits=limits)
    assert FLOOR / 4 - 0.01 < found[1] < 0.16
    assert min(found[:1] + found[2:]) > 0.2


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_among_equal_arms_the_weights_decide(rate: float) -> None:
    found = shares(often([rate] * 4), 0, 300, weights=(6, 2, 1, 1))
    # What is drawn often is known well and has few lucky samples, which favours the others a little.
    assert found == pytest.approx([0.6, 0.2, 0.1, 0.1], abs=0.17)
    assert found[0] > 0.4 > 0.3 > found[1] > max(found[2:])


def test_the_first_draws_go_by_the_weights() -> None:
    bandit = Bandit(ARMS, EVALUATIONS)
    arms = list(enumerate((6.0, 2.0, 1.0, 1.0)))
    counts = Counter(bandit.draw(generator(0, number), arms) for number in range(2000))
    assert [counts[arm] / 2000 for arm in range(4)] == pytest.approx([0.6, 0.2, 0.1, 0.1], abs=0.04)


def test_no_arm_is_ever_given_up() -> None:
    bandit = Bandit(ARMS, EVALUATIONS)
    for number in range(2000):
        finish(bandit, number, number % 2, 1.0 if number % 2 else None)
    arms = list(enumerate((1.0, 1.0, 1.0, 1.0)))
    counts = Counter(bandit.draw(generator(1, number), arms) for number in range(4000))
    assert all(counts[arm] / 4000 > 0.8 * FLOOR / 4 for arm in range(4))
    assert counts[0] / 4000 < 0.05


def reward_after(*gains: float) -> list[float]:
    """Reward of each of `gains`, one after the other."""
    bandit, sums = Bandit(ARMS, {}), [0.0]
    for number, gain in enumerate(gains):
        finish(bandit, number, 0, gain)
        sums.append((bandit.arms()[0].reward or 0.0) * (number + 1))
    return [after - before for before, after in pairwise(sums)]


def test_a_gain_of_the_usual_size_is_worth_a_quarter_and_a_huge_one_blinds_nobody() -> None:
    assert reward_after(3.0, 3.0, 12.0, 6.0, 300.0) == pytest.approx([0.25, 0.25, 1.0, 0.5, 1.0])
    assert reward_after(1e9, 1.0, 1.0)[1:] == pytest.approx([0.25, 0.25])
    assert reward_after(0.0, -5.0) == [0.0, 0.0]


def test_rewards_follow_when_gains_become_small_and_do_not_depend_on_the_unit() -> None:
    assert reward_after(*[1.0] * 20, *[0.001] * 20)[-1] == pytest.approx(0.25)
    gains = list(np.random.default_rng(0).lognormal(size=50))
    assert reward_after(*gains) == pytest.approx(reward_after(*[1e-9 * gain for gain in gains]))
    assert all(math.isfinite(reward) for reward in reward_after(5e-324, 1.7e308, math.inf, 5e-324, 1.0))


def cost_of(limits: dict[str, float], proposal: Proposal, *evaluations: Evaluation) -> float | None:
    bandit = Bandit([("diff", "big")], limits)
    bandit.proposed(0, proposal, 1 if proposal.candidate else None)
    for evaluation in evaluations:
        bandit.judged(1, evaluation)
    bandit.settled(1, 0.0)
    return bandit.arms()[0].cost


JUDGED = Proposal(1, "diff", (), Candidate("c", {}), seconds=20.0, usage=Usage(900, 100, 0.5), model="big")
FAILED = Proposal(1, "diff", status="invalid", seconds=20.0, usage=Usage(900, 100, 0.5), model="big")
VERDICT = Evaluation("c", "search", 1, "ok", 1.0, seconds=5.0, usage=Usage(0, 0, 0.25, 1.0, 4.0))


@pytest.mark.parametrize(
    ("limits", "judged", "failed"),
    [
        ({}, 1.0, 1.0),
        ({"target": 3.0}, 1.0, 1.0),
        ({"usd": 10.0}, 0.075, 0.05),
        ({"tokens": 10_000}, 0.1, 0.1),
        ({"proposals": 100}, 0.01, 0.01),
        ({"evaluations": 100}, 0.01, 0.0),
        ({"seconds": 100}, 0.25, 0.2),
        ({"gpu_seconds": 40}, 0.1, 0.0),
        ({"evaluations": 100, "usd": 10.0, "tokens": 10_000}, 0.185, 0.15),
    ],
)
def test_cost_is_the_share_of_the_limits_that_was_used(
    limits: dict[str, float], judged: float, failed: float
) -> None:
    assert cost_of(limits, JUDGED, VERDICT) == pytest.approx(judged)
    assert cost_of(limits, FAILED) == pytest.approx(failed)


def test_an_unknown_price_is_left_out() -> None:
    unknown = Proposal(1, "diff", status="invalid", usage=Usage(900, 100, None), model="big")
    assert cost_of({"usd": 10.0, "tokens": 10_000}, unknown) == pytest.approx(0.1)
    assert cost_of({"usd": 10.0}, unknown) is None


def test_an_arm_of_unknown_price_is_believed_to_cost_the_mean() -> None:
    def pays(time: int, arm: int, rng: np.random.Generator) -> tuple[float | None, float]:
        return 1.0, (None if arm == 1 else 0.01)  # type: ignore[return-value]

    found = shares(pays, 0, 300, limits={"usd": 5.0})
    assert found == pytest.approx([0.25] * 4, abs=0.1)


def test_arms_are_listed_with_what_they_brought() -> None:
    bandit = Bandit(ARMS, {"usd": 10.0})
    for number in range(150):
        finish(bandit, number, 2 if number % 3 else 0, 1.0 if number % 3 == 1 else None, usd=0.1)
    change, big, small, _ = bandit.arms()
    assert (change.operator, change.model, change.proposals, change.reward) == ("change", "", 50, 0.0)
    assert (small.operator, small.model, small.proposals, small.reward) == ("diff", "small", 100, 0.125)
    assert (small.cost, big.reward, big.cost, big.proposals) == (pytest.approx(0.01), None, None, 0)
    assert (change.share, big.share, small.share) == (0.33, 0.0, 0.67)


def test_the_journal_alone_gives_the_same_arms() -> None:
    search, world = Greedy(3, MODELS), World()
    for _ in range(150):
        world.step(search, 2)
    arms = replayed_arms(MODELS, world.journal)
    assert arms == search._core.arms()
    told = [e for e in world.journal if isinstance(e, Proposal) and e.operator != "seed"]
    counted = Counter((event.operator, event.model) for event in told)
    assert {(arm.operator, arm.model): arm.proposals for arm in arms} == counted
    assert any(arm.reward for arm in arms)
    assert sum(arm.share for arm in arms) == pytest.approx(1.0)
    without = Greedy(3, Plan())
    assert without._core.arms() == []
    assert [arm.operator for arm in replayed_arms(Plan(), [])] == ["ast.mutate"]


def test_a_search_finds_the_model_that_pays() -> None:
    """Through the whole search: candidates of the good model are better than their parents more often."""
    share = OperatorShare(1.0, models=("good", "poor"))
    plan = Plan(operators={"diff": share}, bandit=True, limits={"evaluations": 500.0}, frontier=4)
    search, luck, scores = Greedy(0, plan), np.random.default_rng(0), {}
    models: list[str] = []
    while len(models) < 400:
        for task in search.ask(4):
            candidate = Candidate(f"c{task.number}", {}, task.parents)
            rate = 0.3 if task.model == "good" else 0.03
            better = luck.lognormal() if luck.random() < rate else -1.0
            scores[candidate.id] = max((scores[name] for name in task.parents), default=0.0) + better
            models += [task.model] * bool(task.model)
            search.tell(Proposal(task.number, task.operator, task.parents, candidate, model=task.model))
        for order in search.choose(4):
            search.tell(Evaluation(order.candidate, order.stage, 1, "ok", float(scores[order.candidate])))
    assert Counter(models[-200:])["good"] > 150
