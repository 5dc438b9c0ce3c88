"""A covering array holds every pair of components that can be together, and is short."""

from itertools import combinations

import numpy as np
import pytest

from evo.design.cover import cover, held
from evo.design.design import Design
from evo.design.space import Space
from tests.design.shelf import CATALOGUE
from tests.design.test_space import BASE, WITHOUT_MODEL


def test_every_pair_that_is_in_a_valid_design_is_covered() -> None:
    slots = ("reasoning", "planning", "memory", "tools", "profile", "guard")
    space = Space(WITHOUT_MODEL, slots, BASE)
    found = cover(space, np.random.default_rng(0))
    covered = {frozenset(pair) for design in found.designs for pair in combinations(held(design), 2)}
    possible = {frozenset(pair) for design in space for pair in combinations(held(design), 2)}
    assert covered == possible
    assert not found.left_out & possible
    most = max(len(a) * len(b) for a, b in combinations(space.components.values(), 2))
    assert most <= len(found.designs) <= 3 * most


@pytest.mark.parametrize("seed", range(3))
def test_with_models_and_several_tools(seed: int) -> None:
    space = Space(CATALOGUE)
    found = cover(space, np.random.default_rng(seed))
    covered = {frozenset(pair) for design in found.designs for pair in combinations(held(design), 2)}
    for design in found.designs:
        assert Design.load(design.files(), CATALOGUE) == design
    rng = np.random.default_rng(seed)
    for _ in range(300):
        seen = {frozenset(pair) for pair in combinations(held(space.draw(rng)), 2)}
        assert seen <= covered
    assert frozenset({("tool", "python"), ("tool", "sum")}) in covered
    assert frozenset({("memory", "window"), ("workflow", "vote")}) in found.left_out  # it calls no memory
    assert frozenset({("planning", "search"), ("memory", "window")}) in found.left_out  # it needs a map
    assert len(found.designs) < 60
    assert found == cover(Space(CATALOGUE), np.random.default_rng(seed))
