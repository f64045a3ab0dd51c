from datetime import UTC, timedelta, timezone

import pytest

from smmbot.lib.utc_offset import OFFSETS, BadUtcOffset, format_offset, parse_offset


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("UTC", 0),
        ("utc", 0),
        ("UTC+0", 0),
        ("UTC-0", 0),
        ("UTC+6", 6),
        ("UTC+06", 6),
        ("UTC-5", -5),
        (" UTC+5:30 ", 5.5),
        ("UTC+05:45", 5.75),
        ("UTC\N{MINUS SIGN}9:30", -9.5),
        ("UTC-12", -12),
        ("UTC+14", 14),
        ("UTC+13:45", 13.75),
    ],
)
def test_parse_offset_reads_what_people_write(text, hours):
    assert parse_offset(text) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    "text",
    [
        "Asia/Dhaka",
        "EST",
        "GMT+6",
        "",
        "+6",
        "6",
        "UTC+",
        "UTC+15",
        "UTC+14:15",
        "UTC-12:30",
        "UTC-13",
        "UTC+5:7",
        "UTC+5:60",
        "UTC+5.5",
        "UTC+٦",
        "UTC +6",
        "UTC+6 Dhaka",
        "UTC+006",
    ],
)
def test_parse_offset_refuses_everything_else_with_the_form(text):
    with pytest.raises(BadUtcOffset) as error:
        parse_offset(text)

    assert "UTC+6" in str(error.value)


def test_utc_itself_is_utc():
    assert parse_offset("UTC") is UTC


def test_offsets_run_from_west_to_east_without_a_gap():
    offsets = [parse_offset(text).utcoffset(None) for text in OFFSETS]

    assert offsets == sorted(set(offsets))
    assert (OFFSETS[0], OFFSETS[-1]) == ("UTC-12", "UTC+14")
    assert {"UTC", "UTC+5:30", "UTC+5:45", "UTC-3:30", "UTC+12:45"} <= set(OFFSETS)
    assert len([text for text in OFFSETS if ":" not in text]) == 27


@pytest.mark.parametrize("text", OFFSETS)
def test_format_offset_is_the_one_spelling(text):
    assert format_offset(parse_offset(text)) == text
