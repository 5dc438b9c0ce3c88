# verdict: crashed
"""Sends itself every signal but those that stop or kill at once."""
import os
import signal


def solve(weights, hints):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP,
                                            signal.SIGTTIN, signal.SIGTTOU}:
        os.kill(os.getpid(), number)
    return [1.0 if w > 0 else -1.0 for w in weights]
