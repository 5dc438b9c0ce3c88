"""Every element alike, so that they are tried in lexicographic order; weights wait to be set."""

import numpy as np  # noqa: F401 - within reach of what grows here


# EVOLVE-BLOCK-START
def priority(element: tuple[int, ...], n: int) -> float:
    """How early `element` is tried."""
    value = 0.0
    for place in range(n):
        if element[place] == 0:
            value = value + 0.0 * place
        else:
            value = value + 0.0 * element[place] * element[place - 1]
    return value


# EVOLVE-BLOCK-END
