"""What makes two candidates the same: the hash of their normalised files.

Two Python files that differ only in layout, comments or docstrings are one candidate; other
files are compared without trailing space and blank lines. A file that does not parse is
compared as text, so a broken candidate still has an id.
"""

import ast
import hashlib
from collections.abc import Mapping

ID_LENGTH = 16
"""Hex digits of an id: 64 bits, a collision is expected after some four billion candidates."""


def normalise(path: str, text: str) -> str:
    """The part of one file that carries meaning, as text that only serves comparison."""
    if path.endswith(".py"):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass  # compared as plain text below: a broken program still needs an id
        else:
            _drop_docstrings(tree)
            try:
                return ast.dump(tree)
            except RecursionError:
                pass  # nested too deep to walk; compared as text
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def candidate_id(files: Mapping[str, str]) -> str:
    """Id of a candidate: 16 hex digits over its normalised files and their names."""
    digest = hashlib.blake2b(digest_size=ID_LENGTH // 2)
    for path in sorted(files):
        body = normalise(path, files[path]).encode("utf-8", "surrogatepass")
        digest.update(f"{len(path)}:{path}:{len(body)}:".encode("utf-8", "surrogatepass"))
        digest.update(body)
    return digest.hexdigest()


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:]
