"""Every element alike: the greedy construction takes them in lexicographic order."""

import numpy as np


# EVOLVE-BLOCK-START
def priority(element: tuple[int, ...], n: int) -> float:
    """How early `element` is tried."""
    return 0.0


# EVOLVE-BLOCK-END
