"""The page of a run: one HTML file that opens anywhere, offline, and sends nothing anywhere.

It shows text that hostile candidates wrote. Three things keep that text from acting: all of it is
escaped, the problem's picture is an image and not a part of the document, and the
Content-Security-Policy admits no script and no style but the ones here (by their hashes), and no
network at all.
"""

import base64
import hashlib
import json
import os
from pathlib import Path

from evo.report.chart import escape
from evo.report.sections import every_section
from evo.report.sections.header import footer, header
from evo.report.sections.parts import thinned
from evo.report.summary import RunSummary
from evo.report.text import number, one_line, plain

MAX_IMPROVEMENTS = 1_000
"""Most steps of the curve that can be read out."""

_HERE = Path(__file__).parent


def page(summary: RunSummary) -> str:
    """The whole page as HTML text, of a bounded size for any run."""
    style = _read("chart.css") + _read("page.css")
    script = _read("page.js")
    parts = every_section(summary)
    links = "".join(f'<a href="#{one.name}">{one.title}</a>' for one in parts)
    body = "".join(f'<section id="{one.name}"><h2>{one.title}</h2>{one.body}</section>' for one in parts)
    best = number(summary.champion.score) if summary.champion else "no score yet"
    best += " unverified" if summary.champion and not summary.champion.verified else ""
    title = escape(f"{best} · {summary.problem} · evo")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header>{header(summary)}</header>
<nav aria-label="Sections"><div>{links}</div></nav>
<main>{body}</main>
<footer>{footer(summary)}</footer>
<script type="application/json" id="curve">{_curve(summary)}</script>
<script>{script}</script>
</body>
</html>
"""


def write_page(summary: RunSummary, file: Path) -> Path:
    """Writes the page to `file`, all at once: a reader finds the old page or the new one, whole.

    Returns:
        `file`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    partial.write_text(page(summary), encoding="utf-8")
    partial.replace(file)
    return file


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _curve(summary: RunSummary) -> str:
    """What the read-out shows, as JSON in which nothing can end the element it stands in."""
    rows = [
        {
            "evaluation": row.evaluation,
            "score": row.score,
            "text": number(row.score, 10),
            "operator": one_line(row.operator, 40),
            "note": one_line(row.note, 120),
        }
        for row in thinned(summary.improvements, MAX_IMPROVEMENTS)
    ]
    text = json.dumps(plain(rows), allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
