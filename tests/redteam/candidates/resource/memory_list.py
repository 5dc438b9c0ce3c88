# verdict: memory
# stage: long
"""Grows a list until memory ends."""


def solve(weights, hints):
    kept = []
    while True:
        kept.append(bytearray(1 << 24))
