"""A whole run whose proposals all come from a language model: how many calls at once, and what one costs.

The model is a server of its own process that answers after a second, or at once, with a changed program;
the run judges on local Ray in the jail. Prints a table, or with ``--json`` the same as JSON:
``python -m tests.benchmarks.llm_run``
"""

import argparse
import cProfile
import json
import pstats
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from evo.config import compose
from evo.session import Session
from evo.types import Event, Proposal

PARALLEL = 64
PROPOSALS = 200
WHERE = (
    (
        "litellm and its HTTP client",
        ("litellm", "openai", "httpx", "httpcore", "aiohttp", "pydantic", "anyio"),
    ),
    ("Ray", ("/ray/",)),
    ("prompts and reading", ("evo/operators",)),
    ("client, limits, books", ("evo/llm",)),
    ("journal and archive", ("evo/store", "pyarrow")),
    ("search", ("evo/search", "numpy")),
    ("loop and pools", ("evo/loop", "evo/pool", "evo/session", "evo/budget")),
    ("asyncio", ("asyncio", "selectors")),
)


@dataclass
class Clock:
    """An observer: from the first proposal that is under way to the last that is made."""

    start: float = 0.0
    end: float = 0.0
    cpu_start: float = 0.0
    cpu_end: float = 0.0
    made: int = 0
    where: dict[str, float] = field(default_factory=dict)

    def tell(self, event: Event) -> None:
        if not isinstance(event, Proposal) or event.operator == "seed":
            return
        self.made += 1
        self.end, self.cpu_end = time.perf_counter(), time.process_time()

    def tick(self, proposing: int, judging: int) -> None:
        if not self.start and proposing > 1:
            self.start, self.cpu_start = time.perf_counter(), time.process_time()


@dataclass(frozen=True, slots=True)
class Row:
    """One run; `ideal_s` is what its calls would last if nothing else took time."""

    latency_s: float
    proposals: int
    seconds: float
    ideal_s: float
    per_second: float
    cpu_ms: float
    peak: int


SERVER = """
import sys, time
sys.path.insert(0, sys.argv[2])
from evo.testing.model_server import Answer, ModelServer
from tests.operators.llm.replies import improve
delay = float(sys.argv[1])
def rule(request, index):
    return Answer(improve(request, index).text, delay_s=delay)
with ModelServer(rule) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def measure(
    latency_s: float, folder: Path, proposals: int, profile: bool = False
) -> tuple[Row, dict[str, float]]:
    """Runs once."""
    command = [sys.executable, "-c", SERVER, str(latency_s), str(Path(__file__).parents[2])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            words = [
                *("problem=sphere", "pool=ray", "operators=llm_only", "llm=local", f"llm.base_url={url}"),
                *(
                    f"llm.max_concurrency={PARALLEL}",
                    f"budget.proposals={proposals}",
                    "budget.evaluations=null",
                ),
                *("run.cold_start=0", f"run.dir={folder}", "operators.llm.diff.weight=0"),
            ]
            clock, profiler = Clock(), cProfile.Profile(time.process_time)
            with Session.start(compose(words)) as session:
                if profile:
                    profiler.enable()
                session.run([clock])
                profiler.disable()
            with urllib.request.urlopen(f"{url}/counts") as response:
                peak = json.load(response)["peak"]
        finally:
            server.terminate()
    seconds, ideal = clock.end - clock.start, latency_s * -(-proposals // PARALLEL)
    cpu_ms = (clock.cpu_end - clock.cpu_start) / clock.made * 1e3
    return Row(latency_s, clock.made, seconds, ideal, clock.made / seconds, cpu_ms, peak), (
        shares(profiler) if profile else {}
    )


def shares(profiler: cProfile.Profile) -> dict[str, float]:
    """Share of the profiled processor time by part."""
    found: Counter[str] = Counter()
    for (file, _, _), row in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        name = next(
            (name for name, marks in WHERE if any(mark in file for mark in marks)),
            "Python itself and the rest",
        )
        found[name] += row[2]
    total = sum(found.values())
    return {name: seconds / total for name, seconds in found.most_common()}


def main(words: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", type=int, default=PROPOSALS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    rows, where = [], {}
    with tempfile.TemporaryDirectory() as place:
        for number in range(given.rounds):
            for latency_s in (1.0, 0.0):
                row, _ = measure(latency_s, Path(place) / f"{number}-{latency_s}", given.proposals)
                rows.append(row)
        _, where = measure(0.0, Path(place) / "profiled", given.proposals, profile=True)
    if given.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "where": where}, indent=2))
        return
    print(f"{'latency':>8} {'made':>6} {'seconds':>8} {'ideal':>6} {'per s':>7} {'CPU ms':>7} {'peak':>5}")
    for row in rows:
        print(
            f"{row.latency_s:8.1f} {row.proposals:6} {row.seconds:8.2f} {row.ideal_s:6.1f} {row.per_second:7.1f} "
            f"{row.cpu_ms:7.2f} {row.peak:5}"
        )
    print("where the processor time of a proposal goes, without latency (profiled):")
    for name, share in where.items():
        print(f"  {name:30} {share:6.1%}")


if __name__ == "__main__":
    main()
