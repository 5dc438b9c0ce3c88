# verdict: ok
# score: 64
"""Answers in the protocol itself, a byte at a time, and reads its cases itself: odd, and honest."""
import io
import json
import os
import struct

import numpy as np


def receive():
    kind, case, length = struct.unpack("<BII", exactly(9))
    body = exactly(length)
    count = struct.unpack_from("<I", body)[0]
    lengths, start, sections = struct.unpack_from(f"<{count}I", body, 4), 4 * count + 4, []
    for size in lengths:
        sections.append(body[start : start + size])
        start += size
    weights = json.loads(sections[0])["weights"]
    return case, np.load(io.BytesIO(sections[1])).tolist() if isinstance(weights, dict) else weights


def exactly(length):
    data = b""
    while len(data) < length:
        part = os.read(3, length - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def solve(weights, hints):
    case = 0
    while True:
        tree = repr([1.0 if w > 0 else -1.0 for w in weights]).encode()
        body = struct.pack("<II", 1, len(tree)) + tree
        for byte in struct.pack("<BII", 4, case, len(body)) + body:
            os.write(3, bytes([byte]))
        case, weights = receive()
