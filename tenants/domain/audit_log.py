"""The record of what the team did, read back: by whom, about what, from where, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenants.enums import AuditSource
from tenants.models import AuditEntry

PAGE = 50

# What a person looks for, and how the actions of it begin.
AREAS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "settings": ("Bot settings and templates", ("config.", "template.", "panel.", "ticket_webhook.")),
    "people": (
        "Team and sign-in",
        ("staff.", "session.", "user.", "password.", "second_factor.", "support."),
    ),
    "keys": ("API keys", ("api_key.",)),
    "customers": ("Customers", ("customer",)),
    "groups": ("Groups and broadcasts", ("group", "broadcast.")),
    "orders": (
        "Orders and money",
        ("order.", "refund.", "partial.", "refill.", "cancel.", "speed_up.", "log", "fake_complete."),
    ),
    "numbers": ("WhatsApp numbers", ("number",)),
    "providers": ("Providers", ("provider",)),
    "account": ("Account", ("account.", "tenant.")),
}
_SAID = {
    "account.change": "Changed the account",
    "account.close": "Asked to delete the account",
    "account.export": "Exported all data",
    "account.keep": "Kept the account",
    "api_key.create": "Made an API key",
    "api_key.revoke": "Revoked an API key",
    "broadcast.start": "Sent a broadcast",
    "config.set": "Changed a setting",
    "customer.block": "Blocked a customer",
    "customer.remove": "Removed a customer’s verification",
    "customer.set_aside": "Unlinked a customer",
    "customer.unblock": "Unblocked a customer",
    "customer.verify": "Verified a customer by hand",
    "customers.export": "Exported the customers",
    "customers.import": "Imported customers",
    "customers.remove": "Removed customers",
    "customers.undo": "Took a batch of customers back",
    "customers.verify": "Verified customers",
    "group.hide": "Hid a group",
    "group.provider": "Changed whose group it is",
    "group.show": "Showed a hidden group again",
    "group.switch": "Switched a group",
    "log.memo": "Changed a request’s note",
    "log.rerun": "Ran a request again",
    "logs.export": "Exported message logs",
    "number.add": "Added a WhatsApp number",
    "number.connect": "Began to link a number",
    "number.linked": "Linked a number",
    "number.log_out": "Logged a number out",
    "number.make_default": "Changed the default number",
    "number.remove": "Removed a number",
    "number.rename": "Renamed a number",
    "order.force_complete": "Completed an order by hand",
    "panel.connect": "Connected a panel",
    "panel.remove": "Removed a panel",
    "panel.switch": "Changed the panel in use",
    "partial.approve": "Approved a partial refund",
    "partial.at_once": "Paid a partial refund",
    "partial.refuse": "Refused a partial refund",
    "password.change": "Changed their password",
    "password.first": "Set their first own password",
    "password.reset": "Set a new password with a code",
    "provider.add": "Added a provider",
    "provider.change": "Changed a provider",
    "provider.remove": "Removed a provider",
    "refund.approve": "Approved a refund",
    "refund.at_once": "Paid a refund",
    "refund.refuse": "Refused a refund",
    "second_factor.codes": "Made new recovery codes",
    "second_factor.off": "Switched the second factor off",
    "second_factor.on": "Switched the second factor on",
    "session.token_reused": "Ended a sign-in that looked stolen",
    "staff.add": "Added to the team",
    "staff.password": "Sent a new first password",
    "staff.remove": "Removed from the team",
    "staff.role": "Changed a role",
    "support.look": "Looked at the dashboard for support",
    "support.second_factor_reset": "Switched a second factor off for support",
    "support.sessions_ended": "Signed somebody out for support",
    "template.reset": "Went back to a built-in text",
    "template.set": "Changed a text",
    "tenant.resume": "Opened the account again",
    "tenant.suspend": "Suspended the account",
    "ticket_webhook.regenerate_key": "Made a new ticket webhook key",
    "user.rename": "Changed their name",
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty: all. area: of AREAS; text: part of the subject or the action; since, until: aware, until exclusive."""

    user_id: int | None = None
    area: str = ""
    source: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, to be shown."""

    id: int
    at: datetime
    who: str
    said: str
    subject: str
    source: AuditSource
    changes: tuple[Change, ...]


def entries(*, tenant_id: int, filters: Filters) -> QuerySet[AuditEntry]:
    """The newest first, with who did it."""
    rows = AuditEntry.objects.filter(tenant_id=tenant_id).select_related("user")
    if filters.user_id is not None:
        rows = rows.filter(user_id=filters.user_id)
    if filters.area in AREAS:
        rows = rows.filter(_any_begins(AREAS[filters.area][1]))
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.text:
        rows = rows.filter(Q(subject__icontains=filters.text) | Q(action__icontains=filters.text))
    if filters.since:
        rows = rows.filter(created_at__gte=filters.since)
    if filters.until:
        rows = rows.filter(created_at__lt=filters.until)
    return rows.order_by("-created_at", "-pk")


def page_of(rows: QuerySet[AuditEntry], *, after: str) -> tuple[list[AuditEntry], str]:
    """PAGE entries after a mark, and the mark of the last of them; empty when there are no more. Costs the same
    however far back it is."""
    if place := _place(after):
        moment, pk = place
        rows = rows.filter(created_at__lte=moment).exclude(created_at=moment, pk__gte=pk)
    found = list(rows[: PAGE + 1])
    has_more = len(found) > PAGE
    found = found[:PAGE]
    return found, f"{found[-1].created_at.isoformat()}_{found[-1].pk}" if has_more else ""


def shown(entry: AuditEntry) -> Entry:
    return Entry(
        id=entry.pk,
        at=entry.created_at,
        who=str(entry.user) if entry.user else "The system",
        said=said(entry.action),
        subject=entry.subject,
        source=AuditSource(entry.source),
        changes=tuple(
            Change(name.replace("_", " "), _text(entry.before.get(name)), _text(entry.after.get(name)))
            for name in dict.fromkeys([*entry.before, *entry.after])
            if entry.before.get(name) != entry.after.get(name)
        ),
    )


def said(action: str) -> str:
    """`group.sync` is `Group: sync` where nobody wrote better words."""
    noun, _, verb = action.partition(".")
    return _SAID.get(action) or f"{noun.capitalize()}: {verb}".replace("_", " ").removesuffix(": ")


def _any_begins(beginnings: tuple[str, ...]) -> Q:
    wanted = Q()
    for one in beginnings:
        wanted |= Q(action__startswith=one)
    return wanted


def _place(mark: str) -> tuple[datetime, int] | None:
    moment, _, pk = mark.rpartition("_")
    try:
        place = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return None
    return place if place[0].tzinfo and 0 < place[1] < 2**63 else None


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())[:_LONGEST] or "–"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)[:_LONGEST] or "–"
    return str(value)[:_LONGEST]
