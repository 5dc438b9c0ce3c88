"""What kernels are made from: candidates against rows, in batches and one by one."""

import numpy as np
import pytest

from evo.value.columns import Encoded
from evo.value.components import Strengths
from evo.value.kernels import Kernels
from evo.value.likeness import AT_ONCE, Compared


def encoded(n: int, n_slots: int, n_parameters: int) -> Encoded:
    rng = np.random.default_rng(n)
    numbers = rng.normal(size=(n, n_parameters)).astype(np.float32)
    numbers[rng.random(numbers.shape) < 0.2] = np.nan
    # As columns come out of a fit: in the order of columns.
    blocks = {
        name: np.asfortranarray(rng.normal(size=(n, 90)) / 9, np.float32) for name in ("tokens", "calls")
    }
    return Encoded(
        blocks,
        np.zeros((n, 1), np.float32),
        np.zeros((n, 1), np.float32),
        np.zeros(n),
        rng.integers(0, 3, size=(n, n_slots)).astype(np.int32),
        numbers,
        rng.integers(0, 3, size=n),
        rng.normal(size=(n, 8)).astype(np.float32),
    )


def names(n_slots: int, n_parameters: int) -> list[str]:
    return [f"s{at}" for at in range(n_slots)] + [f"s{at}.size" for at in range(n_parameters)]


@pytest.mark.parametrize(("n_slots", "n_parameters"), [(0, 0), (5, 2), (40, 0), (40, 3)])
def test_what_is_said_of_a_candidate_does_not_depend_on_whom_it_is_asked_with(
    n_slots: int, n_parameters: int
) -> None:
    everybody = encoded(60 + AT_ONCE, n_slots, n_parameters)
    rows, candidates = everybody.take(slice(0, 50)), everybody.take(slice(50, None))
    kernels = Kernels(rows, names(n_slots, n_parameters))
    covariance = kernels.sum(Strengths.prior(kernels.shares))
    together, own = covariance.with_(candidates)
    for at in range(len(candidates)):
        alone, own_alone = covariance.with_(candidates.take(slice(at, at + 1)))
        assert (alone[0] == together[at]).all()
        assert own_alone[0] == own[at]


@pytest.mark.parametrize(("n_slots", "n_parameters"), [(0, 0), (5, 2), (40, 3)])
def test_rows_are_to_rows_as_candidates_are_to_rows(n_slots: int, n_parameters: int) -> None:
    rows = encoded(40, n_slots, n_parameters)
    kernels = Kernels(rows, names(n_slots, n_parameters))
    strengths = Strengths.prior(kernels.shares)
    total = kernels.sum(strengths).among()
    shared, own = kernels.sum(strengths).with_(rows)
    np.testing.assert_allclose(shared, total, rtol=1e-5)
    np.testing.assert_allclose(own, np.diag(total), rtol=1e-5)
    every = np.tensordot(strengths.kernels, kernels.matrices(np.arange(40)), axes=1)
    np.testing.assert_allclose(every, total, rtol=1e-9)


def test_components_that_were_not_there_when_fitted_are_like_nothing() -> None:
    rows = encoded(20, 4, 0)
    rows.codes[3] = -1
    ((likeness, _),) = Compared(rows).with_(rows.take(slice(3, 4)))
    assert not likeness.slots.any()
    assert not likeness.alike.any()
