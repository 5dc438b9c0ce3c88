# verdict: ok crashed
# score: 64
"""Fills its working folder with files below the size limit; 512 MiB is no limit."""


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    block = bytes(1 << 22)
    try:
        for number in range(32):
            with open(f"redteam-{number}", "wb", buffering=0) as file:
                for _ in range(4):
                    if file.write(block) < len(block):
                        return x
    except OSError:
        return x
    return {"x": x, "breach": "512 MiB of files"}
