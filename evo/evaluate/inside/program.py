"""Loads a candidate's files and calls its function, once per case, in the jailed process."""

import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

MAIN_FILES = ("main.py", "solve.py")
"""Names of the file that holds the entry function, in the order they are looked for."""


class BadProgram(Exception):
    """The files cannot be run at all; the message says what they lack."""


def main_file(names: list[str], wanted: str | None) -> str:
    """Which of a candidate's files holds its entry function.

    Args:
        names: of all files.
        wanted: the file that a problem names; None to look for `MAIN_FILES`, then a lone ``.py``.

    Raises:
        BadProgram: there is none, or more than one that could be meant.
    """
    choices = (wanted,) if wanted else MAIN_FILES
    for name in choices:
        if name in names:
            return name
    python = [name for name in names if name.endswith(".py")]
    if wanted is None and len(python) == 1:
        return python[0]
    raise BadProgram(
        f"A program has its function in {' or '.join(choices)}; this one has {', '.join(names)}."
    )


def write(files: Mapping[str, str]) -> None:
    """Writes `files` into the working folder."""
    for name, text in files.items():
        if "/" in name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        with open(name, "wb", buffering=0) as file:  # noqa: PTH123 - on the path of every evaluation
            file.write(text.encode("utf-8", "surrogatepass"))


def load(main: str, entry: str, seed: int, driver: CodeType | None) -> Callable[..., Any]:
    """Runs the main file and returns what is to be called with a case's inputs.

    Args:
        main: path of the main file in the working folder.
        entry: name of its function.
        seed: 32 bit; the global generators of `random` and NumPy start from it.
        driver: code of a file with ``drive(function, **inputs)``, run before the candidate's.

    Raises:
        BadProgram: there is no such function.
    """
    folder = str(Path.cwd())
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - candidates may use the global generator
    drive = _driver(driver) if driver is not None else None
    sys.path.insert(0, folder)
    name = main.removesuffix(".py").replace("/", ".")
    module = _module("candidate" if name in sys.modules else name, f"{folder}/{main}")
    function: Callable[..., Any] | None = getattr(module, entry, None)
    if not callable(function):
        raise BadProgram(f"{main} defines no function '{entry}'.")
    if drive is None:
        return function
    return lambda **inputs: drive(function, **inputs)


def _driver(code: CodeType) -> Callable[..., Any]:
    module = ModuleType("driver")
    exec(code, module.__dict__)  # noqa: S102 - the problem's own file
    drive: Callable[..., Any] = module.__dict__["drive"]
    return drive


def _module(name: str, path: str) -> ModuleType:
    """Runs a file as the module `name`; an import of that name finds it, as it does for a script's helpers."""
    if not path.endswith(".py"):
        raise BadProgram(f"{Path(path).name} is not a Python file.")
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    with open(path, "rb") as file:  # noqa: PTH123
        code = compile(file.read(), path, "exec")
    exec(code, module.__dict__)  # noqa: S102 - what this process is for
    return module
