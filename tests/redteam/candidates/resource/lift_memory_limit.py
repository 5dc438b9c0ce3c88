# verdict: memory
# stage: long
"""Tries to lift its limits on memory, then takes it."""
import resource


def solve(weights, hints):
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_STACK):
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            pass
    kept = []
    while True:
        kept.append(bytes(1 << 24))
