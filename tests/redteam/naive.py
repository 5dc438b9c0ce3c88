"""An adapter as it is often written, which believes what it is told. It must keep failing the suite.

It runs the candidate by ``exec`` in a subprocess that also holds the judge, the expected answers and
the whole environment, and takes the first thing that looks like a score from standard output.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.redteam.hostile import MAIN, Hostile
from tests.redteam.variant import PATH
from tests.redteam.world import World

SCRIPT = """
import os, sys
from tests.redteam.target.problem import cases, score
scope = {"__name__": "candidate"}
exec(open("solve.py").read(), scope)
total = 0.0
for case in [case for case in cases() if case.split == "search"]:
    total += score(scope["solve"](**case.inputs), case).score
print("score:", total / 3)
"""
SCORE = re.compile(r"^score: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """What the naive adapter believes (`score`), and all that was printed."""

    score: float | None
    output: str


def judge(hostile: Hostile, world: World, timeout_s: float = 20.0) -> Told:
    """Judges naively; ends what the candidate started in its process group."""
    with tempfile.TemporaryDirectory(dir=world.base) as folder:
        for name, text in hostile.files.items():
            Path(folder, name).write_text(text)
        environment = world.environment(PYTHONPATH=os.pathsep.join(PATH))
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output = process.communicate(timeout=timeout_s)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            output = ""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
    found = SCORE.search(output)
    return Told(float(found[1]) if found else None, output)


def cheated(hostile: Hostile, world: World) -> str:
    """What a candidate achieved against the naive adapter; empty if nothing."""
    assert MAIN in hostile.files
    told = judge(hostile, world)
    if "BREACH" in told.output:
        return "got what it wanted"
    if world.canary in told.output:
        return "printed a secret"
    if told.score is not None and hostile.wrong("ok", told.score):
        return f"was believed a score of {told.score:g}"
    return ""
