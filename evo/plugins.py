"""Loads what is named by a reference: ``evo.search.islands:Islands`` or ``evaluators/kernel.py:KernelTiming``.

Objects that come from plug-in files do not unpickle in another process, so workers are sent
the reference and load it themselves.
"""

import dataclasses
import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from evo import foreign
from evo.errors import PluginError, ProblemError, one_of
from evo.types import Problem

_PLAIN = (int, float, str, bool, NoneType)


@cache
def root() -> Path:
    """Folder that holds ``conf``, ``evaluators`` and ``problems``: the checkout, or the wheel's ``evo/_bundled``."""
    package = Path(__file__).resolve().parent
    bundled = package / "_bundled"
    return bundled if bundled.is_dir() else package.parent


def load(reference: str, near: Path | None = None) -> Any:
    """The object that `reference` names.

    Args:
        reference: ``module.path:Name``, or ``path/to/file.py:Name`` with the path relative to
            `near`, to the working folder or to `root()`, in that order.
        near: folder that relative files are looked up in first, such as a problem's folder.

    Raises:
        PluginError: no such module, file or name; or the file fails while it is loaded.
    """
    source, colon, name = reference.partition(":")
    if not colon or not source or not name:
        raise PluginError(f"A reference reads 'module:Name' or 'path/file.py:Name', got {reference!r}.")
    module = load_file(find(source, near)) if source.endswith(".py") else _load_module(source)
    try:
        return getattr(module, name)
    except AttributeError:
        public = [n for n in vars(module) if not n.startswith("_")]
        hint = one_of(name, public).partition("Choices")[0].strip()
        raise PluginError(f"{source} defines no '{name}'. {hint}".strip()) from None


def find(path: str, near: Path | None = None) -> Path:
    """The existing file that `path` means; see `load` for where it is looked up."""
    folders = [folder for folder in (near, Path.cwd(), root()) if folder is not None]
    for folder in folders:
        file = (folder / path).resolve()
        if file.is_file():
            return file
    raise PluginError(f"No file {path!r} in {', '.join(str(f) for f in folders)}.")


def load_file(file: Path) -> ModuleType:
    """Runs a Python file once and returns it as a module; the second call returns the same module."""
    file = file.resolve()
    digest = hashlib.blake2b(str(file).encode(), digest_size=6).hexdigest()
    name = f"evo_plugin_{file.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise PluginError(f"{file} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs: dataclasses look their module up by name
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if not isinstance(error, Exception):
            raise
        raise PluginError(f"{file} fails while it is loaded: {type(error).__name__}: {error}") from error
    return module


def build(
    use: str,
    fields: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    near: Path | None = None,
    what: str = "plug-in",
) -> Any:
    """Calls the class or function that `use` names with keyword arguments.

    Args:
        use: reference; see `load`.
        fields: what a person configured; checked.
        given: what evo itself passes, such as the problem; no setting of a person's.
        near: see `load`.
        what: the setting's name in messages, such as ``search``.

    Raises:
        PluginError: the reference is wrong, or a key is unknown, missing or of the wrong type.
    """
    given = given or {}
    factory = load(use, near)
    parameters = inspect.signature(factory).parameters.values()
    named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    settable = [p.name for p in named if p.name not in given]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    hints = get_type_hints(factory.__init__ if inspect.isclass(factory) else factory)
    for key, value in fields.items():
        if key in given or (key not in settable and not takes_any):
            raise PluginError(f"{what} {use} has no setting '{key}'. {one_of(key, settable)}")
        if not _fits(value, hints.get(key, Any)):
            raise PluginError(f"{what}.{key} must be {_type_name(hints[key])}, got {value!r}.")
    missing = [p.name for p in named if p.default is p.empty and p.name not in (*fields, *given)]
    if missing:
        raise PluginError(f"{what} {use} needs {', '.join(missing)}.")
    return factory(**fields, **given)


def _fits(value: object, hint: Any) -> bool:
    """Whether a configured value may be passed where `hint` is declared; only plain types are checked."""
    options = get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is Union else (hint,)
    if not all(option in _PLAIN for option in options):
        return True
    if isinstance(value, bool):
        return bool in options
    if isinstance(value, int) and float in options:
        return True
    return isinstance(value, options)


def _type_name(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint)


def problem(reference: "str | Path | Problem", params: Mapping[str, Any] | None = None) -> Problem:
    """The problem that a name, a folder, a file or an object means.

    Args:
        reference: name of a folder below ``problems/``, path of a folder with a ``problem.py``,
            path of such a file, path of a folder in another system's shape (`evo.foreign`), or the
            problem itself.
        params: arguments for the file's ``make`` function, such as ``{"n": 32}``.

    Raises:
        ProblemError: there is no such problem, it defines neither ``PROBLEM`` nor ``make``, or it
            does not take a parameter.
    """
    if isinstance(reference, Problem):
        return reference
    file = _problem_file(str(reference))
    if file.is_dir():
        return _foreign_problem(file, params or {})
    module, params = load_file(file), dict(params or {})
    if hasattr(module, "make"):
        known = list(inspect.signature(module.make).parameters)
        for key in params:
            if key not in known:
                raise ProblemError(
                    f"problem {file.parent.name} has no parameter '{key}'. {one_of(key, known)}"
                )
        found = module.make(**params)
    elif params:
        raise ProblemError(f"problem {file.parent.name} takes no parameters, got {', '.join(params)}.")
    else:
        found = getattr(module, "PROBLEM", None)
    if not isinstance(found, Problem):
        raise ProblemError(f"{file} must define PROBLEM = Problem(...) or make(...) -> Problem.")
    return dataclasses.replace(found, folder=file.parent, params=params)


def _foreign_problem(folder: Path, params: Mapping[str, Any]) -> Problem:
    """The problem in a folder of another system's shape, of which nothing may run outside of the jail."""
    found = foreign.problem(folder, params)
    source = found.evaluator.partition(":")[0]
    if (near := find(source, folder)) != (root() / source).resolve():
        raise ProblemError(
            f"{near} has the name of evo's own {source} and would run outside of the sandbox in its place. "
            "Rename it, or start evo in another folder."
        )
    return found


def problem_names() -> list[str]:
    """Names of the problems that come with evo."""
    return sorted(file.parent.name for file in (root() / "problems").glob("*/problem.py"))


def is_problem(folder: Path) -> bool:
    """Whether `problem` can load a problem from `folder`."""
    return (folder / "problem.py").is_file() or foreign.shape_of(folder) is not None


def _problem_file(reference: str) -> Path:
    """The ``problem.py`` that is meant, or the folder, if it is in another system's shape."""
    for place in (root() / "problems" / reference, Path(reference).expanduser()):
        if (place / "problem.py").is_file():
            return (place / "problem.py").resolve()
        if place.suffix == ".py" and place.is_file():
            return place.resolve()
        if foreign.shape_of(place) is not None:
            return place.resolve()
    names = problem_names()
    raise ProblemError(
        f"No problem {reference!r}: it is neither a folder with a problem.py nor one of evo's own. "
        f"{one_of(reference, names)}"
    )


def settings(use: str, near: Path | None = None) -> dict[str, Any]:
    """Names and defaults of what `use` can be configured with, for ``--help`` and messages."""
    factory = load(use, near)
    if dataclasses.is_dataclass(factory):
        return {f.name: f.default for f in dataclasses.fields(factory) if f.init}
    return {p.name: p.default for p in inspect.signature(factory).parameters.values()}


def _load_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise PluginError(f"No module '{name}'.") from None
        raise PluginError(f"{name} needs the package '{error.name}', which is not installed.") from error
