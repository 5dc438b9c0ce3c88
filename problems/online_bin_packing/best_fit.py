"""Best-fit: the bin with the least room left."""

import numpy as np


def priority(item: float, bins: np.ndarray) -> np.ndarray:
    """The fuller, the better."""
    return item - bins
