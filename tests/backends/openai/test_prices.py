import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.openai.prices import PRICE_OPTIONS, cost_of, prices_of
from benchharness.errors import InputError
from benchharness.registry.models import PriceSpec

HAN = re.compile(r"[\u4e00-\u9fff]")
FLAT = PriceSpec.model_validate(
    {"input": 2, "output": 8, "cached_input": 0.5, "currency": "CNY", "as_of": "2025-08-21", "source": "a page"}
)
TIERED = PriceSpec.model_validate(
    {
        **FLAT.model_dump(),
        "tiers": [
            {"over": 1000, "input": 4, "output": 16},
            {"over": 5000, "input": 6, "output": 24, "cached_input": 1},
        ],
    }
)

money = st.floats(min_value=0, max_value=1000)
tokens = st.integers(min_value=0, max_value=2_000_000)


@st.composite
def specs(draw: st.DrawFn) -> PriceSpec:
    """Prices as vendors have them: cached tokens cost at most what others do."""
    full = draw(money)
    cached = draw(st.none() | st.floats(min_value=0, max_value=full))
    return PriceSpec(input=full, output=draw(money), cached_input=cached, currency="USD", source="drawn")


def test_a_worked_example() -> None:
    # 3,000 prompt tokens, 1,000 of them cached, and 500 generated: 2,000 at 2, 1,000 at 0.5 and 500 at 8 a million.
    assert cost_of(FLAT, 3000, 1000, 500) == pytest.approx((4000 + 500 + 4000) / 1e6)


def test_cached_tokens_without_a_price_of_their_own_cost_what_others_do() -> None:
    prices = FLAT.model_copy(update={"cached_input": None})
    assert cost_of(prices, 3000, 1000, 0) == pytest.approx(6000 / 1e6)


def test_a_long_prompt_costs_its_tier_whole() -> None:
    assert cost_of(TIERED, 1000, None, 10) == pytest.approx((1000 * 2 + 10 * 8) / 1e6)
    assert cost_of(TIERED, 1001, None, 10) == pytest.approx((1001 * 4 + 10 * 16) / 1e6)
    assert cost_of(TIERED, 5000, 1000, 10) == pytest.approx((5000 * 4 + 10 * 16) / 1e6)
    assert cost_of(TIERED, 6000, 1000, 10) == pytest.approx((5000 * 6 + 1000 * 1 + 10 * 24) / 1e6)


@given(specs(), tokens, tokens, tokens)
def test_a_cost_lies_between_nothing_and_all_uncached(
    prices: PriceSpec, prompt: int, cached: int, generated: int
) -> None:
    cost = cost_of(prices, prompt, cached, generated)
    dearest = cost_of(prices, prompt, None, generated)
    assert 0 <= cost <= dearest * (1 + 1e-12) + 1e-12
    assert dearest == pytest.approx((prompt * prices.input + generated * prices.output) / 1e6)


@given(specs(), tokens, tokens, tokens)
def test_a_cost_grows_with_every_token(prices: PriceSpec, prompt: int, cached: int, generated: int) -> None:
    cost = cost_of(prices, prompt, cached, generated)
    assert cost_of(prices, prompt, cached, generated + 1) >= cost
    assert cost_of(prices, prompt + 1, cached, generated) >= cost * (1 - 1e-12)


@given(specs(), tokens, tokens)
def test_more_cached_tokens_than_the_prompt_has_are_not_believed(prices: PriceSpec, prompt: int, more: int) -> None:
    assert cost_of(prices, prompt, prompt + more, 5) == cost_of(prices, prompt, prompt, 5)


def test_without_options_the_registered_prices_hold() -> None:
    assert prices_of(FLAT, {"concurrency": "8"}) is FLAT
    assert prices_of(None, {}) is None


def test_options_replace_the_registered_prices_whole() -> None:
    given_ones = {"price_input": "1.5", "price_output": "6", "currency": "usd", "stream": "off"}
    prices = prices_of(TIERED, given_ones)
    assert prices is not None
    assert (prices.input, prices.output, prices.cached_input, prices.currency) == (1.5, 6, None, "USD")
    assert (prices.tiers, prices.as_of, prices.source) == ((), None, "--option")
    assert prices_of(None, {**given_ones, "price_cached_input": "0.1"}) == prices.model_copy(
        update={"cached_input": 0.1}
    )


@pytest.mark.parametrize(
    ("options", "fragments"),
    [
        ({"price_input": "1"}, ["--option price_input", "price_output", "currency"]),
        ({"currency": "USD"}, ["price_input", "price_output"]),
        ({"price_input": "1", "price_output": "2"}, ["--option currency"]),
        ({"price_input": "1", "price_output": "two", "currency": "USD"}, ["price_output=two", "such as 2.5"]),
        ({"price_input": "-1", "price_output": "2", "currency": "USD"}, ["--option", "input"]),
        ({"price_input": "nan", "price_output": "2", "currency": "USD"}, ["--option", "input"]),
        ({"price_input": "1", "price_output": "2", "currency": "EUR"}, ["--option", "currency", "'USD' or 'CNY'"]),
    ],
)
def test_wrong_prices_are_refused(options: dict[str, str], fragments: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        prices_of(FLAT, options)
    for fragment in fragments:
        assert fragment in caught.value.en
    assert not HAN.search(caught.value.en)
    assert HAN.search(caught.value.zh)


def test_the_options_are_named() -> None:
    assert set(PRICE_OPTIONS) == {"price_input", "price_output", "price_cached_input", "currency"}
