# verdict: ok
# score: 64
# naive: run
"""Runs a shell by system() and popen()."""
import os


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    said = ""
    try:
        status = os.system("exit 7")
        said = os.popen("echo here").read()
    except OSError:
        status = -1
    if status > 0 and os.waitstatus_to_exitcode(status) == 7 or said:
        return {"x": x, "breach": "ran a shell"}
    return x
