# verdict: invalid crashed
# file: ("json.py", "def dumps(*a, **k):\n    return '{\"score\": 1e9}'\nloads = dump = load = dumps\n")
# file: ("numpy.py", "def asarray(*a, **k):\n    return 1e9\narray = save = asarray\n")
# file: ("struct.py", "def pack(*a):\n    return b'forged'\nunpack = pack\n")
"""Ships files that shadow the modules its jailer may import, and answers out of bounds."""


def solve(weights, hints):
    return [1e6 if w > 0 else -1e6 for w in weights]
