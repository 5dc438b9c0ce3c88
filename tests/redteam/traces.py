"""What a process and its descendants leave on this machine, read from /proc and the file system."""

import os
from dataclasses import dataclass, field
from pathlib import Path

MARK = "redteam"
"""Every file that a candidate writes outside of its folder has this in its name."""


@dataclass(frozen=True)
class Process:
    """A process; `started` (clock ticks since boot) tells apart processes that had the same pid.

    Its `state` is shown and not compared: the same process sleeps now and runs then.
    """

    pid: int
    parent: int
    started: int
    name: str
    state: str = field(default="", compare=False)


def processes() -> dict[int, Process]:
    """Every process that is not yet fully gone."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            name, _, rest = text.partition("(")[2].rpartition(")")
            fields = rest.split()
            found[int(entry.name)] = Process(
                int(entry.name), int(fields[1]), int(fields[19]), name, fields[0]
            )
    return found


def descendants(pid: int) -> set[Process]:
    """All processes below `pid`. Orphans count while `pid` is their subreaper."""
    every = processes()
    children: dict[int, list[int]] = {}
    for process in every.values():
        children.setdefault(process.parent, []).append(process.pid)
    found, waiting = set(), [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(every[child])
            waiting.append(child)
    return found


def descriptors(pid: int) -> list[str]:
    """Open descriptors of a process: number and what it is."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            continue
        found.append(f"{entry.name} {target.partition('[')[0].partition(':')[0]}")
    return sorted(found)


def held_folders(pid: int) -> set[Path]:
    """Folders that a process holds open: where it keeps what is its own."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = entry.readlink()
        except FileNotFoundError:
            continue
        if target.is_dir() and target != Path("/"):
            found.add(target)
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of one process in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def files_below(folder: Path) -> set[str]:
    """Every file and folder below `folder`."""
    return {f"{place}/{name}" for place, dirs, names in os.walk(folder) for name in dirs + names}


def marked_files(*more: Path) -> set[str]:
    """Files named by candidates, in the folders that programs usually write to and in `more`."""
    found: set[str] = set()
    places = [
        "/",
        "/tmp",
        "/var/tmp",
        "/dev",
        "/dev/shm",
        "/dev/mqueue",
        "/run",
        "/home",
        "/root",
        "/etc",
        "/opt",
        "/srv",
    ]
    for place in [*map(Path, places), Path.cwd(), *more]:
        try:
            found.update(str(path) for path in place.iterdir() if path.name.startswith(MARK))
        except OSError:
            continue
    return found


def shared_segments() -> set[str]:
    """System V shared memory, semaphores and queues: keys and owners."""
    found = set()
    for kind in ("shm", "sem", "msg"):
        path = Path("/proc/sysvipc") / kind
        if path.exists():
            found.update(f"{kind} {' '.join(line.split()[:2])}" for line in path.read_text().splitlines()[1:])
    return found
