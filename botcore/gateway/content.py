"""What a WhatsApp message says, read from WhatsApp's own JSON: one reader for every driver.

The shape is that of the protobuf `Message`, camelCase, as Baileys, whatsmeow and protobuf's MessageToDict write it.
They differ in capitals (`stanzaId`, `stanzaID`) and in enums as numbers or names. Nobody may trust it: whatever stands
there is read without an exception and without recursion that has no end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botcore.gateway.types import Address

# Deeper than any real message: an edit of a disappearing view-once photo that another device of ours sent is 5 deep.
_DEEPEST: Final = 10

Node = Mapping[str, Any]
_NOBODY: Final = Address()

# Each holds a whole message under `message`.
_WRAPPERS: Final = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "deviceSentMessage",
    "editedMessage",
    "groupMentionedMessage",
    "associatedChildMessage",
    "botInvokeMessage",
    "lottieStickerMessage",
    "questionMessage",
    "pollCreationMessageV4",
)

# Content that is no text, and what we call it.
_MEDIA: Final = {
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
    "stickerPackMessage": "sticker",
    "contactMessage": "contact",
    "contactsArrayMessage": "contact",
    "locationMessage": "location",
    "liveLocationMessage": "location",
    "pollCreationMessage": "poll",
    "pollCreationMessageV2": "poll",
    "pollCreationMessageV3": "poll",
    "pollCreationMessageV5": "poll",
    "eventMessage": "event",
    "groupInviteMessage": "invite",
    "productMessage": "product",
}

# Where a button that was tapped, or a business's form, keeps its words.
_TEXTS: Final = (
    ("extendedTextMessage", ("text",)),
    ("buttonsResponseMessage", ("selectedDisplayText",)),
    ("templateButtonReplyMessage", ("selectedDisplayText",)),
    ("listResponseMessage", ("title",)),
    ("interactiveResponseMessage", ("body", "text")),
    ("buttonsMessage", ("contentText",)),
    ("listMessage", ("description",)),
    ("interactiveMessage", ("body", "text")),
    ("templateMessage", ("hydratedTemplate", "hydratedContentText")),
    ("templateMessage", ("hydratedFourRowTemplate", "hydratedContentText")),
)


@dataclass(frozen=True, slots=True)
class Content:
    """text: what was written, a caption too. media_kind: image, video, audio, voice, document, sticker, contact,
    location, poll, event, invite, product, or empty. mentions: digits of phones or LIDs. edits_id: the message whose
    new text this is."""

    text: str = ""
    media_kind: str = ""
    quoted_id: str = ""
    quoted_text: str = ""
    quoted_sender: Address = _NOBODY
    mentions: tuple[str, ...] = ()
    edits_id: str = ""
    is_reaction: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing a person wrote or sent: a key exchange, a deletion, a vote, a message that was not decrypted."""
        return not (self.text or self.media_kind)


def read_content(message: Node, context: Node | None = None) -> Content:
    """Read one message. context: its contextInfo, where the gateway keeps that beside the message."""
    return _read(message, context, _DEEPEST)


def _read(message: Any, context: Any, depth: int) -> Content:
    inner, edits_id = _unwrapped(message, depth)
    if _node(inner, "reactionMessage") or _node(inner, "encReactionMessage"):
        return Content(is_reaction=True)
    kind, media = _media(inner)
    about = _context(inner, context)
    quoted_id = _text(about, "stanzaId", "stanzaID")
    quoted = _read(about.get("quotedMessage"), None, depth // 2) if quoted_id and depth else Content()
    return Content(
        text=_written(inner) or _text(media, "caption"),
        media_kind=kind,
        quoted_id=quoted_id,
        quoted_text=quoted.text,
        quoted_sender=Address.parse(_text(about, "participant")) if quoted_id else _NOBODY,
        mentions=_mentions(about),
        edits_id=edits_id,
    )


def _unwrapped(message: Any, depth: int) -> tuple[Node, str]:
    """The innermost message, and the id of the one it edits."""
    inner: Node = message if isinstance(message, Mapping) else {}
    edits_id = ""
    for _ in range(depth):
        protocol = _node(inner, "protocolMessage")
        edited = _node(protocol, "editedMessage")
        if edited:
            edits_id = _text(_node(protocol, "key"), "id", "ID")
            inner = edited
            continue
        wrapped = next((found for name in _WRAPPERS if (found := _node(_node(inner, name), "message"))), None)
        if wrapped is None:
            return inner, edits_id
        inner = wrapped
    return {}, edits_id


def _written(inner: Node) -> str:
    return _text(inner, "conversation") or next(
        (text for name, path in _TEXTS if (text := _text_at(_node(inner, name), path))), ""
    )


def _media(inner: Node) -> tuple[str, Node]:
    for name, kind in _MEDIA.items():
        if name in inner and isinstance(inner[name], Mapping):
            node = inner[name]
            is_voice = kind == "audio" and bool(node.get("ptt") or node.get("PTT"))
            return "voice" if is_voice else kind, node
    return "", {}


def _context(inner: Node, beside: Any) -> Node:
    """The contextInfo: within whatever the message is made of, else the one given beside it."""
    found = next((about for about in _contexts(inner) if about), {})
    return found or (beside if isinstance(beside, Mapping) else {})


def _contexts(inner: Node) -> Iterator[Node]:
    for node in inner.values():
        if isinstance(node, Mapping):
            yield _node(node, "contextInfo")


def _mentions(about: Node) -> tuple[str, ...]:
    jids = about.get("mentionedJid") or about.get("mentionedJID")
    if not isinstance(jids, list | tuple):
        return ()
    people = (Address.parse(jid) for jid in jids if isinstance(jid, str))
    return tuple(dict.fromkeys(digits for one in people if (digits := one.phone or one.lid)))


def _node(parent: Node, name: str) -> Node:
    child = parent.get(name)
    return child if isinstance(child, Mapping) else {}


def _text(parent: Node, *names: str) -> str:
    """The first of these that is a text."""
    return next((value for name in names if isinstance(value := parent.get(name), str) and value), "")


def _text_at(parent: Node, path: tuple[str, ...]) -> str:
    for name in path[:-1]:
        parent = _node(parent, name)
    return _text(parent, path[-1])
