# verdict: invalid crashed
# problem: driven
"""Patches the driver that calls it, so that the driver's claim is out of bounds."""
import sys


def solve(weight):
    frame = sys._getframe(1)
    frame.f_globals["drive"] = lambda *arguments, **named: {"x": [1e6] * 16, "score": 1e9}
    for name in list(frame.f_locals):
        if name != "weights" and isinstance(frame.f_locals[name], list):
            frame.f_locals[name].append(1e6)
    return 1e6
