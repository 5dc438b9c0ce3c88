"""Which workers to hire and which to dismiss, when stages with different needs share the machines."""

from collections.abc import Mapping, Sequence

from evo.pool.crew import Group, Need, Worker

IDLE_S = 1.0
"""A worker that had nothing to do for so long gives way to a group with work."""

TENURE_S = 5.0
"""A worker with work gives way after so long to a group that has work and no worker."""

Nodes = Mapping[str, Mapping[str, float]]
"""Ray's id of each node that is alive -> its resources."""


def slots(nodes: Nodes, need: Need) -> int:
    """How many workers with `need` the machines hold."""
    return sum(need.fits(node) for node in nodes.values())


def room(nodes: Nodes, workers: Sequence[Worker]) -> dict[str, dict[str, float]]:
    """What is left of each node; workers of which nobody knows the node yet are put where they fit first."""
    left = {name: dict(node) for name, node in nodes.items()}
    for worker in sorted(workers, key=lambda w: not w.node):
        need = worker.group.need
        name = worker.node or next((name for name, node in left.items() if need.fits(node)), "")
        if name in left:
            for resource, much in need.amounts().items():
                left[name][resource] = left[name].get(resource, 0.0) - much
    return left


def hires(nodes: Nodes, groups: Sequence[Group], now: float) -> list[Group]:
    """Groups that get a worker now, one entry for each.

    The first group is staffed at once, the others when they have work; room that was made for a
    group is kept for it. What no living node can hold is asked for all the same: a cluster that
    grows by demand has to see it.
    """
    left = room(nodes, [worker for group in groups for worker in group.workers])
    claims = [group for group in groups if group.claim and group.waiting]
    chosen = []
    for group in claims or groups:
        if now < group.retry or (group is not groups[0] and not group.waiting):
            continue
        for _ in range(group.n_slots - len(group.workers)):
            if len(groups) > 1 and slots(nodes, group.need):
                name = next((name for name, node in left.items() if group.need.fits(node)), None)
                if name is None:
                    break
                for resource, much in group.need.amounts().items():
                    left[name][resource] -= much
            chosen.append(group)
    return chosen


def dismissals(nodes: Nodes, groups: Sequence[Group], now: float) -> tuple[Group, list[Worker]] | None:
    """A group with work that cannot get a worker, and the workers of others that should leave for it.

    None where nobody is short or nobody can be spared, as always with a single group.
    """
    staff = [worker for group in groups for worker in group.workers]
    if len(groups) == 1 or any(worker.leaving for worker in staff):
        return None
    left = room(nodes, staff)
    for group in groups:
        short = group.waiting and len(group.workers) < group.n_slots
        if not short or any(group.need.fits(node) for node in left.values()):
            continue
        spare = _spare(staff, group, now)
        offers = [
            _clearing(group.need, left[name], name, spare) for name in nodes if group.need.fits(nodes[name])
        ]
        if found := [offer for offer in offers if offer]:
            return group, min(found, key=lambda offer: sum(bool(worker.calls) for worker in offer))
    return None


def _spare(staff: Sequence[Worker], group: Group, now: float) -> list[Worker]:
    """Workers of other groups that `group` may displace, the idle ones first."""

    def idle(worker: Worker) -> bool:
        return not worker.calls and not worker.group.waiting and now - worker.idle >= IDLE_S

    others = [w for w in staff if w.group is not group and w.ready is not None]
    spare = [w for w in others if idle(w)]
    if not group.workers:
        spare += [w for w in others if not idle(w) and w.ready is not None and now - w.ready >= TENURE_S]
    return spare


def _clearing(need: Need, left: Mapping[str, float], node: str, spare: Sequence[Worker]) -> list[Worker]:
    """The first of `spare` on `node` whose leaving makes room for `need`; empty if it cannot be made."""
    after = dict(left)
    leaving = []
    for worker in spare:
        if worker.node == node:
            leaving.append(worker)
            for resource, much in worker.group.need.amounts().items():
                after[resource] = after.get(resource, 0.0) + much
            if need.fits(after):
                return leaving
    return []
