# verdict: crashed
"""Reads address 0."""
import ctypes


def solve(weights, hints):
    return [float(ctypes.string_at(0)[0])]
