# verdict: memory
# stage: long
"""Takes all memory before it defines anything."""
KEPT = [bytes(1 << 24) for _ in range(1 << 16)]
