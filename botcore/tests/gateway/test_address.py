import pytest

from botcore.enums import ChatKind
from botcore.gateway.types import Address


@pytest.mark.parametrize(
    ("spelt", "address"),
    [
        ("15550100011@s.whatsapp.net", Address(phone="15550100011")),
        ("15550100011:7@s.whatsapp.net", Address(phone="15550100011")),
        ("15550100011@c.us", Address(phone="15550100011")),
        ("+15550100011", Address(phone="15550100011")),
        (" 15550100011 ", Address(phone="15550100011")),
        ("99900000000011@lid", Address(lid="99900000000011")),
        ("99900000000011:12@lid", Address(lid="99900000000011")),
        ("120363000000000001@g.us", Address(group="120363000000000001@g.us")),
        ("15550100011-1612345678@g.us", Address(group="15550100011-1612345678@g.us")),
        ("status@broadcast", Address()),
        ("news@newsletter", Address()),
        ("120363000000000009@newsletter", Address()),
        ("1612345678@broadcast", Address()),
        ("15550100011@hosted", Address(phone="15550100011")),
        ("", Address()),
        ("@lid", Address()),
        ("٣٣٣@lid", Address()),
        ("1\x002@g.us", Address()),
        ("@g.us", Address()),
    ],
)
def test_every_spelling_is_read(spelt, address):
    assert Address.parse(spelt) == address
    assert bool(Address.parse(spelt)) == bool(address.phone or address.lid or address.group)


@pytest.mark.parametrize(
    ("address", "wa_id", "kind"),
    [
        (Address(phone="1555", lid="999"), "1555@s.whatsapp.net", ChatKind.USER),
        (Address(lid="999"), "999@lid", ChatKind.USER),
        (Address(group="1203@g.us"), "1203@g.us", ChatKind.GROUP),
    ],
)
def test_one_text_for_an_address(address, wa_id, kind):
    assert (address.wa_id, address.kind) == (wa_id, kind)
    assert Address.parse(wa_id).wa_id == wa_id
