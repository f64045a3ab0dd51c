import pytest

from botcore.gateway.text_mentions import mentions_in


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("@15551230000 help", ("15551230000",)),
        ("order 54321, @15551230000!", ("15551230000",)),
        ("@15551230000 and @77700011122233, @15551230000", ("15551230000", "77700011122233")),
        ("(@15551230000)", ("15551230000",)),
        ("ann@15551230000", ()),
        ("@@15551230000", ()),
        ("@15551230000th", ()),
        ("@1234", ()),
        ("@123456789012345678901", ()),
        ("@٣٣٣٣٣٣", ()),
        ("@everyone", ()),
        ("", ()),
    ],
)
def test_mentions_are_found_in_a_text(text, digits):
    assert mentions_in(text) == digits
