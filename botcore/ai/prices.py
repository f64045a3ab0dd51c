"""What models cost: USD a million tokens, in and out, as their makers list them. Data: edit when a list changes.

A model not named here costs DEFAULT, dear on purpose: a cap must rather close too early.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from botcore.ai.errors import Spent


class Price(NamedTuple):
    tokens_in: Decimal
    tokens_out: Decimal


def _price(tokens_in: str, tokens_out: str) -> Price:
    return Price(Decimal(tokens_in), Decimal(tokens_out))


DEFAULT = _price("5.00", "20.00")
FREE = _price("0", "0")
PRICES: Mapping[str, Price] = {
    "gpt-4o": _price("2.50", "10.00"),
    "gpt-4o-mini": _price("0.15", "0.60"),
    "gpt-4.1": _price("2.00", "8.00"),
    "gpt-4.1-mini": _price("0.40", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.40"),
    "gpt-5": _price("1.25", "10.00"),
    "gpt-5-mini": _price("0.25", "2.00"),
    "gpt-5-nano": _price("0.05", "0.40"),
    "o4-mini": _price("1.10", "4.40"),
    "deepseek-chat": _price("0.28", "1.10"),
    "mistral-small": _price("0.10", "0.30"),
    "gemini-2.5-flash": _price("0.30", "2.50"),
    "gemini-2.5-flash-lite": _price("0.10", "0.40"),
    "sandbox": FREE,
}
_MILLION = 1_000_000


def price_of(model: str) -> Price:
    """`openai/gpt-4o-mini-2024-07-18` costs what `gpt-4o-mini` costs: the longest name that begins the model's and is
    followed by a date, `latest` or nothing."""
    name = model.lower().rpartition("/")[2]
    for known in sorted(PRICES, key=len, reverse=True):
        tail = name.removeprefix(known)
        if name.startswith(known) and (not tail or tail.startswith(("-20", "-latest", "-0", "-1", ":"))):
            return PRICES[known]
    return DEFAULT


def cost_usd(model: str, spent: Spent) -> Decimal:
    price = price_of(model)
    return (price.tokens_in * spent.tokens_in + price.tokens_out * spent.tokens_out) / _MILLION
