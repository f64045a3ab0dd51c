"""A WhatsApp of its own: people, groups, and what they say. Fake gateways stand before it, each with its sessions.

A group message reaches every session whose number is a member, whichever gateway holds it, so two numbers in one
group and a number that moves to another gateway behave as they do outside.
"""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from botcore.enums import DeliveryState
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.control import BadControlCallError

_KINDS: Final = frozenset("text image video audio voice document sticker contact location poll".split())
_WRAPPINGS: Final = frozenset({"", "ephemeral", "view_once"})


@dataclass(slots=True)
class Account:
    """Somebody on WhatsApp. phone, lid: digits. hides_phone: those who get a message of theirs see the LID alone."""

    phone: str
    lid: str
    name: str = ""
    hides_phone: bool = False
    is_on_whatsapp: bool = True

    @property
    def jid(self) -> str:
        return f"{self.phone}@s.whatsapp.net"

    @property
    def lid_jid(self) -> str:
        return f"{self.lid}@lid"


@dataclass(slots=True)
class WorldGroup:
    """members: phone to whether they are an admin; owner: the phone that made it. by_lid: people are called by LID."""

    id: str
    subject: str
    owner: str
    members: dict[str, bool]
    by_lid: bool = True
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Reaction:
    emoji: str
    to: "WorldMessage"


@dataclass(frozen=True, slots=True)
class WorldMessage:
    """group: empty in a direct message, which goes to `to`. mentions: JIDs as they stand in the message. edits: the
    message this one rewords. origin: `phone`, or `api` with the session it was sent by. by_lid: people are called by
    LID in it."""

    id: str
    by: Account
    at: float
    to: Account | None = None
    group: WorldGroup | None = None
    text: str = ""
    kind: str = "text"
    wrapping: str = ""
    mentions: tuple[str, ...] = ()
    quoted: "WorldMessage | None" = None
    edits: "WorldMessage | None" = None
    reaction: Reaction | None = None
    origin: str = "phone"
    session: str = ""
    by_lid: bool = False

    @property
    def sender_jid(self) -> str:
        return self.by.lid_jid if self.by_lid else self.by.jid

    def concerns(self, phone: str) -> bool:
        """Whether that number's WhatsApp shows it."""
        if self.group is not None:
            return phone in self.group.members
        return phone == self.by.phone or (self.to is not None and phone == self.to.phone)

    def other(self, phone: str) -> Account:
        """Who that number has this direct message with."""
        return self.to if self.to is not None and phone == self.by.phone else self.by


# --- what happens, as the sessions hear it ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    message: WorldMessage


@dataclass(frozen=True, slots=True)
class Moved:
    """A sent message came so far, on the phone of `by`."""

    message: WorldMessage
    state: DeliveryState
    by: Account


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """The group is new to some of its members (`is_new_to`, their phones), or was renamed (nobody)."""

    group: WorldGroup
    is_new_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """action: add, remove, promote or demote."""

    group: WorldGroup
    action: str
    members: tuple[Account, ...]
    by: Account


WorldEvent = Said | Moved | GroupChanged | MembersChanged


