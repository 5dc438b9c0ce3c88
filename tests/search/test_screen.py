import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from evo.assembly import build_search
from evo.config import compose
from evo.errors import ConfigError, PluginError
from evo.roles import Search
from evo.search.greedy import Greedy
from evo.search.insight import insight
from evo.search.screen import (
    AUDITS,
    CREDIT,
    FULL_SKILL,
    MOST,
    PROBED,
    Screen,
    Screening,
    log_expected_improvement,
)
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE, World
from evo.testing.world import unit
from evo.types import Candidate, Evaluation, OperatorShare, Plan, Proposal, Usage

from .oracle import Oracle

PLAN = dataclasses.replace(ONE_STAGE, frontier=4, operators={"change": OperatorShare()})


def quality(candidate: str) -> float:
    return (unit("score", candidate) + unit("score", candidate + "search")) / 2


def nothing(candidate: str) -> float:
    return unit("noise", candidate)


class Screened(SearchContract):
    surplus = MOST

    def test_never_more_candidates_wait_than_the_frontier_holds(self, make: Callable[[int], Search]) -> None:
        """Those that were dropped do not wait."""
        search, world = self.with_plan(make(16), ONE_STAGE), World(lost=0, repeating=0)
        assert isinstance(search, Greedy)
        for _ in range(100):
            world.tell(search, world.answers(*search.ask(40)))
            world.tell(search, map(world.judge, search.choose(2)))
            assert screen_of(search).n_waiting <= MOST * ONE_STAGE.frontier
        assert screen_of(search).n_dropped > 20


class TestScreenedByOneWhoKnows(Screened):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Greedy(run_seed=run_seed, value=Oracle(quality, 0.1))

    def with_plan(self, search: Search, plan: Plan) -> Search:
        return Greedy(search.run_seed, plan, Oracle(quality, 0.1))  # type: ignore[attr-defined]


class TestScreenedByNoise(Screened):  # on credit at first; now and then noise looks like skill for a while
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: Greedy(run_seed=run_seed, value=Oracle(nothing))

    def with_plan(self, search: Search, plan: Plan) -> Search:
        return Greedy(search.run_seed, plan, Oracle(nothing))  # type: ignore[attr-defined]


def played(
    value: Oracle | Screening | None, steps: int = 300, plan: Plan = PLAN, **world: float
) -> tuple[Greedy, World]:
    search, made = Greedy(0, plan, value), World(**{"lost": 0, "repeating": 0, **world})  # type: ignore[arg-type]
    for _ in range(steps):
        asked = search.ask(64)
        made.tell(search, made.answers(*asked))
        made.tell(search, map(made.judge, search.choose(1)))
    return search, made


def scores(world: World) -> list[float]:
    return [e.score for e in world.journal if isinstance(e, Evaluation) and e.score is not None]


def screen_of(search: Greedy) -> Screen:
    assert search._core.screen is not None
    return search._core.screen


def test_what_is_judged_is_better_than_what_is_proposed() -> None:
    knowing, world = played(Oracle(quality, 0.1), failing=0)
    _, plain = played(None, failing=0)
    assert np.mean(scores(world)[100:]) > np.mean(scores(plain)[100:]) + 0.15
    proposals = sum(isinstance(e, Proposal) for e in world.journal)
    assert 0.6 * MOST < proposals / 300 <= MOST + 0.5
    assert screen_of(knowing).n_dropped > 1000


def test_without_skill_everything_is_judged_as_without_a_model() -> None:
    _, noisy = played(Screening(Oracle(nothing), credit=0))
    _, plain = played(None)
    share = sum(isinstance(e, Proposal) for e in noisy.journal) / sum(
        isinstance(e, Proposal) for e in plain.journal
    )
    assert share < 1.35
    judged = [
        [e.candidate for e in made.journal if isinstance(e, Evaluation)][:60] for made in (noisy, plain)
    ]
    assert judged[0] == judged[1]


def test_credit_is_given_where_nobody_pays_for_proposals() -> None:
    def first_surplus(value: Oracle | Screening, plan: Plan = PLAN) -> float:
        screen = Screen(0, plan, value)
        assert screen.surplus == 1  # nothing was learnt yet
        for number in range(9):
            candidate = Candidate.of({"a.py": f"{number}"})
            proposal = Proposal(number, "change", candidate=candidate, seconds=1.0)
            verdict = Evaluation(candidate.id, "search", 1, "ok", 1.0 * number, seconds=60.0)
            for event in (proposal, verdict):
                screen.value.tell(event)
                screen.spent(event)
        assert screen.value.n_fits
        return screen.surplus

    paid = dataclasses.replace(PLAN, operators={"llm.diff": OperatorShare(models=("small",))})
    assert first_surplus(Oracle(nothing)) == pytest.approx(1 + (MOST - 1) * CREDIT / FULL_SKILL)
    assert first_surplus(Screening(Oracle(nothing), credit=0.8)) == MOST
    assert first_surplus(Screening(Oracle(nothing), credit=0)) == first_surplus(Oracle(nothing), paid) == 1
    assert first_surplus(Screening(Oracle(nothing), credit=0.8), paid) == MOST


