"""The jail works wherever the project and its packages live, and for whoever runs it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
USER = 1000
SCRIPT = """
import json, sys
from evo.evaluate import Jail, Program, Sandbox, examine
from evo.evaluate.inside import wire

SOURCE = '''
import fractions, wave, statistics, sqlite3
import numpy.polynomial.hermite_e, numpy.ma, numpy.testing
import os, pathlib

def solve(secret):
    try:
        text = pathlib.Path(secret).read_text()
    except OSError:
        text = ""
    try:
        import evo.types
        text = "the judge's own package"
    except (ImportError, OSError):
        pass
    return [str(fractions.Fraction(1, 3)), os.getuid(), text]
'''
jail = Jail(Sandbox(bubblewrap=sys.argv[1]))
report = examine(jail)
outcome = jail.run(Program({"solve.py": SOURCE}), [wire.pack({"secret": sys.argv[2]})])
value = wire.unpack(outcome.claims[0]) if outcome.claims else None
missing = [layer.name for layer in report.missing]
print(json.dumps([report.level, outcome.status, outcome.feedback, value, missing]))
jail.close()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that holds the project and NumPy, and that only its owner may enter."""
    base = Path(tempfile.mkdtemp(prefix="evo-home-"))
    site = Path(np.__file__).parents[1]
    packages = base / "lib" / "site-packages"
    for name in ("numpy", "numpy.libs"):
        if (site / name).is_dir():
            skip = shutil.ignore_patterns("tests", "*.a")
            shutil.copytree(site / name, packages / name, ignore=skip, copy_function=_link)
    shutil.copytree(PROJECT / "evo", packages / "evo", ignore=shutil.ignore_patterns("__pycache__"))
    (base / "secret").write_text("told")
    base.chmod(0o700)
    yield base
    shutil.rmtree(base)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def jailed(home: Path, python: str, bubblewrap: str, user: int | None = None, *before: str) -> list[object]:
    as_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    done = subprocess.run(
        [*before, python, "-c", SCRIPT, bubblewrap, str(home / "secret")],
        env={"PYTHONPATH": str(home / "lib" / "site-packages"), "PATH": os.defpath},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **as_user,
    )
    assert done.returncode == 0, done.stderr
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("bubblewrap", "level"), [("on", "S3"), ("off", "S2")])
class TestPrivateHome:
    def test_of_the_user_who_runs_it(self, home: Path, bubblewrap: str, level: str):
        found = jailed(home, sys.executable, bubblewrap)
        if found[0] == "S0" and bubblewrap == "on":
            pytest.skip(str(found))
        assert found[:3] == [level, "ok", ""]
        third, uid, secret = found[3]
        assert third == "1/3"
        assert secret == ""
        assert uid == os.getuid() or (os.getuid() == 0 and uid != 0)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
    def test_of_an_ordinary_user(self, home: Path, bubblewrap: str, level: str):
        python = _python_for_all()
        for path in (home, *home.rglob("*")):
            if path.is_dir() or path.stat().st_nlink == 1:  # a link shares its owner with the original
                os.chown(path, USER, USER)
        try:
            found = jailed(home, python, bubblewrap, USER)
        finally:
            os.chown(home, 0, 0)
        assert found[:4] == [level, "ok", "", ["1/3", USER, ""]]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can give up rights")
class TestRootWithFewRights:
    def test_without_namespaces_is_held_as_well_as_any_container(self, home: Path):
        found = jailed(home, sys.executable, "auto", None, "setpriv", "--bounding-set=-sys_admin")
        assert found[:3] == ["S2", "ok", ""]

    def test_that_cannot_become_another_user_is_told_so(self, home: Path):
        found = jailed(home, sys.executable, "auto", None, "setpriv", "--bounding-set=-all")
        assert found[0] == "S0"
        assert found[4][0] == "unprivileged user"


def _python_for_all() -> str:
    """An interpreter of this version that every user may start."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        if path is not None and _starts(path):
            return path
    pytest.skip(f"no {version} that an ordinary user may start")


def _starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "-c", ""], cwd="/", check=False, user=USER, group=USER, extra_groups=[])
    except OSError:
        return False
    return done.returncode == 0
