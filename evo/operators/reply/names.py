"""Which file a piece of a reply is about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import PurePosixPath

from evo.operators.region import mutable_paths
from evo.operators.reply.outcome import NotUnderstood, quote

_PATH = re.compile(r"[\w\-./\\]{0,120}\w\.[A-Za-z]\w{0,7}(?![\w.(])")
_DECORATION = " \t*_#`'\":>-()[]{}<"
_LABEL = re.compile(
    r"(?i)(?:new |changed |updated |modified )?(?:file|filename|path|in|title)(?:\s{0,3}[:=]|\s)\s{0,3}"
)
_COMMENT = re.compile(r"\s*(?:#|//|/\*|--|;|%|<!--)\s*(.{1,150}?)\s*(?:\*/|-->)?\s*$")
_LONGEST = 150


def path_in(line: str, known: Iterable[str]) -> str:
    """The path that `line` names: one of `known` that it mentions, or any if it says nothing else. Else empty."""
    line = line[:_LONGEST]
    found = [match.strip(".").replace("\\", "/") for match in _PATH.findall(line)]
    for path in known:
        if any(_same(path, name) for name in found):
            return path
    rest = line.strip(_DECORATION)
    label = _LABEL.match(rest)
    rest = (rest[label.end() :] if label else rest).strip(_DECORATION).replace("\\", "/")
    return found[0] if len(found) == 1 and rest == found[0] else ""


def path_in_comment(line: str, known: Iterable[str]) -> str:
    """The path that a comment consists of."""
    match = _COMMENT.match(line[:_LONGEST])
    if match is None:
        return ""
    name = path_in(match.group(1), known)
    words = match.group(1).split()
    return name if name and len(words) <= 2 else ""


def target(name: str, files: Mapping[str, str], mutable: Sequence[str], main: str | None) -> str:
    """The file that is meant by `name`, or empty if that is open.

    A known path, one that ends alike, or one with the same base name is meant by it; whatever else is
    said where only one file may change means that one.
    """
    paths = mutable_paths(files, mutable)
    if name:
        wanted = _plain(name)
        for fits in (
            [path for path in paths if path == wanted],
            [path for path in paths if _same(path, wanted)],
            [path for path in paths if PurePosixPath(path).name == PurePosixPath(wanted).name],
        ):
            if len(fits) == 1:
                return fits[0]
        if wanted in files:
            raise NotUnderstood(
                f"{wanted} must stay as it is; files that may change: {', '.join(paths)}", "apply"
            )
    if len(paths) == 1:
        return paths[0]
    return main if not name and main in paths and main is not None else ""


def may_create(name: str, files: Mapping[str, str], mutable: Sequence[str]) -> bool:
    """Whether a reply may add the file `name` to a candidate.

    It must match `mutable`, be a plain relative path, and the candidate must be one of several files,
    or a glob must ask for more than the files that are there: for a candidate of one file with the
    globs ``*`` or its own name, another name is a slip of the model.
    """
    path = PurePosixPath(name)
    plain = (
        bool(re.fullmatch(r"[\w\-][\w\-./]{0,150}", name)) and ".." not in path.parts and path.suffix != ""
    )
    if not plain or str(path) != name or any(part.startswith(".") for part in path.parts):
        return False
    if any(
        path == PurePosixPath(old) or name.startswith(f"{old}/") or old.startswith(f"{name}/")
        for old in files
    ):
        return False
    fitting = [pattern for pattern in mutable if fnmatch(name, pattern)]
    asked = [pattern for pattern in fitting if pattern not in ("*", "**", "**/*") and pattern != name]
    return bool(fitting) and (len(files) > 1 or bool(asked))


def unknown_file(name: str, files: Mapping[str, str], mutable: Sequence[str]) -> NotUnderstood:
    """The refusal for a change that fits no file."""
    paths = mutable_paths(files, mutable)
    what = (
        f"there is no file {quote(name)} that may change"
        if name
        else "the reply does not say which file it changes"
    )
    return NotUnderstood(f"{what}; name one of: {', '.join(paths[:20])}", "apply")


def _plain(name: str) -> str:
    name = name.strip().replace("\\", "/")
    while name.startswith("./"):
        name = name[2:]
    return name.lstrip("/")


def _same(path: str, name: str) -> bool:
    """Whether `name` is `path` with or without folders in front: ``a/``, ``b/``, or where someone keeps it."""
    name = _plain(name)
    return path == name or name.endswith(f"/{path}")
