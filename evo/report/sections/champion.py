"""The champion: its picture, its scores, how it came to be, its code and what changed."""

import base64
from collections.abc import Sequence

from evo.report import listing
from evo.report.chart import escape
from evo.report.sections.parts import MAX_ROWS, definitions, small
from evo.report.summary import ChampionRow, LineageRow, RunSummary, SplitScore
from evo.report.text import count, gain, number, one_line

MAX_PICTURE = 1_000_000
"""Longest SVG text that is shown."""

MAX_CODE = 150_000
"""Most characters of code, over all files."""

MAX_FILES = 20
LATEST = 5
"""Generations before the champion that are shown at once."""

MAX_LINEAGE = 100


def champion(summary: RunSummary) -> str:
    """The champion: its picture, its scores, how it came to be, its code and what changed."""
    best = summary.champion
    if best is None:
        return '<p class="hint">No candidate got a score, so there is no champion.</p>'
    picture = _picture(best)
    facts = _facts(summary, best)
    lineage = _lineage(best.lineage)
    changed = listing.diff(best.diff) if best.diff else '<p class="hint">Its files are its seed\'s.</p>'
    layout = "champion" if picture else "champion bare"
    return (
        f'{_warning(best)}<div class="{layout}">{picture}<div>{facts}{lineage}</div></div>'
        f"<details open><summary>What changed since its seed</summary>{changed}</details>{_files(best)}"
    )


def _warning(best: ChampionRow) -> str:
    """That the champion rule decided nothing."""
    if not best.warning:
        return ""
    return (
        f'<div class="warning" role="note"><b>Champion rule.</b> {escape(one_line(best.warning, 600))}</div>'
    )


def _files(best: ChampionRow) -> str:
    parts: list[str] = []
    room = MAX_CODE
    for path, text in list(best.files.items())[:MAX_FILES]:
        unfold = "" if parts else " open"
        head = f"{escape(one_line(path, 120))}<small>{_lines(text)}</small>"
        body = listing.code(path, text, max(0, min(room, listing.MAX_CHARACTERS)))
        parts.append(f"<details{unfold}><summary>{head}</summary>{body}</details>")
        room -= len(text)
    if len(best.files) > MAX_FILES:
        parts.append(
            f'<p class="cut">… and {count(len(best.files) - MAX_FILES)} more files in the run folder.</p>'
        )
    return "".join(parts)


def _lines(text: str) -> str:
    n = len(text.splitlines())
    return f"{count(n)} line{'' if n == 1 else 's'}"


def _picture(best: ChampionRow) -> str:
    """The drawing as an image, where neither scripts run nor anything is loaded."""
    if not best.picture:
        return ""
    if len(best.picture) > MAX_PICTURE:
        return '<p class="hint">The picture is too large to show here; the run folder has it.</p>'
    data = base64.b64encode(best.picture.encode("utf-8", "replace")).decode()
    return f'<img class="picture" alt="what the champion produced" src="data:image/svg+xml;base64,{data}">'


def _facts(summary: RunSummary, best: ChampionRow) -> str:
    state = (
        '<span class="mark ok">verified</span>'
        if best.verified
        else '<span class="mark bad">unverified</span>'
    )
    rows = [
        ("candidate", f"<code>{escape(best.id)}</code> {state}"),
        ("score", number(best.score, 12)),
        *([("rule", escape(one_line(best.why, 200)))] if best.why else []),
        (
            "made by",
            escape(one_line(best.operator, 60))
            + (f" <small>{escape(one_line(best.note, 200))}</small>" if best.note else ""),
        ),
        *((escape(one.split), _split(one)) for one in best.splits),
        *_runner_up(summary, best),
        *(
            (
                escape(one_line(name, 40)),
                number(value, 10) + small(one_line(summary.metrics_meaning.get(name, ""), 160)),
            )
            for name, value in list(best.metrics.items())[:MAX_ROWS]
        ),
    ]
    if best.feedback.strip():
        rows.append(("feedback", f"<small>{escape(one_line(best.feedback, 400))}</small>"))
    return definitions(rows)


def _runner_up(summary: RunSummary, best: ChampionRow) -> list[tuple[str, str]]:
    """Who had a higher score, where the champion was picked by a rule or on other cases."""
    if best.best is not None:
        stage = escape(one_line(best.best.stage, 30))
        found = f"{number(best.best.score, 12)} <code>{escape(best.best.id)}</code>"
        return [(f"best score on {stage}", found)]
    last = summary.improvements[-1] if summary.improvements else None
    if last is None or last.candidate == best.id or last.score <= best.score:
        return []
    why = "the champion is the best on the selection cases"
    return [("best on search", f"{number(last.score, 12)} <code>{escape(last.candidate)}</code>{small(why)}")]


def _split(one: SplitScore) -> str:
    if one.score is None:
        return f'<span class="mark bad">{escape(one.status)}</span>'
    said = [
        *([f"{number(one.low, 8)} to {number(one.high, 8)}"] if one.low is not None else []),
        *([f"{count(one.repeats)} repeats"] if one.repeats > 1 else []),
        *([f"the seed {number(one.seed, 10)}"] if one.seed is not None else []),
    ]
    return number(one.score, 10) + small(", ".join(said))


def _lineage(rows: Sequence[LineageRow]) -> str:
    """The chain from the seed; of a long one the seed and the last few, the rest folded away."""
    if not rows:
        return ""
    items = [_ancestor(row, before) for before, row in zip([None, *rows[:-1]], rows, strict=True)]
    middle = items[1 : -LATEST - 1] if len(items) > LATEST + 3 else []
    if not middle:
        return f'<h3>Lineage</h3><ol class="lineage">{"".join(items)}</ol>'
    shown = middle[-MAX_LINEAGE:]
    cut = (
        f'<li class="gap-row"><div>… {count(len(middle) - len(shown))} more</div></li>'
        if shown != middle
        else ""
    )
    folded = (
        f"<details><summary>{count(len(middle))} generations between</summary>"
        f'<ol class="lineage">{cut}{"".join(shown)}</ol></details>'
    )
    last = "".join(items[-LATEST - 1 :])
    return (
        f'<h3>Lineage</h3><ol class="lineage">{items[0]}<li class="gap-row">{folded}</li></ol>'
        f'<ol class="lineage">{last}</ol>'
    )


def _ancestor(row: LineageRow, before: LineageRow | None) -> str:
    change = ""
    if before is not None and row.score is not None and before.score is not None:
        kind = "up" if row.score > before.score else "down"
        change = f'<span class="{kind}">{gain(row.score - before.score)}</span> '
    score = number(row.score, 8) if row.status == "ok" else escape(row.status)
    return (
        f'<li><b>{score}</b>{change}<span class="mark">{escape(one_line(row.operator, 40))}</span> '
        f'<code class="small">{escape(row.id[:8])}</code><div>{escape(one_line(row.note, 160))}</div></li>'
    )
