"""What language models were asked, what it cost, and how the proposals were shared out."""

from evo.report.chart import escape
from evo.report.sections.parts import Column, bar, table
from evo.report.summary import ModelRow, RunSummary
from evo.report.text import MISSING, amount, count, duration, one_line


def models(summary: RunSummary) -> str:
    """Calls, tokens and dollars by model and role; then the bandit's arms."""
    return _calls(summary) + _arms(summary)


def _calls(summary: RunSummary) -> str:
    if not summary.models:
        return ""
    columns: list[Column] = [
        "model",
        "asked to",
        ("calls", "n"),
        ("tries", "n"),
        ("cut off", "n"),
        ("tokens in", "n"),
        ("tokens out", "n"),
        ("cost", "n"),
        ("mean wait", "n"),
    ]
    known = all(row.usd is not None for row in summary.models)
    hint = "" if known else " The price of a model is unknown here: that is not the same as free."
    return (
        f'<p class="hint">Each answer was recorded when it came, before anything was made of it.{hint}'
        f"{_judging(summary)}</p>"
        f"{table(columns, (_row(row) for row in summary.models))}"
    )


def _judging(summary: RunSummary) -> str:
    """What was spent beside these calls: designs of agents ask models while they are judged."""
    spent = {row.name: row.spent for row in summary.budgets}
    tokens = spent.get("tokens", 0.0) - sum(row.tokens_in + row.tokens_out for row in summary.models)
    if tokens < 1:
        return ""
    usd = spent.get("usd", 0.0) - sum(row.usd or 0.0 for row in summary.models)
    cost = f" for {amount('usd', usd)}" if usd > 1e-9 else ""
    return f" Judging asked models for another {count(round(tokens))} tokens{cost}."


def _row(row: ModelRow) -> str:
    price = "unknown" if row.usd is None else amount("usd", row.usd)
    return (
        f"<tr><td>{escape(one_line(row.model, 60))}</td><td>{escape(row.role)}</td>"
        f'<td class="n">{count(row.calls)}</td><td class="n">{count(row.tries)}</td>'
        f'<td class="n">{count(row.cut)}</td><td class="n">{count(row.tokens_in)}</td>'
        f'<td class="n">{count(row.tokens_out)}</td><td class="n">{price}</td>'
        f'<td class="n">{duration(row.seconds / row.calls) if row.calls else MISSING}</td></tr>'
    )


def _arms(summary: RunSummary) -> str:
    if not summary.arms:
        return ""
    how = (
        "A bandit shares out the proposals by reward for cost; one draw in ten goes by the weights alone."
        if summary.bandit
        else "The weights alone shared out the proposals in this run."
    )
    rows = (
        f"<tr><td>{escape(one_line(arm.operator, 40))}</td><td>{escape(one_line(arm.model, 60)) or MISSING}</td>"
        f'<td class="n">{count(arm.proposals)}</td>'
        f'<td class="n">{MISSING if arm.reward is None else format(arm.reward, ".3f")}</td>'
        f'<td class="n">{MISSING if arm.cost is None else format(arm.cost, ".2%")}</td>'
        f'<td class="bar">{bar([("passed", arm.share)], 1.0)}</td><td class="n">{arm.share:.0%}</td></tr>'
        for arm in summary.arms
    )
    columns: list[Column] = [
        "operator",
        "model",
        ("proposals", "n"),
        ("mean reward", "n"),
        ("mean cost", "n"),
        "share of the last hundred",
        ("", "n"),
    ]
    return (
        f'<h3>Operators and models</h3><p class="hint">{how} The reward is the gain over the parent, 1 for four '
        "times the usual gain, 0 for a failure; the cost is the share of the run's budget that one proposal "
        f"used.</p>{table(columns, rows)}"
    )
