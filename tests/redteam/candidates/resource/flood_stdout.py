# verdict: crashed invalid
"""Prints without end."""
import os


def solve(weights, hints):
    block = b"redteam " * 8192
    while True:
        os.write(1, block)
