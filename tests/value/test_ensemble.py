"""What the ensemble does beyond the contract: designs, other runs, calibration, explanations, bounded memory."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from evo.errors import ConfigError
from evo.types import Candidate, Evaluation, Event, Plan, Proposal
from evo.value.ensemble import Ensemble

EFFECTS = {"memory": {"none": 0.0, "window": 2.0, "summary": 4.0}, "planning": {"none": 0.0, "steps": 1.0}}


def design(memory: str, planning: str, level: float, tag: int) -> Candidate:
    slots = {"memory": memory, "planning": {"use": planning, "level": level}, "idle": str(tag % 3)}
    return Candidate.of({"design.json": json.dumps({"slots": slots})})


def truth(candidate: Candidate) -> float:
    slots = json.loads(candidate.files["design.json"])["slots"]
    planning = slots["planning"]
    return (
        EFFECTS["memory"][slots["memory"]]
        + EFFECTS["planning"][planning["use"]]
        - 4 * (planning["level"] - 0.5) ** 2
    )


def designs(n: int, seed: int) -> list[Candidate]:
    rng = np.random.default_rng(seed)
    return [
        design(
            str(rng.choice(list(EFFECTS["memory"]))),
            str(rng.choice(list(EFFECTS["planning"]))),
            float(rng.random()),
            int(rng.integers(9)),
        )
        for _ in range(n)
    ]


def run_of(
    candidates: Sequence[Candidate], factor: float = 1.0, noise: float = 0.1, first: int = 0
) -> list[Event]:
    rng = np.random.default_rng(first + 1)
    events: list[Event] = []
    for at, one in enumerate(candidates):
        score = factor * (truth(one) + noise * float(rng.normal()))
        events += [
            Proposal(first + at, "change", (), one),
            Evaluation(one.id, "search", 1, "ok", score, seconds=0.5),
        ]
    return events


def tell(model: Ensemble, events: Sequence[Event]) -> Ensemble:
    for event in events:
        model.tell(event)
    return model


def asked(model: Ensemble, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, standard deviations and truths of designs that were not judged."""
    new = designs(n, 99)
    tell(model, [Proposal(10_000 + at, "change", (), one) for at, one in enumerate(new)])
    forecast = model.predict([one.id for one in new])
    return forecast.mean, forecast.std, np.array([truth(one) for one in new])


def test_designs_are_predicted_from_a_few_labels() -> None:
    mean, std, true = asked(tell(Ensemble(0, Plan()), run_of(designs(40, 1))))
    assert np.corrcoef(mean, true)[0, 1] > 0.95
    assert np.mean(np.abs(true - mean) <= 1.645 * std) > 0.8


def test_explanations_name_the_slot_that_matters_and_its_components() -> None:
    model = tell(Ensemble(0, Plan()), run_of(designs(60, 1)))
    before = asked(model)[0]
    explanation = model.explain()
    assert explanation is not None
    assert explanation.groups[0].name == "slot memory"
    assert explanation.groups[0].low > 0
    found = {weight.name: weight for weight in explanation.components}
    assert found["memory=summary"].low > 0 > found["memory=none"].high
    assert found["memory=none"].low < -2.0 < found["memory=none"].high
    assert all(abs(weight.value) < 0.5 for name, weight in found.items() if name.startswith("idle"))
    assert np.array_equal(asked(model)[0], before)


def test_before_it_is_fitted_there_is_nothing_to_explain() -> None:
    assert tell(Ensemble(0, Plan()), run_of(designs(3, 1))).explain() is None


def test_another_run_helps_from_the_first_label_on() -> None:
    """Its scores are a hundred times as large: they are put on this run's scale once that is known."""
    own = run_of(designs(5, 2), first=500)
    cold, warm = Ensemble(0, Plan()), Ensemble(0, Plan())
    warm.learn_from(run_of(designs(60, 1), factor=100.0))
    assert np.corrcoef(*asked(warm)[::2])[0, 1] > 0.9
    tell(cold, own)
    tell(warm, own)
    mean, _, true = asked(warm)
    assert np.corrcoef(mean, true)[0, 1] > 0.9 > 0.3 > abs(np.ptp(asked(cold)[0]))
    assert np.abs(mean).max() < 20
    assert warm.n_labels == cold.n_labels == 5


