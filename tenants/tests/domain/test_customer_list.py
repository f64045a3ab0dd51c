"""Lists of customers as people have them."""

import pytest

from tenants.domain import customer_list
from tenants.domain.customer_list import MAX_BYTES, MAX_ROWS
from tenants.errors import UnreadableList


def pairs(given, **more):
    return [(one.phone, one.username) for one in customer_list.read(given, **more).rows]


@pytest.mark.parametrize(
    "given",
    [
        "+15550100014,sam",
        "phone,username\n+15550100014,sam\n",
        "Username;WhatsApp number\r\nsam;+1 555 010-0014\r\n",
        "0015550100014\tsam",
        "sam,+15550100014",
        "\ufeffphone,username\n'+15550100014,sam",
        '"=""+15550100014""",sam',
        "15550100014@s.whatsapp.net,sam",
        "+15550100014 sam",
        "\n\n +1 (555) 010 0014 | sam \n\n",
        "phone,username\n+15550100014,sam".encode("utf-16"),
        "phone,name,username\n+15550100014,Samü,sam".encode("cp1252"),
        b"\xef\xbb\xbfphone,username,name,lid\n+15550100014,sam,Sam,99900000000014",
    ],
)
def test_messy_lists_are_read(given):
    assert pairs(given) == [("15550100014", "sam")]


def test_a_number_without_plus_is_taken_only_where_that_is_said():
    parsed = customer_list.read("15550100014,sam")

    assert parsed.rows == ()
    assert "The country code is missing. Did you mean +15550100014?" in parsed.problems[0].why
    assert pairs("15550100014,sam", bare_is_international=True) == [("15550100014", "sam")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",sam", "The phone is missing."),
        ("+15550100014,", "The username is missing."),
        ("+15550100014,a b", "A username has no spaces."),
        (f"+15550100014,{'a' * 101}", "A username has 100 characters at most."),
        ('"1,5555E+10";sam', "The spreadsheet has shortened this number"),
        ("99900000000014@lid,sam", "This is a WhatsApp LID"),
        ("+15,sam", "This is not a phone number we can reach."),
    ],
)
def test_a_line_that_cannot_be_used_says_why(line, why):
    parsed = customer_list.read(f"phone{';' if ';' in line else ','}username\n\n{line}\n")

    assert parsed.rows == ()
    assert parsed.problems[0].line == 3
    assert parsed.problems[0].why.startswith(why)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "There is no line in it"),
        ("phone,username\n", "There is no line in it"),
        (b"PK\x03\x04zip", "This is a spreadsheet"),
        ("+15550100014,sam\n" * (MAX_ROWS + 1), "more than 5,000 lines"),
        (b"x" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_list_is_refused(given, why):
    with pytest.raises(UnreadableList) as caught:
        customer_list.read(given)

    assert why in caught.value.message
