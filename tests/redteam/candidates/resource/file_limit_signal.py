# verdict: crashed
"""Takes SIGXFSZ's default action back, so that the file limit kills it."""
import signal


def solve(weights, hints):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    with open("redteam-big", "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
