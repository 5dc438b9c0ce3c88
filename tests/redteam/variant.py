"""The circumstances the suite runs under: which user, which sandbox, and an interpreter that this user reaches."""

import ctypes
import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.redteam.hostile import HERE

PROJECT = HERE.parents[1]
PATH = (str(PROJECT), str(Path(np.__file__).parents[1]))
"""Where this interpreter finds the project and NumPy, for those started with no other environment."""
USER = 1000


@dataclass(frozen=True)
class Variant:
    """One combination; `bubblewrap` and `level` as `evo.evaluate.Sandbox` and its evaluators name them."""

    user: str
    bubblewrap: str
    level: str

    @property
    def name(self) -> str:
        return f"{self.user}-{self.level}"

    @property
    def uid(self) -> int:
        return 0 if self.user == "root" else os.getuid() or USER

    @property
    def gid(self) -> int:
        return 0 if self.user == "root" else os.getgid() or _group_of(USER)


VARIANTS = (
    Variant("root", "on", "S3"),
    Variant("root", "off", "S2"),
    Variant("user", "on", "S3"),
    Variant("user", "off", "S2"),
)


def machine_lacks(variant: Variant) -> str:
    """What this machine would need for the variant's level, found without any of our own code; empty if nothing."""
    kernel = ctypes.CDLL(None)
    if kernel.syscall(444, None, 0, 1) < 1:  # landlock_create_ruleset asked for its version
        return "landlock"
    if "\nSeccomp:" not in Path("/proc/self/status").read_text():
        return "seccomp"
    if variant.level != "S3":
        return ""
    tool = shutil.which("bwrap")
    if tool is None:
        return "bubblewrap"
    as_user = {"user": variant.uid, "group": variant.gid, "extra_groups": []} if os.getuid() == 0 else {}
    trial = [tool, "--ro-bind", "/", "/", "--unshare-all", "--dev", "/dev", "--tmpfs", "/tmp", "true"]
    done = subprocess.run(trial, cwd="/", capture_output=True, check=False, **as_user)
    return "" if done.returncode == 0 else f"namespaces: {done.stderr.decode(errors='replace')}"


class Unreachable(Exception):
    """The variant cannot be run here; says why."""


@dataclass(frozen=True)
class Python:
    """An interpreter, and the folders it finds the project and NumPy in."""

    executable: str
    path: tuple[str, ...]

    @property
    def project(self) -> Path:
        """Folder that holds the project for this interpreter."""
        return Path(self.path[0])

    def starts(self, uid: int, gid: int) -> bool:
        """Whether `uid` can run it and import what the runner needs."""
        probe = [self.executable, "-c", "import numpy, evo.evaluate, tests.redteam.hostile"]
        environment = {"PYTHONPATH": os.pathsep.join(self.path), "PATH": "/usr/bin:/bin"}
        as_user = {"user": uid, "group": gid, "extra_groups": []} if os.getuid() == 0 else {}
        try:
            done = subprocess.run(
                probe, cwd="/", env=environment, capture_output=True, check=False, **as_user
            )
        except OSError:
            return False
        return done.returncode == 0


def python_for(variant: Variant) -> Python:
    """The interpreter to run a variant with.

    Raises:
        Unreachable: this user may not become the variant's, or finds no interpreter.
    """
    here = Python(sys.executable, PATH)
    if variant.uid == os.getuid():
        return here
    if os.getuid() != 0:
        raise Unreachable(f"only root can run as uid {variant.uid}")
    return _reachable(variant.uid, variant.gid)


@functools.cache
def _reachable(uid: int, gid: int) -> Python:
    """An interpreter of this version that an unprivileged user can start, with packages that are the user's own.

    Their own are they as in a virtual environment in a home: file permissions then protect nothing.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = [shutil.which(version, path=place) for place in ("/usr/bin", "/usr/local/bin", "/opt/bin")]
    interpreters = [sys.executable, *filter(None, others)]
    packages = _copies(uid, gid)
    for executable in interpreters:
        python = Python(executable, packages)
        if python.starts(uid, gid):
            return python
    shutil.rmtree(Path(packages[0]).parent)
    raise Unreachable(f"uid {uid} can start none of {', '.join(interpreters)}")


def _copies(uid: int, gid: int) -> tuple[str, str]:
    """Folders of the project and of NumPy, copied to where everybody may read, and given to `uid`."""
    base = Path(tempfile.mkdtemp(prefix="evo-copies-"))
    base.chmod(0o755)
    site = Path(np.__file__).parents[1]
    caches, tests = shutil.ignore_patterns("__pycache__"), shutil.ignore_patterns("tests")
    for name in ("evo", "evaluators", "tests/redteam"):
        shutil.copytree(PROJECT / name, base / "project" / name, ignore=caches)
    for name in ("numpy", "numpy.libs"):
        if (site / name).is_dir():
            shutil.copytree(site / name, base / "site" / name, ignore=tests)
    (base / "project" / "tests" / "__init__.py").touch()
    for place, folders, files in os.walk(base / "."):
        for name in [*folders, *files, "."]:
            os.chown(Path(place, name), uid, gid)
    return str(base / "project"), str(base / "site")


def remove_copies() -> None:
    """Removes what `python_for` copied."""
    if _reachable.cache_info().currsize:
        shutil.rmtree(_reachable(USER, _group_of(USER)).project.parent)
        _reachable.cache_clear()


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid
