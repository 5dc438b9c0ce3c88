import pytest

from evo.errors import ModelError
from evo.llm import prices
from evo.llm.prices import Price
from evo.llm.settings import ModelSettings

TABLE = {"input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6, "cache_read_input_token_cost": 5e-7}


def test_settings_go_before_the_table() -> None:
    own = ModelSettings("a", usd_per_million_in=1.0, usd_per_million_out=3.0)
    price = prices.price_of(own, TABLE)
    assert price is not None
    assert price.of(1_000_000, 2_000_000) == pytest.approx(7.0)
    assert prices.price_of(ModelSettings("a", usd_per_million_in=0.0), {}) == Price(0.0, 0.0, 0.0)


def test_the_table_knows_that_cached_tokens_are_cheaper() -> None:
    price = prices.price_of(ModelSettings("a"), TABLE)
    assert price is not None
    assert price.of(1_000_000, 0, cached=400_000) == pytest.approx(1.2 + 0.2)


def test_unknown_is_none_and_not_free() -> None:
    assert prices.price_of(ModelSettings("a"), {}) is None
    assert prices.price_of(ModelSettings("a"), {"input_cost_per_token": 1e-6}) is None
    assert prices.price_of(ModelSettings("a", base_url="http://h/v1"), TABLE) is None


def test_a_limit_in_dollars_needs_prices() -> None:
    models = [ModelSettings("a"), ModelSettings("b")]
    known = {"a": Price(1e-6, 1e-6, 1e-6), "b": None}
    prices.check(models, known, None)
    prices.check(models[:1], known, 1.0)
    with pytest.raises(ModelError, match=r"price of b is unknown\. Set llm\.usd_per_million_in"):
        prices.check(models, known, 1.0)


def test_an_estimate_shares_the_calls_by_weight() -> None:
    models = [ModelSettings("a", weight=3.0), ModelSettings("b", weight=1.0)]
    known: dict[str, Price | None] = {"a": Price(1e-6, 0.0, 0.0), "b": Price(5e-6, 0.0, 0.0)}
    guess = prices.estimate(models, known, 400, tokens_in=1000, tokens_out=0)
    assert guess.usd == pytest.approx(0.3 + 0.5)
    assert str(guess) == "400 calls, about 0.40 million tokens in and 0.00 million out, about $0.80"
    unknown = prices.estimate(models, {**known, "b": None}, 400)
    assert unknown.usd is None
    assert "unknown price" in str(unknown)
