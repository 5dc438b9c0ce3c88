# verdict: crashed
"""Jumps into memory that holds no code."""
import ctypes


def solve(weights, hints):
    return ctypes.CFUNCTYPE(ctypes.c_int)(0xDEAD0000)()
