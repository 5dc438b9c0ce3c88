"""Say what this machine can do: the sandbox's level and layers, Ray, GPU, compilers, memory and disk.

Every line that could be better names the package or setting that would make it so.

Examples:
  evo doctor
  evo doctor --json
  evo doctor --ray            # also start a local Ray and judge something on it (some seconds)
  evo doctor llm=openai       # also make one real call to each model: latency, price, what was read back
  evo doctor llm=local llm.base_url=http://127.0.0.1:8000/v1 llm.model=NAME

Exit status: 0 if untrusted candidates can be held here, else 4; 2 if a model that was named cannot be asked.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import evo
from evo.cli.screen import screen
from evo.config import compose
from evo.errors import ConfigError, Exit, ModelError
from evo.evaluate import Sandbox, probe
from evo.llm import LanguageModels
from evo.report.tables import doctor_table

PACKAGES = ("ray", "numpy", "scipy", "optuna", "pyarrow", "hydra-core", "litellm", "rich")
PROGRAMS = (
    ("bwrap", "bubblewrap: the outermost sandbox layer", "apt-get install bubblewrap"),
    ("g++", "a C++ compiler: candidates in C++", "apt-get install g++"),
    ("java", "Java: text-game worlds", "apt-get install default-jre-headless"),
    ("nvidia-smi", "an NVIDIA GPU: kernel problems", "a driver from NVIDIA"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo doctor`` takes."""
    parser.add_argument("settings", nargs="*", metavar="llm=...", help="models to try, as for evo run")
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
    asked = _models(args.settings) if args.settings else []
    rows += asked
    if args.json:
        for row in rows:
            print(json.dumps(row))
    else:
        screen().print(doctor_table(rows))
    if any(row["status"] == "missing" for row in asked):
        return int(Exit.BAD_INPUT)
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


def _models(words: Sequence[str]) -> list[dict[str, str]]:
    """One real call to each of the models that `words` choose."""
    for word in words:
        if not word.startswith(("llm=", "llm.")):
            raise ConfigError(
                f"evo doctor takes llm=... and llm.KEY=VALUE, got {word!r}. See: evo doctor --help"
            )
    settings = compose(["problem=sphere", *words]).llm
    if not settings.enabled:
        raise ConfigError(
            "no model is chosen. Choose one with: evo doctor llm=openai, or llm=local llm.model=NAME"
        )

    async def nobody(reply: object) -> None:
        raise RuntimeError("a trial is not recorded")

    async def ask() -> list[dict[str, str]]:
        models = LanguageModels(settings, nobody)
        try:
            return [await _model(models, name) for name in models.names]
        finally:
            await models.close()

    return asyncio.run(ask())


async def _model(models: LanguageModels, name: str) -> dict[str, str]:
    try:
        trial = await models.try_once(name)
    except ModelError as error:
        return _row(name, "missing", "one call failed", str(error))
    usage = trial.usage
    price = "price unknown" if usage.usd is None else f"${usage.usd:.6f}"
    tokens = f"{usage.tokens_in} tokens in, {usage.tokens_out} out"
    read = " ".join(trial.text.split())[:60]
    fix = (
        ""
        if usage.usd is not None
        else "for budget.usd: llm.usd_per_million_in=... llm.usd_per_million_out=..."
    )
    return _row(name, "ok", f"{trial.seconds:.2f} s, {tokens}, {price}, said {read!r}", fix)


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
