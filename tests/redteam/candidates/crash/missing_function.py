# verdict: crashed invalid
"""Does not define the function that is called."""


def solved(weights, hints):
    return [1.0 for _ in weights]
