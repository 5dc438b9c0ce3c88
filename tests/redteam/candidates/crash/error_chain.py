# verdict: crashed timeout
# stage: brief
"""Raises an exception at the end of a chain of causes that is a ring and has a long traceback."""


def fall(depth):
    if depth:
        fall(depth - 1)
    raise ValueError("bottom")


def solve(weights, hints):
    chain = []
    for number in range(2000):
        try:
            fall(20)
        except ValueError as error:
            error.__cause__ = chain[-1] if chain else None
            chain.append(error)
    raise chain[-1]
