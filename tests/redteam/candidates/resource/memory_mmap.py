# verdict: memory
# stage: long
"""Maps and touches anonymous memory until the system refuses."""
import mmap


def solve(weights, hints):
    kept = []
    while True:
        part = mmap.mmap(-1, 1 << 26)
        for page in range(0, 1 << 26, 4096):
            part[page] = 1
        kept.append(part)
