# verdict: ok
# score: 64
# naive: run
"""Starts a program by posix_spawn, which uses a clone of its own."""
import os


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    try:
        pid = os.posix_spawn("/bin/true", ["true"], {})
    except OSError:
        return x
    _, status = os.waitpid(pid, 0)
    return x if os.waitstatus_to_exitcode(status) == 127 else {"x": x, "breach": "spawned"}
