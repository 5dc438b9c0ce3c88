"""The process that candidates are forked from: unprivileged, warm, and without anything to steal.

It holds no secret, no expected answer and no score function, and never reads what a candidate
sends. The judge's process orders runs over a socket of packets, each a JSON object:

    judge:  order {run, cpu_s, memory_mb, claim_bytes, box_bytes, box_files} + [channel, output]
    zygote: {"event": "started"} + [pidfd], {"event": "ended", ...}, {"event": "clean"}
"""

import base64
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import child, folder, landlock, privileges, texts, visible
from .seccomp import Filter

_PACKET = 1 << 20
_CONTROL = 40  # out of the way of the descriptors a candidate gets
_WATCH_MS = 100
_STANDARD = """abc array base64 bisect cmath collections collections.abc concurrent.futures concurrent.futures.thread
copy csv dataclasses datetime decimal enum fractions functools hashlib heapq io itertools json logging math numbers
operator os.path pathlib pickle pprint queue random re signal statistics string struct textwrap threading time
traceback types typing typing_extensions unittest warnings weakref zlib numpy.fft numpy.linalg numpy.random
numpy.polynomial numpy.lib.stride_tricks"""


def main(control_fd: int) -> None:
    """Serves the socket `control_fd` until it is closed."""
    control = _take(control_fd)
    packet = control.recv(_PACKET)
    if not packet:
        return
    with suppress(OSError):  # when the machine runs out of memory, candidates go first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        start = json.loads(packet)
        setting, boxes = _prepare(start)
        hello: dict[str, object] = {
            "user": os.getuid(),
            "landlock": landlock.abi() if setting.landlock else 0,
            "seccomp": setting.filter is not None,
            "handles": setting.kept,
        }
    except ImportError as error:
        hello = {"error": "import", "text": str(error)}
    except OSError as error:
        hello = {"error": "system", "text": str(error)}
    with_self = os.pidfd_open(os.getpid())
    socket.send_fds(control, [json.dumps(hello).encode()], [with_self])
    os.close(with_self)
    os.dup2(0, 2)
    if "error" not in hello:
        gc.collect()
        gc.freeze()
        while _serve(control, setting, boxes):
            pass
    os._exit(0)


def _take(control_fd: int) -> socket.socket:
    """Moves the socket to a descriptor where it is in nobody's way, and closes stray ones."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    if control_fd == _CONTROL:  # it may have come as that very number, which dup2 would refuse
        os.set_inheritable(_CONTROL, False)
    else:
        os.dup2(control_fd, _CONTROL, inheritable=False)
    null = os.open(os.devnull, os.O_RDWR)
    for low in range(child.FIRST_KEPT):
        if low not in (2, null):  # stderr tells the judge's side why a start failed
            os.dup2(null, low, inheritable=False)
    os.closerange(child.FIRST_KEPT, _CONTROL)
    os.closerange(_CONTROL + 1, 4096)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return socket.socket(fileno=_CONTROL)


def _prepare(start: dict[str, Any]) -> tuple[child.Setting, str]:
    """Imports all that is wanted, then gives up every right that is not needed."""
    user, boxes, without = start["user"], start["boxes"], start["without"]
    roots = visible.folders()
    paths = [*visible.readable(roots, start["hidden"]), *visible.SYSTEM_FILES]
    kept = visible.reach(user, child.FIRST_KEPT)
    texts.install(_unpacked(start["texts"]))
    for name in [*_STANDARD.split(), *start["imports"]]:
        try:
            importlib.import_module(name)
        except ImportError:
            if name in start["imports"]:
                raise
    driver = compile(start["driver"], "driver.py", "exec") if start["driver"] else None
    rules = None if "landlock" in without else _rules(paths, roots, boxes)
    if os.getuid() == 0 and not start["private"]:
        with suppress(OSError):  # a root without rights stays who it is, see below
            os.chown(boxes, user, user)
    if "user" not in without:
        privileges.drop(user)
    privileges.no_new()
    if rules is not None:
        rules.restrict()
    made = None if "seccomp" in without else _filter()
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
    os.chdir(boxes)
    return child.Setting(made, rules is not None, start["threads"], kept, driver), boxes


def _unpacked(packed: str) -> dict[str, str]:
    """Texts by name; they come compressed, because one packet does not hold them otherwise."""
    found: dict[str, str] = json.loads(zlib.decompress(base64.b64decode(packed))) if packed else {}
    return found


def _rules(paths: list[str], roots: list[str], boxes: str) -> landlock.Ruleset | None:
    """What the zygote and all its candidates may open; None where the kernel has no landlock."""
    try:
        rules = landlock.Ruleset()
    except OSError:
        return None
    for path in roots:
        rules.grant(path, landlock.READ_DIR)
    for path in paths:
        rules.grant(path, landlock.READ)
    rules.grant(os.devnull, landlock.READ_FILE | landlock.WRITE_FILE)
    rules.grant(boxes, landlock.READ | landlock.CHANGE)
    return rules


def _filter() -> Filter | None:
    """The system call filter, if a process can be put under it here: found by trying."""
    try:
        made = Filter()
    except OSError:
        return None
    pid = os.fork()
    if pid == 0:
        try:
            made.install()
        except OSError:
            os._exit(1)
        os._exit(0)
    return made if os.waitpid(pid, 0)[1] == 0 else None


def _serve(control: socket.socket, setting: child.Setting, boxes: str) -> bool:
    """Carries out one order; False when there are no more."""
    packet, fds, _, _ = socket.recv_fds(control, _PACKET, 2)
    if not packet:
        return False
    order = json.loads(packet)
    channel, output = fds
    box = f"{boxes}/box"
    os.mkdir(box, 0o700)  # noqa: PTH102 - on the path of every evaluation
    order["parent"] = os.getpid()
    pid = os.fork()
    if pid == 0:
        child.live(setting, order, box, channel, output)
    os.close(channel)
    os.close(output)
    ended = os.pidfd_open(pid)
    run = order["run"]
    started = json.dumps({"event": "started", "run": run}).encode()
    socket.send_fds(control, [started], [ended])
    full = _wait(control, ended, box, order)
    _, status, used = os.wait4(pid, 0)
    os.close(ended)
    seconds = used.ru_utime + used.ru_stime
    _tell(control, event="ended", run=run, status=status, cpu_s=seconds, rss_kb=used.ru_maxrss, full=full)
    folder.remove(box)
    return _tell(control, event="clean", run=run)


def _wait(control: socket.socket, ended: int, box: str, order: dict[str, Any]) -> bool:
    """Waits for the end of a candidate; True if it was ended for filling its working folder."""
    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(control, 0)  # a judge that is gone shows as a hang-up
    while not (events := waiting.poll(_WATCH_MS)):
        if not folder.holds(box, order["box_bytes"], order["box_files"]):
            signal.pidfd_send_signal(ended, signal.SIGKILL)
            return True
    if all(fd != ended for fd, _ in events):
        signal.pidfd_send_signal(ended, signal.SIGKILL)
    return False


def _tell(control: socket.socket, **event: Any) -> bool:
    try:
        control.send(json.dumps(event).encode())
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True
