"""Packs items one by one with the candidate's ``priority``; runs inside the jail."""

import numpy as np


def drive(priority, instances):
    """The number of the bin that each item was put into.

    Args:
        priority: ``priority(item, bins) -> [k]``; the item goes to the bin with the highest value, the
            first of equals. `bins` are the remaining capacities of the k bins that it fits into, in the
            order in which they were opened; the last is a new, empty one.
        instances: each with ``capacity`` and ``items`` ``[n]``.

    Returns:
        One ``[n]`` int64 array an instance; bins are numbered from 0 as they are opened.
    """
    return [_pack(priority, instance["items"].tolist(), instance["capacity"]) for instance in instances]


def _pack(priority, items, capacity):
    free = np.full(len(items) + 1, float(capacity))
    chosen = np.empty(len(items), dtype=np.int64)
    n_open = 0
    for number, item in enumerate(items):
        (fitting,) = (free[: n_open + 1] >= item).nonzero()
        values = np.asarray(priority(float(item), free[fitting]))
        if values.shape != fitting.shape:
            raise ValueError(
                f"priority() must return one number per bin, shape {fitting.shape}; it returned {values.shape}."
            )
        best = int(fitting[values.argmax()])
        free[best] -= item
        chosen[number] = best
        n_open = max(n_open, best + 1)
    return chosen
