# verdict: timeout
# stage: brief
"""Stops every clock that Python can read, then takes its time."""
import time

for _name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
              "process_time", "process_time_ns", "thread_time"):
    setattr(time, _name, lambda: 0)


def solve(weights, hints):
    while time.time() == 0:
        pass
