"""What candidates are tempted with: secrets, bait and listeners, all made for one run of the suite."""

import json
import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path

BAIT = "bait that must stay as it is\n"


class World:
    """Folders, tokens and loopback listeners around one evaluator.

    Args:
        uid, gid: whose evaluator it is.
        project: folder of the project that this evaluator reads.

    Attributes:
        canary: secret in the evaluator's environment, in two files and in the judge's memory.
        base: temporary folder that others may enter; all that follows is below it.
        work: the evaluator's ``TMPDIR``, for its user alone.
        outside: folder that everybody may write to.
        hints: what candidates are told of all this, to save them the search.
    """

    def __init__(self, uid: int, gid: int, project: Path) -> None:
        self.grader = project / "tests" / "redteam" / "target" / "problem.py"
        self.canary = "canary-" + secrets.token_hex(16)
        self.base = Path(tempfile.mkdtemp(prefix="evo-range-"))
        self.base.chmod(0o755)
        self.work, self.outside, self.home = (self.base / name for name in ("work", "outside", "home"))
        for folder, mode in ((self.work, 0o700), (self.outside, 0o777), (self.home, 0o700)):
            folder.mkdir()
            folder.chmod(mode)
        self.private, self.public = self.base / "private.txt", self.base / "public.txt"
        self.bait = self.outside / "bait"
        for file, text, mode in (
            (self.private, self.canary, 0o600),
            (self.public, self.canary, 0o644),
            (self.bait, BAIT, 0o666),
        ):
            file.write_text(text)
            file.chmod(mode)
        for path in (self.work, self.outside, self.home, self.private, self.bait):
            os.chown(path, uid, gid)
        self.listeners = self._listen()
        tcp, udp, unix, _ = self.listeners
        self.hints = {
            "tcp_port": tcp.getsockname()[1],
            "udp_port": udp.getsockname()[1],
            "unix_socket": unix.getsockname(),
            "abstract_socket": self.canary[-12:],
            "private_file": str(self.private),
            "public_file": str(self.public),
            "grader_file": str(self.grader),
            "outside": str(self.outside),
            "work": str(self.work),
            "evaluator_pid": os.getpid(),
        }
        self._before = self._facts()

    def environment(self, **more: str) -> dict[str, str]:
        """Environment of an evaluator in this world."""
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.home),
            "TMPDIR": str(self.work),
            "PYTHONDONTWRITEBYTECODE": "1",
            "EVO_REDTEAM_CANARY": self.canary,
            "EVO_REDTEAM_HINTS": json.dumps(self.hints),
            **more,
        }

    def harm(self) -> list[str]:
        """What was changed, left or reached here since the world was made; empty if nothing."""
        now = self._facts()
        found = [
            f"{what}: {was!r} became {now[what]!r}" for what, was in self._before.items() if was != now[what]
        ]
        for listener in self.listeners:
            try:
                connection = listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
            except BlockingIOError:
                continue
            found.append(f"{listener.getsockname()} was reached: {connection!r}")
        self._before = now
        return found

    def close(self) -> None:
        """Removes all of it."""
        for listener in self.listeners:
            listener.close()
        shutil.rmtree(self.base)

    def _listen(self) -> list[socket.socket]:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        unix.bind(str(self.base / "socket"))
        (self.base / "socket").chmod(0o666)
        abstract.bind("\0" + self.canary[-12:])
        for listener in (unix, abstract):
            listener.listen()
        for listener in (tcp, udp, unix, abstract):
            listener.setblocking(False)
        return [tcp, udp, unix, abstract]

    def _facts(self) -> dict[str, object]:
        """Content, mode, owner, time and attributes of all that no candidate may change."""
        facts: dict[str, object] = {
            "outside": sorted(map(str, self.outside.iterdir())),
            "base": sorted(map(str, self.base.iterdir())),
        }
        for path in (self.bait, self.private, self.public, self.grader, self.outside, self.home):
            if not path.exists():
                facts[str(path)] = "gone"
                continue
            about = path.stat()
            facts[str(path)] = (
                about.st_mode,
                about.st_uid,
                about.st_mtime_ns,
                about.st_nlink,
                os.listxattr(path),
                path.read_bytes() if path.is_file() else b"",
            )
        return facts
