# verdict: ok
# score: 64
"""Several files, one of them in a package."""

import signs
from parts.whole import whole


def solve(weights, hints):
    return whole(signs.sign(w) for w in weights)
