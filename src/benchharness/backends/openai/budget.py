"""What a run may be charged, and whether the next request still fits."""

import math
import re
from threading import Lock

from benchharness.errors import InputError
from benchharness.registry.models import Currency, PriceSpec

AMOUNT = re.compile(
    r"(?P<before>us\$|\$|¥|￥)?\s*(?P<number>\d+(\.\d+)?|\.\d+)\s*(?P<after>[a-z]+|美元|人民币|元)?", re.I
)
CURRENCIES: dict[str, Currency] = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "美元": "USD",
    "¥": "CNY",
    "￥": "CNY",
    "cny": "CNY",
    "rmb": "CNY",
    "元": "CNY",
    "人民币": "CNY",
}


class Budget:
    """An amount that may be spent, what is spent of it, and what the next request is likely to add.

    Any thread may call any method.

    Args:
        limit: what may be spent, above 0.
        currency: what it is counted in.
    """

    def __init__(self, limit: float, currency: Currency) -> None:
        self.limit = limit
        self.currency = currency
        self._spent = 0.0
        self._requests = 0
        self._lock = Lock()

    @classmethod
    def parse(cls, text: str) -> "Budget":
        """Read ``5 USD``, ``$5``, ``5美元``, ``30 CNY``, ``30元`` or ``¥30``. ``¥`` is the yuan.

        Raises:
            InputError: if it is no amount above 0 with one currency.
        """
        match = AMOUNT.fullmatch(text.strip())
        named = {CURRENCIES.get(word.casefold()) for word in match.group("before", "after") if word} if match else set()
        currency = named.pop() if len(named) == 1 else None
        limit = float(match["number"]) if match else 0.0
        if currency is None or limit <= 0 or math.isinf(limit):
            raise InputError(
                en=f"--budget {text!r}: expected an amount above 0 and its currency, such as '5 USD' or '30 CNY'.",
                zh=f"--budget {text!r}：应为大于 0 的金额与币种，例如 '5 USD' 或 '30 CNY'。",
            )
        return cls(limit, currency)

    def require(self, prices: PriceSpec | None, model: str) -> None:
        """Check that what ``model`` costs is known, and is counted in the currency of the budget.

        Raises:
            InputError: if it is not, with the way to say it.
        """
        say = "--option price_input=X --option price_output=Y --option currency="
        if prices is None:
            raise InputError(
                en=f"--budget {self}: the prices of {model} are not known. Give them per million tokens: "
                f"{say}{self.currency}.",
                zh=f"--budget {self}：{model} 的价格未知。请按每百万词元给出：{say}{self.currency}。",
            )
        if prices.currency != self.currency:
            raise InputError(
                en=f"--budget {self}: {model} is charged in {prices.currency}. Give the budget in {prices.currency},"
                f" or the prices in {self.currency}: {say}{self.currency}.",
                zh=f"--budget {self}：{model} 以 {prices.currency} 计价。请以 {prices.currency} 给出预算，"
                f"或以 {self.currency} 给出价格：{say}{self.currency}。",
            )

    def add(self, cost: float) -> None:
        """Count a request that was answered, or that was charged all the same.

        Args:
            cost: in the currency of the budget.
        """
        with self._lock:
            self._spent += cost
            self._requests += 1

    @property
    def spent(self) -> float:
        """What was charged so far, in the currency of the budget."""
        with self._lock:
            return self._spent

    def allows_next(self, in_flight: int = 0) -> bool:
        """Return whether one more request fits: at the mean cost so far, with those that are not answered yet.

        Before the first cost is known everything fits; so what is asked at once at the beginning may exceed a small
        budget.

        Args:
            in_flight: requests that were asked and are not yet counted by ``add``.
        """
        with self._lock:
            mean = self._spent / self._requests if self._requests else 0.0
            return self._spent < self.limit and self._spent + mean * (in_flight + 1) <= self.limit

    def __str__(self) -> str:
        return f"{self.limit:.15g} {self.currency}"
