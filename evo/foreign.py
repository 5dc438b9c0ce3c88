"""Problem folders in the shape of OpenEvolve's and of ShinkaEvolve's, read as problems of ours.

Their evaluators get the path of a program, run it in their own process and say what it is worth. So
the evaluator goes into the jail together with the candidate (`evaluators/foreign.py`), and no score
that comes out is verified.

Sources: OpenEvolve, ``openevolve/evaluator.py`` and ``openevolve/config.py``; ShinkaEvolve,
``shinka/core/wrap_eval.py`` and ``shinka/launch``.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evo.errors import ProblemError, one_of
from evo.types import Problem, Stage

EVALUATOR = "evaluators/foreign.py:Foreign"
TIMEOUT_S = 300.0
"""For one evaluation, where the folder says nothing: OpenEvolve's own default."""
PARAMETERS = ("timeout_s", "memory_mb")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a folder of another system holds.

    Attributes:
        kind: name of the system, for `evaluators/foreign.py`.
        system: the same, for people.
        program: the first candidate's file, without its suffix.
        evaluator: file that judges.
        settings: file with settings, which may be missing.
    """

    kind: str
    system: str
    program: str
    evaluator: str
    settings: str


SHAPES = (
    Shape("openevolve", "OpenEvolve", "initial_program", "evaluator.py", "config.yaml"),
    Shape("shinka", "ShinkaEvolve", "initial", "evaluate.py", "shinka.yaml"),
)


def shape_of(folder: Path) -> Shape | None:
    """The shape that `folder` has, be it only in part; None if it has none or is a problem of our own."""
    if not folder.is_dir() or (folder / "problem.py").is_file():
        return None
    parts = {shape: bool(_programs(folder, shape)) + (folder / shape.evaluator).is_file() for shape in SHAPES}
    best = max(SHAPES, key=lambda shape: parts[shape])
    return best if parts[best] else None


def problem(folder: Path, params: Mapping[str, Any]) -> Problem:
    """The problem in a folder that has a shape.

    Args:
        folder: in full.
        params: ``timeout_s`` and ``memory_mb`` of one evaluation, in the place of the folder's own.

    Raises:
        ProblemError: a part is missing or cannot be read, or there is no such parameter.
    """
    shape = shape_of(folder)
    if shape is None:
        raise ProblemError(f"{folder} has neither a problem.py nor another system's evaluator and program.")
    _check_parameters(folder, params)
    settings = _settings(folder / shape.settings)
    program = _program(folder, shape, str(settings.get("file_suffix") or ""))
    evaluator = _evaluator(folder, shape, program)
    options: dict[str, Any] = {"kind": shape.kind, "program": program}
    if shape.kind == "openevolve":
        arguments = _at(settings, "evaluator", "evaluator_args")
        features = _at(settings, "database", "feature_dimensions")
        options["arguments"] = dict(arguments) if isinstance(arguments, Mapping) else {}
        options["features"] = [str(name) for name in features] if isinstance(features, list) else []
    given_s = params.get("timeout_s") or _timeout_s(settings, folder / shape.settings)
    stage = Stage(timeout_s=float(given_s), memory_mb=params.get("memory_mb", Stage().memory_mb))
    return Problem(
        name=folder.name,
        statement=_statement(folder, shape, settings, program, evaluator),
        seeds=(program,),
        evaluator=EVALUATOR,
        stages=(stage,),
        options=options,
        mutable=(program,),
        folder=folder,
        params=dict(params),
    )


def _check_parameters(folder: Path, params: Mapping[str, Any]) -> None:
    for key, value in params.items():
        if key not in PARAMETERS:
            raise ProblemError(f"problem {folder.name} has no parameter '{key}'. {one_of(key, PARAMETERS)}")
        kinds = (int,) if key == "memory_mb" else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not value > 0:
            what = "a whole number" if key == "memory_mb" else "a number"
            raise ProblemError(f"problem.{key} must be {what} above 0, got {value!r}.")


def _programs(folder: Path, shape: Shape) -> list[str]:
    return sorted(file.name for file in folder.glob(f"{shape.program}.*") if file.is_file())


def _program(folder: Path, shape: Shape, suffix: str) -> str:
    """Name of the first candidate's file: with the suffix that is asked for, else the Python file, else the only one."""
    found = _programs(folder, shape)
    wanted = [f"{shape.program}{ending}" for ending in (suffix, ".py") if ending]
    chosen = next((name for name in wanted if name in found), found[0] if len(found) == 1 else None)
    if chosen is not None:
        return chosen
    if found:
        raise ProblemError(f"{folder} has {', '.join(found)}: keep one of them as the first candidate.")
    raise ProblemError(
        f"{folder} has {shape.evaluator} but no {shape.program}.*: a problem in {shape.system}'s shape needs "
        f"the first candidate there, such as {shape.program}.py; one of evo's own needs a problem.py."
    )


