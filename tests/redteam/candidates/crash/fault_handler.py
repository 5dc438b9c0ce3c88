# verdict: crashed
"""Lets faulthandler end the process from its watchdog thread."""
import faulthandler
import time


def solve(weights, hints):
    faulthandler.dump_traceback_later(0.05, exit=True)
    time.sleep(60)
