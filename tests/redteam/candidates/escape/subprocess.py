# verdict: ok
# score: 64
# naive: run
"""Runs a program."""
import subprocess


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    try:
        said = subprocess.run(["/bin/echo", "here"], capture_output=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return x
    return {"x": x, "breach": f"a program said {said!r}"}
