"""What a call to a language model costs in processor time, beside bare litellm, and how many run at once.

The server runs in a process of its own. Prints a table, or with ``--json`` the same as JSON:
``python -m tests.benchmarks.llm``
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from evo.llm import LanguageModels, LlmSettings
from evo.llm.client import litellm
from evo.types import ProposeTask, Reply

PARALLEL = 64
PROMPT = [
    {"role": "system", "content": "You improve programs. " * 20},
    {"role": "user", "content": "def solve(n):\n    return [i * 0.5 for i in range(n)]\n" * 120},
]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of calling at one latency.

    Attributes:
        ideal_s: what the calls would last if they cost nothing.
        cpu_ms: processor time of this process for a call, in milliseconds.
        peak: most calls in flight, as the server saw it.
    """

    way: str
    latency_s: float
    calls: int
    seconds: float
    ideal_s: float
    per_second: float
    cpu_ms: float
    peak: int


@contextmanager
def server(latency_s: float) -> Any:
    """A model server in its own process; gives its URL."""
    command = [
        sys.executable,
        "-m",
        "evo.testing.model_server",
        "--delay",
        str(latency_s),
        "--text",
        "x = 1\n" * 200,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def measure(
    way: str, url: str, latency_s: float, calls: int, call: Callable[[int], Awaitable[object]]
) -> Row:
    """Makes `calls` calls, `PARALLEL` at a time."""
    slots = asyncio.Semaphore(PARALLEL)

    async def one(number: int) -> None:
        async with slots:
            await call(number)

    await asyncio.gather(*(one(-1 - i) for i in range(PARALLEL)))  # connections and late imports
    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one(number) for number in range(calls)))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    with urllib.request.urlopen(f"{url}/counts") as response:
        peak = json.load(response)["peak"]
    ideal = latency_s * -(-calls // PARALLEL)
    return Row(way, latency_s, calls, seconds, ideal, calls / seconds, cpu / calls * 1e3, peak)


async def ours(url: str, latency_s: float, calls: int) -> Row:
    """Through `LanguageModels`, everything on: limits, books, record."""
    kept: list[Reply] = []

    async def record(reply: Reply) -> None:
        kept.append(reply)

    node = {"model": "local", "base_url": url, "max_concurrency": PARALLEL, "requests_per_minute": 1_000_000}
    models = LanguageModels(LlmSettings.of(node), record)
    try:
        return await measure(
            "evo",
            url,
            latency_s,
            calls,
            lambda number: models.ask(ProposeTask(number % 2**31, "llm.diff", seed=7), PROMPT),
        )
    finally:
        await models.close()


async def bare(url: str, latency_s: float, calls: int) -> Row:
    """Through litellm as it comes."""

    async def call(_number: int) -> object:
        return await litellm().acompletion(
            model="openai/local",
            base_url=url,
            api_key="no-key",
            messages=PROMPT,
            max_tokens=8192,
            num_retries=0,
        )

    try:
        return await measure("litellm", url, latency_s, calls, call)
    finally:
        await asyncio.sleep(0.5)  # its logging goes on after the calls
        await litellm().close_litellm_async_clients()
        litellm().in_memory_llm_clients_cache.flush_cache()


def main(words: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000, help="at no latency; 200 at one second")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    rows = []
    for _ in range(given.rounds):  # in turn, so that a busy machine is busy for both
        for latency_s, calls in ((0.0, given.calls), (1.0, 200)):
            for way in (bare, ours):
                with server(latency_s) as url:
                    rows.append(asyncio.run(way(url, latency_s, calls)))
    if given.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    print(
        f"{'':8} {'latency':>8} {'calls':>6} {'seconds':>8} {'ideal':>6} {'calls/s':>8} {'CPU ms':>7} {'peak':>5}"
    )
    for row in rows:
        print(
            f"{row.way:8} {row.latency_s:8.1f} {row.calls:6} {row.seconds:8.2f} {row.ideal_s:6.1f} "
            f"{row.per_second:8.0f} {row.cpu_ms:7.2f} {row.peak:5}"
        )


if __name__ == "__main__":
    main()
