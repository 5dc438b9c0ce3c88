# verdict: invalid ok
# score: <=64
"""Returns a mapping in which 1 and "1" become one key, and "x" comes twice by a lying hash."""


class Key(str):
    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


def solve(weights, hints):
    good = [1.0 if w > 0 else -1.0 for w in weights]
    return {Key("x"): good, Key("x"): [1e6] * len(weights), 1: 0, "1": 1}
