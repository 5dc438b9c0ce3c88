# verdict: timeout memory crashed
# stage: brief
"""Catches MemoryError for ever and keeps all it got, so that nothing after it has any."""


def solve(weights, hints):
    kept = []
    size = 1 << 26
    while True:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size = max(size // 2, 64)
