"""The last look at a child before it leaves: whatever was understood must hold here."""

from collections.abc import Mapping

from evo.identity import candidate_id
from evo.operators.region import outside
from evo.operators.reply.code import Broken, parse
from evo.operators.reply.outcome import Effort, NotUnderstood, quote

SOURCE_BYTES = 256 << 10
"""All files of a candidate together; more does not fit into its jail."""


def check(child: Mapping[str, str], parent: Mapping[str, str], effort: Effort) -> None:
    """Returns if `child` is a new program that differs from `parent` inside the mutable region alone.

    Raises:
        NotUnderstood: it is not; the message says why.
    """
    changed = [path for path in child if child[path] != parent.get(path)]
    if not changed:
        raise _nothing_changed()
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
        if path.endswith(".py"):
            _compiles(path, child[path], effort)
    if candidate_id(child) == candidate_id(parent):
        raise _nothing_changed()


def _nothing_changed() -> NotUnderstood:
    return NotUnderstood(
        "the reply changes nothing: what it sends is the program as it was; change something that matters to the score",
        "apply",
    )


def _compiles(path: str, text: str, effort: Effort) -> None:
    try:
        parse(text, effort)
    except Broken as error:
        lines = text.splitlines()
        line = lines[error.line - 1].strip() if 0 < error.line <= len(lines) else ""
        raise NotUnderstood(
            f"{path} does not compile, line {error.line}: {error}" + (f": {quote(line)}" if line else ""),
            "compile",
        ) from None
