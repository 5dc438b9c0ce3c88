import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest

from evo.errors import ConfigError
from evo.roles import Search
from evo.search.top_k import TopK
from evo.testing import SearchContract
from evo.testing.search import ONE_STAGE
from evo.types import Candidate, Evaluation, OperatorShare, Proposal


class TestTopK(SearchContract):
    @pytest.fixture
    def make(self) -> Callable[[int], Search]:
        return lambda run_seed: TopK(run_seed=run_seed)


def asked_after(search: TopK, n: int = 600) -> tuple[list[str], Counter[str]]:
    """Ids of twelve candidates, the best first, and how often each is asked for as a parent."""
    for number in range(12):
        candidate = Candidate(f"c{number}", {})
        search.tell(Proposal(number, "seed" if number < 2 else "change", candidate=candidate))
        search.tell(Evaluation(candidate.id, "search", 1, "ok", float(number)))
    return [f"c{n}" for n in range(11, -1, -1)], Counter(task.parents[0] for task in search.ask(n))


PLAN = dataclasses.replace(ONE_STAGE, frontier=1000, operators={"change": OperatorShare()})


@pytest.mark.parametrize("k", [1, 4, 50])
def test_the_best_k_are_parents_alike(k: int) -> None:
    ranked, counts = asked_after(TopK(0, PLAN, k=k))
    assert set(counts) == set(ranked[:k])
    assert min(counts.values()) > 0.5 * 600 / min(k, 12)


def test_pressure_favours_the_better() -> None:
    ranked, counts = asked_after(TopK(0, PLAN, k=4, pressure=1.0))
    shares = [counts[name] / 600 for name in ranked[:4]]
    assert shares == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=0.06)


@pytest.mark.parametrize(("name", "value"), [("k", 0), ("pressure", -1)])
def test_settings_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(
        ConfigError, match=rf"search\.{name} must be at least .*, got {value}.*search\.{name}="
    ):
        TopK(run_seed=0, **{name: value})
