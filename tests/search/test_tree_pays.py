"""What stands in ``conf/search`` can be built, and the tree finds better candidates than chance."""

from statistics import fmean

import pytest

from evo.roles import Search
from evo.search.tree import Tree
from evo.search.tree_mixed import MixedTree
from evo.types import Plan
from tests.benchmarks.landscapes.nk import nk
from tests.benchmarks.landscapes.searches import build
from tests.benchmarks.landscapes.simulate import simulate


@pytest.mark.parametrize(("name", "kind"), [("tree", Tree), ("agentswift", MixedTree), ("aflow", MixedTree)])
def test_searches_of_conf_are_built(name: str, kind: type) -> None:
    search = build(name, 0, Plan())
    assert isinstance(search, kind)
    assert (search._core.screen is None) == (name == "aflow")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["tree[value=null]", "aflow"])
def test_it_beats_drawing_parents_uniformly(name: str) -> None:
    landscape = nk(20, 2, 2, seed=1)

    def make(text: str) -> list[float]:
        def search(run_seed: int, plan: Plan) -> Search:
            return build(text, run_seed, plan)

        return [simulate(search, landscape, seed, 100).trace.best[-1] for seed in range(5)]

    assert fmean(make(name)) > fmean(make("uniform"))
