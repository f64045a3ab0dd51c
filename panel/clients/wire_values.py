"""Values as panels write them, beside those all APIs share."""

from typing import Any

from panel.clients.types import Money
from smmbot.lib.wire_values import to_bool as to_bool
from smmbot.lib.wire_values import to_host, to_number
from smmbot.lib.wire_values import to_int as to_int
from smmbot.lib.wire_values import to_line as to_line

_NO_PROVIDER = frozenset({"", "0", "n/a", "na", "none", "null", "manual", "-"})


def to_money(value: Any) -> Money | None:
    """Read `{value, currency_code, formatted}` or a bare amount; never through float."""
    currency = ""
    if isinstance(value, dict):
        currency = to_line(value.get("currency_code")).upper()
        value = value.get("value")
    amount = to_number(value)
    return None if amount is None else Money(amount, currency)


def to_provider(value: Any) -> str | None:
    """The provider's host, see to_host. None for manual services, whose provider is null, "", `n/a`, `0` or
    `manual`."""
    text = to_line(value).lower()
    host = "" if text in _NO_PROVIDER else to_host(text)
    return None if host in _NO_PROVIDER else host
