from decimal import Decimal

import pytest

from panel.clients import wire_values
from panel.clients.types import Money


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (5, 5),
        ("5", 5),
        (" 5 ", 5),
        ("5.0", 5),
        (Decimal("5.000"), 5),
        ("-3", -3),
        (0, 0),
        ("", None),
        (None, None),
        (True, None),
        ("5.5", None),
        ("five", None),
        ("1_000", None),
        ("٥", None),
        ("1e999999999", None),
        (Decimal("1e999999999"), None),
        ("NaN", None),
        ("9" * 60, None),
        (10**30, None),
        ([5], None),
    ],
)
def test_to_int(raw, value):
    assert wire_values.to_int(raw) == value


@pytest.mark.parametrize(
    ("raw", "money"),
    [
        ({"value": "0.4200", "currency_code": "usd"}, Money(Decimal("0.4200"), "USD")),
        ({"value": Decimal("0.1"), "currency_code": "EUR"}, Money(Decimal("0.1"), "EUR")),
        ({"value": 3}, Money(Decimal(3), "")),
        ("1.10", Money(Decimal("1.10"), "")),
        ({"value": "", "currency_code": "USD"}, None),
        ({"value": "1,234.50"}, None),
        ({"value": "NaN"}, None),
        ({"value": "Infinity"}, None),
        ({"value": "1e99"}, None),
        ({"value": True}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_to_money(raw, money):
    assert wire_values.to_money(raw) == money


@pytest.mark.parametrize(
    ("raw", "provider"),
    [
        ("Provider.Example", "provider.example"),
        ("https://www.provider.example/", "provider.example"),
        ("http://provider.example:8080/api/v2?x=1", "provider.example"),
        ("www.provider.example", "provider.example"),
        ("provider.example.", "provider.example"),
        ("//provider.example", "provider.example"),
        ("  n/a ", None),
        ("N/A", None),
        ("", None),
        ("0", None),
        (0, None),
        ("manual", None),
        ("Manual", None),
        (None, None),
        ([], None),
        ("https://", None),
    ],
)
def test_to_provider(raw, provider):
    assert wire_values.to_provider(raw) == provider


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *((raw, True) for raw in (True, 1, "1", "true", "Yes")),
        *((raw, False) for raw in (False, 0, "0", "false", "no")),
        *((raw, None) for raw in (None, "", 2, "maybe", [], {})),
    ],
)
def test_to_bool(raw, value):
    assert wire_values.to_bool(raw) is value
