"""Say what this machine can do: the sandbox's level and layers, Ray, GPU, compilers, memory and disk.

Every line that could be better names the package or setting that would make it so.

Examples:
  evo doctor
  evo doctor --json
  evo doctor --ray            # also start a local Ray and judge something on it (some seconds)

Exit status: 0 if untrusted candidates can be held here, else 4.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import evo
from evo.cli.screen import screen
from evo.errors import Exit
from evo.evaluate import Sandbox, probe
from evo.report.tables import doctor_table

PACKAGES = ("ray", "numpy", "scipy", "optuna", "pyarrow", "hydra-core", "rich")
PROGRAMS = (
    ("bwrap", "bubblewrap: the outermost sandbox layer", "apt-get install bubblewrap"),
    ("g++", "a C++ compiler: candidates in C++", "apt-get install g++"),
    ("java", "Java: text-game worlds", "apt-get install default-jre-headless"),
    ("nvidia-smi", "an NVIDIA GPU: kernel problems", "a driver from NVIDIA"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo doctor`` takes."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--ray", action="store_true", help="start a local Ray and try it")


def run(args: argparse.Namespace) -> int:
    """Looks; returns the exit status."""
    rows = [_machine(), *_packages()]
    sandbox_rows, safe = _sandbox()
    rows += sandbox_rows
    rows += [_program(*program) for program in PROGRAMS]
    if args.ray:
        rows.append(_ray())
    if args.json:
        for row in rows:
            print(json.dumps(row))
    else:
        screen().print(doctor_table(rows))
    return int(Exit.OK if safe else Exit.UNSAFE)


def _row(check: str, status: str, found: str, fix: str = "") -> dict[str, str]:
    return {"check": check, "status": status, "found": found, "fix": fix}


def _machine() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    disk = shutil.disk_usage(Path.cwd()).free / 2**30
    found = (
        f"evo {evo.__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()} "
        f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB memory, {disk:.0f} GiB free here"
    )
    low = disk < 1
    return _row("machine", "poor" if low else "ok", found, "free some disk space" if low else "")


def _packages() -> list[dict[str, str]]:
    rows = []
    for name in PACKAGES:
        try:
            rows.append(_row(name, "ok", metadata.version(name)))
        except metadata.PackageNotFoundError:
            rows.append(_row(name, "missing", "", f"pip install {name}"))
    return rows


def _sandbox() -> tuple[list[dict[str, str]], bool]:
    """Level and layers, found by trying; and whether a run would be accepted."""
    wanted = Sandbox()
    report = probe(wanted)
    safe = report.level >= wanted.min_level
    fix = "" if safe else f"a run needs {wanted.min_level}; see the layers below"
    rows = [_row("sandbox", "ok" if safe else "missing", f"level {report.level}", fix)]
    for layer in report.layers:
        status, advice = ("ok", "") if layer.present else ("missing", layer.fix)
        rows.append(_row(f"  {layer.name}", status, layer.tried, advice))
    rows += [_row("  note", "ok", note) for note in report.notes]
    return rows, safe


def _program(name: str, what: str, fix: str) -> dict[str, str]:
    path = shutil.which(name)
    if path is None:
        return _row(name, "absent", what, fix)
    if name != "nvidia-smi":
        return _row(name, "ok", path)
    command = [path, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    found = "; ".join(done.stdout.strip().splitlines()) or done.stderr.strip()
    return _row("gpu", "ok" if done.returncode == 0 else "missing", found)


def _ray() -> dict[str, str]:
    code = (
        "import asyncio\n"
        "from evo import plugins\n"
        "from evo.evaluate import Sandbox\n"
        "from evo.operators.seed import Seed\n"
        "from evo.pool.ray import RayPool\n"
        "from evo.pool.worker import WorkerSpec\n"
        "from evo.types import EvaluateTask, ProposeTask\n"
        "problem = plugins.problem('sphere')\n"
        "seed = Seed(problem=problem)(ProposeTask(0, 'seed'))\n"
        "async def main():\n"
        "    pool = RayPool(spec=WorkerSpec.of(problem, Sandbox()))\n"
        "    try:\n"
        "        await pool.submit([EvaluateTask(seed.id, 'search', files=seed.files)])\n"
        "        print((await pool.results())[0].status, 'on', pool.slots, 'workers')\n"
        "    finally:\n"
        "        await pool.close()\n"
        "asyncio.run(main())\n"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return _row("ray, tried", "missing", last, "see the message")
    return _row("ray, tried", "ok", f"{done.stdout.strip()}, {seconds:.0f} s with start and end")
