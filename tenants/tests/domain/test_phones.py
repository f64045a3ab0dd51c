import pytest

from tenants.domain import devices, phones
from tenants.errors import InvalidPhone


@pytest.mark.parametrize(
    "typed",
    [
        "+447911123456",
        " +44 7911 123456 ",
        "0044 7911-123456",
        "+44 (7911) 12.34.56",
        "＋４４７９１１１２３４５６",
        "\u202a+44\u00a07911\u2011123456\u202c",
    ],
)
def test_phone_is_read_as_people_write_it(typed):
    assert phones.normalise(typed) == "+447911123456"


@pytest.mark.parametrize(
    "typed", ["", "   ", "+", "+12", "+999123456789", "hello", "+44 7911 123456 ext 5", "+" * 99]
)
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(InvalidPhone) as error:
        phones.normalise(typed)

    assert error.value.message


def test_missing_plus_is_said_and_the_number_meant_is_shown():
    with pytest.raises(InvalidPhone) as error:
        phones.normalise("44 7911 123456")

    assert "Did you mean +447911123456?" in error.value.message


def test_national_number_wants_the_country_code():
    with pytest.raises(InvalidPhone) as error:
        phones.normalise("07911 123456")

    assert error.value.message.startswith("The country code is missing. Write it")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on Mac"),
        ("curl/8.9.1", "curl"),
        ("", "Unknown device"),
    ],
)
def test_device_in_words(user_agent, words):
    assert devices.words(user_agent) == words
