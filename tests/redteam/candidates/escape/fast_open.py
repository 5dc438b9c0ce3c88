# verdict: ok
# score: 64
"""Sends data with the opening packet, which connects without a call to connect."""
import socket


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    try:
        sender = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sent = sender.sendto(b"redteam", 0x20000000, ("127.0.0.1", int(hints["tcp_port"])))
    except OSError:
        return x
    return {"x": x, "breach": f"sent {sent} bytes"}
