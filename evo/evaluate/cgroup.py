"""A control group that bounds the memory of a jailed process with its candidates, where one may be made.

Only a group that systemd has delegated is used: in others, groups belong to whoever manages the machine.
A group with processes of its own can give no controller to its children, so the new group is made
beside ours, in the closest parent that can.

Source: Linux, Documentation/admin-guide/cgroup-v2.rst; systemd, docs/CGROUP_DELEGATION.md.
"""

import os
from contextlib import suppress
from pathlib import Path

WHY_NOT = (
    "no memory group: cgroup v2 with the memory controller is not delegated to this process; "
    "address space limits hold memory instead (to add it: systemd-run --user --scope -p Delegate=yes evo ...)"
)
_DELEGATED = ("user.delegate", "trusted.delegate")


def delegated(root: Path | None = None, own: str | None = None) -> Path | None:
    """The group that new groups with a memory limit can be made in; None if there is none.

    Args:
        root: where cgroup v2 is mounted; found if None.
        own: path of this process's group below `root`; read if None.
    """
    root = _mounted() if root is None else root
    own = _own() if own is None else own
    if root is None or own is None:
        return None
    group = root / own.lstrip("/")
    within = False
    while group != root and group.is_relative_to(root):
        within = within or _is_delegated(group)
        parent = group.parent
        if _gives_memory(parent) and os.access(parent, os.W_OK):
            return parent if within or _is_delegated(parent) else None
        group = parent
    return None


class MemoryGroup:
    """A group of processes with a common limit of memory.

    Args:
        parent: from `delegated`.
        pid: of the process to move into it; those that it starts stay in it.

    Raises:
        OSError: the kernel refused.
    """

    def __init__(self, parent: Path, pid: int) -> None:
        self.path = parent / f"evo-jail-{os.getpid()}-{pid}"
        self.path.mkdir()
        try:
            (self.path / "cgroup.procs").write_text(str(pid))
        except OSError:
            self.close()
            raise
        self._max_bytes = 0

    def allow(self, max_bytes: int) -> None:
        """Limits the memory of all its processes together; a process that needs more is killed."""
        if max_bytes != self._max_bytes:
            (self.path / "memory.max").write_text(str(max_bytes))
            self._max_bytes = max_bytes

    def close(self) -> None:
        """Removes the group; its processes must have ended."""
        with suppress(OSError):
            self.path.rmdir()


def _mounted() -> Path | None:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            return Path(before.split()[4])
    return None


def _own() -> str | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return line.removeprefix("0::")
    return None


def _is_delegated(group: Path) -> bool:
    for name in _DELEGATED:
        with suppress(OSError):
            if os.getxattr(group, name) == b"1":
                return True
    return False


def _gives_memory(group: Path) -> bool:
    with suppress(OSError):
        return "memory" in (group / "cgroup.subtree_control").read_text().split()
    return False
