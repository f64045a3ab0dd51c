"""`python -m botcore.gateway.embedded.child`: one number's connection to WhatsApp. Started by the supervisor alone.

The only file that imports neonize. What the library does, and what therefore stands here:
* its callbacks come one after another on a thread of its own: they hand over and return, and raise nothing;
* it prints to stdout, so the line to the supervisor is another descriptor (link.py);
* a call for a client that does not exist yet aborts the process: none is made before the first code or connection;
* its first connect() does not try again, and an event its records cannot hold ends connect(): then the process ends,
  and the supervisor starts the next one;
* no id may be chosen for a message, but its secret may, and the library writes secret and id into its store before it
  sends (whatsmeow send.go): by them sends.py finds out later whether a message went out.
"""

import ctypes
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from neonize._binder import func_callback_bytes2
from neonize.client import NewClient, gocode
from neonize.events import (
    ClientOutdatedEv,
    ConnectedEv,
    ConnectFailureEv,
    DisconnectedEv,
    GroupInfoEv,
    JoinedGroupEv,
    LoggedOutEv,
    MessageEv,
    PairStatusEv,
    ReceiptEv,
    StreamReplacedEv,
    TemporaryBanEv,
)
from neonize.exc import NeonizeError
from neonize.proto.Neonize_pb2 import JID
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import (
    ContextInfo,
    ExtendedTextMessage,
    Message,
    MessageContextInfo,
)
from neonize.utils.enum import ChatPresence, ChatPresenceMedia, ClientType, Presence, ReceiptType
from neonize.utils.log import log_whatsmeow

from botcore.gateway.embedded import records
from botcore.gateway.embedded.link import CallFailed, Link

logger = logging.getLogger("child")

# WhatsApp's own words for these two: the account is locked, the account is banned.
_BANS: Final = ("403", "406")
# How far a message came, by kind of receipt. SENDER: our own phone has it too, so WhatsApp took it.
_RECEIPTS: Final = {"SENDER": 1, "DELIVERED": 2, "READ": 3, "PLAYED": 3}
_RECEIVED: Final = ("", "accepted", "delivered", "read")
_CODES: Final = 6
_FIRST_CODE_S, _CODE_S = 60, 20
_TRY_AGAIN: Final = 75
_NAME_ON_PHONE: Final = "Support bot"


