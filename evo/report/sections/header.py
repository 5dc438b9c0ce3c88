"""The top of the page: the problem and the result at a glance."""

from collections.abc import Mapping

from evo.report.chart import escape
from evo.report.sections.parts import cut_text
from evo.report.summary import RunSummary
from evo.report.text import against, count, duration, number, one_line, rate

ENDINGS: Mapping[str, tuple[str, str]] = {
    "running": ("not ended", "warn"),
    "met": ("budget spent", "ok"),
    "target": ("target reached", "ok"),
    "early": ("ended early", "bad"),
    "interrupted": ("interrupted", "warn"),
}
"""What is said of each ending, and the mark it is said in."""


def header(summary: RunSummary) -> str:
    """The problem, the result in four tiles, and a warning where the score may be forged."""
    statement = summary.statement.strip()
    first, _, rest = statement.partition("\n\n")
    lead = f'<p class="lead">{escape(one_line(first, 400))}</p>' if first else ""
    more = f'<details><summary>The whole statement</summary><p class="prose">{cut_text(rest, 6_000)}</p></details>'
    warning = ""
    if summary.champion and not summary.champion.verified:
        warning = (
            '<div class="warning" role="note"><b>Not verified.</b> Judge and candidate shared a process while '
            "this score was taken, so the candidate could have forged it. Do not report it before a judge in "
            "another process has recomputed it.</div>"
        )
    search = f"{summary.search} · " if summary.search else ""
    return (
        f'<p class="eyebrow">evo · {escape(search)}seed {summary.seed}</p><h1>{escape(one_line(summary.problem, 80))}</h1>'
        f"{lead}{more if rest.strip() else ''}{warning}"
        f'<div class="tiles">{_best_tile(summary)}{_evaluations_tile(summary)}{_time_tile(summary)}{_ending_tile(summary)}</div>'
    )


def footer(summary: RunSummary) -> str:
    """Where this comes from."""
    parts = [f"run folder <code>{escape(summary.folder)}</code>"]
    if summary.written:
        parts.append(f"written {escape(summary.written)}")
    parts.append("this page loads nothing from anywhere")
    return " · ".join(parts)


def _tile(what: str, value: str, sub: str = "", kind: str = "") -> str:
    return (
        f'<div class="tile {kind}"><span class="what">{what}</span><strong>{value}</strong>'
        f'<span class="sub">{sub}</span></div>'
    )


def _best_tile(summary: RunSummary) -> str:
    best = summary.champion
    score = best.score if best else None
    stands = against(score, summary.best_known) or "no best known value is given"
    if summary.best_known is not None:
        source = f" ({one_line(summary.best_known_source, 160)})" if summary.best_known_source else ""
        stands = f"{stands + ', ' if best else 'best known: '}{number(summary.best_known, 10)}{source}"
    mark = ' <span class="mark bad">unverified</span>' if best and not best.verified else ""
    what = "score of the champion" if best and best.why else "best score"
    return _tile(what, (number(score, 10) if best else "none yet") + mark, escape(stands), "main")


def _evaluations_tile(summary: RunSummary) -> str:
    sub = (
        f"{count(summary.points_score.size)} with a score"
        if summary.evaluations
        else "nothing was judged yet"
    )
    return _tile("evaluations", count(summary.evaluations), sub)


def _time_tile(summary: RunSummary) -> str:
    timing = summary.timing
    sub = rate(timing.evaluations_per_s, "evaluations") if timing.evaluations_per_s else ""
    return _tile("time", duration(timing.wall_s), sub)


def _ending_tile(summary: RunSummary) -> str:
    name, mark = ENDINGS[summary.ending]
    sub = escape(one_line(summary.reason, 200))
    return _tile("how it ended", f'<span class="mark {mark}">{name}</span>', sub, "text")
