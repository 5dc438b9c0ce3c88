"""Writers that die, in processes of their own: ``python -m tests.store.writer COMMAND FOLDER ...``.

Forks from a process that has imported everything once and has no threads; prints what came of it as
JSON. Nothing is asserted here.
"""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evo.errors import StorageFull
from evo.store.journal import Journal, read_events
from tests.store.samples import events

_STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.listdir", "fcntl.flock")


def forked(work: Callable[[int], None], after: Callable[[int], None]) -> tuple[list[int], int]:
    """Runs `work` in a child that is handed a pipe, and `after` here with the child's id.

    Returns:
        the numbers that the child acknowledged, and its exit status (negative for a signal).
    """
    out, into = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            work(into)
            status = 0
        finally:
            os._exit(status)
    os.close(into)
    after(child)
    _, status = os.waitpid(child, 0)
    with os.fdopen(out, "rb") as pipe:
        data = pipe.read()
    return [int.from_bytes(data[i : i + 8]) for i in range(0, len(data), 8)], os.waitstatus_to_exitcode(
        status
    )


def write_forever(folder: Path, pipe: int) -> None:
    """Appends frames of 1 to 10 events, and acknowledges how many there are when each has returned."""
    rng = random.Random(os.getpid())
    journal = Journal.open(folder, segment_rows=40)
    n = len(journal)
    while True:
        count = rng.choice([1, 2, 3, 10])
        journal.append(events(count, n))
        n += count
        os.write(pipe, n.to_bytes(8))


def kills(folder: Path, n: int, seed: int) -> list[dict[str, Any]]:
    """Kills `n` writers of one run at random moments; what a reader finds after each."""
    rng, results, acknowledged = random.Random(seed), list[dict[str, Any]](), 0
    for _ in range(n):

        def kill(child: int) -> None:
            time.sleep(rng.uniform(0.01, 0.15))
            os.kill(child, signal.SIGKILL)

        acks, status = forked(lambda pipe: write_forever(folder, pipe), kill)
        acknowledged = max([acknowledged, *acks])
        found = list(read_events(folder)) if folder.joinpath("journal").exists() else []
        right = found == events(len(found))
        results.append({"status": status, "acknowledged": acknowledged, "found": len(found), "right": right})
    return results


def die_at(step: int, folder: Path) -> None:
    """Kills this process at the `step`-th time that it opens, names or removes something in `folder`."""
    count = 0

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if name in _STEPS and (name in ("os.truncate", "fcntl.flock") or str(folder) in str(arguments[0])):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def write_some(folder: Path, step: int, pipe: int) -> None:
    """Thirty events through five segments, dying on the way."""
    die_at(step, folder)
    with Journal.open(folder, segment_rows=6) as journal:
        for n in range(len(journal), 30, 3):
            journal.append(events(3, n))
            os.write(pipe, (n + 3).to_bytes(8))


def steps(folder: Path, n: int, seed: int) -> list[dict[str, Any]]:
    """A run that dies at its first step, one that dies at its second, and so on, until one does not die."""
    results = list[dict[str, Any]]()
    for step in range(1, n):
        run = folder / str(step)
        acks, status = forked(
            lambda pipe, run=run, step=step: write_some(run, step, pipe), lambda child: None
        )
        found = list(read_events(run)) if (run / "journal").exists() else []
        results.append(
            {
                "status": status,
                "acknowledged": max(acks, default=0),
                "found": len(found),
                "right": found == events(len(found)),
            }
        )
        with Journal.open(run, segment_rows=6) as journal:
            results[-1]["warning"] = journal.recovery.warning
            for start in range(len(journal), 30, 3):
                journal.append(events(3, start))
        results[-1]["whole"] = list(read_events(run)) == events(30)
        results[-1]["left"] = sorted(str(path.relative_to(run)) for path in run.glob("*/*"))
        if status == 0:
            break
    return results


def limited(folder: Path, n: int, seed: int) -> list[dict[str, Any]]:
    """A writer whose files may not grow past `n` bytes: a write that is cut short, then refused."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, resource.RLIM_INFINITY))
    journal, count, errors = Journal.open(folder), 0, list[str]()
    while len(errors) < 2:
        try:
            journal.append(events(7, count))
            count += 7
        except StorageFull as error:
            errors.append(str(error))
    size = max(path.stat().st_size for path in (folder / "journal").iterdir())
    right = list(journal.replay()) == events(count)
    journal.close()
    return [{"acknowledged": count, "errors": errors, "size": size, "right": right}]


if __name__ == "__main__":
    command, folder, n, seed = sys.argv[1:]
    work = {"kills": kills, "steps": steps, "limited": limited}[command]
    print(json.dumps(work(Path(folder), int(n), int(seed))))
