"""One reader of WhatsApp's own message JSON, in every dress it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botcore.gateway.content import Content, read_content
from botcore.gateway.types import Address

HELLO = {"conversation": "hello"}
PHOTO = {"imageMessage": {"mimetype": "image/jpeg", "caption": "order 54321", "fileLength": {"low": 1}}}
CONTEXT = {
    "mentionedJid": ["77700011122233@lid", "15551230000@s.whatsapp.net", "77700011122233:3@lid"],
    "stanzaId": "3EB0ORIG",
    "participant": "77700011122233:0@lid",
    "quotedMessage": {"extendedTextMessage": {"text": "earlier bot text"}},
}
IN_CONTEXT = {
    "quoted_id": "3EB0ORIG",
    "quoted_text": "earlier bot text",
    "quoted_sender": Address(lid="77700011122233"),
    "mentions": ("77700011122233", "15551230000"),
}


def wrapped(name, message):
    return {name: {"message": message}}


def edit(message):
    return {"protocolMessage": {"key": {"id": "AC01"}, "type": "MESSAGE_EDIT", "editedMessage": message}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (HELLO, "hello"),
        ({"extendedTextMessage": {"text": "hello", "previewType": "NONE"}}, "hello"),
        # A sender's first message in a group brings a key along, and it may stand first.
        ({"senderKeyDistributionMessage": {"groupId": "1203@g.us"}, **HELLO}, "hello"),
        ({"messageContextInfo": {"deviceListMetadata": {}}, **HELLO}, "hello"),
        ({"buttonsResponseMessage": {"selectedDisplayText": "Refill"}}, "Refill"),
        ({"templateButtonReplyMessage": {"selectedDisplayText": "Refill"}}, "Refill"),
        ({"listResponseMessage": {"title": "Order status"}}, "Order status"),
        ({"interactiveResponseMessage": {"body": {"text": "Yes"}}}, "Yes"),
        ({"templateMessage": {"hydratedTemplate": {"hydratedContentText": "Paid"}}}, "Paid"),
    ],
)
def test_text_is_found_wherever_it_stands(message, text):
    assert read_content(message) == Content(text=text)


@pytest.mark.parametrize(
    "name",
    [
        "ephemeralMessage",
        "viewOnceMessage",
        "viewOnceMessageV2",
        "viewOnceMessageV2Extension",
        "documentWithCaptionMessage",
        "deviceSentMessage",
        "editedMessage",
        "groupMentionedMessage",
        "associatedChildMessage",
    ],
)
def test_wrappings_are_taken_off(name):
    assert read_content(wrapped(name, HELLO)) == Content(text="hello")
    assert read_content(wrapped("ephemeralMessage", wrapped(name, PHOTO))) == Content(
        text="order 54321", media_kind="image"
    )


@pytest.mark.parametrize(
    "message",
    [
        edit(HELLO),
        {"protocolMessage": {"key": {"ID": "AC01"}, "type": 14, "editedMessage": HELLO}},
        wrapped("editedMessage", edit(HELLO)),
        wrapped("ephemeralMessage", wrapped("editedMessage", edit(wrapped("ephemeralMessage", HELLO)))),
        wrapped("deviceSentMessage", wrapped("editedMessage", edit(HELLO))),
    ],
)
def test_edit_tells_its_new_text_and_what_it_edits(message):
    assert read_content(message) == Content(text="hello", edits_id="AC01")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"imageMessage": {}}, "image"),
        ({"videoMessage": {"gifPlayback": True}}, "video"),
        ({"ptvMessage": {}}, "video"),
        ({"audioMessage": {"ptt": False}}, "audio"),
        ({"audioMessage": {"ptt": True}}, "voice"),
        ({"audioMessage": {"PTT": True}}, "voice"),
        ({"documentMessage": {"fileName": "list.pdf"}}, "document"),
        ({"stickerMessage": {}}, "sticker"),
        (wrapped("lottieStickerMessage", {"stickerMessage": {}}), "sticker"),
        ({"contactMessage": {"displayName": "Ann", "vcard": "BEGIN"}}, "contact"),
        ({"contactsArrayMessage": {"contacts": []}}, "contact"),
        ({"locationMessage": {"degreesLatitude": 1.5, "name": "Here"}}, "location"),
        ({"liveLocationMessage": {}}, "location"),
        ({"pollCreationMessageV3": {"name": "Which?"}}, "poll"),
        (wrapped("pollCreationMessageV4", {"pollCreationMessageV3": {"name": "Which?"}}), "poll"),
        (wrapped("viewOnceMessageV2", {"imageMessage": {"viewOnce": True}}), "image"),
    ],
)
def test_media_without_words_tells_its_kind(message, kind):
    assert read_content(message) == Content(media_kind=kind)
    assert not read_content(message).is_empty


@pytest.mark.parametrize("name", ["imageMessage", "videoMessage", "documentMessage", "liveLocationMessage"])
def test_caption_is_text(name):
    assert read_content({name: {"caption": "order 54321"}}).text == "order 54321"


@pytest.mark.parametrize(
    "message",
    [
        {"extendedTextMessage": {"text": "hi", "contextInfo": CONTEXT}},
        wrapped("ephemeralMessage", {"extendedTextMessage": {"text": "hi", "contextInfo": CONTEXT}}),
        {
            "messageContextInfo": {},
            "extendedTextMessage": {
                "text": "hi",
                "contextInfo": {
                    "stanzaID": CONTEXT["stanzaId"],
                    "mentionedJID": CONTEXT["mentionedJid"],
                    "participant": CONTEXT["participant"],
                    "quotedMessage": CONTEXT["quotedMessage"],
                },
            },
        },
    ],
)
def test_quote_and_mentions_are_read_from_within(message):
    assert read_content(message) == Content(text="hi", **IN_CONTEXT)


def test_quote_and_mentions_are_read_from_beside_the_message():
    assert read_content({"conversation": "hi"}, CONTEXT) == Content(text="hi", **IN_CONTEXT)
    assert read_content(wrapped("ephemeralMessage", HELLO), {"expiration": 604800}) == Content(text="hello")


def test_own_context_goes_before_the_one_beside():
    message = {"extendedTextMessage": {"text": "hi", "contextInfo": {"stanzaId": "INNER"}}}

    assert read_content(message, {"stanzaId": "OUTER"}).quoted_id == "INNER"


def test_quoted_caption_is_the_quoted_text():
    content = read_content(HELLO, {"stanzaId": "A", "quotedMessage": wrapped("ephemeralMessage", PHOTO)})

    assert content.quoted_text == "order 54321"


def test_reaction_is_no_content():
    for name in ("reactionMessage", "encReactionMessage"):
        content = read_content(wrapped("ephemeralMessage", {name: {"key": {"id": "AC01"}, "text": "👍"}}))
        assert content == Content(is_reaction=True)
        assert content.is_empty


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"senderKeyDistributionMessage": {"groupId": "1203@g.us"}},
        {"protocolMessage": {"key": {"id": "AC01"}, "type": "REVOKE"}},
        {"pollUpdateMessage": {"vote": {}}},
        {"keepInChatMessage": {}},
        {"conversation": ""},
    ],
)
def test_what_nobody_wrote_is_empty(message):
    assert read_content(message) == Content()
    assert read_content(message).is_empty


def test_wrappings_without_end_are_given_up():
    message = HELLO
    for _ in range(5_000):
        message = wrapped("ephemeralMessage", message)
    assert read_content(message).is_empty

    quoting = HELLO
    for _ in range(5_000):
        quoting = {
            "extendedTextMessage": {"text": "x", "contextInfo": {"stanzaId": "A", "quotedMessage": quoting}}
        }
    assert read_content(quoting).quoted_text == "x"


NAMES = st.sampled_from(
    "conversation extendedTextMessage imageMessage ephemeralMessage editedMessage protocolMessage message text"
    " contextInfo quotedMessage stanzaId mentionedJid key id caption participant reactionMessage".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(message=st.dictionaries(NAMES, JSON), context=JSON)
def test_anything_is_read_without_an_exception(message, context):
    content = read_content(message, context)

    assert isinstance(content.text, str)
    assert all(digits.isdecimal() for digits in content.mentions)
