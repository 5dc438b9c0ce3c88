"""What tokens cost, as far as that is known, and what a run will cost before it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evo.errors import ModelError
from evo.llm.settings import ModelSettings

TYPICAL_TOKENS_IN = 3_000
TYPICAL_TOKENS_OUT = 1_500
"""Of a call that proposes a candidate, before one was made."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a token read, a token written, and one read from the provider's cache."""

    usd_in: float
    usd_out: float
    usd_cached: float

    def of(self, tokens_in: int, tokens_out: int, cached: int = 0) -> float:
        """Of a call; `cached` of its `tokens_in` came from the provider's cache."""
        return (tokens_in - cached) * self.usd_in + cached * self.usd_cached + tokens_out * self.usd_out


def price_of(model: ModelSettings, table: Mapping[str, float | None]) -> Price | None:
    """From the settings, else from what is known of the model; None for unknown.

    Args:
        model: a model with one of its two prices set has 0 for the other.
        table: ``input_cost_per_token`` and so on, as litellm has it; empty for a model it does not know.
    """
    if model.usd_per_million_in is not None or model.usd_per_million_out is not None:
        usd_in, usd_out = (model.usd_per_million_in or 0.0) / 1e6, (model.usd_per_million_out or 0.0) / 1e6
        return Price(usd_in, usd_out, usd_in)
    known_in, known_out = table.get("input_cost_per_token"), table.get("output_cost_per_token")
    # The table is of the provider's own service; who runs a server of the same name may ask anything.
    if model.base_url or known_in is None or known_out is None:
        return None
    cached = table.get("cache_read_input_token_cost")
    return Price(known_in, known_out, known_in if cached is None else cached)


def check(
    models: Sequence[ModelSettings], prices: Mapping[str, Price | None], budget_usd: float | None
) -> None:
    """Refuses a limit in dollars where a price is unknown.

    Raises:
        ModelError: it would never be reached.
    """
    unknown = [model.called for model in models if prices[model.called] is None]
    if budget_usd is not None and unknown:
        raise ModelError(
            f"budget.usd={budget_usd:g} cannot be kept: the price of {', '.join(unknown)} is unknown. Set "
            "llm.usd_per_million_in=... llm.usd_per_million_out=..., or limit budget.tokens instead."
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will use. `usd` is None where a price is unknown."""

    calls: int
    tokens_in: int
    tokens_out: int
    usd: float | None

    def __str__(self) -> str:
        cost = "at an unknown price" if self.usd is None else f"about ${self.usd:.2f}"
        return (
            f"{self.calls} calls, about {self.tokens_in / 1e6:.2f} million tokens in and "
            f"{self.tokens_out / 1e6:.2f} million out, {cost}"
        )


def estimate(
    models: Sequence[ModelSettings],
    prices: Mapping[str, Price | None],
    proposals: int,
    tokens_in: int = TYPICAL_TOKENS_IN,
    tokens_out: int = TYPICAL_TOKENS_OUT,
) -> Estimate:
    """What `proposals` calls cost that are shared out by weight, each of so many tokens."""
    weights = sum(model.weight for model in models)
    usd: float | None = 0.0
    for model in models:
        price = prices[model.called]
        if model.weight and usd is not None:
            share = proposals * model.weight / weights
            usd = None if price is None else usd + share * price.of(tokens_in, tokens_out)
    return Estimate(proposals, proposals * tokens_in, proposals * tokens_out, usd)
