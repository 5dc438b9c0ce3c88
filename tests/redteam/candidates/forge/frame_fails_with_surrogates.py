# verdict: crashed invalid
"""Reports a failure with text that cannot be stored: lone surrogates, null bytes, terminal commands."""
import os
import struct


def solve(weights, hints):
    body = b'{"status": "crashed", "text": "a \\ud800 b \\u0000 c \\u001b]0;redteam\\u0007 d"}'
    os.write(3, struct.pack("<BII", 5, 0, len(body)) + body)
    os._exit(0)
