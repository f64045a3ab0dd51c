"""Proving a panel username: the state of each person, the codes, and every limit on them.

    nothing ──greeting──▶ username ──found, code in a panel ticket──▶ code ──right code──▶ linked
                              ▲                                        │
                              └───────────── another username ─────────┘

Every step locks the person's row, so two chats of one person cannot step at once. A step names the message that made
it: run again after a crash, the message is answered as before and nothing is counted, sent or linked twice. In doubt
a person stays unverified.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac

from botcore.domain.config import Config
from tenants.domain import customers
from tenants.enums import CodeState, VerificationState, VerifiedBy
from tenants.models import Contact, TenantUser, Verification, VerificationCode

# After so long without a step a run is over.
RUNS_FOR = timedelta(minutes=30)
CODE_FOR = timedelta(minutes=10)
# A code that comes as late as this is still recognised as one, and called too old.
LATE_CODE_FOR = timedelta(hours=24)
BETWEEN_CODES = timedelta(seconds=60)
DAY = timedelta(hours=24)
CODES_A_DAY = 5
# A stranger must not flood a customer's tickets, however many numbers he has.
CODES_A_DAY_FOR_A_USERNAME = 10
# Nobody may try out which usernames there are.
UNKNOWN_NAMES = 10
# Wrong codes and unknown names are forgotten after this: longer than any code lives.
MISSES_COUNT_FOR = timedelta(hours=1)

_LIVE = (CodeState.CLAIMED, CodeState.SENT)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the tenant set."""

    max_attempts: int
    cooldown: timedelta
    allows_several: bool

    @classmethod
    def of(cls, config: Config) -> "Rules":
        return cls(
            max_attempts=config["verification_max_attempts"],
            cooldown=timedelta(seconds=config["verification_cooldown_seconds"]),
            allows_several=config["several_usernames_per_number"],
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to put a code into a ticket. digits: the code; empty when this message's code went out before."""

    code: VerificationCode
    digits: str


@dataclass(frozen=True, slots=True)
class Wait:
    """No code now. key: what to say; seconds: after how long there may be one."""

    key: str
    seconds: float


def of(*, tenant_id: int, contact: Contact) -> Verification | None:
    return Verification.objects.filter(tenant_id=tenant_id, contact=contact).first()


def is_running(flow: Verification | None, *, now: datetime) -> bool:
    return flow is not None and flow.state != VerificationState.IDLE and now - flow.moved_at < RUNS_FOR


def paused_for_s(flow: Verification | None, *, now: datetime) -> float:
    """Seconds left of a pause after too many misses; 0 when there is none."""
    if flow is None or flow.paused_until is None:
        return 0
    return max(0.0, (flow.paused_until - now).total_seconds())


def code_left_s(*, tenant_id: int, contact: Contact, now: datetime) -> float:
    """Seconds for which the person's newest code is still good; 0 when there is none."""
    code = _live_codes(tenant_id, contact).first()
    return max(0.0, (code.expires_at - now).total_seconds()) if code else 0


def is_username_blocked(*, tenant_id: int, username: str) -> bool:
    """A username blocked for one person is blocked for all: another number must not be the way round it."""
    return customers.is_username_blocked(tenant_id=tenant_id, panel_username=username)


@transaction.atomic
def begin(*, tenant_id: int, contact: Contact, group_chat_id: int | None, now: datetime) -> Verification:
    """Wait for a username, or keep on waiting for what is waited for. group_chat_id: where, if not in a DM."""
    flow = _locked(tenant_id, contact, now)
    if not is_running(flow, now=now):
        _live_codes(tenant_id, contact).update(state=CodeState.VOID)
        flow.state, flow.panel_username = VerificationState.USERNAME, ""
    flow.group_chat_id = group_chat_id or flow.group_chat_id
    flow.moved_at = now
    flow.save()
    return flow


@transaction.atomic
def stop(*, tenant_id: int, contact: Contact, message_id: int, outcome: str, now: datetime) -> Verification:
    """End a run and take its code back. A pause stays."""
    flow = _locked(tenant_id, contact, now)
    _live_codes(tenant_id, contact).update(state=CodeState.VOID)
    flow.state, flow.panel_username = VerificationState.IDLE, ""
    return _moved(flow, message_id, outcome, now)


@transaction.atomic
def miss_name(*, tenant_id: int, contact: Contact, rules: Rules, now: datetime) -> Verification:
    """Count a username the panel does not know; too many lead to a pause."""
    flow = _locked(tenant_id, contact, now)
    _count_from_now(flow, now)
    flow.unknown_names += 1
    flow.moved_at = now
    if flow.unknown_names >= UNKNOWN_NAMES:
        _pause(flow, rules, now)
    flow.save()
    return flow


@transaction.atomic
def claim_code(
    *, tenant_id: int, contact: Contact, panel_username: str, message_id: int, now: datetime
) -> Claim | Wait:
    """Make a code before it is sent. From here on it counts as sent, unless `settle_code` says it never was."""
    flow = _locked(tenant_id, contact, now)
    _lock_username(tenant_id, panel_username)
    mine = VerificationCode.objects.filter(tenant_id=tenant_id, message_id=message_id).first()
    if mine is not None and mine.state != CodeState.UNSENT:
        return Claim(mine, "")
    if wait := _wait(tenant_id, contact, panel_username, now):
        return wait
    digits, salt = f"{secrets.randbelow(1_000_000):06}", secrets.token_hex(16)
    code = mine or VerificationCode(tenant_id=tenant_id, message_id=message_id)
    code.contact, code.panel_username, code.state = contact, panel_username, CodeState.CLAIMED
    code.salt, code.digest = salt, _digest(salt, digits)
    code.created_at, code.expires_at = now, now + CODE_FOR
    code.save()
    flow.state, flow.panel_username = VerificationState.CODE, panel_username
    flow.moved_at = now
    flow.save()
    return Claim(code, digits)


@transaction.atomic
def settle_code(*, code: VerificationCode, was_sent: bool, ticket_id: int | None, now: datetime) -> None:
    """Say how it went. Sent, or perhaps: codes before it are void. Surely not: things stand as they stood before."""
    flow = _locked(code.tenant_id, code.contact, now)
    row = VerificationCode.objects.filter(tenant_id=code.tenant_id, pk=code.pk, state=CodeState.CLAIMED)
    if was_sent:
        row.update(state=CodeState.SENT, ticket_id=ticket_id)
        _live_codes(code.tenant_id, code.contact).filter(pk__lt=code.pk).update(state=CodeState.VOID)
        return
    row.update(state=CodeState.UNSENT)
    before = _live_codes(code.tenant_id, code.contact).first()
    flow.state = VerificationState.CODE if before else VerificationState.USERNAME
    flow.panel_username = before.panel_username if before else ""
    flow.save()


@transaction.atomic
def try_code(
    *, tenant_id: int, contact: Contact, digits: str, rules: Rules, message_id: int, now: datetime
) -> Verification:
    """Compare a code with the person's newest one and link them when it is right. last_outcome: what to answer."""
    flow = _locked(tenant_id, contact, now)
    if flow.last_message_id == message_id:
        return flow
    if paused_for_s(flow, now=now):
        return _moved(flow, message_id, "verification_cooldown", now)
    code = _live_codes(tenant_id, contact).select_for_update().first()
    if flow.state != VerificationState.CODE or code is None or code.expires_at <= now:
        return _moved(flow, message_id, "verification_code_expired", now)
    if not constant_time_compare(code.digest, _digest(code.salt, digits)):
        return _moved(flow, message_id, _miss_code(flow, rules, now), now)
    code.state = CodeState.USED
    code.save(update_fields=["state"])
    _live_codes(tenant_id, contact).update(state=CodeState.VOID)
    flow.state, flow.panel_username = VerificationState.IDLE, code.panel_username
    flow.wrong_codes = flow.unknown_names = 0
    return _moved(flow, message_id, _link(flow, rules), now)


def _link(flow: Verification, rules: Rules) -> str:
    """Link, by what holds now and not by what held when the code was sent. Returns what to answer."""
    tenant_id, contact, username = flow.tenant_id, flow.contact, flow.panel_username
    links = list(TenantUser.objects.filter(tenant_id=tenant_id, contact=contact))
    if any(link.is_blocked for link in links):
        return "user_blocked"
    if is_username_blocked(tenant_id=tenant_id, username=username):
        return "verification_username_blocked"
    others = [link for link in links if link.panel_username.casefold() != username.casefold()]
    if others and not rules.allows_several:
        flow.panel_username = others[0].panel_username
        return "verification_already_linked"
    customers.link(tenant_id=tenant_id, contact=contact, panel_username=username, verified_by=VerifiedBy.CODE)
    return "verification_success"


def _miss_code(flow: Verification, rules: Rules, now: datetime) -> str:
    _count_from_now(flow, now)
    flow.wrong_codes += 1
    if flow.wrong_codes < rules.max_attempts:
        return "verification_code_invalid"
    _live_codes(flow.tenant_id, flow.contact).update(state=CodeState.VOID)
    _pause(flow, rules, now)
    return "verification_max_attempts"


def _count_from_now(flow: Verification, now: datetime) -> None:
    if flow.missed_at is not None and now - flow.missed_at >= MISSES_COUNT_FOR:
        flow.wrong_codes = flow.unknown_names = 0
    flow.missed_at = now


def _pause(flow: Verification, rules: Rules, now: datetime) -> None:
    flow.wrong_codes = flow.unknown_names = 0
    flow.paused_until = now + rules.cooldown


def _wait(tenant_id: int, contact: Contact, username: str, now: datetime) -> Wait | None:
    counted = VerificationCode.objects.filter(tenant_id=tenant_id, created_at__gt=now - DAY).exclude(
        state=CodeState.UNSENT
    )
    own = _moments(counted.filter(contact=contact))
    if own and (left := own[-1] + BETWEEN_CODES - now) > timedelta():
        return Wait("verification_code_wait", left.total_seconds())
    for_username = _moments(counted.alias(name=Lower("panel_username")).filter(name=Lower(Value(username))))
    for moments, limit in ((own, CODES_A_DAY), (for_username, CODES_A_DAY_FOR_A_USERNAME)):
        if len(moments) >= limit:
            return Wait("verification_code_limit", (moments[-limit] + DAY - now).total_seconds())
    return None


def _moments(codes: QuerySet[VerificationCode]) -> list[datetime]:
    return list(codes.order_by("created_at").values_list("created_at", flat=True))


def _live_codes(tenant_id: int, contact: Contact) -> QuerySet[VerificationCode]:
    """Codes not used and not taken back, the newest first; they may be too old."""
    return VerificationCode.objects.filter(tenant_id=tenant_id, contact=contact, state__in=_LIVE).order_by(
        "-created_at", "-pk"
    )


def _locked(tenant_id: int, contact: Contact, now: datetime) -> Verification:
    Verification.objects.get_or_create(tenant_id=tenant_id, contact=contact, defaults={"moved_at": now})
    return Verification.objects.select_for_update().get(tenant_id=tenant_id, contact=contact)


def _lock_username(tenant_id: int, username: str) -> None:
    """Two people asking for one username at one moment are counted one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s::int, hashtext(%s))",
            [tenant_id & 0x7FFFFFFF, f"verification:{username.casefold()}"],
        )


def _moved(flow: Verification, message_id: int, outcome: str, now: datetime) -> Verification:
    flow.last_message_id, flow.last_outcome, flow.moved_at = message_id, outcome, now
    flow.save()
    return flow


def _digest(salt: str, digits: str) -> str:
    return salted_hmac(f"verification code {salt}", digits, algorithm="sha256").hexdigest()