def _evaluator(folder: Path, shape: Shape, program: str) -> str:
    """Text of the evaluator's file, which is not run here."""
    file = folder / shape.evaluator
    wanted = "evaluate(program_path)" if shape.kind == "openevolve" else "main(program_path, results_dir)"
    if not file.is_file():
        raise ProblemError(
            f"{folder} has {program} but no {shape.evaluator}: a problem in {shape.system}'s shape needs that "
            f"file, with {wanted}."
        )
    text = _read(file)
    try:
        names = set(_defined(ast.parse(text).body))
    except SyntaxError as error:
        raise ProblemError(f"{file}, line {error.lineno}: {error.msg}.") from None
    is_script = shape.kind == "shinka" and "__main__" in text
    if not is_script and not names & {wanted.partition("(")[0], "*"}:
        raise ProblemError(f"{file} defines no {wanted}, which {shape.system}'s shape asks for.")
    return text


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """Names that a file's top level defines; ``*`` where a star import may define any."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in statement.names)
        elif isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        for field in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _defined(getattr(statement, field, []))


def _settings(file: Path) -> Mapping[str, Any]:
    import yaml  # late: only these problems need it

    if not file.is_file():
        return {}
    try:
        found = yaml.safe_load(_read(file))
    except yaml.YAMLError as error:
        raise ProblemError(f"{file} is not YAML: {' '.join(str(error).split())}") from None
    return found if isinstance(found, Mapping) else {}


def _at(settings: Mapping[str, Any], *path: str) -> Any:
    """What `path` leads to; None if it leads nowhere."""
    node: Any = settings
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _timeout_s(settings: Mapping[str, Any], file: Path) -> float:
    """OpenEvolve gives seconds, ShinkaEvolve ``HH:MM:SS``, which YAML may have read as a number of seconds."""
    places = (("evaluator", "timeout"), ("job_config", "time"), ("job", "time"))
    value = next((found for place in places if (found := _at(settings, *place))), TIMEOUT_S)
    try:
        seconds = 0.0
        for part in str(value).split(":"):
            seconds = 60.0 * seconds + float(part)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ProblemError(f"{file}: a time limit is seconds or HH:MM:SS, got {value!r}.")
    return seconds


def _statement(folder: Path, shape: Shape, settings: Mapping[str, Any], program: str, evaluator: str) -> str:
    """What the folder tells a model, else what its files say of themselves."""
    places = (("prompt", "system_message"), ("evo_config", "task_sys_msg"), ("evo", "task_sys_msg"))
    told = next((text for place in places if isinstance(text := _at(settings, *place), str)), "")
    if shape.kind == "shinka" and not told and (folder / "run_evo.py").is_file():
        told = _told_in(_read(folder / "run_evo.py"))
    if told.strip() and told != "system_message":  # OpenEvolve's name for its own default text
        return told.strip()
    parts = [_docstring(evaluator), _docstring(_read(folder / program)) if program.endswith(".py") else ""]
    said = "\n\n".join(part for part in parts if part)
    return said or f"Improve {program}, so that {shape.evaluator} gives it a higher score."


def _told_in(text: str) -> str:
    """The message that a ShinkaEvolve driver gives its models, if it stands there as one text."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        return ""
    for node in nodes:
        names = [node.arg] if isinstance(node, ast.keyword) else []
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if any((name or "").lower().endswith("sys_msg") for name in names):
            value = node.value if isinstance(node, ast.keyword | ast.Assign) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    return ""


def _docstring(text: str) -> str:
    try:
        return (ast.get_docstring(ast.parse(text)) or "").strip()
    except (SyntaxError, ValueError):
        return ""


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProblemError(f"{file} is not UTF-8 text; save it as UTF-8.") from None
