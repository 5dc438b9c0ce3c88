"""How a run of a candidate ended, and what its exit, or what it says itself, means."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from evo.evaluate.inside import wire
from evo.evaluate.sandbox import Limits
from evo.types import Status

_OUT_OF_MEMORY = 97  # exit status, see inside/child.py


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: ``ok`` if there is a claim for every case; of the case that failed otherwise.
        claims: packed outputs (`evo.evaluate.inside.wire`), in the order of the cases.
        case_seconds: wall time of each of them.
        feedback: why it failed, for operators; untrusted text.
        output: the last that was printed; untrusted.
        wall_s, cpu_s: as measured from outside.
        waited_s: of the wall time, while a request of its own waited for its answer.
    """

    status: Status
    claims: tuple[bytes, ...] = ()
    case_seconds: tuple[float, ...] = ()
    feedback: str = ""
    output: bytes = b""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    waited_s: float = 0.0


def oom_kills() -> int:
    """How many processes the kernel has killed for want of memory since it started."""
    for line in Path("/proc/vmstat").read_text().splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


def end_of(status: int, cpu_s: float, limits: Limits, oom_kills_before: int) -> tuple[Status, str]:
    """What the wait status of a candidate that gave no reason says."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU or (number == signal.SIGKILL and cpu_s > limits.most_cpu_s):
            return "timeout", f"It used {cpu_s:.1f} s of CPU time; {limits.most_cpu_s:g} s are allowed."
        if number == signal.SIGKILL and oom_kills() > oom_kills_before:
            return "memory", "The machine ran out of memory and the program was ended."
        hint = ", as a stack overflow does" if number == signal.SIGSEGV else ""
        return "crashed", f"It was ended by {signal.Signals(number).name}{hint}."
    code = os.waitstatus_to_exitcode(status)
    if code == _OUT_OF_MEMORY:
        return "memory", f"It needed more than {limits.memory_mb} MiB of memory."
    return "crashed", f"It exited with status {code} before its function returned."


def failure(body: bytes) -> tuple[Status, str]:
    """What a candidate's process says about its failure; it may say anything."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("status") not in ("crashed", "memory", "invalid"):
        raise wire.WireError("bytes on the claim channel that are no claim")
    return found["status"], str(found.get("text", ""))
