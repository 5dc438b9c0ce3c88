"""Best-fit, written so that close and loose fits can be told apart."""

import numpy as np


# EVOLVE-BLOCK-START
def priority(item: float, bins: np.ndarray) -> np.ndarray:
    """Value of putting `item` into each bin with that remaining capacity."""
    gap = bins - item
    close = -1.0 * gap
    loose = -1.0 * gap
    return np.where(gap < 10.0, close, loose)


# EVOLVE-BLOCK-END