class Session:
    """One number. What happens on WhatsApp goes up the link, what comes down it is a method here."""

    def __init__(self, link: Link, *, name: str, database: str, device: str) -> None:
        self._link = link
        self._client = NewClient(
            database,
            jid=_jid(device) if device else None,
            props=DeviceProps(os=_NAME_ON_PHONE, platformType=DeviceProps.CHROME),
            uuid=name,
            new_device=not device,
        )
        self._codes = 0
        self._is_linked = bool(device)
        self._exists = self._is_open = self._was_open = False
        self._recent: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._receipts: OrderedDict[str, int] = OrderedDict()
        self._listen()

    def run(self) -> None:
        """Stay connected for as long as the library does."""
        try:
            self._client.connect()
            why = ""
        except NeonizeError as error:
            why = str(error)
        logger.error("the library ended: %s", why)
        is_away = not self._was_open and "failed to dial" in why
        self._given_up("no_internet" if is_away else "428")

    def call(self, name: str, args: Mapping[str, Any]) -> Any:
        if name not in _CALLS:
            raise CallFailed(f"unknown call {name}")
        if not (self._exists if name == "pair" else self._is_open):
            raise CallFailed("websocket not connected")
        try:
            return _CALLS[name](self, **args)
        except NeonizeError as error:
            raise CallFailed(str(error)) from error

    def stop(self) -> None:
        if self._exists:
            self._client.disconnect()

    # --- calls -----------------------------------------------------------------------------------------------

    def send(
        self, *, to: str, text: str, secret: str, quoted_id: str = "", mentions: Iterable[str] = ()
    ) -> str:
        """secret: 32 bytes in hex. Returns the message's id."""
        about = ContextInfo(mentionedJID=[self._mentioned(digits) for digits in mentions])
        if quoted := self._recent.get(quoted_id):
            sender, words = quoted
            about.MergeFrom(
                ContextInfo(stanzaID=quoted_id, participant=sender, quotedMessage=Message(conversation=words))
            )
        message = (
            Message(extendedTextMessage=ExtendedTextMessage(text=text, contextInfo=about))
            if about.ByteSize()
            else Message(conversation=text)
        )
        message.messageContextInfo.CopyFrom(MessageContextInfo(messageSecret=bytes.fromhex(secret)))
        return str(self._client.send_message(_jid(to), message).ID)

    def typing(self, *, to: str, on: bool) -> None:
        state = ChatPresence.CHAT_PRESENCE_COMPOSING if on else ChatPresence.CHAT_PRESENCE_PAUSED
        self._client.send_chat_presence(_jid(to), state, ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT)

    def read(self, *, chat: str, sender: str, message_id: str) -> None:
        self._client.mark_read(message_id, chat=_jid(chat), sender=_jid(sender), receipt=ReceiptType.READ)

    def groups(self) -> list[dict[str, Any]]:
        return [records.group(info) for info in self._client.get_joined_groups()]

    def group(self, *, id: str) -> dict[str, Any]:
        return records.group(self._client.get_group_info(_jid(id)))

    def resolve(self, *, jid: str) -> str:
        """The other id of this person, empty when the library does not know it."""
        one = _jid(jid)
        is_lid = one.Server == "lid"
        return records.text(
            self._client.get_pn_from_lid(one) if is_lid else self._client.get_lid_from_pn(one)
        )

    def pair(self, *, phone: str) -> str:
        return str(self._client.PairPhone(phone, True, client_type=ClientType.CHROME))

    def logout(self) -> None:
        self._client.logout()
        self._changed("logged_out", "")

    def _mentioned(self, digits: str) -> str:
        lid = f"{digits}@lid"
        return lid if records.text(self._client.get_pn_from_lid(_jid(lid))) else f"{digits}@s.whatsapp.net"

    # --- events ----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._client.qr(lambda _, code: self._safely(self._code, code))
        # Its name is private, but nowhere else does the library say that the codes ran out.
        self._client._NewClient__onLoginStatus = lambda _, word: self._safely(self._login, word)
        for kind, react in (
            (PairStatusEv, self._paired),
            (ConnectedEv, self._connected),
            (DisconnectedEv, lambda _: self._lost("428")),
            (LoggedOutEv, self._logged_out),
            (StreamReplacedEv, lambda _: self._changed("closed", "440")),
            (TemporaryBanEv, lambda _: self._changed("banned", "402")),
            (ConnectFailureEv, self._refused),
            (ClientOutdatedEv, lambda _: self._given_up("client_outdated")),
            (MessageEv, self._message),
            (ReceiptEv, self._receipt),
            (GroupInfoEv, self._group_changed),
            (JoinedGroupEv, lambda event: self._group_seen(event.GroupInfo)),
        ):
            self._client.event(kind)(lambda _, event, react=react: self._safely(react, event))

    def _safely(self, react: Callable[[Any], None], event: Any) -> None:
        """An exception in a callback would be lost in the library."""
        try:
            react(event)
        except Exception:
            logger.exception("an event was not understood")

    def _code(self, code: bytes) -> None:
        self._exists = True
        lives_s = _CODE_S if self._codes else _FIRST_CODE_S
        self._codes += 1
        if self._codes == 1:
            self._changed("qr", "")
        expires_at = round((time.time() + lives_s) * 1000)
        self._link.tell({"type": "qr", "text": code.decode(), "expires_at": expires_at})

    def _login(self, word: int) -> None:
        match ctypes.string_at(word).decode():
            case "success":
                self._changed("connecting", "")
            case "timeout" if self._codes >= _CODES:
                self._changed("new", "qr_limit")
            case "timeout":
                self._given_up("408")
            case "passkey-request" | "passkey-confirmation":
                self._changed("new", "passkey_unsupported")
            case "err-client-outdated":
                self._given_up("client_outdated")
            case "error" | "err-unexpected-state":
                self._given_up("pairing_failed")

    def _paired(self, event: Any) -> None:
        """The name of the new link, before anything can go wrong with it."""
        if device := records.text(event.ID, with_device=True):
            self._changed("connecting", "", device=device)

    def _connected(self, _: Any) -> None:
        is_first = not self._was_open
        self._exists = self._was_open = self._is_linked = True
        me = self._client.get_me()
        device = records.text(me.JID, with_device=True)
        self._changed("open", "", device=device, phone=records.text(me.JID), lid=records.text(me.LID))
        if is_first:
            threading.Thread(target=self._settle, name="settle", daemon=True).start()

    def _settle(self) -> None:
        """Tell the phone's groups; show a name to those we write to, without seeming to be at the phone."""
        try:
            self._client.send_presence(Presence.UNAVAILABLE)
            for info in self._client.get_joined_groups():
                self._group_seen(info)
        except NeonizeError as error:
            logger.warning("groups not listed: %s", error)

    def _logged_out(self, event: Any) -> None:
        reason = records.reason(event)
        self._changed("banned" if reason in _BANS else "logged_out", reason)

    def _refused(self, event: Any) -> None:
        self._given_up(records.reason(event))

    def _given_up(self, reason: str) -> None:
        """The library will not try again by itself: the supervisor starts another."""
        self._lost(reason)
        self._link.finish(_TRY_AGAIN)

    def _lost(self, reason: str) -> None:
        """A number that is not linked yet has no connection to lose: it is still on its way to one."""
        self._changed("closed" if self._is_linked else "connecting", reason)

    def _changed(self, state: str, reason: str, **own: str) -> None:
        self._is_open = state == "open"
        self._link.tell({"type": "session", "state": state, "reason": reason, **own})

    def _message(self, event: Any) -> None:
        source, content = event.Info.MessageSource, event.Message
        sender = records.text(source.Sender)
        records.remember(self._recent, event.Info.ID, (sender, records.words(content)))
        records.without_bytes(content)
        self._link.tell(
            {
                "type": "message",
                "id": event.Info.ID,
                "at": event.Info.Timestamp,
                "chat": records.text(source.Chat),
                "sender": sender,
                "sender_alt": records.text(source.SenderAlt),
                "recipient_alt": records.text(source.RecipientAlt),
                "from_me": source.IsFromMe,
                "name": event.Info.Pushname,
                "content": MessageToDict(content),
            }
        )

    def _receipt(self, event: Any) -> None:
        """In a group every member sends one: only the first of its kind says anything new."""
        kind = event.ReceiptType.Name(event.Type)
        rank = _RECEIPTS.get(kind, 0)
        if not rank or (event.MessageSource.IsFromMe and kind != "SENDER"):
            return
        news = [one for one in event.MessageIDs if self._receipts.get(one, 0) < rank]
        for one in news:
            records.remember(self._receipts, one, rank)
        if news:
            at = event.Timestamp * 1000
            self._link.tell({"type": "receipt", "ids": news, "state": _RECEIVED[rank], "at": at})

    def _group_seen(self, info: Any) -> None:
        self._link.tell({"type": "group", "group": records.group(info)})

    def _group_changed(self, event: Any) -> None:
        wa_id = records.text(event.JID)
        if event.HasField("Name"):
            self._link.tell({"type": "group", "group": {"JID": wa_id, "Name": event.Name.Name}})
        for change, people in (
            ("joined", event.Join),
            ("left", event.Leave),
            ("promoted", event.Promote),
            ("demoted", event.Demote),
        ):
            if people:
                members = [records.text(one) for one in people]
                self._link.tell({"type": "members", "id": wa_id, "change": change, "members": members})


_CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "send": Session.send,
    "typing": Session.typing,
    "read": Session.read,
    "groups": Session.groups,
    "group": Session.group,
    "resolve": Session.resolve,
    "pair": Session.pair,
    "logout": Session.logout,
}


def open_store(database: str) -> str:
    """Make or upgrade the library's tables; two that do so at once fail. Returns what is wrong, if anything."""
    callback = func_callback_bytes2(log_whatsmeow)
    said = gocode.GetAllDevices(database.encode(), callback).decode()
    return said if said.startswith("error:") else ""


def _jid(text: str) -> Any:
    user, _, server = text.partition("@")
    user, _, device = user.partition(":")
    return JID(
        User=user, Device=int(device or 0), Server=server, RawAgent=0, Integrator=0, IsEmpty=not server
    )


def main() -> None:
    link = Link.over_stdio()
    logging.getLogger("neonize.utils.log").setLevel(logging.WARNING)
    line = link.start()
    database = line["database"]
    if problem := open_store(database):
        logger.error("the library's tables cannot be opened: %s", problem)
        link.tell({"type": "session", "state": "closed", "reason": "store"})
        link.finish(_TRY_AGAIN)
    link.ready()
    session = Session(link, name=line["session"], database=database, device=line["device"])
    link.serve(session.call, on_stop=session.stop)
    session.run()


if __name__ == "__main__":
    main()
