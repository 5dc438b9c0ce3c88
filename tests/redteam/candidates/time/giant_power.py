# verdict: timeout
# stage: brief
"""One slow call into C that no Python signal handler can interrupt."""


def solve(weights, hints):
    return [float(str(7 ** (3 ** 17))[0])] * len(weights)
