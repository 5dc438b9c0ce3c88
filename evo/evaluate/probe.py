"""How well this machine can hold a candidate, found by trying what no candidate may do."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evo.errors import UnsafeMachine
from evo.evaluate.inside import syscalls, wire
from evo.evaluate.jail import Jail, Program
from evo.evaluate.launch import StartFailed
from evo.evaluate.sandbox import LEVELS, Level, Limits, Sandbox

_SANDBOX = Sandbox()
_ATTEMPTS = Path(__file__).resolve().parent / "inside" / "attempts.py"
_SYSTEM_CALLS = (
    "fork exec tcp udp unix signal limits session unshare io_uring_setup bpf keyctl memfd_create "
    "process_vm_readv userfaultfd"
)
_BUBBLEWRAP = (
    "install bubblewrap (apt install bubblewrap, dnf install bubblewrap) and allow user namespaces "
    "(sysctl user.max_user_namespaces=10000 kernel.apparmor_restrict_unprivileged_userns=0)"
)
_LAYERS: tuple[tuple[str, Level, str, str], ...] = (  # name, level lost without it, attempts, way out
    (
        "unprivileged user",
        "S0",
        "root",
        "run evo as an ordinary user, or as root with CAP_SETUID and CAP_SETGID",
    ),
    (
        "limits and empty environment",
        "S0",
        "memory descriptors environment",
        "lower the hard limits (ulimit -H)",
    ),
    (
        "system call filter",
        "S0",
        _SYSTEM_CALLS,
        "a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or aarch64; in a container a profile that allows seccomp()",
    ),
    (
        "file access (landlock)",
        "S1",
        "read write list",
        "Linux 5.13 or newer with landlock among its security modules (boot option lsm=), in docker 23 or newer",
    ),
    (
        "namespaces (bubblewrap)",
        "S2",
        "process list|file names",
        _BUBBLEWRAP,
    ),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the sandbox.

    Attributes:
        present: it held against every attempt.
        tried: what was attempted, and what of it went through, in words.
        fix: what to install or set where the layer is missing.
    """

    name: str
    present: bool
    tried: str
    fix: str


@dataclass(frozen=True, slots=True)
class LevelReport:
    """What holds a candidate on this machine.

    Attributes:
        level: ``S0`` to ``S3``, see `evo.evaluate.sandbox.Level`.
        layers: from the innermost to the outermost.
        notes: why something is not used.
    """

    level: Level
    layers: tuple[Layer, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Layer, ...]:
        """The layers that do not hold."""
        return tuple(layer for layer in self.layers if not layer.present)

    def __str__(self) -> str:
        """One line a layer, for ``evo doctor``."""
        lines = [f"sandbox level {self.level}"]
        for layer in self.layers:
            lines.append(f"  {'yes' if layer.present else 'NO ':3} {layer.name}")
            lines.append(f"      {layer.tried}")
            lines += [] if layer.present else [f"      to add it: {layer.fix}"]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def probe(sandbox: Sandbox = _SANDBOX) -> LevelReport:
    """The level that `sandbox` reaches on this machine, in a jail made for the purpose."""
    try:
        jail = Jail(sandbox)
    except StartFailed as error:
        return LevelReport("S0", notes=(f"no jailed process can be started: {error}",))
    try:
        return examine(jail)
    finally:
        jail.close()


def examine(jail: Jail) -> LevelReport:
    """The level of `jail`: sends in a program that tries to get out."""
    limits = Limits(wall_s=20.0)
    with tempfile.NamedTemporaryFile(prefix="evo-canary-", dir=_open_folder()) as canary:
        Path(canary.name).chmod(0o666)
        facts = {
            "judge": os.getpid(),
            "canary": canary.name,
            "numbers": {name: number for table in syscalls.numbers() for name, number in table.items()},
            "memory_mb": limits.memory_mb,
        }
        program = Program(
            {"attempts.py": _ATTEMPTS.read_text(encoding="utf-8")}, entry="attempt", driven=False
        )
        outcome = jail.run(program, [wire.pack(facts)], limits)
    if outcome.status != "ok":
        return LevelReport(
            "S0", notes=(*jail.notes, f"the probe ended as {outcome.status}: {outcome.feedback}")
        )
    stopped = wire.unpack(outcome.claims[0])
    layers = []
    level: Level = LEVELS[-1]
    for name, without, attempts, fix in _LAYERS:
        names = attempts.split("|") if "|" in attempts else attempts.split()
        through = [attempt for attempt in names if not stopped.get(attempt)]
        layer = Layer(name, not through, _in_words(names, through), fix)
        layers.append(layer)
        if not layer.present:
            level = min(level, without)
    return LevelReport(level, tuple(layers), jail.notes)


def require(report: LevelReport, sandbox: Sandbox) -> None:
    """Refuses a machine that holds candidates worse than `sandbox` asks for.

    Raises:
        UnsafeMachine: the level is below the least, and that was not said to be all right.
    """
    if sandbox.unsafe or report.level >= sandbox.min_level:
        return
    ways = "; ".join(f"{layer.name}: {layer.fix}" for layer in report.missing) or "; ".join(report.notes)
    raise UnsafeMachine(
        f"Candidates must be held at level {sandbox.min_level}, this machine reaches {report.level}. "
        f"To add what is missing: {ways}. To run without it: sandbox.unsafe=true"
    )


def _in_words(names: Sequence[str], through: Sequence[str]) -> str:
    refused = [name for name in names if name not in through]
    parts = [f"went through: {', '.join(through)}"] if through else []
    return "; ".join([*parts, *([f"refused: {', '.join(refused)}"] if refused else [])])


def _open_folder() -> str | None:
    """A folder that anyone may enter, so that only the sandbox stands before the file in it."""
    return next((place for place in ("/tmp", "/var/tmp", "/dev/shm") if os.access(place, os.W_OK)), None)  # noqa: S108
