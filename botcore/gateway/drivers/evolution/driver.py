"""The calls to Evolution API."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from django.utils import timezone

from botcore.enums import GatewayProblem, NumberState
from botcore.gateway.answers import reading
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.content import read_content
from botcore.gateway.drivers.evolution import webhook as hook
from botcore.gateway.drivers.evolution.answers import (
    NameTaken,
    Untold,
    error_of,
    not_in_group,
)
from botcore.gateway.drivers.evolution.people import group_info, one_of
from botcore.gateway.errors import (
    GatewayError,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    SessionMissing,
    SessionNotConnected,
    Unsupported,
)
from botcore.gateway.types import (
    Address,
    Endpoint,
    Event,
    GatewayInfo,
    GroupInfo,
    OutgoingText,
    Qr,
    SentMessage,
    SessionStatus,
    Webhook,
)
from botcore.gateway.wire import DEADLINE_S, Wire
from smmbot.lib.http import Query

# Of a code that it hands out nobody knows the age; what it pushes by webhook is fresh.
_QR_LASTS: Final = timedelta(seconds=20)
# It fetches the picture of every group, one after the other, before it answers.
_GROUPS_S: Final = 90.0
# It holds the call for as long as typing is shown, so the answer is not waited for.
_TYPING_MS: Final = 10_000
_TYPING_DEADLINE_S: Final = 1.5
# How often the pairing code is asked for; each asking takes it about two seconds.
_CODE_TRIES: Final = 3
_HISTORY_PAGE: Final = 100
_HISTORY_PAGES: Final = 5
# The gateway's clock may be before ours.
_AHEAD: Final = timedelta(minutes=1)
_NOBODY: Final = "smmbot-probe"


class EvolutionDriver(GatewayDriver):
    name = "evolution"
    capabilities = frozenset(
        {
            Capability.CONNECTION_EVENTS,
            Capability.HISTORY,
            Capability.TYPING,
            Capability.READ_MARK,
            Capability.MENTION_LIST,
            Capability.LID_LOOKUP,
            Capability.PAIRING_CODE,
            Capability.DELIVERY,
        }
    )
    notice = (
        "This installation reaches WhatsApp through Evolution API (evolution-api.com), whose licence asks that its"
        " administrators know."
    )

    def __init__(self, endpoint: Endpoint = Endpoint()) -> None:  # noqa: B008 -- frozen
        super().__init__(endpoint)
        self._wire = Wire(endpoint.base_url, {"apikey": endpoint.api_key})

    # --- webhook ---------------------------------------------------------------------------------------------

    def verify(self, webhook: Webhook, *, secret: str) -> bool:
        return hook.proves(webhook, secret=secret)

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        return hook.read(webhook)

    def session_of(self, webhook: Webhook) -> str:
        return hook.instance_of(webhook)

    # --- gateway ---------------------------------------------------------------------------------------------

    def probe(self) -> GatewayInfo:
        version = ""
        try:
            version = self._version()
            # Nobody has this name: with our key it says so, without it refuses to look.
            self._get("/instance/fetchInstances", instanceName=_NOBODY)
        except SessionMissing:
            return GatewayInfo(version=version)
        except GatewayNotActivated as error:
            return GatewayInfo(version, GatewayProblem.NOT_ACTIVATED, str(error))
        except GatewayRefused as error:
            return GatewayInfo(version, GatewayProblem.REFUSED, str(error))
        except GatewayError as error:
            return GatewayInfo(version, GatewayProblem.UNREACHABLE, str(error))
        return GatewayInfo(version=version)

    def list_sessions(self) -> Sequence[SessionStatus]:
        """As its database has them, which lags behind a connection that comes and goes."""
        with reading():
            return [_listed(row) for row in self._get("/instance/fetchInstances")]

    # --- session ---------------------------------------------------------------------------------------------

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        wanted = _webhook_settings(webhook_url, secret)
        try:
            found = self._get(_path("/webhook/find", session))
        except SessionMissing:
            self._create(session, wanted)
            found = self._get(_path("/webhook/find", session))
        if not _is_set(found, wanted):
            self._post(_path("/webhook/set", session), {"webhook": wanted})

    def connect(self, session: str) -> None:
        self._link(session)

    def qr(self, session: str) -> Qr | None:
        if self._state(session) != "connecting" or _was_open(self._row(session)):
            return None  # what it would hand out is the code it was linked with
        return _code(self._link(session))

    def pairing_code(self, session: str, *, phone: str) -> str:
        """It takes the phone only when it begins to connect, so a session that shows a QR begins anew."""
        state = self._state(session)
        if state == "open":
            raise GatewayError("the number is linked already", permanent=True)
        if state == "connecting":
            self.logout(session)
        for _ in range(_CODE_TRIES):
            code = self._link(session, number=phone).get("pairingCode")
            if isinstance(code, str) and code:
                return code if "-" in code else f"{code[:4]}-{code[4:]}"
        raise GatewayError("no code came yet")

    def status(self, session: str) -> SessionStatus:
        state = self._state(session)
        row = self._row(session)
        with reading():
            if state == "open":
                return SessionStatus(NumberState.OPEN, _own(row), session=session)
            if state == "connecting":
                is_scan = not _was_open(row) and _code(self._link(session)) is not None
                return SessionStatus(NumberState.QR if is_scan else NumberState.CONNECTING, session=session)
            return _closed(row, session)

    def logout(self, session: str) -> None:
        try:
            self._call("DELETE", _path("/instance/logout", session))
        except (SessionMissing, SessionNotConnected):
            return

    def delete(self, session: str) -> None:
        try:
            self._call("DELETE", _path("/instance/delete", session))
        except SessionMissing:
            return

    # --- chats -----------------------------------------------------------------------------------------------

    def send_text(self, session: str, message: OutgoingText) -> SentMessage:
        body: dict[str, Any] = {"number": _number(message.to), "text": message.text, "linkPreview": False}
        if message.quoted_id:
            body["quoted"] = {"key": {"id": message.quoted_id}}
        if message.mentions:
            body["mentioned"] = list(dict.fromkeys(map(_mention, message.mentions)))
        try:
            sent = self._call("POST", _path("/message/sendText", session), json=body)
        except Untold as untold:
            raise (not_in_group() if self._state(session) == "open" else SessionNotConnected()) from untold
        with reading(is_unclear=True):
            message_id = sent["key"]["id"]
            if not isinstance(message_id, str) or not message_id:
                raise ValueError
            return SentMessage(message_id)

    def find_sent(self, session: str, message: OutgoingText, *, since: datetime) -> SentMessage | None:
        """Look through what it keeps. One that keeps no messages (DATABASE_SAVE_DATA_NEW_MESSAGE) cannot say."""
        where = {"key": {"fromMe": True}, "messageTimestamp": _since(since)}
        with reading():
            for page in range(1, _HISTORY_PAGES + 1):
                found = self._messages(session, where, page)
                for record in found["records"]:
                    if _is_this(record, message):
                        return SentMessage(str(record["key"]["id"]))
                if page >= found["pages"]:
                    break
            if not self._messages(session, {}, 1)["total"]:
                raise Unsupported("it keeps no messages")
        return None

    def typing(self, session: str, to: Address, *, on: bool) -> None:
        """What it shows it takes back by itself when the time is over; the message ends it earlier."""
        shown = "composing" if on else "paused"
        body = {"number": _number(to), "presence": shown, "delay": _TYPING_MS if on else 0}
        try:
            self._call("POST", _path("/chat/sendPresence", session), json=body, deadline_s=_TYPING_DEADLINE_S)
        except GatewayUnreachable as error:
            if not (on and error.is_unclear):
                raise

    def mark_read(self, session: str, *, chat: Address, sender: Address, message_id: str) -> None:
        key = {"remoteJid": chat.wa_id, "fromMe": False, "id": message_id}
        if chat.group and sender:
            key["participant"] = f"{sender.lid}@lid" if sender.lid else sender.wa_id
        self._post(_path("/chat/markMessageAsRead", session), {"readMessages": [key]})

    def groups(self, session: str) -> Sequence[GroupInfo]:
        found = self._call(
            "GET",
            _path("/group/fetchAllGroups", session),
            params={"getParticipants": "true"},
            deadline_s=_GROUPS_S,
        )
        with reading():
            return [group_info(one) for one in found]

    def group(self, session: str, wa_id: str) -> GroupInfo:
        found = self._get(_path("/group/findGroupInfos", session), groupJid=wa_id)
        with reading():
            return group_info(found)

    def resolve(self, session: str, address: Address) -> Address:
        """From its own memory of who wrote; it asks WhatsApp only whether a phone is on it."""
        if address.group or (address.phone and address.lid):
            return address
        found = self._ask(_path("/chat/whatsappNumbers", session), {"numbers": [address.wa_id]})
        with reading():
            known = one_of(
                *(one.get(name) for one in found for name in ("jid", "lid") if "@" in str(one.get(name)))
            )
            return Address(phone=address.phone or known.phone, lid=address.lid or known.lid)

    # --- inside ----------------------------------------------------------------------------------------------

    def _version(self) -> str:
        with reading():
            return str(self._get("/")["version"])

    def _state(self, session: str) -> str:
        with reading():
            return str(self._get(_path("/instance/connectionState", session))["instance"]["state"])

    def _row(self, session: str) -> Mapping[str, Any]:
        """The instance as its database has it. Its token is in there: nobody keeps the row."""
        with reading():
            for row in self._get("/instance/fetchInstances", instanceName=session):
                if row["name"] == session:
                    return dict(row)
        raise SessionMissing

    def _link(self, session: str, *, number: str = "") -> Mapping[str, Any]:
        """Begin to connect; asked again meanwhile, it hands out the code to scan. Fails with status 200."""
        with reading():
            asked = {"number": number} if number else {}
            found = dict(self._call("GET", _path("/instance/connect", session), params=asked or None))
        if found.get("error"):
            raise GatewayError("it does not connect")
        return found

    def _create(self, session: str, webhook: Mapping[str, Any]) -> None:
        """No QR yet: it would hold the call for five seconds. The token it answers with is not kept."""
        body = {
            "instanceName": session,
            "integration": "WHATSAPP-BAILEYS",
            "qrcode": False,
            "groupsIgnore": False,
            "rejectCall": False,
            "alwaysOnline": False,
            "readMessages": False,
            "readStatus": False,
            "syncFullHistory": False,
            "webhook": webhook,
        }
        try:
            self._post("/instance/create", body)
        except NameTaken:
            return  # somebody was faster

    def _messages(self, session: str, where: Mapping[str, Any], page: int) -> Mapping[str, Any]:
        """Newest first. Its `offset` is the length of a page."""
        asked = {"where": where, "page": page, "offset": _HISTORY_PAGE}
        return dict(self._ask(_path("/chat/findMessages", session), asked)["messages"])

    def _get(self, path: str, **params: str) -> Any:
        return self._call("GET", path, params=params or None)

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("POST", path, json=body)

    def _ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """A question that it wants to be POSTed: it changes nothing."""
        try:
            return self._post(path, body)
        except GatewayError as error:
            error.is_unclear = False
            raise

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Query | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> Any:
        answer = self._wire.call(method, path, json=json, params=params, deadline_s=deadline_s)
        is_write = method != "GET"
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise error_of(answer, is_write=is_write)
        with reading(is_unclear=is_write):
            return answer.json()


def _path(call: str, session: str) -> str:
    return f"{call}/{quote(session, safe='')}"


def _webhook_settings(url: str, secret: str) -> dict[str, Any]:
    return {
        "enabled": True,
        "url": url,
        "byEvents": False,
        "base64": False,
        "headers": {hook.PROOF_HEADER: secret},
        "events": list(hook.EVENTS),
    }


def _is_set(found: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether the row it keeps is what we want; it spells two of the names in another way there."""
    if not isinstance(found, Mapping):
        return False  # null: nobody has set one yet
    kept = {name: found.get(name) for name in ("enabled", "url", "headers")}
    kept |= {"byEvents": found.get("webhookByEvents"), "base64": found.get("webhookBase64")}
    events = found.get("events")
    return (
        kept == {name: value for name, value in wanted.items() if name != "events"}
        and isinstance(events, list)
        and sorted(map(str, events)) == sorted(wanted["events"])
    )


