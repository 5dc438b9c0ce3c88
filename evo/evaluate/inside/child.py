"""The life of one candidate: a forked process shuts itself in, loads the files and answers cases."""

import errno
import json
import os
import signal
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType
from typing import Any, NoReturn, TextIO

from . import feedback, landlock, limits, privileges, program, wire
from .seccomp import Filter

CHANNEL = 3
"""Descriptor that cases come from and claims go to."""
FIRST_KEPT = 4
"""Descriptor of the first folder handle kept open for imports (see `visible`)."""
OUT_OF_MEMORY = 97
"""Exit status of a candidate that had not enough memory left to say so."""

_HEADER = struct.Struct("<BII")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all candidates of a zygote.

    Attributes:
        filter: system call filter; None where the kernel has none.
        landlock: whether the kernel has it.
        threads: RLIMIT_NPROC.
        kept: number of folder handles from `FIRST_KEPT` on.
        driver: code of the problem's driver file.
    """

    filter: Filter | None
    landlock: bool
    threads: int
    kept: int
    driver: CodeType | None


class _NoJudge(Exception):
    """The judge has gone."""


def live(setting: Setting, order: Mapping[str, Any], folder: str, channel: int, output: int) -> NoReturn:
    """Runs a candidate in this process, a fresh fork, until the judge has no more cases.

    Args:
        setting: of the zygote.
        order: ``cpu_s``, ``memory_mb``, ``claim_bytes`` and ``parent``, the zygote's pid.
        folder: empty working folder.
        channel: socket to the judge.
        output: pipe for stdout and stderr.
    """
    leave = os._exit  # a candidate may replace it
    try:
        _shut_in(setting, order, folder, channel, output)
    except BaseException as error:  # noqa: BLE001 - a fork that went on would be a second zygote
        _say(output, f"the sandbox could not be closed: {error!r}")
        leave(1)
    try:
        _send(wire.READY, 0, b"")
        _answer_cases(setting, folder, order["claim_bytes"])
        leave(0)
    except MemoryError:
        leave(OUT_OF_MEMORY)
    finally:
        leave(1)


def _say(output: int, text: str) -> None:
    for fd in (output, 1):  # the first is closed once the second leads to the same pipe
        with suppress(OSError):
            os.write(fd, text.encode())
            return


def _shut_in(setting: Setting, order: Mapping[str, Any], folder: str, channel: int, output: int) -> None:
    privileges.die_with(order["parent"])
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2), (channel, CHANNEL)):
        os.dup2(source, target)
    os.closerange(FIRST_KEPT + setting.kept, 256)
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    limits.apply(order["cpu_s"], order["memory_mb"], setting.threads)
    if setting.landlock:
        rules = landlock.Ruleset(landlock.CHANGE)
        rules.grant(folder, landlock.CHANGE)
        rules.grant(os.devnull, landlock.WRITE_FILE)
        rules.restrict()
    if setting.filter is not None:
        setting.filter.install()


def _answer_cases(setting: Setting, folder: str, claim_bytes: int) -> None:
    streams = (sys.stdout, sys.stderr)  # a candidate may replace them
    case = 0
    try:
        _, body = _receive()
        plan = json.loads(body)
        program.write(plan["files"])
        driver = setting.driver if plan["driven"] else None
        function = program.load(plan["main"], plan["entry"], plan["seed"], driver)
        for _ in range(plan["cases"]):
            case, body = _receive()
            claim = wire.pack(function(**wire.unpack(body)))
            if len(claim) > claim_bytes:
                raise wire.WireError(f"{len(claim)} bytes; at most {claim_bytes} are taken")
            _flush(streams)
            _send(wire.CLAIM, case, claim)
            del claim
    except _NoJudge:
        return
    except wire.WireError as error:
        _fail(streams, case, "invalid", f"The function returned what cannot be judged: {error}.")
    except program.BadProgram as error:
        _fail(streams, case, "invalid", str(error))
    except BaseException as error:  # noqa: BLE001 - whatever a candidate raises becomes its status
        starved = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
        status = "memory" if starved else "crashed"
        _fail(streams, case, status, feedback.explain(error, folder))


def _flush(streams: tuple[TextIO, ...]) -> None:
    for stream in streams:
        with suppress(OSError, ValueError):  # closed by the candidate
            stream.flush()


def _fail(streams: tuple[TextIO, ...], case: int, status: str, text: str) -> None:
    _flush(streams)
    _send(wire.FAILED, case, json.dumps({"status": status, "text": text}).encode("ascii"))


def _send(kind: int, case: int, body: bytes) -> None:
    data = memoryview(wire.frame(kind, case, body))
    while data:
        data = data[os.write(CHANNEL, data) :]


def _receive() -> tuple[int, bytes]:
    """Number and body of the next frame.

    Raises:
        _NoJudge: the judge has gone.
    """
    _, case, length = _HEADER.unpack(_exactly(_HEADER.size))
    return case, _exactly(length)


def _exactly(length: int) -> bytes:
    parts = []
    while length:
        part = os.read(CHANNEL, min(length, 1 << 20))
        if not part:
            raise _NoJudge
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
