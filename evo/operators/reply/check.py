"""The last look at a child before it leaves: whatever was understood must hold here."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from evo.errors import InvalidCandidate
from evo.identity import candidate_id
from evo.operators.region import outside
from evo.operators.reply.code import Broken, parse
from evo.operators.reply.outcome import Effort, NotUnderstood, quote

SOURCE_BYTES = 256 << 10
"""All files of a candidate together; more does not fit into its jail."""

Rules = Callable[[Mapping[str, str]], object]
"""Refuses a candidate that breaks its problem's own rules, by raising `InvalidCandidate`."""


def check(child: Mapping[str, str], parent: Mapping[str, str], effort: Effort) -> None:
    """Returns if `child` is a new program that differs from `parent` inside the mutable region alone.

    Raises:
        NotUnderstood: it is not; the message says why.
    """
    marked = any(len(outside(parent[path])) != 2 or any(outside(parent[path])) for path in parent)
    changed = [path for path in child if child[path] != parent.get(path)]
    if not changed:
        raise _nothing_changed(marked)
    size = 0
    for path, text in child.items():
        try:
            size += len(text.encode())
        except UnicodeEncodeError:
            if path in changed:
                raise NotUnderstood(
                    f"{path} would hold letters that cannot be written as UTF-8; leave them out", "compile"
                ) from None
    if size > SOURCE_BYTES:
        raise NotUnderstood(
            f"a candidate has at most {SOURCE_BYTES:,} bytes of text, this one would have {size:,}; write less",
            "apply",
        )
    for path in changed:
        if path in parent and outside(child[path]) != outside(parent[path]):
            raise NotUnderstood(
                f"{path} would change outside of its EVOLVE-BLOCK markers; change what is between them alone",
                "apply",
            )
    for path in changed:
        if path not in parent and not _mentioned(path, child):
            raise NotUnderstood(
                f"no other file uses the new file {path}; change a file that is used", "apply"
            )
        if path.endswith(".py"):
            _compiles(path, child[path], effort)
    if candidate_id(child) == candidate_id(parent):
        raise _nothing_changed(marked)


def keeps(child: Mapping[str, str], rules: Rules | None) -> None:
    """Returns if `child` keeps the problem's own rules, such as those of agent designs.

    Raises:
        NotUnderstood: it does not; the message is that of the rules, for the next prompt.
    """
    if rules is None:
        return
    try:
        rules(child)
    except InvalidCandidate as refusal:
        raise NotUnderstood(f"the candidate would break the rules: {refusal}", "compile") from None


def _nothing_changed(marked: bool) -> NotUnderstood:
    where = " between the EVOLVE-BLOCK markers" if marked else ""
    return NotUnderstood(
        f"the reply changes nothing{where}: what it sends is the program as it was; change what matters to the score",
        "apply",
    )


def _mentioned(path: str, child: Mapping[str, str]) -> bool:
    """Whether another file has the name of the file `path` in it: one that none mentions changes nothing."""
    name = re.compile(rf"\b{re.escape(PurePosixPath(path).stem)}\b")
    return any(name.search(text) for other, text in child.items() if other != path)


def _compiles(path: str, text: str, effort: Effort) -> None:
    try:
        parse(text, effort, compiles=True)
    except Broken as error:
        lines = text.splitlines()
        line = lines[error.line - 1].strip() if 0 < error.line <= len(lines) else ""
        raise NotUnderstood(
            f"{path} does not compile, line {error.line}: {error}" + (f": {quote(line)}" if line else ""),
            "compile",
        ) from None
