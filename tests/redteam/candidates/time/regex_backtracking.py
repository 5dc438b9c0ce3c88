# verdict: timeout
# stage: brief
"""Catastrophic backtracking in the regular expression engine."""
import re


def solve(weights, hints):
    return [1.0 if re.match(r"(a|aa)+$", "a" * 80 + "b") else 0.0 for _ in weights]
