"""What became of the candidates: statuses, price ladder, operators, failures, and the budget."""

from collections.abc import Mapping

from evo.report.chart import escape
from evo.report.sections.parts import MAX_ROWS, Column, bar, cut_text, key, small, table
from evo.report.summary import OperatorRow, RunSummary
from evo.report.text import MISSING, amount, count, duration, gain, one_line, share


def outcomes(summary: RunSummary) -> str:
    """Statuses of proposals and evaluations, the price ladder, and what was spent of the budget."""
    judged = sum(summary.evaluation_counts.values())
    closing = "" if judged == summary.evaluations else "repeats and those on other or fewer cases included"
    parts = [
        _statuses("Proposals", summary.proposal_counts),
        _statuses("Evaluations", summary.evaluation_counts, closing),
    ]
    both = f'<div class="two">{"".join(f"<div>{part}</div>" for part in parts)}</div>' if any(parts) else ""
    return both + _ladder(summary) + _budgets(summary)


def _statuses(title: str, counts: Mapping[str, int], remark: str = "") -> str:
    total = sum(counts.values())
    if not total:
        return ""
    known = ("ok", "duplicate", "similar", "invalid", "timeout", "memory", "crashed", "lost")
    rows = [(name, counts[name]) for name in known if counts.get(name)]
    rows += [(name, n) for name, n in counts.items() if n and name not in known]
    legend = key((escape(name), f"{escape(name)} <b>{count(n)}</b> {share(n, total)}") for name, n in rows)
    return f"<h3>{title}: {count(total)}{small(remark)}</h3>{bar(rows, total, 'thick')}{legend}"


def _ladder(summary: RunSummary) -> str:
    if not summary.ladder:
        return ""
    most = max(rung.entered for rung in summary.ladder)
    rows = (
        f"<tr><td>{escape(one_line(rung.name, 40))}{small(one_line(rung.what, 100))}</td>"
        f'<td class="n">{count(rung.entered)}</td><td class="n">{count(rung.stopped)}</td>'
        f'<td class="n">{share(rung.stopped, rung.entered)}</td>'
        f'<td class="bar">{bar([("passed", rung.entered - rung.stopped), ("stopped", rung.stopped)], most)}</td>'
        f'<td class="n">{duration(rung.seconds)}</td></tr>'
        for rung in summary.ladder
    )
    numbers = [("came to it", "n"), ("stopped", "n"), ("share", "n")]
    return (
        '<h3>Price ladder</h3><p class="hint">Each candidate climbs from cheap checks to dear ones; '
        "what a step stops costs nothing further up.</p>"
        f"{table(['step', *numbers, 'passed and stopped', ('spent on it', 'n')], rows)}"
    )


def _budgets(summary: RunSummary) -> str:
    rows = [
        f'<tr><td>{escape(row.name)}</td><td class="n">{amount(row.name, row.spent)}</td>'
        f'<td class="n">{amount(row.name, row.limit) if row.limit is not None else "no limit"}</td>'
        f'<td class="bar">{bar([("passed", min(row.spent, row.limit))], row.limit) if row.limit else ""}</td></tr>'
        for row in summary.budgets
    ]
    return f"<h3>Budget</h3>{table(['budget', ('spent', 'n'), ('limit', 'n'), ''], rows)}" if rows else ""


def operators(summary: RunSummary) -> str:
    """What each operator made, how much of it was any good, and at what price."""
    rows = summary.operators
    if not rows:
        return ""
    paid = any(row.tokens or row.usd is None or row.usd for row in rows)
    columns: list[Column] = [
        "operator",
        ("proposed", "n"),
        ("judged", "n"),
        ("improved", "n"),
        "what became of its proposals",
        ("best gain", "n"),
        ("mean gain", "n"),
        ("time", "n"),
        *([("tokens", "n"), ("cost", "n")] if paid else []),
    ]
    legend = key(
        [
            ("improved", "better than its parent"),
            ("ok", "got a score"),
            ("crashed", "failed when judged"),
            ("invalid", "no candidate made"),
            ("duplicate", "known already"),
        ]
    )
    return (
        '<p class="hint">A gain is a score minus the best parent\'s; the mean is over all that got a score. '
        "What is left of a bar still waits or was never judged.</p>"
        f"{legend}{table(columns, (_operator(row, paid) for row in rows[:MAX_ROWS]))}"
    )


def _operator(row: OperatorRow, paid: bool) -> str:
    strip = bar(
        [
            ("improved", row.improved),
            ("ok", row.ok - row.improved),
            ("crashed", row.judged - row.ok),
            ("invalid", row.failed),
            ("duplicate", row.duplicate),
        ],
        max(row.proposed, row.judged + row.failed + row.duplicate),
    )
    price = MISSING if row.usd is None else amount("usd", row.usd)
    extra = f'<td class="n">{count(row.tokens)}</td><td class="n">{price}</td>' if paid else ""
    return (
        f'<tr><td>{escape(one_line(row.name, 40))}</td><td class="n">{count(row.proposed)}</td>'
        f'<td class="n">{count(row.judged)}</td><td class="n">{count(row.improved)} <small>{share(row.improved, row.ok)}</small></td>'
        f'<td class="bar">{strip}</td><td class="n">{gain(row.best_gain)}</td><td class="n">{gain(row.mean_gain)}</td>'
        f'<td class="n">{duration(row.seconds)}</td>{extra}</tr>'
    )


def failures(summary: RunSummary) -> str:
    """Each status that is not ok, with what one of its candidates was told."""
    totals = {
        "evaluations": sum(summary.evaluation_counts.values()),
        "proposals": sum(summary.proposal_counts.values()),
    }
    blocks = []
    for row in summary.failures[:MAX_ROWS]:
        who = " · ".join(escape(one_line(part, 60)) for part in (row.operator, row.candidate) if part)
        example = f"<pre>{cut_text(row.feedback, 2_000)}</pre>" if row.feedback.strip() else ""
        blocks.append(
            f'<div class="failure"><p><b>{escape(row.status)}</b> {count(row.count)} '
            f'<span class="small">{share(row.count, totals.get(row.of, 0))} of all {escape(row.of)}'
            f"{', for example ' + who if who else ''}</span></p>{example}</div>"
        )
    return "".join(blocks)
