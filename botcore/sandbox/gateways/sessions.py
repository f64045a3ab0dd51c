"""The sessions of one fake gateway: numbers linked to the fake WhatsApp, each with the life a real one has."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from botcore.enums import NumberState
from botcore.sandbox.gateways.world import (
    Account,
    GroupChanged,
    MembersChanged,
    Moved,
    Said,
    World,
    WorldEvent,
    WorldMessage,
)
from smmbot.lib.sandbox.control import BadControlCallError

QR_LIVES_S: Final = 45.0
QR_LIMIT: Final = 6

LOGGED_OUT, FORBIDDEN, CLOSED, REPLACED, RESTART = "401", "403", "428", "440", "515"
QR_ENDED: Final = "qr_limit"


@dataclass(slots=True)
class Session:
    """state, reason: as on our side; reason is WhatsApp's code as text. settings: what the gateway was told at its
    making, in the gateway's own words. typing, reads: what was shown, oldest first."""

    name: str
    state: NumberState = NumberState.NEW
    reason: str = ""
    account: Account | None = None
    qr: str = ""
    qr_until: float = 0.0
    qr_count: int = 0
    pairing_code: str = ""
    needs_passkey: bool = False
    passkey_code: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    typing: list[tuple[str, bool]] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    missed: list[WorldEvent] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.state == NumberState.OPEN


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: NumberState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QrChanged:
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """The session is gone; told after it has been taken out."""


SessionEvent = StateChanged | QrChanged | Deleted | Said | Moved | GroupChanged | MembersChanged
Tell = Callable[[Session, SessionEvent], None]


