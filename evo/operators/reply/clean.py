"""Takes off a reply what is no part of the answer: thoughts, chat tokens, foreign line ends."""

import html
import re
from collections.abc import Iterator, Mapping

from evo.operators.reply.outcome import NotUnderstood

MAX_LETTERS = 1 << 20
"""A reply longer than this is no answer to a question about one candidate."""

_TOKENS = re.compile(
    r"<\|(?:im_start|im_end|endoftext|eot_id|end|assistant|begin_of_text|start_header_id|end_header_id)\|>|</?s>"
)
_NEXT_TURN = re.compile(r"<\|im_start\|>(?:user|system)|<\|(?:user|system)\|>")
_SPEAKER = re.compile(r"\s*[*#]*\s{0,3}(?:assistant|ai|model|bot|answer)\s{0,3}[*]*:[*]*", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,5});")
_CURLY = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "‚": "'",
        "\u00a0": " ",
        "\u200b": None,
        "−": "-",
        "–": "-",
    }
)


def cleaned(text: str, cut: bool) -> str:
    r"""`text` with ``\n`` line ends, without thoughts and chat artefacts.

    Args:
        text: what the model said.
        cut: whether it was cut off, so that an open thought has eaten all the rest.

    Raises:
        NotUnderstood: it is far too long.
    """
    if len(text) > MAX_LETTERS:
        raise NotUnderstood(
            f"a reply has at most {MAX_LETTERS:,} letters, this one has {len(text):,}; send only what changes"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    text = _without_thoughts(text, cut)
    turn = _NEXT_TURN.search(text, 1)
    if turn is not None:
        text = text[: turn.start()]  # the model went on to play the person
    text = _TOKENS.sub("", text)
    if text.startswith("assistant\n"):
        text = text[len("assistant\n") :]
    speaker = _SPEAKER.match(text)
    return text[speaker.end() :] if speaker else text


def versions(text: str, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Ways to take `text` by the letter, the likeliest first, each with what was done to it.

    A file that does not compile shows that the way was wrong, and the next one is tried. Other files
    cannot show it: there, entities count as damage unless the parent has some too.
    """
    found: list[tuple[str, str]] = [(text, "")]
    if _ENTITY.search(text):
        undone = (html.unescape(text), "HTML entities undone")
        damage = not all(path.endswith(".py") for path in files)
        if damage and not any(_ENTITY.search(old) for old in files.values()):
            found.insert(0, undone)
        else:
            found.append(undone)
    plain = found[-1][0].translate(_CURLY)
    if plain != found[-1][0]:
        found.append((plain, "typographic quotes undone"))
    yield from found


def _without_thoughts(text: str, cut: bool) -> str:
    """`text` without ``<think>…</think>``, where the tag begins a line."""
    for name in ("think", "thinking", "thought", "reasoning"):
        opened, closed = f"<{name}>", f"</{name}>"
        if closed not in text and opened not in text:
            continue
        first = text.find(closed)
        if first >= 0 and not 0 <= text.find(opened) < first:
            text = text[first + len(closed) :]  # the opening tag was part of the prompt
        pieces, position = [], 0
        last = text.rfind(closed)
        while True:
            start = text.find(opened, position)
            if start < 0:
                break
            if text[text.rfind("\n", 0, start) + 1 : start].strip():
                pieces.append(
                    text[position : start + len(opened)]
                )  # in the middle of a line: part of the code
                position = start + len(opened)
                continue
            pieces.append(text[position:start])
            end = text.find(closed, start) if last > start else -1
            lost = len(text) if cut else start + len(opened)  # never ended: all the rest, or but a slip
            position = end + len(closed) if end >= 0 else lost
        text = "".join([*pieces, text[position:]])
    return text
