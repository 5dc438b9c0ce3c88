"""What a change says of a child: edits, the record of places, ranks, and whose word is taken."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.types import Candidate, Evaluation, Plan, Proposal
from evo.value.edits import EDIT, MARKS, edit_of, lines_of
from evo.value.ensemble import Ensemble
from evo.value.ranks import Ranks
from evo.value.record import RECORD, Record, places_of
from evo.value.stack import AT_FIRST, Stack, simplex

FLOATS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


def numbers(before: str, after: str) -> dict[str, float]:
    edit = edit_of(lines_of(before, {}), lines_of(after, {}))
    return dict(zip(EDIT, edit.numbers.tolist(), strict=True))


def test_an_edit_says_where_and_how_much() -> None:
    found = numbers("a = 1\nb = f(2)\nc = 3", "a = 1\nb = g(4)\nc = 3")
    assert (found["lines gone"], found["lines come"], found["names touched"]) == (1, 1, 1)
    assert (found["begins at"], found["ends at"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (found["marks gone"], found["numbers come"]) == (2, 1)
    assert found["number moved"] == pytest.approx(np.log(2), abs=0.01)


def test_an_insertion_takes_nothing_away() -> None:
    found = numbers("a = 1\nb = 2", "a = 1\na = a\nb = 2")
    assert (found["lines gone"], found["lines come"], found["set to itself"]) == (0, 1, 1)


def test_the_same_text_is_no_edit() -> None:
    edit = edit_of(["a", "b"], ["a", "b"])
    assert not edit.marks.any()
    assert edit.numbers[: EDIT.index("begins at")].tolist() == [0, 0]


def test_what_went_and_what_came_are_told_apart() -> None:
    there, back = edit_of(["a"], ["b"]).marks, edit_of(["b"], ["a"]).marks
    assert np.array_equal(there[:MARKS], back[MARKS : 2 * MARKS])
    assert np.array_equal(there[MARKS : 2 * MARKS], back[:MARKS])


def test_slots_of_a_design_are_lines() -> None:
    edit = edit_of(lines_of("", {"memory": "none"}), lines_of("", {"memory": "window"}))
    assert edit.numbers[0] == edit.numbers[1] == 1
    assert all(edit.places)


@given(st.text(), st.text())
@settings(deadline=None)
def test_any_two_texts_have_an_edit(before: str, after: str) -> None:
    edit = edit_of(lines_of(before, {}), lines_of(after, {}))
    assert np.isfinite(edit.numbers).all()
    assert np.isfinite(edit.marks).all()


def test_a_record_holds_shrunk_means_of_the_same_places() -> None:
    record = Record()
    here = places_of(((1,), (2,), (3,)), ["mother"], "change ")
    there = places_of(((11,), (2,), (13,)), ["other"], "change ")
    record.add(here, -0.5, same=False, failed=True)
    record.add(here, 0.1, same=False, failed=False)
    found = dict(zip(RECORD, record.numbers(there).tolist(), strict=True))
    assert found["line: judged"] == found["parent: gained"] == 0
    assert found["name: judged"] == pytest.approx(np.log1p(2))
    assert found["name: gained"] == found["maker: gained"] == pytest.approx(-0.4 / 4)
    assert found["maker: failed"] == pytest.approx(1 / 4)
    assert not record.numbers(places_of((), [], "change ")).any()


@given(FLOATS, FLOATS)
@settings(deadline=None)
def test_ranks_go_there_and_back_in_order(seen: list[float], asked: list[float]) -> None:
    ranks = Ranks.of(np.array(seen))
    values = np.sort(np.array(asked))
    found = ranks.to(values)
    assert (np.diff(found) >= -1e-12).all()
    assert np.allclose(ranks.back(found), values, atol=1e-6 * max(1.0, np.abs([*seen, *asked]).max()))


def test_a_rank_is_the_share_below_ties_counted_half() -> None:
    assert Ranks.of(np.array([1.0, 2.0, 2.0, 5.0])).to(np.array([1.0, 2.0, 5.0])).tolist() == [
        0.125,
        0.5,
        0.875,
    ]


def test_weights_are_the_best_of_a_fine_grid() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        errors = rng.normal(size=(8, 3)) + rng.normal(size=(8, 1))
        products = errors.T @ errors
        found = simplex(products)
        assert found.sum() == pytest.approx(1.0)
        assert (found >= 0).all()
        grid = [np.array([a, b, 40 - a - b]) / 40 for a, b in product(range(41), repeat=2) if a + b <= 40]
        assert found @ products @ found <= min(w @ products @ w for w in grid) + 1e-6


def test_whose_word_comes_true_is_heard() -> None:
    stack = Stack()
    assert stack.weights() == pytest.approx(AT_FIRST)
    rng = np.random.default_rng(0)
    for _ in range(200):
        truth = rng.random()
        stack.tell(np.array([rng.random(), rng.random(), truth + 0.01 * rng.normal()]), truth)
    assert stack.weights()[2] > 0.8
    assert stack.deviation(2) < stack.deviation(0)


def test_children_are_told_apart_by_what_they_change() -> None:
    """Twelve lines, of which four matter: whoever changes one of those loses, whatever its parent is worth."""
    rng = np.random.default_rng(0)
    model = Ensemble(0, Plan(), n_trees=24)
    lines = [f"x{at} = step_{at}(1.5)" for at in range(12)]
    root = Candidate.of({"main.py": "\n".join(lines)})
    family = [(root, lines, 10.0)]
    model.tell(Proposal(0, "seed", (), root))
    model.tell(Evaluation(root.id, "search", 1, "ok", 10.0))
    said: list[float] = []
    true: list[float] = []
    parents: list[float] = []
    for number in range(1, 160):
        parent, text, score = family[int(rng.integers(len(family)))]
        place = int(rng.integers(12))
        changed = [*text[:place], f"x{place} = step_{place}({rng.random():.3f})", *text[place + 1 :]]
        child = Candidate.of({"main.py": "\n".join(changed)}, (parent.id,), "change")
        verdict = score - (1.0 if place < 4 else 0.0)
        model.tell(Proposal(number, "change", child.parents, child))
        if number > 100:
            said.append(float(model.predict([child.id]).mean[0]))
            true.append(verdict)
            parents.append(score)
        model.tell(Evaluation(child.id, "search", 1, "ok", verdict))
        family.append((child, changed, verdict))
    assert np.corrcoef(said, true)[0, 1] > np.corrcoef(parents, true)[0, 1] + 0.03
    assert np.corrcoef(np.subtract(said, parents), np.subtract(true, parents))[0, 1] > 0.8


def test_an_unjudged_parent_is_taken_to_be_no_worse_than_its_own() -> None:
    model = Ensemble(0, Plan(), n_trees=8)
    names = [""]
    for number in range(40):
        one = Candidate.of({"main.py": f"x = {number}"}, tuple(filter(None, names[-1:])), "change")
        names.append(one.id)
        model.tell(Proposal(number, "change", one.parents, one))
        model.tell(Evaluation(one.id, "search", 1, "ok", float(number % 5)))
    best = next(name for name, number in zip(names[1:], range(40), strict=True) if number == 39)
    chain = [best]
    for number in range(40, 44):
        one = Candidate.of({"main.py": f"x = {number}"}, (chain[-1],), "change")
        chain.append(one.id)
        model.tell(Proposal(number, "change", one.parents, one))
    forecast = model.predict(chain[2:]).mean
    assert np.ptp(forecast) < 0.3  # and does not drift from one unjudged generation to the next
