"""Replies as models write them: what is understood of each, or why not.

A case is a file: a header in YAML between two lines of ``---``, then the reply as it came. Header:

- ``parent``: a folder beside this file; ``mutable``: globs, ``*`` if left out.
- ``source``: ``recorded`` with the ``model`` that said it and what it was asked for, or ``written``.
- ``expect``: ``applied``, or the rung that refuses it; ``cut``: whether it was cut off.
- For what is applied: ``file`` that ``has`` and ``lacks`` these texts, and patterns of ``how`` and ``thought``.
- For what is refused: a pattern of the ``message``.
"""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from evo.identity import candidate_id
from evo.operators.region import outside
from evo.operators.reply import NotUnderstood, read_reply
from tests.operators.reply.parents import parent

CASES = sorted((Path(__file__).parent / "corpus").glob("*.md"))
KEYS = {
    *("parent", "parent_newline", "mutable", "source", "model", "asked", "expect", "cut"),
    *("file", "has", "lacks", "how", "thought", "message", "alternatives"),
}


def load(path: Path) -> tuple[dict[str, Any], str]:
    """Header and reply of a case; the last line end is the file's own."""
    text = path.read_bytes().decode()
    _, header, reply = text.split("---\n", 2)
    return yaml.safe_load(header), reply.removesuffix("\n")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    header, reply = load(path)
    assert set(header) <= KEYS
    files = parent(header["parent"])
    if header.get("parent_newline") == "crlf":
        files = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    mutable, cut = header.get("mutable", ["*"]), header.get("cut", False)
    if header["expect"] != "applied":
        with pytest.raises(NotUnderstood, match=header["message"]) as refused:
            read_reply(reply, files, mutable, cut=cut)
        assert refused.value.rung == header["expect"]
        return
    understood = read_reply(reply, files, mutable, cut=cut)
    changed = understood.files[header.get("file", next(iter(files)))]
    for text in header["has"]:
        assert text in changed
    for text in header.get("lacks", ()):
        assert text not in changed
    assert re.search(header.get("how", ""), understood.how)
    assert re.search(header.get("thought", ""), understood.thought)
    assert understood.alternatives == header.get("alternatives", understood.alternatives)
    assert candidate_id(understood.files) != candidate_id(files)
    assert len(understood.how) < 400
    assert len(understood.thought) <= 200
    for name, text in files.items():
        assert outside(understood.files[name]) == outside(text)
    for name, text in understood.files.items():
        if name.endswith(".py"):
            ast.parse(text)


def test_the_corpus_is_large_and_mostly_recorded() -> None:
    headers = [load(path)[0] for path in CASES]
    recorded = [header for header in headers if header["source"] == "recorded"]
    assert len(headers) >= 60
    assert len(recorded) >= 35
    assert all(header["model"] for header in recorded)