def test_a_model_on_credit_that_knows_nothing_is_found_out() -> None:
    search, _ = played(Oracle(nothing), steps=250)
    seen = [one.surplus for one in screen_of(search).outlooks()]
    assert max(seen[:10]) > 4
    assert np.mean(seen[150:]) < 2


def test_one_judgement_in_ten_is_an_audit_that_nobody_chose() -> None:
    search, _ = played(Oracle(quality, 0.1), steps=600, failing=0)
    seen = [one for one in screen_of(search).outlooks()[100:] if one.surplus > 4]
    audits = [one for one in seen if one.audit]
    assert 0.5 * AUDITS < len(audits) / len(seen) < 1.8 * AUDITS
    chosen = [one.score for one in seen if not one.audit]
    assert np.mean(chosen) - np.mean([one.score for one in audits]) > 0.1
    # Audits are a fair sample of what is proposed, whose mean quality is a half.
    assert abs(np.mean([one.score for one in audits]) - 0.5) < 0.08


def test_a_model_that_stops_being_right_is_not_listened_to_any_more() -> None:
    knows = [True]

    def fickle(candidate: str) -> float:
        return quality(candidate) if knows[0] else nothing(candidate)

    search, world = Greedy(0, PLAN, Oracle(fickle, 0.05)), World(lost=0, repeating=0, failing=0)
    surplus = []
    for step in range(400):
        knows[0] = step < 200
        world.tell(search, world.answers(*search.ask(64)))
        world.tell(search, map(world.judge, search.choose(1)))
        surplus.append(screen_of(search).surplus)
    assert max(surplus[100:200]) > 4
    assert max(surplus[320:]) < 3


def test_what_was_dropped_has_another_chance_when_it_is_proposed_again() -> None:
    search, _ = played(Oracle(quality, 0.1), steps=100, failing=0)
    screen, core = screen_of(search), search._core
    node = core.population.nodes[sorted(screen.dropped)[-1]]
    before = screen.n_waiting
    again = Proposal(100_000, "change", (), Candidate(node.id, {}), "duplicate")
    search.tell(again)
    assert node.index not in screen.dropped
    assert screen.n_waiting == before + 1
    assert node.id in {task.candidate for task in search.choose(1000)}


def test_a_dropped_candidate_that_was_in_a_judges_hands_still_counts() -> None:
    search, world = played(Oracle(quality, 0.1), steps=60, failing=0)
    held = search.choose(1)[0]
    node = search._core.population.find(held.candidate)
    assert node is not None
    for _ in range(40):  # judgements of better ones, until the one in hand is dropped
        world.tell(search, world.answers(*search.ask(64)))
        world.tell(search, map(world.judge, search.choose(1)))
    world.tell(search, [world.judge(held)])
    assert node.status == "ok"
    assert node.index not in screen_of(search).dropped


def test_a_verdict_that_comes_after_everybody_gave_up_waiting_still_counts() -> None:
    """A judge may take longer than anybody remembers what was dropped, or give up as lost and answer yet."""
    search, world = played(Oracle(quality, 0.1), steps=60, failing=0)
    value = search.value
    assert isinstance(value, Oracle)
    in_hands = search.choose(99)
    for _ in range(100):
        world.tell(search, world.answers(*search.ask(64)))
        world.tell(search, map(world.judge, search.choose(1)))
    held = next(task for task in in_hands if task.candidate not in value.known)
    lost = search.choose(1)[0]
    for attempt in (1, 2, 3):
        world.tell(search, [Evaluation(lost.candidate, lost.stage, attempt, "lost")])
    for task in (held, lost):
        node = search._core.population.find(task.candidate)
        assert node is not None
        world.tell(search, [world.judge(task)])
        assert node.status == "ok"
        assert node in search._core.population.parents


def test_no_more_is_spent_on_proposals_than_on_judging() -> None:
    limits = {"evaluations": 300.0, "usd": 1.0}
    plan = dataclasses.replace(PLAN, limits=limits)
    screen = Screen(0, plan, Oracle(quality, first=0))
    cheap, dear = Usage(usd=1 / 900), Usage(usd=1 / 100)
    for bill, most in ((cheap, 3.0), (dear, 1.0)):
        for number in range(200):
            true = unit("gate", f"{number}")
            screen.gate.tell(true, true)
            screen.spent(Proposal(number, "change", status="invalid", usage=bill))
            screen.spent(Evaluation("a", "search", 1, "ok", 1.0))
        assert screen.surplus == pytest.approx(most)


def test_a_run_that_is_limited_by_proposals_alone_judges_them_all() -> None:
    plan = dataclasses.replace(PLAN, limits={"proposals": 500.0})
    _, world = played(Oracle(quality), steps=300, plan=plan, failing=0)
    made = [e for e in world.journal if isinstance(e, Proposal) and e.candidate]
    assert len(made) <= 300 + plan.frontier


