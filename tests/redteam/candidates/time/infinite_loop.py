# verdict: timeout
# stage: brief
"""Never returns."""


def solve(weights, hints):
    while True:
        pass
