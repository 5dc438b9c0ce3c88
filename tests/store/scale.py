"""Figures of a large run: ``python -m tests.store.scale FOLDER CANDIDATES EVENTS_A_FRAME``; prints JSON."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from evo.store.archive import Archive, open_run
from evo.store.journal import Journal
from evo.types import Candidate, Evaluation, Event, Proposal, ProposeTask

CODE = [
    " ".join(random.Random(i).choices("abcdefghijklmnopqrstuvwxyz_0123456789+-*/()[]=", k=20))
    for i in range(500)
]


def name(i: int) -> str:
    return f"{random.Random(i).getrandbits(64):016x}"


def story(n: int) -> Iterator[Event]:
    """`n` candidates of 4 KB, each a change of an earlier one, and their evaluations."""
    rng = random.Random(0)
    lines = rng.choices(CODE, k=100)
    for i in range(n):
        for _ in range(10):
            lines[rng.randrange(100)] = rng.choice(CODE)
        parents = (name(rng.randrange(i)),) if i else ()
        made = Candidate(
            name(i), {"main.py": "\n".join(lines)}, parents, "ast.mutate", f"line {i % 100} changed"
        )
        yield Proposal(i, "ast.mutate", parents, made, known=i, seconds=0.01)
        score = rng.random()
        yield Evaluation(
            made.id, "search", score=score, metrics={"a": score, "b": 1.0}, artefact="[1, 2, 3]", seconds=0.1
        )


def resident_mb() -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def timed(work: Callable[[], Any]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}


def write(folder: Path, n: int, per_frame: int) -> dict[str, float]:
    """Rows a second, and how long an append takes at most while parts are sealed beside it."""
    journal, waiting, took = Journal.open(folder), list[Event](), list[float]()
    for event in story(n):
        waiting.append(event)
        if len(waiting) == per_frame:
            start = time.perf_counter()
            journal.append(waiting)
            took.append(time.perf_counter() - start)
            waiting = []
    journal.append(waiting)
    journal.close()
    took.sort()
    return {
        "rows_per_s": per_frame * len(took) / sum(took),
        "median_ms": 1e3 * took[len(took) // 2],
        "p99_ms": 1e3 * took[int(len(took) * 0.99)],
        "max_ms": 1e3 * took[-1],
    }


def measure(folder: Path, n: int, per_frame: int) -> dict[str, Any]:
    found: dict[str, Any] = {"start_mb": resident_mb(), "write": write(folder, n, per_frame)}
    found["written_mb"] = resident_mb()
    found["disk_mb"] = sum(path.stat().st_size for path in folder.glob("*/*")) / 2**20
    journals: list[Journal] = []
    found["open"] = timed(lambda: journals.append(Journal.open(folder)))
    (journal,) = journals
    found["rows"] = journal.recovery.rows
    found["replay"] = timed(lambda: sum(1 for _ in journal.replay()))
    archive = Archive(journal, ("search",))
    found["replay_and_tell"] = timed(lambda: [archive.tell(event) for event in journal.replay()] and None)
    found["indexed_mb"] = resident_mb()
    picked = [name(i) for i in random.Random(1).sample(range(n), min(n, 500))]
    found["random_candidate"] = timed(lambda: [journal.candidate(one) for one in picked] and None)
    tasks = [ProposeTask(i, "op", (one,)) for i, one in enumerate(picked)]
    found["random_relatives"] = timed(lambda: archive.fill_proposals(tasks))
    found["again"] = timed(lambda: archive.fill_proposals(tasks))
    found["champion"] = timed(archive.champion)
    found["in_use_mb"] = resident_mb()
    journal.close()
    found["open_run"] = timed(lambda: open_run(folder))
    return found


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
