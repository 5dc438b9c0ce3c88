"""What cases cost: of all of them, and of a case on average, by node and by role."""

import statistics
from collections.abc import Mapping, Sequence

from evo.llm.broker import Account
from evo.play.case import Played
from evo.types import Usage

METRICS = ("calls", "tokens", "usd", "seconds.model")
"""What the names of metrics begin with that count what was used."""


def ledger(played: Sequence[Played]) -> tuple[Usage, dict[str, float]]:
    """What all cases cost, and what a case cost on average, by node and by role."""
    n = len(played)
    total = Account()
    parts: dict[str, Account] = {}
    for one in played:
        for (node, role), account in one.host.books.accounts.items():
            total.merge(account)
            parts.setdefault(node, Account()).merge(account)
            if role and role != node:
                parts.setdefault(f"{node}.{role}", Account()).merge(account)
    metrics = {
        "steps": sum(one.host.steps for one in played) / n,
        "restarts": sum(one.host.restarts for one in played) / n,
        "cases.failed": sum(one.verdict.status != "ok" for one in played) / n,
        **_amounts("", total, n),
        "model.empty": total.empty / n,
        "model.cut": total.cut / n,
        "model.failed": total.failures / n,
    }
    for name, account in sorted(parts.items()):
        metrics |= _amounts(f".{name}", account, n)
    cpu_s = sum(one.outcome.cpu_s for one in played)
    return Usage(total.tokens_in, total.tokens_out, total.usd, cpu_s), metrics


def _amounts(suffix: str, account: Account, n: int) -> dict[str, float]:
    found = {
        f"calls{suffix}": account.calls / n,
        f"tokens{suffix}": (account.tokens_in + account.tokens_out) / n,
        f"seconds.model{suffix}": account.seconds / n,
    }
    return found | ({} if account.usd is None else {f"usd{suffix}": account.usd / n})


def means(all_metrics: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of the metrics that all have."""
    shared = set.intersection(*(set(one) for one in all_metrics))
    names = [name for name in all_metrics[0] if name in shared]
    return {name: statistics.fmean(one[name] for one in all_metrics) for name in names}
