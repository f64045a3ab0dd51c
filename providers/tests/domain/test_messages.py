import pytest

from providers.domain.messages import DEFAULT_FORMATS, check_format, check_formats, format_message
from providers.enums import MessageAction
from providers.errors import BadMessageFormat
from providers.models import SmmProvider


def supplier(**formats):
    return SmmProvider(name="SMMCost", host="smmcost.com", message_formats=formats)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("refill", "3155,3154 refill"),
        ("cancel", "3155,3154 cancel"),
        ("speed_up", "3155,3154 speed up"),
        ("refund", "3155,3154 refund"),
        ("partial", "3155,3154 partial"),
        ("fake_complete", "3155,3154 fake complete"),
        ("escalation", "3155,3154"),
    ],
)
def test_default_formats(action, text):
    assert format_message(supplier(), action, ["3155", "3154"]) == [text]


def test_every_action_has_a_format_that_can_be_used():
    assert set(DEFAULT_FORMATS) == set(MessageAction)
    assert all(check_format(text) == text for text in DEFAULT_FORMATS.values())


def test_a_format_of_the_providers_own():
    assert format_message(supplier(refill="/refill {oids}"), "refill", ["1"]) == ["/refill 1"]
    assert format_message(supplier(refill="/refill {oids}"), "cancel", ["1"]) == ["1 cancel"]


@pytest.mark.parametrize("stored", ["{oid} refill", "refill", "{", "", None, 5])
def test_a_stored_format_that_cannot_be_used_counts_as_none(stored):
    assert format_message(supplier(refill=stored), "refill", ["1"]) == ["1 refill"]


@pytest.mark.parametrize("formats", [None, [], "x"])
def test_formats_that_are_no_object_count_as_none(formats):
    provider = SmmProvider(message_formats=formats)

    assert format_message(provider, "refill", ["1"]) == ["1 refill"]


def test_batches_of_a_hundred():
    texts = format_message(supplier(), "refill", [str(number) for number in range(1, 251)])

    assert [text.count(",") + 1 for text in texts] == [100, 100, 50]
    assert texts[0].startswith("1,2,")
    assert texts[2].endswith(",250 refill")


@pytest.mark.parametrize("oids", [[], [""], [" "]])
def test_never_an_empty_message(oids):
    assert format_message(supplier(), "escalation", oids) == []


def test_each_id_once_without_blanks():
    assert format_message(supplier(), "escalation", [" 1", "2", "1 ", ""]) == ["1,2"]


def test_an_action_that_does_not_exist():
    with pytest.raises(ValueError, match="dance"):
        format_message(supplier(), "dance", ["1"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("refill", "no_oids"),
        ("", "no_oids"),
        ("{{oids}}", "no_oids"),
        ("{oid} refill", "unknown_variable"),
        ("{oids} {order_id}", "unknown_variable"),
        ("{} refill", "unknown_variable"),
        ("{oids.real}", "unknown_variable"),
        ("{oids[0]}", "unknown_variable"),
        ("{oids!r}", "unknown_variable"),
        ("{oids:>999999999}", "unknown_variable"),
        ("{oids", "braces"),
        ("oids} {oids}", "braces"),
        ("{oids} " + "x" * 200, "too_long"),
    ],
)
def test_formats_that_cannot_be_used(text, reason):
    with pytest.raises(BadMessageFormat) as error:
        check_format(text)
    assert error.value.reason == reason


def test_check_formats_drops_what_is_blank():
    assert check_formats({"refill": " {oids} rf ", "cancel": " "}) == {"refill": "{oids} rf"}
    with pytest.raises(ValueError, match="dance"):
        check_formats({"dance": "{oids}"})
