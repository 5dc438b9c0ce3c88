"""Code and diffs as HTML: escaped, coloured, numbered, and cut where they grow too long."""

import html
import re

from evo.report.text import count, visible

MAX_LINES = 1_200
MAX_CHARACTERS = 60_000
"""A listing ends after so many lines or characters, whichever comes first, and says so."""

_TOKENS = re.compile(
    r"(?P<c>#[^\n]*)"
    # the closing quote is optional: what is never closed must not be searched for again and again
    r'|(?P<s>[rbfuRBFU]{0,2}(?:"""(?:[^"\\]|\\.|"(?!""))*(?:""")?'
    r"|\'\'\'(?:[^'\\]|\\.|'(?!''))*(?:\'\'\')?"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'(?:[^'\\\n]|\\.)*'?))"
    r"|(?P<k>\b(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|"
    r"finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|"
    r"with|yield)\b)"
    r"|(?P<n>\b(?:0[xXoObB][0-9a-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)\b)",
    re.DOTALL,
)


def code(path: str, text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text`, up to `limit` characters of it, as a numbered listing; Python is coloured."""
    shown, left = _cut(text, limit)
    body = _coloured(shown) if path.endswith(".py") else html.escape(shown)
    rows = "".join(f"<li><code>{line or ' '}</code></li>" for line in body.split("\n"))
    return f'<ol class="listing">{rows}</ol>{_note(left)}'


def diff(text: str) -> str:
    """A unified diff with its added and removed lines marked by colour and by their sign."""
    shown, left = _cut(text, MAX_CHARACTERS)
    rows = "".join(
        f'<li class="{_kind(line)}"><code>{html.escape(line) or " "}</code></li>'
        for line in shown.split("\n")
    )
    return f'<ol class="listing diff">{rows}</ol>{_note(left)}'


def _cut(text: str, limit: int) -> tuple[str, int]:
    """The part that is shown, and how many characters are not."""
    text = text.rstrip("\n")
    shown = "\n".join(text[:limit].split("\n")[:MAX_LINES])
    return visible(shown), len(text) - len(shown)


def _note(left: int) -> str:
    return f'<p class="cut">… and {count(left)} more characters; the run folder has them.</p>' if left else ""


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "add", "-": "del", "@": "hunk"}.get(line[:1], "same")


def _coloured(text: str) -> str:
    parts, at = [], 0
    for match in _TOKENS.finditer(text):
        parts.append(html.escape(text[at : match.start()]))
        # a string may run over several lines; each line is an element of its own
        lines = html.escape(match.group()).split("\n")
        parts.append("\n".join(f'<span class="{match.lastgroup}">{line}</span>' for line in lines))
        at = match.end()
    parts.append(html.escape(text[at:]))
    return "".join(parts)