def test_expected_improvement_is_right_near_and_far() -> None:
    gain, std = np.array([0.3, -0.2, 0.0, -4.9, 2.0]), np.array([1.0, 0.5, 2.0, 1.0, 0.1])
    z = gain / std
    direct = np.log(std * (norm.pdf(z) + z * norm.cdf(z)))
    assert log_expected_improvement(gain, std) == pytest.approx(direct, rel=1e-9)
    far = log_expected_improvement(np.array([-4.99, -5.01, -50.0, -1e6]), np.ones(4))
    assert np.all(np.diff(far) < 0)
    assert far[0] - far[1] < 0.15
    assert np.isfinite(log_expected_improvement(np.array([1.0, -1.0]), np.zeros(2))).all()


@pytest.mark.parametrize(("seconds", "is_idle"), [(0.4, True), (0.6, False)])
def test_where_judging_is_quick_the_model_is_not_asked(seconds: float, is_idle: bool) -> None:
    value = Oracle(quality, 0.1)
    search, world = Greedy(0, PLAN, Screening(value, least_seconds=0.5)), World(lost=0, repeating=0)
    plain, beside = Greedy(0, PLAN), World(lost=0, repeating=0)
    for _ in range(120):
        for one, made in ((search, world), (plain, beside)):
            made.tell(one, made.answers(*one.ask(64)))
            made.tell(one, [dataclasses.replace(made.judge(task), seconds=seconds) for task in one.choose(1)])
    assert screen_of(search).is_idle is is_idle
    assert (world.journal == beside.journal) is is_idle
    assert (value.n_labels <= PROBED) is is_idle
    assert not is_idle or (screen_of(search).n_dropped == 0 and not insight(search).screened)


def test_seconds_count_over_all_stages_that_a_candidate_had() -> None:
    plan = dataclasses.replace(PLAN, stages=("quick", "search"), keep=(1.0, 1.0))
    screen = Screen(0, plan, Screening(Oracle(quality), least_seconds=0.5))
    for number in range(PROBED):
        assert not screen.is_idle
        screen.spent(Evaluation(f"{number}", "search", 1, "ok", 1.0, seconds=0.6))
        screen.spent(Evaluation(f"{number}", "quick", 1, "ok", 1.0, seconds=0.1))
    assert not screen.is_idle
    screen.gate.tell(0.0, 0.0)
    assert Screen(0, plan, Screening(Oracle(quality, first=0), credit=1)).surplus > 1


def test_answers_of_models_take_no_longer_than_the_judgements_they_save() -> None:
    asks = {"change": OperatorShare(models=("m",))}
    plan = dataclasses.replace(PLAN, limits={"evaluations": 300.0}, operators=asks)
    for seconds, most in ((30.0, 3.0), (1.0, 1.0)):
        screen = Screen(0, plan, Screening(Oracle(quality, first=0), credit=1.0))
        for number in range(20):
            screen.spent(Proposal(number, "change", status="invalid", seconds=10.0))
            screen.spent(Evaluation("a", "search", 1, "ok", 1.0, seconds=seconds))
        assert screen.surplus == pytest.approx(most)


def test_audits_and_the_largest_surplus_can_be_set() -> None:
    for most in (3.0, 1.0):
        search, world = played(Screening(Oracle(quality, 0.1), most=most), failing=0)
        proposals = sum(isinstance(e, Proposal) for e in world.journal)
        assert 0.6 * most < proposals / 300 <= most + 0.5
        assert (screen_of(search).n_dropped > 100) == (most > 1)
    without, _ = played(Screening(Oracle(quality, 0.1), audits=0), steps=200, failing=0)
    half, _ = played(Screening(Oracle(quality, 0.1), audits=0.5), steps=200, failing=0)
    seen = [[one.audit for one in screen_of(search).outlooks()[80:]] for search in (without, half)]
    assert not any(seen[0])
    assert 0.35 < np.mean(seen[1]) < 0.65


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"audits": 1.5}, "from 0 to 1"),
        ({"most": 0.5}, "at least 1"),
        ({"credit": -0.1}, "from 0 to 1"),
        ({"least_seconds": -1}, "at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=rf"search\.value\.{next(iter(settings))} must be {message}"):
        Screening(Oracle(quality), **settings)


def test_a_screening_is_built_from_its_settings() -> None:
    """A part may have parts of its own: the value model is one of the screening's."""
    word = "search.value.model={use: evo.value.ensemble:Ensemble, n_trees: 9}"
    config = compose(
        ["problem=sphere", "search=screened", "search.value.audits=0", "search.value.most=3", word]
    )
    search = build_search(config, Plan())
    assert (search.value.audits, search.value.most) == (0, 3)  # type: ignore[attr-defined]
    assert search._core.screen.value is search.value.model  # type: ignore[attr-defined]
    bare = compose(["problem=sphere", "search=top_k", "search.value.use=evo.value.ensemble:Ensemble"])
    search = build_search(bare, Plan())
    assert search._core.screen.value is search.value  # type: ignore[attr-defined]
    with pytest.raises(PluginError, match=r"search\.value\.model .*no setting 'n_treees'"):
        build_search(compose(["problem=sphere", "search=screened", "search.value.model.n_treees=9"]), Plan())