def test_its_own_labels_outweigh_a_run_that_misleads() -> None:
    wrong = Ensemble(0, Plan())
    wrong.learn_from(run_of(designs(60, 1), factor=-1.0))
    assert np.corrcoef(*asked(wrong)[::2])[0, 1] < 0
    tell(wrong, run_of(designs(80, 2), first=500))
    assert np.corrcoef(*asked(wrong)[::2])[0, 1] > 0.8


def test_a_stage_costs_time_and_all_stages_are_predicted() -> None:
    plan = Plan(stages=("few", "all"), keep=(0.5, 1.0))
    model = Ensemble(0, plan)
    for at, one in enumerate(designs(30, 3)):
        model.tell(Proposal(at, "change", (), one))
        model.tell(Evaluation(one.id, "few", 1, "ok", 0.0, seconds=1.0))
        model.tell(Evaluation(one.id, "all", 1, "ok", truth(one), seconds=9.0))
    name = designs(30, 3)[0].id
    assert model.predict([name]).seconds[0] == pytest.approx(10.0, rel=0.01)


def test_the_score_of_an_unjudged_parent_is_guessed_and_then_known() -> None:
    model = tell(Ensemble(0, Plan()), run_of(designs(40, 1)))
    roots = designs(40, 1)[:30]
    children = [design("none", "none", 0.01 * at, at) for at in range(30)]
    for at, (root, one) in enumerate(zip(roots, children, strict=True)):
        born = Candidate.of(one.files, (root.id,), "change")
        model.tell(Proposal(600 + at, "change", born.parents, born))
        model.tell(Evaluation(born.id, "search", 1, "ok", truth(root) - 1.0))
    parent = design("summary", "steps", 0.51, 0)
    child = Candidate.of(
        {"design.json": json.dumps({"slots": {"memory": "unheard of"}})}, (parent.id,), "change"
    )
    tell(model, [Proposal(900, "change", (), parent), Proposal(901, "change", (parent.id,), child)])
    guessed = model.predict([child.id]).mean[0]
    model.tell(Evaluation(parent.id, "search", 1, "ok", -50.0))
    assert np.isfinite(guessed)
    assert model.predict([child.id]).mean[0] != guessed


def test_intervals_widen_when_the_world_changes() -> None:
    model = tell(Ensemble(0, Plan(), window=30), run_of(designs(100, 1)))
    narrow = asked(model)[1].mean()
    tell(model, run_of(designs(40, 5), noise=6.0, first=5000))
    assert asked(model)[1].mean() > 2 * narrow
    assert len(model.history()) == len({one.candidate for one in model.history()}) == 4 * 30
    late, all_of_them = model.coverage(40), model.coverage()
    assert late is not None
    assert all_of_them is not None
    assert 0.0 < late < all_of_them < 1.0


def test_what_it_keeps_is_bounded() -> None:
    model = Ensemble(0, Plan(), n_trees=4, rows=32, kernel_rows=16, longest=20)
    candidates = designs(300, 7)
    for start in range(0, 300, 20):
        tell(model, run_of(candidates[start : start + 20], first=start))
        model.forget([one.id for one in candidates[start : start + 20]])
    assert model.n_labels > 200
    assert len(model.material().rows) <= 32 + 20


def test_of_the_judged_the_latest_can_be_asked_about() -> None:
    model = Ensemble(0, Plan(), n_trees=2, rows=16, kernel_rows=8)
    candidates = list({one.id: one for one in designs(400, 7)}.values())
    tell(model, run_of(candidates))
    model.predict([one.id for one in candidates[-8 * 16 :]])
    with pytest.raises(KeyError):
        model.predict([candidates[-8 * 16 - 1].id])


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"rows must be at least 16, got 3.*search\.value\.rows=16"):
        Ensemble(0, Plan(), rows=3)
