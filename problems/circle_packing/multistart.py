"""The plain solver that evolution is compared with: many random starts, each improved by SLSQP."""

from collections.abc import Callable

import numpy as np

SHRINK = 1.0 - 1e-13
"""Takes back far more than the rounding of a distance, so that touching circles pass the exact check."""


def slsqp_multistart(
    rng: np.random.Generator, stop: Callable[[float | None], bool], n: int = 26
) -> list[list[float]]:
    """The best of as many starts as there is time for: ``[n, 3]`` of x, y, radius, strictly valid."""
    best, best_sum = np.empty((0, 3)), 0.0
    while not len(best) or not stop(best_sum):
        circles = strictly_valid(improve(start(rng, n)))
        if circles[:, 2].min() > 0 and circles[:, 2].sum() > best_sum:
            best, best_sum = circles, float(circles[:, 2].sum())
    return [[float(value) for value in circle] for circle in best]


def start(rng: np.random.Generator, n: int) -> np.ndarray:
    """Random centres, pushed apart for a few rounds, with small radii, flat: ``[3 n]`` as all x, all y, all radii."""
    centres = rng.uniform(0.05, 0.95, (n, 2))
    spacing = 1.2 / np.sqrt(n)
    for _ in range(30):
        apart = centres[:, None] - centres
        distance = np.sqrt((apart**2).sum(axis=2) + 1e-6)
        push = np.maximum(0.0, spacing - distance) / distance
        centres = np.clip(centres + 0.25 * (apart * push[:, :, None]).sum(axis=1), 0.06, 0.94)
    return np.concatenate([centres[:, 0], centres[:, 1], np.full(n, 0.25 / np.sqrt(n))])


def improve(flat: np.ndarray) -> np.ndarray:
    """A local maximum of the sum of radii near `flat` (``[3 n]``), constraints met to about 1e-9."""
    from scipy.optimize import minimize  # costs half a second, and only this solver needs it

    n = len(flat) // 3
    first, second = np.triu_indices(n, 1)
    index, pair = np.arange(n), np.arange(len(first))
    gradient = np.concatenate([np.zeros(2 * n), -np.ones(n)])
    walls = np.zeros((4 * n, 3 * n))  # x - r, y - r, 1 - x - r, 1 - y - r are at least 0
    for row, (offset, sign) in enumerate([(0, 1.0), (n, 1.0), (0, -1.0), (n, -1.0)]):
        walls[row * n + index, offset + index] = sign
        walls[row * n + index, 2 * n + index] = -1.0
    constant = np.repeat([0.0, 0.0, 1.0, 1.0], n)

    def apart(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, y = z[:n], z[n : 2 * n]
        across, along = x[first] - x[second], y[first] - y[second]
        return across, along, np.maximum(np.hypot(across, along), 1e-12)

    def slack(z: np.ndarray) -> np.ndarray:
        r = z[2 * n :]
        return np.concatenate([walls @ z + constant, apart(z)[2] - r[first] - r[second]])

    def slack_gradient(z: np.ndarray) -> np.ndarray:
        across, along, distance = apart(z)
        pairs = np.zeros((len(first), 3 * n))
        pairs[pair, first], pairs[pair, second] = across / distance, -across / distance
        pairs[pair, n + first], pairs[pair, n + second] = along / distance, -along / distance
        pairs[pair, 2 * n + first] = pairs[pair, 2 * n + second] = -1.0
        return np.vstack([walls, pairs])

    result = minimize(
        lambda z: -z[2 * n :].sum(),
        flat,
        jac=lambda z: gradient,
        bounds=[(0.0, 1.0)] * (2 * n) + [(0.0, 0.5)] * n,
        constraints={"type": "ineq", "fun": slack, "jac": slack_gradient},
        method="SLSQP",
        options={"maxiter": 300, "ftol": 1e-12},
    )
    return np.asarray(result.x)


def strictly_valid(flat: np.ndarray) -> np.ndarray:
    """``[n, 3]`` circles at the centres of `flat` (``[3 n]``), shrunk until none touches another or a wall."""
    x, y, r = flat.reshape(3, -1)
    x, y, r = np.clip(x, 0.0, 1.0), np.clip(y, 0.0, 1.0), np.maximum(r, 0.0)
    r = np.minimum.reduce([r, x, 1.0 - x, y, 1.0 - y])
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    sums = r[:, None] + r
    np.fill_diagonal(distance, 1.0)
    # r_i + r_j is at most the distance once both were scaled by at most distance / (r_i + r_j).
    scale = np.divide(distance, sums, out=np.ones_like(sums), where=sums > 0).min(axis=1)
    return np.column_stack([x, y, r * np.minimum(scale, 1.0) * SHRINK])
