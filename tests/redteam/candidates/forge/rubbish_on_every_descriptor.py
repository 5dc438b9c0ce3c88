# verdict: invalid crashed
"""Writes random bytes in front of its own honest claim."""
import os


def solve(weights, hints):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\x93NUMPY\x01\x00\xff\xff\x80\x04\x95" + bytes(range(256)))
        except OSError:
            pass
    return [1.0 if w > 0 else -1.0 for w in weights]
