"""Best-fit, with two terms that do not count yet."""

import numpy as np


# EVOLVE-BLOCK-START
def priority(item: float, bins: np.ndarray) -> np.ndarray:
    """Value of putting `item` into each bin with that remaining capacity."""
    gap = bins - item
    tight = 0.0 * (gap < 2.0)
    roomy = 0.0 * gap**2 / item
    return tight + roomy - gap


# EVOLVE-BLOCK-END
