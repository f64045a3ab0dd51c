"""What whatsmeow says when it fails, as the gateways built on it pass it on."""

import pytest

from botcore.gateway import whatsmeow
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionNotConnected,
)
from botcore.gateway.types import Address, GroupInfo, Participant


@pytest.mark.parametrize(
    ("text", "kind", "permanent"),
    [
        ("2 UNKNOWN: server returned error 463", ReachoutBlocked, True),
        ("server returned error 429", RateLimited, False),
        ("server returned error 400", GatewayError, False),
        ("info query returned status 429: rate-overlimit", RateLimited, False),
        ("websocket not connected", SessionNotConnected, False),
        ("the store doesn't contain a device JID", SessionNotConnected, False),
        ("that group does not exist", GatewayError, True),
        ("failed to get group members: you're not participating in that group", GatewayError, True),
        ("no LID found for 15550002222@s.whatsapp.net from server", RecipientNotOnWhatsApp, True),
        ("Phone 15550002222@s.whatsapp.net is not on whatsapp", RecipientNotOnWhatsApp, True),
        ("can't send message to unknown server x", BadRequest, True),
        ("failed to get device list: info query timed out", GatewayError, False),
        ("websocket disconnected before info query returned response", GatewayError, False),
    ],
)
def test_what_it_says_is_understood(text, kind, permanent):
    error = whatsmeow.error_of(text)

    assert (type(error), error.permanent, error.is_unclear) == (kind, permanent, False)
    assert "1555" not in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "timed out waiting for message send response",
        "websocket disconnected before message send returned response",
        "context deadline exceeded",
        "server returned error",
        "",
    ],
)
def test_what_leaves_open_whether_it_went_out_is_left_to_the_driver(text):
    assert whatsmeow.error_of(text) is None


def test_group_is_read_with_both_ids_of_its_people():
    data = {
        "JID": "120363000000000001@g.us",
        "Name": "Support",
        "Participants": [
            {"JID": "999@lid", "PhoneNumber": "1555@s.whatsapp.net", "LID": "999@lid", "IsSuperAdmin": True},
            {"JID": "888@lid", "PhoneNumber": "", "LID": "888@lid", "IsAdmin": False},
        ],
    }

    assert whatsmeow.group_of(data) == GroupInfo(
        "120363000000000001@g.us",
        "Support",
        (Participant(Address("1555", "999"), is_admin=True), Participant(Address(lid="888"))),
    )
    assert whatsmeow.group_of({"JID": "1@g.us", "Participants": None}) == GroupInfo("1@g.us", "")


def test_ids_of_one_person_are_merged():
    assert whatsmeow.merged("999:3@lid", None, "1555@c.us", "1666@c.us") == Address("1555", "999")
    assert whatsmeow.merged("1@g.us", "1555@c.us") == Address(group="1@g.us")
    assert whatsmeow.merged(None, 7, "status@broadcast") == Address()
