import contextlib
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.openai.budget import Budget
from benchharness.errors import InputError
from benchharness.registry.models import PriceSpec

HAN = re.compile(r"[\u4e00-\u9fff]")
IN_YUAN = PriceSpec(input=1, output=2, currency="CNY", source="a page")
IN_DOLLARS = PriceSpec(input=1, output=2, currency="USD", source="a page")


@pytest.mark.parametrize(
    ("text", "limit", "currency"),
    [
        ("5 USD", 5, "USD"),
        ("5USD", 5, "USD"),
        ("5 usd", 5, "USD"),
        ("$5", 5, "USD"),
        ("US$ 2.50", 2.5, "USD"),
        ("$5 USD", 5, "USD"),
        ("5美元", 5, "USD"),
        ("30 CNY", 30, "CNY"),
        ("30元", 30, "CNY"),
        ("30 元", 30, "CNY"),
        ("¥30", 30, "CNY"),
        ("￥30", 30, "CNY"),
        ("¥30元", 30, "CNY"),
        ("30 RMB", 30, "CNY"),
        ("30人民币", 30, "CNY"),
        (" .5 cny ", 0.5, "CNY"),
    ],
)
def test_an_amount_is_read(text: str, limit: float, currency: str) -> None:
    budget = Budget.parse(text)
    assert (budget.limit, budget.currency, budget.spent) == (limit, currency, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "USD",
        "five USD",
        "5 EUR",
        "$5 CNY",
        "¥5 USD",
        "-5 USD",
        "0 USD",
        "1,000 USD",
        "5 USD 5",
        "nan USD",
        "5e3 USD",
        f"{'9' * 400} USD",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Budget.parse(text)
    assert "expected an amount above 0 and its currency" in caught.value.en
    assert "应为大于 0 的金额与币种" in caught.value.zh


@given(
    st.integers(1, 10**9), st.integers(0, 99), st.sampled_from(["USD", "CNY", "元", "美元"]), st.sampled_from(["", " "])
)
def test_every_amount_is_read_back(whole: int, part: int, word: str, gap: str) -> None:
    budget = Budget.parse(f"{whole}.{part:02d}{gap}{word}")
    assert budget.limit == float(f"{whole}.{part:02d}")
    assert Budget.parse(str(budget)).currency == budget.currency


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert Budget.parse(text).limit > 0


@pytest.mark.parametrize(("prices", "fits"), [(IN_YUAN, False), (IN_DOLLARS, True), (None, False)])
def test_prices_have_to_be_known_and_of_its_currency(prices: PriceSpec | None, *, fits: bool) -> None:
    budget = Budget.parse("5 USD")
    if fits:
        budget.require(prices, "gpt-4o")
        return
    with pytest.raises(InputError) as caught:
        budget.require(prices, "gpt-4o")
    assert caught.value.en.startswith("--budget 5 USD: ")
    for message in (caught.value.en, caught.value.zh):
        assert "gpt-4o" in message
        assert "--option price_input=X --option price_output=Y --option currency=USD" in message
    assert not HAN.search(caught.value.en)
    assert HAN.search(caught.value.zh)


def test_a_budget_that_is_spent_allows_nothing() -> None:
    budget = Budget(1, "USD")
    assert budget.allows_next()
    budget.add(1)
    assert not budget.allows_next()
    assert budget.spent == 1


def test_what_is_in_flight_is_reserved_for() -> None:
    budget = Budget(1, "USD")
    budget.add(0.1)
    assert budget.allows_next(in_flight=7)
    assert not budget.allows_next(in_flight=9)


def test_free_requests_never_end_a_budget() -> None:
    budget = Budget(0.01, "CNY")
    for _ in range(100):
        budget.add(0)
    assert budget.allows_next(in_flight=1000)


@given(
    limit=st.floats(min_value=0.5, max_value=1000),
    cost=st.floats(min_value=1e-4, max_value=0.4),
    width=st.integers(1, 64),
)
def test_requests_of_one_cost_exceed_a_budget_by_the_first_ones_at_most(limit: float, cost: float, width: int) -> None:
    budget = Budget(limit, "USD")
    in_flight, asked = 0, 0
    while asked < 5000:
        while in_flight < width and budget.allows_next(in_flight):
            in_flight, asked = in_flight + 1, asked + 1
        if not in_flight:
            break
        in_flight -= 1
        budget.add(cost)
    # Before the first cost is known, as many as are asked at once may be in flight.
    assert budget.spent <= max(limit, width * cost) * (1 + 1e-9)
    if asked < 5000:
        assert budget.spent > limit - cost * (1 + 1e-9)


@given(st.lists(st.floats(min_value=0, max_value=10), max_size=50), st.integers(0, 20))
def test_allowing_follows_the_mean_cost(costs: list[float], in_flight: int) -> None:
    budget = Budget(100, "USD")
    for cost in costs:
        budget.add(cost)
    mean = sum(costs) / len(costs) if costs else 0
    expected = budget.spent + mean * (in_flight + 1)
    if abs(expected - 100) > 1e-6:
        assert budget.allows_next(in_flight) == (expected < 100)


def test_many_threads_may_spend() -> None:
    budget = Budget(1e6, "USD")
    costs = [random.Random(number).random() for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(budget.add, costs))
    assert budget.spent == pytest.approx(sum(costs))
