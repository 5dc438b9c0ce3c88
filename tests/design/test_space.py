"""Spaces of designs hold what is valid, all of it, and repairs lead into them."""

from itertools import product

import numpy as np
import pytest

from evo.design.catalogue import Catalogue, Entry, ours
from evo.design.component import SLOTS, Part
from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.parts import normal
from evo.design.rules import broken
from evo.design.space import Space, repair
from evo.errors import ProblemError
from tests.design.shelf import CATALOGUE, COMPONENTS, files

WITHOUT_MODEL = Catalogue(
    (Entry(one, one.name) for one in COMPONENTS), only={"workflow": ["loop"], "tool": ["python"]}
)
BASE = Design.load(files(), WITHOUT_MODEL)


def test_going_through_finds_every_valid_design_once() -> None:
    space = Space(WITHOUT_MODEL, ("reasoning", "planning", "memory", "tools", "guard"), BASE)
    found = [design.files()["design.yaml"] for design in space]
    assert len(found) == len(set(found))
    assert space.size == np.prod([len(space.options(slot)) for slot in space.slots])
    expected = set()
    for chosen in product(*(space.options(slot) for slot in space.slots)):
        design = Design({**BASE.parts, **dict(zip(space.slots, chosen, strict=True))}, {}, WITHOUT_MODEL)
        try:
            expected.add(Design.load(design.files(), WITHOUT_MODEL).files()["design.yaml"])
        except InvalidDesign:
            continue
    assert set(found) == expected
    assert 100 < len(expected) < space.size


def test_designs_that_differ_in_nothing_that_counts_are_one() -> None:
    questions = Catalogue(ours(), models=["small"], only={"tool": ["calculator"]}, acts=False)
    base = "slots:\n  workflow: single\n  reasoning: direct\n  model: small\n"
    space = Space(questions, ("tools", "guard"), Design.load({"design.yaml": base}, questions))
    found = [design.files()["design.yaml"] for design in space]
    assert len(found) == len(set(found))
    assert [one for one in found if "tools: none" in one] == [
        Design.load({"design.yaml": base}, questions).files()["design.yaml"]
    ]
    calls = Space(questions, ("workflow",), Design.load({"design.yaml": base}, questions))
    assert (
        sum(
            "use: single" in one.files()["design.yaml"] or "workflow: single" in one.files()["design.yaml"]
            for one in calls
        )
        == 1
    )


def test_a_value_that_counts_again_has_its_default_and_a_guard_gets_its_tools() -> None:
    questions = Catalogue(ours(), models=["small"], only={"tool": ["calculator"]}, acts=False)
    base = Design.load(
        {"design.yaml": "slots:\n  workflow: single\n  reasoning: direct\n  model: small\n"}, questions
    )
    rng = np.random.default_rng(0)
    tools = normal("tools", "all", {"calculator": True}, questions)
    found = repair({**base.parts, "tools": tools}, questions, rng, keep=["tools"])
    assert found is not None
    assert found["workflow"] == Part("single", {"calls": 4})
    guarded = repair(
        {**base.parts, "guard": normal("guard", "loop_breaker", {}, questions)},
        questions,
        rng,
        keep=["guard"],
    )
    assert guarded is not None
    assert (guarded["guard"].use, guarded["tools"].values.get("calculator")) == ("loop_breaker", True)


def test_what_the_problem_lacks_is_no_option() -> None:
    space = Space(WITHOUT_MODEL)
    assert space.components["reasoning"] == ("none", "rule")
    assert space.components["planning"] == ("none", "search")
    assert space.components["model"] == ("none",)
    with_undo = Catalogue(CATALOGUE.entries, CATALOGUE.models, world=["undo"])
    assert Space(with_undo).components["planning"] == ("none", "search", "undo")


def test_draws_are_valid_repeatable_and_reach_every_component() -> None:
    space = Space(CATALOGUE)
    drawn = [space.draw(np.random.default_rng(number)) for number in range(400)]
    assert drawn[:20] == [space.draw(np.random.default_rng(number)) for number in range(20)]
    for design in drawn:
        assert Design.load(design.files(), CATALOGUE) == design
    for slot in SLOTS:
        assert {design.parts[slot].use for design in drawn} == set(space.components[slot])


def test_a_repair_leaves_alone_what_fits_and_what_must_stay() -> None:
    rng = np.random.default_rng(0)
    parts = dict(BASE.parts)
    assert repair(parts, CATALOGUE, rng) == parts
    needy = {**parts, "planning": Part("search", {"width": 4})}
    for _ in range(10):
        mended = repair(needy, CATALOGUE, rng)
        assert mended is not None
        assert mended["planning"] == needy["planning"]
        assert mended["memory"].use in ("map", "visited")
        kept = repair(needy, CATALOGUE, rng, keep={"memory"})
        assert kept is not None
        assert (kept["planning"].use, kept["memory"].use) == ("none", "none")
    assert repair(needy, CATALOGUE, rng, keep={"memory", "planning"}) is None


def test_a_repair_follows_needs_of_needs() -> None:
    rng = np.random.default_rng(0)
    parts = {**BASE.parts, "guard": Part("careful"), "reasoning": Part("chain", {"heat": 0.5, "prompt": ""})}
    mended = repair(parts, CATALOGUE, rng, keep={"guard", "reasoning"})
    assert mended is not None
    assert mended["tools"] == Part("all", {"python": True, "python.timeout_s": 5.0})
    assert mended["model"].use in ("small", "large")
    assert not broken(mended, CATALOGUE)
    without = repair(parts, WITHOUT_MODEL, rng)
    assert without is not None
    assert without["reasoning"].use == "none"


def test_a_model_leaves_with_what_asked_it() -> None:
    parts = {**BASE.parts, "model": Part("small", {"memory": "large"})}
    mended = repair(parts, CATALOGUE, np.random.default_rng(0))
    assert mended is not None
    assert mended["model"] == Part("none")


def test_a_profile_that_stays_gets_something_that_asks_a_model() -> None:
    names = ("single", "none", "heuristic", "direct", "role")
    entries = [one for one in ours() if one.component.name in names]
    with_model, without = Catalogue(entries, ["m"]), Catalogue(entries)
    uses = dict.fromkeys(SLOTS, "none") | {"workflow": "single", "reasoning": "heuristic", "profile": "role"}
    parts = {slot: normal(slot, use, {}, with_model) for slot, use in uses.items()}
    for seed in range(5):
        mended = repair(parts, with_model, np.random.default_rng(seed), keep={"profile"})
        assert mended is not None
        assert (mended["reasoning"].use, mended["model"].use) == ("direct", "m")
    assert repair(parts, without, np.random.default_rng(0), keep={"profile"}) is None


def test_a_space_that_cannot_be_is_refused() -> None:
    with pytest.raises(ProblemError, match="no slot 'memry'"):
        Space(CATALOGUE, ("memry",), BASE)
    with pytest.raises(ProblemError, match="needs a design that fills the others"):
        Space(CATALOGUE, ("memory",))
    with pytest.raises(ProblemError, match="no component for slot workflow"):
        Space(Catalogue(()))
