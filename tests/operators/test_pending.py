"""Operators cope with a parent that is not judged yet: nothing is known of it, which is not a failure."""

import math
from dataclasses import replace

from evo.operators.ast_mutate import AstMutate
from evo.operators.llm.shown import of_parent, of_second, result
from evo.operators.tune import Tune
from evo.search.population import Population
from evo.types import Candidate, Evaluation, Judged, Proposal
from tests.operators.programs import problem, task

TEXT = "def solve():\n    return [0.5, -3.0, 20, 0.001]\n"


def test_tuning_knows_no_rank_of_an_unjudged_parent() -> None:
    made = Candidate.of({"main.py": TEXT})
    waits = Judged(made, Evaluation.pending(made.id))
    order = task(0, waits, operator="tune")
    child = Tune(problem(TEXT))(order)
    later = Tune(problem(TEXT))
    later.tell(Proposal(0, "tune", (made.id,), child))
    (study,) = later._studies.values()
    assert study.trials[made.id].rank is None
    assert study.best(9) == []
    later.tell(Evaluation(made.id, "search", 1, "ok", 2.5))
    assert [trial.rank for trial in study.best(9)] == [(0, 2.5)]
    assert Tune(problem(TEXT))(replace(order, number=1, seed=9)).id != made.id


def test_other_operators_do_not_ask_for_a_score() -> None:
    made = Candidate.of({"main.py": TEXT})
    order = task(3, Judged(made, Evaluation.pending(made.id)), operator="ast.mutate")
    assert AstMutate(problem(TEXT))(order).parents == (made.id,)


def test_a_prompt_says_that_it_is_not_judged_yet() -> None:
    made = Candidate.of({"main.py": TEXT})
    waits = Judged(made, Evaluation.pending(made.id))
    assert result(waits.evaluation) == "not judged yet"
    assert "not judged yet" in of_parent(problem(TEXT), waits)["parent"].heading
    assert "not judged yet" in of_second(problem(TEXT), waits)["second"].heading
    assert "lost" not in of_parent(problem(TEXT), waits)["parent"].text()


def test_what_comes_of_it_is_compared_with_what_it_was_made_from() -> None:
    population = Population(1)
    seed = population.add("seed", 0, "seed", (), is_seed=True)
    parent = population.add("parent", 1, "x", ("seed",), is_seed=False)
    population.add("waits", 2, "x", ("parent",), is_seed=False)
    child = population.add("child", 3, "x", ("waits",), is_seed=False)
    for node, score in ((seed, 1.0), (parent, 5.0), (child, 5.5)):
        population.passed(node, 0, score)
    assert math.isclose(population.gain(child), 0.5)