class Sessions:
    """tell: called with all that one session hears, in order, under the world's lock. can_reach: whether the gateway
    has a way to WhatsApp at all; without one there is never a code to scan."""

    def __init__(self, world: World, tell: Tell, can_reach: Callable[[], bool] = lambda: True) -> None:
        self.world, self._tell, self._can_reach = world, tell, can_reach
        self.by_name: dict[str, Session] = {}
        self._codes = itertools.count(1)
        world.watch(self._hear)

    def find(self, name: str) -> Session | None:
        return self.by_name.get(name)

    def get(self, name: str) -> Session:
        found = self.by_name.get(name)
        if found is None:
            raise BadControlCallError(f"no session {name}")
        return found

    def create(self, name: str, **settings: Any) -> Session:
        with self.world.lock:
            session = self.by_name.setdefault(name, Session(name))
            session.settings.update(settings)
            return session

    def delete(self, name: str) -> None:
        with self.world.lock:
            session = self.by_name.pop(name, None)
            if session is not None:
                self._tell(session, Deleted())

    def clear(self) -> None:
        self.by_name.clear()

    # Linking

    def connect(self, name: str) -> None:
        """Reaches WhatsApp again where it is linked, shows a code to scan where it is not."""
        with self.world.lock:
            session = self.get(name)
            if session.is_open:
                return
            self._move(session, NumberState.CONNECTING)
            if not self._can_reach():
                self._move(session, NumberState.CLOSED, CLOSED)
            elif session.account is not None:
                self._open(session)
            else:
                session.qr_count = 0
                self._next_qr(session)

    def tick(self) -> None:
        """Codes that ran out are replaced, until there were too many of them."""
        with self.world.lock:
            now = self.world.clock.now()
            for session in list(self.by_name.values()):
                if session.state == NumberState.QR and session.qr_until <= now:
                    self._next_qr(session)

    def pair(self, name: str, phone: str) -> str:
        """The code to type on the phone instead; `scan` by that phone links it."""
        with self.world.lock:
            session = self.get(name)
            if session.state != NumberState.QR:
                self.connect(name)
            session.pairing_code = f"SAND-{int(phone[-4:] or 0):04d}"
            return session.pairing_code

    def scan(self, name: str, phone: str, lid: str = "") -> None:
        """A phone scans the code. WhatsApp closes the connection once, then the number is live, or wants a passkey."""
        with self.world.lock:
            session = self.get(name)
            if session.state != NumberState.QR or session.qr_until <= self.world.clock.now():
                raise BadControlCallError("there is no code to scan")
            account = self.world.put_account(phone, **({"lid": lid} if lid else {}))
            self._end_qr(session)
            session.account = account
            if session.needs_passkey:
                self._move(session, NumberState.PASSKEY)
            else:
                self._link(session)

    def answer_passkey(self, name: str) -> None:
        with self.world.lock:
            session = self.get(name)
            if session.state != NumberState.PASSKEY:
                raise BadControlCallError("no passkey is asked for")
            session.passkey_code = f"{next(self._codes):06d}"
            self._move(session, NumberState.PASSKEY_CONFIRM)

    def confirm_passkey(self, name: str) -> None:
        with self.world.lock:
            session = self.get(name)
            if session.state != NumberState.PASSKEY_CONFIRM:
                raise BadControlCallError("no passkey is to be confirmed")
            self._link(session)

    # What befalls a number

    def drop(self, name: str, reason: str = CLOSED) -> None:
        """The connection is lost; `connect` brings it back without a scan."""
        with self.world.lock:
            self._move(self.get(name), NumberState.CLOSED, reason)

    def ban(self, name: str, reason: str = FORBIDDEN) -> None:
        with self.world.lock:
            session = self.get(name)
            session.account = None
            self._move(session, NumberState.BANNED, reason)

    def log_out(self, name: str, reason: str = LOGGED_OUT) -> None:
        """Unlinked, on the phone or through the gateway."""
        with self.world.lock:
            session = self.get(name)
            session.account = None
            self._end_qr(session)
            self._move(session, NumberState.LOGGED_OUT, reason)

    # Chats

    def send(
        self, session: Session, *, to: str = "", group: str = "", text: str, **options: Any
    ) -> WorldMessage:
        """The number writes through the gateway's API. The caller has seen that it is open and who gets it."""
        if session.account is None:
            raise BadControlCallError("the session is not linked")
        return self.world.say(
            by=session.account.phone,
            to=to,
            group=group,
            text=text,
            origin="api",
            session=session.name,
            **options,
        )

    def _hear(self, event: WorldEvent) -> None:
        for session in list(self.by_name.values()):
            if session.account is None or not _concerns(event, session):
                continue
            if session.is_open:
                self._tell(session, event)
            elif session.state in (NumberState.CLOSED, NumberState.CONNECTING) and isinstance(event, Said):
                session.missed.append(event)

    def _link(self, session: Session) -> None:
        self._move(session, NumberState.CONNECTING, RESTART)
        self._open(session)
        phones = frozenset({session.account.phone} if session.account else ())
        for phone in phones:
            for group in self.world.groups_of(phone):
                self._tell(session, GroupChanged(group, phones))

    def _open(self, session: Session) -> None:
        self._move(session, NumberState.OPEN)
        missed, session.missed = session.missed, []
        for event in missed:
            self._tell(session, event)

    def _next_qr(self, session: Session) -> None:
        if session.qr_count >= QR_LIMIT:
            self._end_qr(session)
            self._move(session, NumberState.CLOSED, QR_ENDED)
            return
        session.qr_count += 1
        number = next(self._codes)
        session.qr = f"2@REF{number:04d},NOISE,IDENTITY,ADV"
        session.qr_until = self.world.clock.now() + QR_LIVES_S
        if session.state != NumberState.QR:
            self._move(session, NumberState.QR)
        self._tell(session, QrChanged(session.qr))

    def _end_qr(self, session: Session) -> None:
        session.qr, session.pairing_code, session.qr_until = "", "", 0.0

    def _move(self, session: Session, state: NumberState, reason: str = "") -> None:
        session.state, session.reason = state, reason
        self._tell(session, StateChanged(state, reason))


def _concerns(event: WorldEvent, session: Session) -> bool:
    phone = session.account.phone if session.account else ""
    match event:
        case Said():
            return event.message.concerns(phone)
        case Moved():
            return event.message.by.phone == phone and event.by.phone != phone
        case GroupChanged():
            return phone in event.is_new_to if event.is_new_to else phone in event.group.members
        case MembersChanged():
            return phone in event.group.members
