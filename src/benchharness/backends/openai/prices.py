"""What a request costs."""

from collections.abc import Mapping

from benchharness.errors import InputError
from benchharness.registry.documents import parse
from benchharness.registry.models import PriceSpec

MILLION = 1_000_000
PRICE_OPTIONS = ("price_input", "price_output", "price_cached_input", "currency")


def prices_of(registered: PriceSpec | None, extra: Mapping[str, str]) -> PriceSpec | None:
    """Return the prices that hold: those given by ``--option``, which replace the registered ones whole.

    Args:
        registered: those of the endpoint that is asked; ``None`` for any other server.
        extra: the options of the backend, of which only ``PRICE_OPTIONS`` are read: ``price_input``,
            ``price_output`` and ``price_cached_input`` per million tokens, and ``currency``, ``USD`` or ``CNY``.

    Raises:
        InputError: if only some of the prices are given, or one is no price.
    """
    given = {name: extra[name] for name in PRICE_OPTIONS if name in extra}
    if not given:
        return registered
    missing = [name for name in ("price_input", "price_output", "currency") if name not in given]
    if missing:
        raise InputError(
            en=f"--option {', '.join(given)}: prices are given whole; add --option {' --option '.join(missing)}.",
            zh=f"--option {'、'.join(given)}：价格须完整给出，请补充 {'、'.join(missing)}。",
        )
    document: dict[str, str | float] = {
        name.removeprefix("price_"): _number(name, value) for name, value in given.items() if name != "currency"
    }
    return parse(PriceSpec, {**document, "currency": given["currency"].upper(), "source": "--option"}, "--option")


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InputError(
            en=f"--option {name}={value}: expected a price per million tokens, such as 2.5.",
            zh=f"--option {name}={value}：应为每百万词元的价格，例如 2.5。",
        ) from error


def cost_of(prices: PriceSpec, prompt_tokens: int, cached_tokens: int | None, generated_tokens: int) -> float:
    """Return what one request costs, in the currency of ``prices``.

    Args:
        prices: per million tokens.
        prompt_tokens: all tokens of the prompt, cached ones included.
        cached_tokens: those of them that the server had cached; ``None``, for not known, counts as none.
        generated_tokens: reasoning included.
    """
    tier = next((tier for tier in reversed(prices.tiers) if prompt_tokens > tier.over), prices)
    cached = min(cached_tokens or 0, prompt_tokens)
    cached_price = tier.input if tier.cached_input is None else tier.cached_input
    return ((prompt_tokens - cached) * tier.input + cached * cached_price + generated_tokens * tier.output) / MILLION
