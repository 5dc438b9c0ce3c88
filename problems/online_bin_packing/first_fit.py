"""First-fit: the bin that was opened first."""

import numpy as np


def priority(item: float, bins: np.ndarray) -> np.ndarray:
    """All alike, so that the first wins."""
    return np.zeros(len(bins))
