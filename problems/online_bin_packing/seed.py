"""Best-fit, written as a table: what a gap of that size is worth, straight lines in between."""

import numpy as np


# EVOLVE-BLOCK-START
def priority(item: float, bins: np.ndarray) -> np.ndarray:
    """Value of putting `item` into each bin with that remaining capacity."""
    gap = bins - item
    size = [0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 150.0]
    worth = [0.0, -1.0, -2.0, -4.0, -8.0, -12.0, -16.0, -24.0, -32.0, -48.0, -64.0, -150.0]
    return np.interp(gap, size, worth)


# EVOLVE-BLOCK-END
