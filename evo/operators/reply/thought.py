"""What a model says it changed, in a line or two."""

import re
from collections.abc import Sequence

from evo.operators.reply.blocks import swaps
from evo.operators.reply.fences import fences, prose
from evo.operators.reply.wrapped import unwrapped

LETTERS = 200
"""A thought is cut to this."""

_FILLER = re.compile(
    r"(?:sure|certainly|of course|okay|ok|great|here(?:'s| is| are)|below (?:is|are)|the following|i(?:'ll| will) |let's |to improve )",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\s{0,40}(?:[<>=]{5,}|@@|[-+]{3} |def |class |import |from \S+ import|#include|return\b|[{}\])])|.{0,200}[;{]\s*$|\s{4}"
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_JSON_THOUGHT = re.compile(
    r'"(?:thought|idea|explanation|reason|description)"\s{0,5}:\s{0,5}"((?:[^"\\]|\\.){1,400})'
)


def thought_of(lines: Sequence[str]) -> str:
    """The first sentences of prose in the reply `lines` that say something; may be empty."""
    found = fences(lines, ())
    edits = {number for edit in swaps(lines, (), False) for number in range(edit.start, edit.end)}
    outside = prose([line if number not in edits else "" for number, line in enumerate(lines)], found)
    text = "\n".join(lines[:60])
    match = _JSON_THOUGHT.search(text)
    if match and (unwrapped(text) or '"code"' in text):
        return _short(match.group(1).replace("\\n", " ").replace('\\"', '"'))
    kept = [line[:600].strip(" \t*_#>-`") for line in outside[:200] if line.strip() and not _CODE.match(line)]
    sentences = [part for line in kept for part in _SENTENCE.split(line) if len(part) > 3]
    telling = [
        part for part in sentences if not (_FILLER.match(part) and (part.endswith(":") or len(part) < 40))
    ]
    return _short(" ".join(telling or sentences))


def _short(text: str) -> str:
    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    return text if len(text) <= LETTERS else text[: LETTERS - 1].rsplit(" ", 1)[0] + "…"