@dataclass(slots=True)
class World:
    """Who wants to know of all that happens calls `watch`. Every method may be called from any thread."""

    clock: Clock = field(default_factory=Clock)
    lock: threading.RLock = field(default_factory=threading.RLock)
    accounts: dict[str, Account] = field(default_factory=dict)
    groups: dict[str, WorldGroup] = field(default_factory=dict)
    messages: dict[str, WorldMessage] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _watchers: list[Callable[[WorldEvent], None]] = field(default_factory=list)

    def watch(self, watcher: Callable[[WorldEvent], None]) -> None:
        self._watchers.append(watcher)

    def clear(self) -> None:
        with self.lock:
            self.accounts.clear()
            self.groups.clear()
            self.messages.clear()

    # People

    def put_account(self, phone: str, **fields: Any) -> Account:
        """Adds them or changes what is named: lid, name, hides_phone, is_on_whatsapp."""
        with self.lock:
            account = self.accounts.get(phone)
            if account is None:
                account = Account(phone, str(fields.pop("lid", "")) or f"999{phone[-12:]:0>12}")
                self.accounts[phone] = account
            for name, value in fields.items():
                if name not in ("lid", "name", "hides_phone", "is_on_whatsapp"):
                    raise TypeError(f"an account has no {name}")
                setattr(account, name, value)
            return account

    def find(self, who: str) -> Account | None:
        """By phone or LID, as digits or as a JID; None for a stranger."""
        digits, _, domain = who.partition("@")
        digits = digits.partition(":")[0].lstrip("+")
        with self.lock:
            if domain != "lid" and digits in self.accounts:
                return self.accounts[digits]
            return next((one for one in self.accounts.values() if one.lid == digits), None)

    def account(self, who: str) -> Account:
        """The same, but a phone nobody has heard of becomes somebody on WhatsApp."""
        found = self.find(who)
        if found is not None:
            return found
        if who.endswith("@lid"):
            raise BadControlCallError(f"nobody has the LID {who}")
        return self.put_account(who.partition("@")[0].partition(":")[0].lstrip("+"))

    # Groups

    def put_group(
        self,
        subject: str,
        *,
        members: Iterable[str],
        admins: Iterable[str] = (),
        group_id: str = "",
        by_lid: bool = True,
    ) -> WorldGroup:
        """Makes a group; the first admin (or member) owns it. members, admins: phones."""
        with self.lock:
            people = {self.account(one).phone: False for one in members}
            people |= {self.account(one).phone: True for one in admins}
            if not people:
                raise BadControlCallError("a group needs members")
            owner = next((phone for phone, is_admin in people.items() if is_admin), next(iter(people)))
            group_id = group_id or f"120363{len(self.groups) + 1:012d}@g.us"
            group = WorldGroup(group_id, subject, owner, people, by_lid, self.clock.now())
            self.groups[group_id] = group
            self._tell(GroupChanged(group, frozenset(people)))
            return group

    def group(self, group_id: str) -> WorldGroup:
        found = self.groups.get(group_id)
        if found is None:
            raise BadControlCallError(f"no group {group_id}")
        return found

    def groups_of(self, phone: str) -> list[WorldGroup]:
        with self.lock:
            return [group for group in self.groups.values() if phone in group.members]

    def rename(self, group_id: str, subject: str) -> None:
        with self.lock:
            group = self.group(group_id)
            group.subject = subject
            self._tell(GroupChanged(group))

    def change_members(self, group_id: str, action: str, members: Iterable[str], *, by: str = "") -> None:
        """action: add, remove, promote or demote; by: phone of the admin who does it, the owner's if not given."""
        with self.lock:
            group = self.group(group_id)
            people = tuple(self.account(one) for one in members)
            author = self.account(by or group.owner)
            new = frozenset(one.phone for one in people if one.phone not in group.members)
            if action == "remove":
                # Told first: those who go hear of it too.
                self._tell(MembersChanged(group, action, people, author))
                for one in people:
                    group.members.pop(one.phone, None)
                return
            if action not in ("add", "promote", "demote"):
                raise BadControlCallError(f"no such change: {action}")
            group.members |= {one.phone: action == "promote" for one in people}
            if action == "add" and new:
                self._tell(GroupChanged(group, new))
            self._tell(MembersChanged(group, action, people, author))

    # Messages

    def say(
        self,
        *,
        by: str,
        to: str = "",
        group: str = "",
        text: str = "",
        kind: str = "text",
        wrapping: str = "",
        mentions: Iterable[str] = (),
        quoted: str = "",
        edits: str = "",
        reacts_to: str = "",
        by_lid: bool | None = None,
        at: float | None = None,
        message_id: str = "",
        origin: str = "phone",
        session: str = "",
    ) -> WorldMessage:
        """Somebody writes: to a person (`to`) or in a group.

        text: with `@<phone>` for each of the mentions; the emoji of a reaction (reacts_to). mentions: phones or LIDs,
        called as people are in this chat; a JID stays as it is.
        kind: text, image, … ; text is its caption then. wrapping: `ephemeral` or `view_once`. quoted, edits,
        reacts_to: message ids. by_lid: how people are called, in a direct message by phone unless said. at: seconds,
        now unless said.
        """
        if kind not in _KINDS or wrapping not in _WRAPPINGS:
            raise BadControlCallError(f"no such message: {kind} {wrapping}")
        with self.lock:
            place = self.group(group) if group else None
            author = self.account(by)
            lids = bool(place is not None and place.by_lid) if by_lid is None else by_lid
            if place is None and not to:
                raise BadControlCallError("to whom? give `to` or `group`")
            people = list(mentions)
            for one in people if lids else ():
                if "@" not in one:
                    text = text.replace(f"@{self.account(one).phone}", f"@{self.account(one).lid}")
            message = WorldMessage(
                id=message_id or f"3EB0{next(self._ids):016X}",
                by=author,
                at=self.clock.now() if at is None else at,
                to=None if place is not None else self.account(to),
                group=place,
                text="" if reacts_to else text,
                kind=kind,
                wrapping=wrapping,
                mentions=tuple(self._mention(one, by_lid=lids) for one in people),
                quoted=self.message(quoted) if quoted else None,
                edits=self.message(edits) if edits else None,
                reaction=Reaction(text, self.message(reacts_to)) if reacts_to else None,
                origin=origin,
                session=session,
                by_lid=lids,
            )
            self.messages[message.id] = message
            self._tell(Said(message))
            return message

    def message(self, message_id: str) -> WorldMessage:
        found = self.messages.get(message_id)
        if found is None:
            raise BadControlCallError(f"no message {message_id}")
        return found

    def move(self, message_id: str, state: DeliveryState, *, by: str = "") -> None:
        """The message is delivered, read, … on the phone of `by`: whom it was written to, or a member of the group."""
        with self.lock:
            message = self.message(message_id)
            if not by and message.group is not None:
                by = next(phone for phone in message.group.members if phone != message.by.phone)
            reader = self.account(by) if by else message.other(message.by.phone)
            self._tell(Moved(message, state, reader))

    def sent_by(self, session: str) -> list[WorldMessage]:
        """What went out by that session's API, oldest first."""
        with self.lock:
            return [one for one in self.messages.values() if one.origin == "api" and one.session == session]

    def _mention(self, who: str, *, by_lid: bool) -> str:
        if "@" in who:
            return who
        account = self.account(who)
        return account.lid_jid if by_lid else account.jid

    def _tell(self, event: WorldEvent) -> None:
        for watcher in self._watchers:
            watcher(event)
