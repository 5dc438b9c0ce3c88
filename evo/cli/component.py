"""Start a component of your own for agent designs, or check one: a file that is found by its place.

Examples:
  evo component new memory diary                     # components/diary.py, and components/tests/test_diary.py
  evo component new tool stopwatch my_problem/components
  evo component check components/diary.py            # the declaration, then every method against a scripted model
  evo component check components/*.py --json

A problem's components lie in its folder `components/`, a candidate's in its own. `new` writes a small mechanism
that works, to be changed into yours. `check` reads the file, then runs it in a process of its own with a time
limit; it exits with 0 if nothing is wrong, else with 2. What there is already: evo design list.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from evo.cli.component_texts import STARTS, texts
from evo.design.catalogue import ours
from evo.design.component import SHELVES
from evo.design.declaration import declared
from evo.design.faults import Fault
from evo.errors import ConfigError, ProblemError, one_of

TIMEOUT_S = 60.0

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo component`` takes."""
    parser.add_argument("action", choices=("new", "check"))
    parser.add_argument("words", nargs="+", metavar="SLOT NAME [DIR] | FILE", help="see the examples")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT_S, help=f"seconds for a file's code (default: {TIMEOUT_S:g})"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Does one of the two; returns the exit status."""
    if args.action == "new":
        if not 2 <= len(args.words) <= 3:
            raise ConfigError("evo component new takes SLOT NAME [DIR]. See: evo component --help")
        slot, name, *folder = args.words
        return _new(slot, name, Path(folder[0] if folder else "components"), args.json)
    if not args.timeout > 0:
        raise ConfigError(f"--timeout must be above 0 seconds, got {args.timeout:g}.")
    failed = 0
    for word in args.words:
        faults = faults_of(Path(word), args.timeout)
        failed += bool(faults)
        if args.json:
            print(json.dumps({"file": word, "faults": [str(fault) for fault in faults]}))
        else:
            print("\n".join(map(str, faults)) if faults else f"{word}: a sound component.")
    if failed:
        raise ProblemError(f"{failed} of {len(args.words)} files are no sound component.")
    return 0


def _new(slot: str, name: str, folder: Path, as_json: bool) -> int:
    if slot not in STARTS:
        raise ConfigError(f"there is no slot {slot!r} for a component. {one_of(slot, SHELVES)}")
    if not _NAME.fullmatch(name) or name in ("none", "world", "draw"):
        raise ConfigError(f"a component's name is lower-case letters, digits and _, got {name!r}.")
    if _is_taken(slot, name):
        raise ConfigError(f"evo has a component {name} for slot {slot} already. Choose another name.")
    file, test = folder / f"{name}.py", folder / "tests" / f"test_{name}.py"
    for place in (file, test):
        if place.exists():
            raise ConfigError(f"{place} is there already. Choose another name or folder.")
    for place, text in zip((file, test), texts(slot, name), strict=True):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    if as_json:
        print(json.dumps({"file": str(file), "test": str(test)}))
    else:
        print(f"Wrote {file} and {test}. Next: evo component check {file}; pytest {test}")
    return 0


def faults_of(file: Path, timeout_s: float = TIMEOUT_S) -> list[Fault]:
    """What is wrong with the component in `file`: as it is read, and if nothing is, as it runs.

    Raises:
        ConfigError: there is no such file, or it is no text.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read as UTF-8 text: {error}.") from None
    component, faults = declared(str(file), text)
    if component is not None and component.name != file.stem:
        rule = f"a component's file has its name, {component.name}"
        faults.append(Fault(str(file), rule, f"Call it {component.name}.py."))
    if component is not None and _is_taken(component.slot, component.name) and not _is_ours(file):
        rule = f"evo has a component {component.name} for slot {component.slot}"
        faults.append(Fault(str(file), rule, "Choose another name."))
    return faults or _run_faults(file, timeout_s)


def _run_faults(file: Path, timeout_s: float) -> list[Fault]:
    """What comes of running it, in a process of its own."""
    command = [sys.executable, "-m", "evo.testing.component_check", str(file.resolve())]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        rule = f"it must come to an end, it took longer than {timeout_s:g} s"
        return [Fault(str(file), rule, "Bound its loops, or give it more with --timeout.")]
    try:
        found = json.loads(out.strip().splitlines()[-1])
        return [Fault(str(file), one["rule"], one["fix"]) for one in found]
    except (ValueError, IndexError, TypeError, KeyError):
        last = (err.strip().splitlines() or [f"exit status {process.returncode}"])[-1]
        return [Fault(str(file), "it must not end the process that it runs in", f"It said: {last[:200]}")]


def _is_taken(slot: str, name: str) -> bool:
    return any(one.component.slot == slot and one.component.name == name for one in ours())


def _is_ours(file: Path) -> bool:
    return any(Path(one.place) == file.resolve() for one in ours())
