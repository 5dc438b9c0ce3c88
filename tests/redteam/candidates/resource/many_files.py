# verdict: ok
# score: 64
"""Leaves some thousand files in its folder; they must be gone afterwards."""


def solve(weights, hints):
    try:
        for number in range(1500):
            with open(f"redteam-{number}", "w") as file:
                file.write("x")
    except OSError:
        pass
    return [1.0 if w > 0 else -1.0 for w in weights]