def _code(found: Mapping[str, Any]) -> Qr | None:
    """What a phone scans, of `{"pairingCode": null, "code": "…", "base64": "…", "count": 1}` or `{"count": 0}`."""
    text = found.get("code")
    return Qr(text, timezone.now() + _QR_LASTS) if isinstance(text, str) and text else None


def _listed(row: Mapping[str, Any]) -> SessionStatus:
    session = str(row["name"])
    match row.get("connectionStatus"):
        case "open":
            return SessionStatus(NumberState.OPEN, _own(row), session=session)
        case "connecting":
            return SessionStatus(NumberState.CONNECTING, session=session)
    return _closed(row, session)


def _closed(row: Mapping[str, Any], session: str) -> SessionStatus:
    """What a closed session is. Its database says `open` while it reconnects by itself, and `connecting` since it
    showed a code; why it was last closed for good stands there ever after."""
    if _was_open(row):
        return SessionStatus(NumberState.CLOSED, _own(row), session=session)
    code = str(row.get("disconnectionReasonCode") or "")
    if row.get("connectionStatus") == "connecting" or not (code or row.get("ownerJid")):
        return SessionStatus(NumberState.NEW, session=session)
    return SessionStatus(hook.end_of(code) or NumberState.CLOSED, reason=code, session=session)


