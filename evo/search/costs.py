"""What a proposal or a judgement costs: how much of the run's limits it used."""

from collections.abc import Mapping
from fractions import Fraction

from evo.budget import SPENDABLE
from evo.types import Evaluation, Proposal

__all__ = ["Costs"]


class Costs:
    """Prices events in shares of what the run may spend.

    Args:
        limits: of the run, name -> limit, as `evo.types.Plan.limits`.
        shares: stage -> what a judgement there counts as, as `evo.types.Plan.share_at`; 1 where it is not named.
    """

    def __init__(self, limits: Mapping[str, float], shares: Mapping[str, Fraction] | None = None) -> None:
        self._limits = {name: limit for name, limit in limits.items() if name in SPENDABLE and limit > 0}
        self._shares = dict(shares or {})

    @property
    def limited(self) -> bool:
        """Whether anything is."""
        return bool(self._limits)

    def of(self, event: Proposal | Evaluation) -> float | None:
        """The sum over the limits of the share that `event` used, without what has no known price.

        None if nothing is limited but what has no known price; 0 if nothing is limited.
        """
        usage = event.usage
        made = isinstance(event, Proposal)
        used = {
            "evaluations": 0.0 if isinstance(event, Proposal) else float(self._shares.get(event.stage, 1)),
            "proposals": float(made),
            "seconds": event.seconds,
            "usd": usage.usd,
            "tokens": float(usage.tokens_in + usage.tokens_out),
            "gpu_seconds": usage.gpu_s,
        }
        known = [value / limit for name, limit in self._limits.items() if (value := used[name]) is not None]
        return sum(known) if known or not self._limits else None
