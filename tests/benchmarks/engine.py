"""What the engine costs, measured in one run: ``make bench``, ``make bench JSON=path``.

Every figure is taken in a process of its own, so that memory and warm-up do not mix. Machines are
noisy: compare figures of one run, and trust medians and CPU seconds over wall time.
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ITERATIONS = 400
SIZES = (200, 1_000, 10_000, 100_000)


def free_config(folder: Path, evaluations: int, search: str) -> Any:
    """A run of the free problem that will stop at `evaluations`."""
    from evo.config import from_plain

    return from_plain(
        {
            "problem": {"use": str(HERE / "free")},
            "run": {"dir": str(folder)},
            "budget": {"evaluations": evaluations},
            "search": {"use": search},
            "operators": {"renumber": {"use": f"{HERE / 'free' / 'problem.py'}:Renumber"}},
            "pool": {"use": "evo.pool.inline:InlinePool"},
        }
    )


def write_history(folder: Path, n: int, config: Any) -> None:
    """A run folder with `n` candidates judged."""
    from evo import config as configuration
    from evo import plugins
    from evo.store.journal import Journal

    history = plugins.load_file(HERE / "free" / "problem.py").history
    folder.mkdir(parents=True, exist_ok=True)
    configuration.save(config, folder / "config.yaml")
    journal = Journal.open(folder)
    for start in range(0, n, 500):
        journal.append(history(min(500, n - start), start))
    journal.close()


def iterations(folder: Path, n: int, search: str) -> dict[str, float]:
    """Cost of an iteration (one candidate proposed, judged, recorded, learnt from) at `n` candidates.

    Returns:
        wall and CPU milliseconds (medians and means over `ITERATIONS`), resident MB.
    """
    from evo.session import Session

    config = free_config(folder, n + ITERATIONS, search)
    write_history(folder, n, config)
    ticks: list[tuple[float, float]] = []

    class Watch:
        def tell(self, event: Any) -> None:
            if type(event).__name__ == "Evaluation":
                ticks.append((time.perf_counter(), time.process_time()))

        def tick(self, proposing: int, judging: int) -> None: ...

    with Session.resume(folder) as session:
        session.run([Watch()])
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    wall = [1e3 * (b[0] - a[0]) for a, b in itertools.pairwise(ticks)]
    cpu = [1e3 * (b[1] - a[1]) for a, b in itertools.pairwise(ticks)]
    return {
        "wall_ms_median": statistics.median(wall),
        "wall_ms_mean": statistics.fmean(wall),
        "cpu_ms_mean": statistics.fmean(cpu),
        "rss_mb": resident / 2**20,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def resuming(folder: Path, events: int, search: str) -> dict[str, float]:
    """Seconds until a run with so many events decides again: opening, indexing, replaying."""
    from evo.session import Session

    config = free_config(folder, events // 2, search)
    write_history(folder, events // 2, config)
    start, cpu = time.perf_counter(), time.process_time()
    with Session.resume(folder) as session:
        session.run()
        return {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu}


def journal_rows(folder: Path, per_frame: int) -> dict[str, float]:
    """Rows a second, 4 KB of files in each, every frame on disk before the next."""
    from evo import plugins
    from evo.store.journal import Journal

    free = plugins.load_file(HERE / "free" / "problem.py")
    rows = [event for event in free.history(4_000) if type(event).__name__ == "Proposal"]
    journal = Journal.open(folder)
    start = time.perf_counter()
    for i in range(0, len(rows), per_frame):
        journal.append(rows[i : i + per_frame])
    seconds = time.perf_counter() - start
    journal.close()
    return {"rows_per_s": len(rows) / seconds}


TRIVIAL = "def solve():\n    return [0.5] * 10\n"
HONEST = "import numpy as np\ndef solve():\n    a = np.random.rand(60, 60)\n    return list(np.linalg.eigvalsh(a + a.T)[:10] * 0)\n"


def jail(bubblewrap: str) -> dict[str, Any]:
    """CPU of a trivial evaluation, all processes counted, and wall of an honest NumPy one."""
    from evo import plugins
    from evo.config import Sandbox
    from evo.pool.worker import WorkerSpec
    from evo.types import EvaluateTask

    problem = plugins.problem("sphere")

    def spend(source: str, n: int) -> tuple[float, list[float], str]:
        before = _cpu()
        evaluator = WorkerSpec.of(problem, Sandbox(bubblewrap=bubblewrap)).build()  # type: ignore[arg-type]
        walls = []
        for i in range(n):
            start = time.perf_counter()
            verdict = evaluator(EvaluateTask(f"c{i}", "search", files={"seed.py": source}))
            walls.append(1e3 * (time.perf_counter() - start))
            assert verdict.status == "ok", verdict
        evaluator.close()
        return _cpu() - before, walls, evaluator.sandbox_level

    few, many = 20, 220
    start_cpu, _, _ = spend(TRIVIAL, few)
    all_cpu, trivial, level = spend(TRIVIAL, many)
    _, honest, _ = spend(HONEST, 200)
    return {
        "level": level,
        "cpu_ms": 1e3 * (all_cpu - start_cpu) / (many - few),
        "trivial_wall_ms_median": statistics.median(trivial[few:]),
        "numpy_wall_ms_median": statistics.median(honest[few:]),
    }


def _cpu() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def throughput(folder: Path, n: int, words: list[str]) -> dict[str, float]:
    """Evaluations a second of a whole run on Ray and in the jail, start-up left out."""
    from evo.store.journal import read_batches

    command = [sys.executable, "-m", "evo", "run", *words, "pool=ray", f"run.dir={folder}"]
    command += [f"budget.evaluations={n}", "--quiet", "--no-report"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    times = [
        moment
        for batch in read_batches(folder, ["kind", "time"])
        for kind, moment in zip(batch["kind"].to_pylist(), batch["time"].to_pylist(), strict=True)
        if kind == "evaluation"
    ]
    warm = n // 10
    return {"evaluations_per_s": (len(times) - warm) / (times[-1] - times[warm])}


def dispatch() -> dict[str, Any]:
    """Our Ray pool beside bare pipelined Ray actors."""
    from tests.benchmarks.bench_pool import measure

    return dict(measure())


SEARCH = "evo.search.islands:Islands"

MEASURES: dict[str, Callable[[Path], dict[str, Any]]] = {
    **{f"iteration at {n:,} candidates": (lambda d, n=n: iterations(d / "run", n, SEARCH)) for n in SIZES},
    "resume at 10,000 events": lambda d: resuming(d / "run", 10_000, SEARCH),
    "resume at 100,000 events": lambda d: resuming(d / "run", 100_000, SEARCH),
    "journal, frames of 10": lambda d: journal_rows(d / "run", 10),
    "journal, frames of 1": lambda d: journal_rows(d / "run", 1),
    "jail with namespaces": lambda d: jail("auto"),
    "jail without namespaces": lambda d: jail("off"),
    "sphere, ast.mutate, on Ray": lambda d: throughput(
        d / "run",
        3_000,
        ["problem=sphere", "operators=ast", "search=uniform", f"run.seed={os.getpid() % 1000}"],
    ),
    "dispatch": lambda d: dispatch(),
}


def main() -> None:
    """Measures everything, or one thing with --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--only", metavar="TEXT", help="measures whose name holds this")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        folder = Path(tempfile.mkdtemp(prefix="evo-bench-", dir=Path.cwd()))
        try:
            print(json.dumps(MEASURES[args.one](folder)))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    figures: dict[str, dict[str, Any]] = {}
    for name in MEASURES:
        if args.only and args.only not in name:
            continue
        command = [sys.executable, "-m", "tests.benchmarks.engine", "--one", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{name} failed:\n{done.stderr}")
        figures[name] = json.loads(done.stdout.strip().splitlines()[-1])
        shown = "  ".join(
            f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in figures[name].items()
        )
        print(f"{name:<34}{shown}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
