"""Starts the jailed process that candidates are forked from, and speaks its packets."""

import base64
import json
import os
import select
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

import evo
from evo.evaluate import bubblewrap

START_TIMEOUT_S = 60.0
"""For a zygote to import what it was told to."""
_FIRST_USER, _USERS = 61184, 4336  # what systemd keeps for short-lived services: no account of a person
_INSIDE = Path(__file__).resolve().parent / "inside"
_BOOT = """
import sys
sys.path[:0] = [sys.argv[1]]
sys.path += sys.argv[3:]
from inside.zygote import main
del sys.path[0]
main(int(sys.argv[2]))
"""
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "CUDA_VISIBLE_DEVICES": "",
    "MALLOC_ARENA_MAX": "2",
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB")},
}


class StartFailed(Exception):
    """The jailed process did not come up; the message says why."""


class ZygoteLost(Exception):
    """The jailed process is gone or talks nonsense."""


@dataclass(frozen=True, slots=True)
class Warm:
    """What a zygote has loaded before the first candidate comes.

    Attributes:
        imports: modules, besides NumPy and common ones of the standard library.
        driver: text of a problem's driver file; empty for none.
        hidden: folders that must not be readable, such as the problem's own.
        texts: module's name -> its text: modules whose files are hidden, evo's own among them; packages
            that they lie in are empty otherwise. `imports` may name them.
    """

    imports: tuple[str, ...] = ()
    driver: str = ""
    hidden: tuple[Path, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


class Zygote:
    """A running jailed process.

    Args:
        warm: what to load.
        boxes: folder for working folders; None for a private file system, in namespaces.
        box_bytes: size of that private file system.
        without: layers to leave out (``user``, ``landlock``, ``seccomp``), to measure what they hold.

    Raises:
        StartFailed: it did not come up.
        ImportError: a module of `Warm.imports` cannot be imported.
    """

    def __init__(self, warm: Warm, boxes: Path | None, box_bytes: int, without: Sequence[str] = ()) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pidfd = -1
        hidden = [*warm.hidden, Path(evo.__file__).resolve().parent]
        read, write = os.pipe2(os.O_CLOEXEC)
        self._said = os.fdopen(read, "rb")  # on its standard error, while it starts
        try:
            with theirs, os.fdopen(write, "wb") as stderr:
                size = box_bytes if boxes is None else None
                self._process = _spawn(theirs.fileno(), stderr, hidden, size)
        except OSError as error:
            self.control.close()
            self._said.close()
            raise StartFailed(str(error)) from None
        start = {
            "boxes": bubblewrap.BOX if boxes is None else str(boxes),
            "private": boxes is None,
            "hidden": [str(path) for path in hidden],
            "imports": list(warm.imports),
            "driver": warm.driver,
            "texts": _packed(warm.texts),
            "user": _FIRST_USER + os.getpid() % _USERS if os.geteuid() == 0 else None,
            "threads": 64 if os.geteuid() == 0 else 576 + _own_tasks(),
            "without": list(without),
        }
        try:
            self.hello = self._greet(start)
        except BaseException:
            self.close()
            raise

    def order(self, order: dict[str, Any], channel: socket.socket, output: int) -> None:
        """Has a candidate forked; it gets the socket and the pipe.

        Raises:
            ZygoteLost: there is nobody to take the order.
        """
        try:
            socket.send_fds(self.control, [json.dumps(order).encode()], [channel.fileno(), output])
        except OSError as error:
            raise ZygoteLost(str(error)) from None

    def receive(self, timeout_s: float) -> tuple[dict[str, Any], list[int]] | None:
        """The next event with the descriptors that came with it; None if there is none in time.

        Raises:
            ZygoteLost: the zygote has ended, or sent what is no event.
        """
        waiting = select.poll()
        waiting.register(self.control, select.POLLIN)
        if not waiting.poll(max(0.0, timeout_s) * 1000):
            return None
        try:
            packet, fds, _, _ = socket.recv_fds(self.control, 1 << 16, 4)
            event = json.loads(packet)
        except (OSError, ValueError) as error:
            raise ZygoteLost(f"it ended: {error}") from None
        if not isinstance(event, dict):
            raise ZygoteLost("it sent no event")
        return event, list(fds)

    @property
    def alive(self) -> bool:
        """Whether it can take an order: it may still be clearing up after the last."""
        hang_up = select.poll()
        hang_up.register(self.control, 0)
        return self._process.poll() is None and not hang_up.poll(0)

    @property
    def pid(self) -> int:
        """Of the jailed process itself, as seen from here."""
        for line in Path(f"/proc/self/fdinfo/{self.pidfd}").read_text().splitlines():
            if line.startswith("Pid:"):
                return int(line.split()[1])
        raise ZygoteLost("it has no pid")

    def close(self) -> None:
        """Ends it with all that it started."""
        self.control.close()  # it ends by itself, with its candidate and its working folder
        try:
            self._process.wait(0.5 if self.pidfd >= 0 else 0.05)
        except subprocess.TimeoutExpired:
            self._kill()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1

    def _kill(self) -> None:
        if self.pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()

    def _greet(self, start: dict[str, Any]) -> dict[str, Any]:
        with self._said as said:
            try:
                self.control.send(json.dumps(start).encode())
                received = self.receive(START_TIMEOUT_S)
            except (OSError, ZygoteLost):
                self.control.close()
                self._process.wait(START_TIMEOUT_S)
                lines = said.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
                raise StartFailed(
                    "\n".join(lines) if lines else f"exit status {self._process.returncode}"
                ) from None
        if received is None:
            raise StartFailed(f"it was not ready after {START_TIMEOUT_S:g} s")
        hello, fds = received
        if fds:
            self.pidfd = fds[0]
        if hello.get("error") == "import":
            raise ImportError(hello["text"])
        if "error" in hello:
            raise StartFailed(hello["text"])
        return hello


def _packed(texts: Mapping[str, str]) -> str:
    """Texts by name, small enough for one packet; empty if there are none."""
    return base64.b64encode(zlib.compress(json.dumps(dict(texts)).encode())).decode() if texts else ""


def _spawn(
    control: int, stderr: IO[bytes], hidden: Sequence[Path], box_bytes: int | None
) -> subprocess.Popen[bytes]:
    python = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    packages, libraries = _packages(), _libraries()
    boot = [str(python), "-P", "-S", "-s", "-B", "-c", _BOOT, str(_INSIDE.parent), str(control), *packages]
    if box_bytes is not None:
        boot = bubblewrap.command(
            boot,
            folders=[
                Path(sys.base_prefix).resolve(),
                python.parent,
                _INSIDE,
                *map(Path, packages),
                *libraries,
            ],
            hidden=hidden,
            box_bytes=box_bytes,
            as_root=os.geteuid() == 0,
        )
    return subprocess.Popen(
        boot,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env=_ENVIRONMENT | ({"LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries))} if libraries else {}),
        cwd="/",
        close_fds=True,
        pass_fds=[control],
        start_new_session=True,
    )


def _packages() -> list[str]:
    """Folders of installed packages, NumPy's first."""
    numpy = Path(np.__file__).resolve().parent.parent
    installed = [Path(path) for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    return list(dict.fromkeys(str(path.resolve()) for path in (numpy, *installed) if path.is_dir()))


def _libraries() -> list[Path]:
    """Folders that this interpreter was told to load C libraries from, without which it may not start."""
    named = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    return [Path(path).resolve() for path in named if path and Path(path).is_dir()]


def _own_tasks() -> int:
    """How many threads this user has running now."""
    tasks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.geteuid():
                tasks += len(list((process / "task").iterdir()))
    return tasks
