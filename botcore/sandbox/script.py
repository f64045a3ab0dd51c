"""A conversation in a file, played over the real path and checked line by line.

    # a comment
    [owner @ Support] !support enable        an actor, in a group or (without @) in a direct message
    < Support is now on                      must be in a reply in that chat
    < @anna: refill requested                must be in the direct message of another actor
    < @@Boostlab: 54330                      must be in another group
    < nothing                                no reply in that chat
    [supplier @ Boostlab quoting] done       quotes the bot's last message there
    [anna] {code anna_media}                 the code in that customer's newest panel ticket
    [supplier @ Boostlab] {oid 54326} done   the order's id at its provider

Actors and groups: demo_tenant.py.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet

from botcore.gateway.types import Address
from botcore.models import SandboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import ACTORS, GROUPS
from botcore.sandbox.phone import POLL_S, Phone
from panel.clients.base import PanelClient

_SAYS = re.compile(
    r"\[(?P<actor>\w+)(?: *@ *(?P<group>[\w ]+?))?(?P<quoting> quoting)?\] ?(?P<text>.*)", re.DOTALL
)
_EXPECTS = re.compile(r"< ?(?:@@(?P<group>[\w ]+): |@(?P<actor>\w+): )?(?P<text>.*)")
_FILL_IN = re.compile(r"\{(?P<what>code|oid) (?P<of>[\w.]+)\}")
_SIX_DIGITS = re.compile(r"\b\d{6}\b")
NOTHING = "nothing"


class BadScript(Exception):
    """The file cannot be read as a conversation; the text names line and fault."""


class NotAsExpected(Exception):
    """The bot said something else; the text shows the step, what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Expectation:
    text: str
    actor: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    line: int
    actor: str
    text: str
    group: str = ""
    is_quoting: bool = False
    expectations: list[Expectation] = field(default_factory=list)


def read(path: Path) -> list[Step]:
    """Raises BadScript."""
    steps: list[Step] = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if match := _EXPECTS.fullmatch(line):
            if not steps:
                raise BadScript(f"line {number}: nothing was said yet")
            steps[-1].expectations.append(
                Expectation(match["text"].strip(), match["actor"] or "", match["group"] or "")
            )
        elif match := _SAYS.fullmatch(line):
            text = match["text"].replace("\\n", "\n")
            steps.append(Step(number, match["actor"], text, match["group"] or "", bool(match["quoting"])))
        else:
            raise BadScript(f"line {number}: neither '[actor] text' nor '< expected'")
    for step in steps:
        _check_names(step.line, {step.actor, *(e.actor for e in step.expectations)}, ACTORS)
        _check_names(step.line, {step.group, *(e.group for e in step.expectations)}, GROUPS)
    return steps


def _check_names(line: int, names: set[str], known: object) -> None:
    for name in names - {""}:
        if name not in known:  # type: ignore[operator]
            raise BadScript(f"line {line}: {name!r} is not in the sandbox")


def fill_in(panel: PanelClient, what: str, of: str) -> str:
    """What only the panel knows: a customer's newest code, an order's id at its provider."""
    if what == "code":
        return newest_code(panel, of)
    return panel.get_order(int(of)).external_id or ""


def newest_code(panel: PanelClient, username: str) -> str:
    """The newest six-digit code in this user's panel tickets; empty when there is none."""
    for ticket in sorted(panel.list_tickets(user=username), key=lambda one: -one.ticket_id):
        for message in reversed(panel.get_ticket(ticket.ticket_id).messages):
            if codes := _SIX_DIGITS.findall(message.text):
                return str(codes[-1])
    return ""


class Player:
    """Plays steps against a running stack. panel: knows what the script leaves to be filled in."""

    def __init__(
        self, *, number: WhatsAppNumber, base_url: str, panel: PanelClient, timeout_s: float
    ) -> None:
        self._number, self._base_url, self._panel, self._timeout_s = number, base_url, panel, timeout_s

    def play(self, steps: list[Step]) -> Iterator[tuple[Step, list[str]]]:
        """Yield each step with what came back in its chat. Raises NotAsExpected at the first that fails."""
        for step in steps:
            yield step, self._play(step)

    def _play(self, step: Step) -> list[str]:
        phone = Phone(
            ACTORS[step.actor],
            number=self._number,
            base_url=self._base_url,
            group=GROUPS[step.group] if step.group else "",
        )
        before = self._newest()
        quoted = self._last_in(phone.chat) if step.is_quoting else ""
        message_id = phone.send(self._filled(step.text), quoted_id=quoted)
        replies = list(phone.replies(message_id, timeout_s=self._timeout_s))
        for expected in step.expectations:
            self._check(step, expected, phone.chat, before)
        return replies

    def _filled(self, text: str) -> str:
        return _FILL_IN.sub(lambda match: fill_in(self._panel, match["what"], match["of"]), text)

    def _check(self, step: Step, expected: Expectation, here: Address, before: int) -> None:
        chat, wanted = self._chat_of(expected, here), self._filled(expected.text)
        deadline = time.monotonic() + self._timeout_s
        while True:
            said = self._said(chat, before)
            if expected.text == NOTHING and not said:
                return
            if any(wanted in text for text in said):
                return
            if expected.text == NOTHING or time.monotonic() > deadline:
                came = "\n".join(said) or "(nothing)"
                raise NotAsExpected(
                    f"line {step.line}: [{step.actor}] {step.text}\nexpected: {expected.text}\ncame: {came}"
                )
            time.sleep(POLL_S)

    def _chat_of(self, expected: Expectation, here: Address) -> Address:
        if expected.group:
            return Address(group=GROUPS[expected.group])
        if expected.actor:
            return Address(phone=ACTORS[expected.actor].phone)
        return here

    def _said(self, chat: Address, after: int) -> list[str]:
        rows = self._texts().filter(chat_wa_id=chat.wa_id, pk__gt=after)
        return list(rows.order_by("pk").values_list("text", flat=True))

    def _newest(self) -> int:
        return self._texts().order_by("-pk").values_list("pk", flat=True).first() or 0

    def _last_in(self, chat: Address) -> str:
        rows = self._texts().filter(chat_wa_id=chat.wa_id).order_by("-pk")
        return rows.values_list("wa_message_id", flat=True).first() or ""

    def _texts(self) -> QuerySet[SandboxMessage]:
        return SandboxMessage.objects.filter(
            session__name=self._number.session_name, kind=SandboxMessage.Kind.TEXT
        )
