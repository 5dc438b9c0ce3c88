"""The labelled agents are a landscape: every design stands there once, with the score that it got."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from evo import plugins
from evo.types import Candidate, Judged, ProposeTask
from tests.benchmarks.landscapes.agents import LABELS, PolicySpace, agents

ROWS = pq.read_table(plugins.root() / LABELS).to_pylist()
LANDSCAPE = agents()


def test_every_label_is_the_truth_about_its_design() -> None:
    found = {one.score for one in LANDSCAPE.enumerate() if one.score is not None}
    valid = [one for one in LANDSCAPE.enumerate() if one.score is not None]
    assert len(valid) == len(ROWS) >= 1000
    assert found == {row["score"] for row in ROWS}
    assert LANDSCAPE.optimum == max(row["score"] for row in ROWS)
    assert len({Candidate.of(one.files).id for one in valid}) == len(valid)


def test_what_does_not_count_is_not_written() -> None:
    space = LANDSCAPE.space
    assert isinstance(space, PolicySpace)
    for genome in space.sample(np.random.default_rng(1), 200).tolist():
        assert space.genome(space.files(genome)) == space.settled(genome)
        assert space.files(space.settled(genome)) == space.files(genome)


def test_what_does_not_fit_is_invalid() -> None:
    space = LANDSCAPE.space
    frontier = tuple(1 if axis.slot == "reasoning" and not axis.parameter else 0 for axis in space.axes)
    fits = (2, 3, *frontier[2:])
    assert LANDSCAPE.truth(Candidate.of(space.files(fits))) is not None
    assert LANDSCAPE.truth(Candidate.of(space.files((0, 3, *frontier[2:])))) is None


@pytest.mark.parametrize("operator", ["design.mutate", "design.recombine", "design.refine"])
def test_operators_make_designs_that_are_known(operator: str) -> None:
    seed = LANDSCAPE.seeds()[0]
    verdict = LANDSCAPE.judge(seed)
    relatives = (Judged(seed, verdict), Judged(seed, verdict))
    children = [
        LANDSCAPE.propose(ProposeTask(n, operator, (seed.id, seed.id), seed=n, relatives=relatives))
        for n in range(50)
    ]
    scores = [LANDSCAPE.truth(child) for child in children if child is not None]
    assert any(score is not None for score in scores)
