"""Messages of the fake WhatsApp as the protobuf `Message` in JSON, which gateways hand on as they get it."""

from typing import Any, Final

from botcore.sandbox.gateways.world import WorldMessage

_MEDIA: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "image": ("imageMessage", {"mimetype": "image/jpeg", "mediaKey": {"0": 4, "1": 9}}),
    "video": ("videoMessage", {"mimetype": "video/mp4"}),
    "audio": ("audioMessage", {"mimetype": "audio/mp4", "ptt": False}),
    "voice": ("audioMessage", {"mimetype": "audio/ogg; codecs=opus", "ptt": True}),
    "document": ("documentMessage", {"mimetype": "application/pdf", "fileName": "orders.pdf"}),
    "sticker": ("stickerMessage", {"mimetype": "image/webp"}),
    "contact": ("contactMessage", {"displayName": "Somebody", "vcard": "BEGIN:VCARD\nEND:VCARD"}),
    "location": ("locationMessage", {"degreesLatitude": 1.5, "degreesLongitude": 2.5}),
    "poll": ("pollCreationMessageV3", {"name": "Which one?", "options": [{"optionName": "this"}]}),
}
_CAPTIONED: Final = frozenset({"image", "video", "document"})
_WRAPPERS: Final = {"ephemeral": "ephemeralMessage", "view_once": "viewOnceMessageV2"}


def message_json(message: WorldMessage) -> dict[str, Any]:
    """The whole message, its contextInfo within."""
    if message.reaction is not None:
        key = {"remoteJid": _chat_of(message), "fromMe": False, "id": message.reaction.to.id}
        return {"reactionMessage": {"key": key, "text": message.reaction.emoji}}
    content = _content(message)
    if message.edits is not None:
        key = {"remoteJid": _chat_of(message), "fromMe": False, "id": message.edits.id}
        return {"protocolMessage": {"key": key, "type": "MESSAGE_EDIT", "editedMessage": content}}
    if message.wrapping:
        return {_WRAPPERS[message.wrapping]: {"message": content}}
    return content


def context_json(message: WorldMessage) -> dict[str, Any]:
    """Who is mentioned and what is quoted; empty when nobody and nothing is."""
    about: dict[str, Any] = {}
    if message.mentions:
        about["mentionedJid"] = list(message.mentions)
    if message.quoted is not None:
        about["stanzaId"] = message.quoted.id
        about["participant"] = message.quoted.by.lid_jid if message.by_lid else message.quoted.by.jid
        about["quotedMessage"] = {"conversation": message.quoted.text}
    return about


def _content(message: WorldMessage) -> dict[str, Any]:
    about = context_json(message)
    if message.kind == "text":
        if not about and not message.wrapping:
            return {"conversation": message.text}
        return {"extendedTextMessage": {"text": message.text, **({"contextInfo": about} if about else {})}}
    name, fields = _MEDIA[message.kind]
    node = dict(fields)
    if message.text and message.kind in _CAPTIONED:
        node["caption"] = message.text
    if about:
        node["contextInfo"] = about
    return {name: node}


def _chat_of(message: WorldMessage) -> str:
    if message.group is not None:
        return message.group.id
    return message.by.lid_jid if message.by_lid else message.by.jid
