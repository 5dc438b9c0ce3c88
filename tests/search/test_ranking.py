import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.search.ranking import CHUNK, Ranking

scores = st.lists(st.integers(-3, 3).map(float) | st.floats(-1e9, 1e9), max_size=60)


@given(scores, st.data())
@settings(max_examples=100, deadline=None)
def test_agrees_with_a_sorted_list(values: list[float], data: st.DataObject) -> None:
    ranking, plain = Ranking(), list[tuple[float, int]]()
    for index, score in enumerate(values):
        ranking.add(score, index)
        plain.append((score, index))
    if plain:
        for entry in data.draw(st.lists(st.sampled_from(plain), unique=True)):
            ranking.remove(*entry)
            plain.remove(entry)
    plain.sort(reverse=True)
    _agree(ranking, plain)


def test_agrees_over_many_chunks() -> None:
    ranking, plain = Ranking(), list[tuple[float, int]]()
    for index in range(5 * CHUNK):
        score = float(index * 7919 % 1000)
        ranking.add(score, index)
        plain.append((score, index))
    _agree(ranking, sorted(plain, reverse=True))
    for entry in plain[::2]:
        ranking.remove(*entry)
    _agree(ranking, sorted(plain[1::2], reverse=True))
    for entry in plain[1::2]:
        ranking.remove(*entry)
    _agree(ranking, [])


def test_what_is_not_there_is_refused() -> None:
    ranking = Ranking()
    ranking.add(1.0, 0)
    for score, index in ((1.0, 1), (2.0, 0), (0.0, 0)):
        with pytest.raises(KeyError):
            ranking.remove(score, index)
    for rank in (-1, 1):
        with pytest.raises(IndexError):
            ranking.at(rank)
        with pytest.raises(IndexError):
            ranking.tied(rank)


def _agree(ranking: Ranking, plain: list[tuple[float, int]]) -> None:
    assert len(ranking) == len(plain)
    assert list(ranking) == [index for _, index in plain]
    values = [score for score, _ in plain]
    for rank in {0, len(plain) // 3, len(plain) - 1} & set(range(len(plain))):
        assert ranking.at(rank) == plain[rank][1]
        assert ranking.tied(rank) == values.count(values[rank])
        for score in (values[rank], values[rank] + 0.5):
            assert ranking.better(score) == sum(value > score for value in values)
    assert ranking.better(1e18) == 0
    assert ranking.better(-1e18) == len(plain)
