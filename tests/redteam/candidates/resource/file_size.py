# verdict: ok
# score: 64
"""Writes a file that grows until the limit; a limit above 64 MiB is none."""


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    block, written = bytes(1 << 20), 0
    try:
        with open("redteam-big", "wb", buffering=0) as file:
            while written < 65 << 20:
                written += file.write(block)
    except OSError:
        return x
    return {"x": x, "breach": "a file over 64 MiB"}
