"""Circles on a spiral, inflated and pushed apart for a few rounds."""

import numpy as np


# EVOLVE-BLOCK-START
def layout(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres [n, 2] and the radii [n] that the circles would like to have."""
    index = np.arange(n)
    angle = 1.0 * index
    reach = 0.05 + 0.2 * index / n
    centres = np.stack([0.5 + reach * np.cos(angle), 0.5 + reach * np.sin(angle)], axis=1)
    radii = 0.04 + 0.0 * index
    for _ in range(20):
        apart = centres[:, None] - centres[None]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        overlap = np.maximum(0.0, radii[:, None] + radii[None] - distance)
        np.fill_diagonal(overlap, 0.0)
        push = (apart * (overlap / distance)[:, :, None]).sum(axis=1)
        centres = centres + 0.1 * push
        radii = radii + 0.0002 - 0.1 * overlap.sum(axis=1)
        centres = np.clip(centres, radii[:, None], 1.0 - radii[:, None])
    return centres, radii


# EVOLVE-BLOCK-END


def fit(centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Radii [n] without overlap, in about the wished proportions.

    One round scales every circle by the tightest of its walls and its pairs: r_i + r_j may grow to
    the distance of the two centres. A round leaves no overlap, and the next lets grow what still can.
    """
    walls = np.minimum(centres, 1.0 - centres).min(axis=1)
    apart = centres[:, None] - centres[None]
    distance = np.sqrt((apart**2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    for _ in range(3):
        pairs = (distance / (radii[:, None] + radii[None])).min(axis=1)
        radii = radii * np.minimum(walls / radii, pairs)
    return radii * (1.0 - 1e-12)  # a hair less: the check is exact, and these distances were rounded


def solve(n: int) -> np.ndarray:
    """Circles [n, 3] as x, y, radius."""
    centres, radii = layout(n)
    centres = np.clip(centres, 0.001, 0.999)
    return np.column_stack([centres, fit(centres, np.maximum(radii, 0.0001))])