def _was_open(row: Mapping[str, Any]) -> bool:
    return row.get("connectionStatus") == "open"


def _own(row: Mapping[str, Any]) -> Address:
    return one_of(row.get("ownerJid"))


def _number(to: Address) -> str:
    """Digits for a phone: it knows how Brazilian, Mexican and Argentine ones are really written."""
    return to.phone or to.wa_id


def _mention(who: str) -> str:
    return who if "@" in who else f"{who}@s.whatsapp.net"


def _since(since: datetime) -> dict[str, str]:
    """It takes both ends or none. Its times are whole seconds."""
    return {"gte": _iso(since), "lte": _iso(timezone.now() + _AHEAD)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _is_this(record: Mapping[str, Any], message: OutgoingText) -> bool:
    """Raises Unsupported where the text is the same, and phone against LID does not tell whether the chat is."""
    if read_content(record.get("message") or {}, record.get("contextInfo")).text != message.text:
        return False
    key = record["key"]
    chat = one_of(key["remoteJid"], key.get("remoteJidAlt"))
    if message.to.group or chat.group:
        return message.to.group == chat.group
    if message.to.lid and chat.lid:
        return message.to.lid == chat.lid
    if message.to.phone and chat.phone:
        return _is_same_phone(message.to.phone, chat.phone)
    raise Unsupported("phone or LID: it cannot be told")


def _is_same_phone(one: str, other: str) -> bool:
    """In Brazil, Mexico and Argentina a digit after the country (or the area) is there or is not."""
    is_rewritten = one[:2] in ("52", "54", "55") and one[:2] == other[:2] and one[-8:] == other[-8:]
    return one == other or is_rewritten
