"""Calls another system's evaluator on a candidate, in the jailed process that both share.

Nothing that comes out of here can be believed, for a candidate may change all of it. It is loaded by
the jail like a candidate's own file and imports the standard library and NumPy alone.
"""

import errno
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

RESULTS = "evo_results"
"""Folder that a ShinkaEvolve evaluator writes its results to."""
STAND_INS = "evo_inside/stand_ins"
"""Packages that evaluators import, for where the real ones are not installed."""

_MAX_ENTRIES = 64
_MAX_TEXT = 4000
_MAX_FILE = 1 << 20
_CONNECTIONS = {"socket.__new__", "socket.getaddrinfo", "socket.gethostbyname"}
"""Audit events of a connection that is to be made."""
_PROCESSES = {
    *("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.exec", "os.system"),
    *("pty.spawn",),
}
"""Audit events of a process that is to start. Source: Python's documentation, Audit events table."""
_POOLS = (
    ("multiprocessing.process", "BaseProcess", "start"),
    ("multiprocessing.pool", "Pool", "__init__"),
    ("multiprocessing.queues", "Queue", "__init__"),
    ("multiprocessing.queues", "SimpleQueue", "__init__"),
    ("concurrent.futures.process", "ProcessPoolExecutor", "__init__"),
)
"""What fails before a process is started, for want of a semaphore, with a message that says nothing."""
_CURIOUS = ("platform.py", "ctypes/util.py", "uuid.py", "webbrowser.py", "sysconfig.py", "_has_ipv6")
"""Files and functions that only look something up that way, and do as well without."""

_NOTHING = ("", "None", "[]", "{}", "()")

_denied: list[str] = []


def judge(kind: str, program: str, folder: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the evaluator says of the program, as plain values.

    Args:
        kind: ``openevolve`` or ``shinka``.
        program: path of the candidate's file in the working folder.
        folder: the problem's files, path -> bytes as an array of uint8.
        arguments: further keyword arguments of ``evaluate``.
    """
    for name, data in folder.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data.tobytes())
    sys.path.append(str(Path.cwd() / STAND_INS))  # last: what is installed comes first
    _watch()
    path = str(Path.cwd() / program)
    try:
        found = _openevolve(path, arguments) if kind == "openevolve" else _shinka(path)
    except BaseException:
        if not _denied:
            raise
        found = {}
    return {**found, "denied": _denied[0] if _denied else ""}


def _openevolve(path: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("evaluation_module", Path.cwd() / "evaluator.py")
    if spec is None or spec.loader is None:
        raise ImportError("evaluator.py cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules["evaluation_module"] = module
    spec.loader.exec_module(module)
    result = module.evaluate(path, **arguments)
    metrics = getattr(result, "metrics", result)
    if not isinstance(metrics, Mapping):
        return {"wrong": f"evaluate() returned {type(result).__name__}; it must return a dict of metrics"}
    found = _plain(metrics)
    for name, value in list(dict(getattr(result, "artifacts", None) or {}).items())[:_MAX_ENTRIES]:
        found["texts"][str(name)[:100]] = _text(value)
    return found


def _shinka(path: str) -> dict[str, Any]:
    results = Path.cwd() / RESULTS
    results.mkdir()
    script = Path.cwd() / "evaluate.py"
    text = script.read_text(encoding="utf-8")
    dash = "-" if "--program-path" in text else "_"
    sys.argv = [str(script), f"--program{dash}path", path, f"--results{dash}dir", str(results)]
    module = ModuleType("__main__")
    module.__file__ = str(script)
    sys.modules["__main__"] = module
    try:
        exec(compile(text, str(script), "exec"), module.__dict__)  # noqa: S102 - as a script, as it is meant
        if not (results / "metrics.json").exists() and "__main__" not in text:
            module.__dict__["main"](path, str(results))
    except BaseException:  # many end with an error on purpose, once it is written down
        if not (results / "metrics.json").exists():
            raise
    metrics, correct = _json(results / "metrics.json"), _json(results / "correct.json")
    public = metrics.get("public")
    told = {name: value for name, value in metrics.items() if name not in ("public", "private", "extra_data")}
    found = _plain({**told, **(public if isinstance(public, Mapping) else {})})
    return {**found, "correct": correct.get("correct") is True, "error": _text(correct.get("error") or "")}


def _json(file: Path) -> dict[str, Any]:
    """What a results file holds; nothing if it is missing."""
    if not file.exists():
        return {}
    with file.open("rb") as opened:
        found = json.loads(opened.read(_MAX_FILE))
    return found if isinstance(found, dict) else {}


def _plain(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Numbers and texts apart; what is neither a number nor short is cut."""
    metrics: dict[str, float] = {}
    texts: dict[str, str] = {}
    for key, value in list(values.items())[:_MAX_ENTRIES]:
        name = str(key)[:100]
        number = _number(value)
        if number is not None:
            metrics[name] = number
        elif (text := _text(value).strip()) not in _NOTHING:
            texts[name] = text
    return {"metrics": metrics, "texts": texts}


def _number(value: Any) -> float | None:
    """`value` if it is one number; truth values are none."""
    if isinstance(value, bool) or (hasattr(value, "dtype") and str(value.dtype) == "bool"):
        return None
    if not isinstance(value, int | float):
        if not hasattr(value, "dtype") or getattr(value, "size", 0) != 1:
            return None
        value = value.item()
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT // 2]}\n...\n{text[-_MAX_TEXT // 2 :]}"


def _watch() -> None:
    """Notes who tries what the sandbox denies: evaluators tend to turn that failure into a low score."""

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _PROCESSES:
            _deny("starts a process", event)
        if event in _CONNECTIONS:
            _deny("opens a connection", event)

    sys.addaudithook(audit)
    for module, owner, name in _POOLS:
        what = f"{owner}.{name.replace('__init__', '')}".rstrip(".")
        setattr(getattr(importlib.import_module(module), owner), name, _refusal("starts a process", what))
    socket = importlib.import_module("socket")
    socket.socketpair = _refusal("opens a connection", "socketpair, as an event loop does")  # type: ignore[attr-defined]
    # Copying a file sets its mode, its time and more, which the sandbox refuses and nobody looks at.
    for name, nothing in (("chmod", None), ("utime", None), ("listxattr", ())):
        setattr(os, name, lambda *_, _nothing=nothing, **__: _nothing)


def _refusal(verb: str, what: str) -> Callable[..., None]:
    def refuse(*_: Any, **__: Any) -> None:
        _deny(verb, what)

    return refuse


def _deny(verb: str, what: str) -> None:
    """Notes the attempt, unless nothing depends on it, and refuses it.

    Raises:
        PermissionError: always.
    """
    place, frame = "", sys._getframe(2)
    own, here = str(Path.cwd()) + "/", __file__
    curious = False
    while frame is not None and not place:
        file = frame.f_code.co_filename
        curious = curious or file.endswith(_CURIOUS) or frame.f_code.co_name in _CURIOUS
        if file.startswith(own) and file != here:
            place = f"{file.removeprefix(own)}, line {frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    who = "candidate" if place.startswith("evo_candidate/") else "evaluator"
    text = f"The {who} {verb} ({what}{' in ' + place if place else ''}), which the sandbox denies"
    if not curious:
        _denied.append(text)
    raise PermissionError(errno.EPERM, text)
