"""Who sent this: every alias of a person leads to one contact."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tenants.enums import IdentityKind, Role
from tenants.errors import InvalidAddress
from tenants.models import Contact, Identity, TenantUser, Verification, VerificationCode
from tenants.scoping import require

Alias = tuple[str, str]  # kind, value
# How exactly it is known when a customer was last active.
ACTIVE_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Link:
    """A panel username this person has proved to own; a row of tenant_users."""

    tenant_user_id: int
    panel_username: str
    is_blocked: bool
    is_stale: bool  # was last active longer ago than ACTIVE_EVERY


@dataclass(frozen=True, slots=True)
class Person:
    """A sender as the bot sees them: contact, links to panel usernames, role in the team if any."""

    contact: Contact
    links: tuple[Link, ...] = ()
    role: Role | None = None
    user_id: int | None = None

    @property
    def usernames(self) -> tuple[str, ...]:
        return tuple(link.panel_username for link in self.links if not link.is_blocked)

    @property
    def is_blocked(self) -> bool:
        """One blocked link blocks the person: a second username must not be the way round it."""
        return any(link.is_blocked for link in self.links)

    def without(self, usernames: Collection[str]) -> "Person":
        """The same person after these usernames were unlinked. A blocked link stays."""
        gone = {name.casefold() for name in usernames}
        left = tuple(one for one in self.links if one.is_blocked or one.panel_username.casefold() not in gone)
        return replace(self, links=left)

    def owns(self, panel_username: str) -> bool:
        """Compare without case: no panel has two customers whose names differ by case alone."""
        return panel_username.casefold() in {name.casefold() for name in self.usernames}


def aliases(*, phone: str = "", lid: str = "") -> list[Alias]:
    """List the aliases of one person. phone and lid: digits alone, either may be empty."""
    found: list[Alias] = []
    if phone:
        found += [(IdentityKind.JID.value, phone), (IdentityKind.PHONE.value, f"+{phone}")]
    if lid:
        found.append((IdentityKind.LID.value, lid))
    return found


def resolve_person(*, tenant_id: int, phone: str = "", lid: str = "", name: str = "") -> Person:
    """Find or make the contact behind these aliases, learn new ones, and say who it is.

    phone, lid: digits alone. Two contacts that prove to be one person (a LID known without its phone, met again
    with it) are joined. Raises InvalidAddress when both are empty.
    """
    wanted = aliases(phone=phone, lid=lid)
    if not wanted:
        raise InvalidAddress
    rows = _rows_of(tenant_id=tenant_id, wanted=wanted)
    if len({row.contact_id for row in rows}) != 1 or _missing(rows, wanted):
        _learn(tenant_id=tenant_id, wanted=wanted)
        rows = _rows_of(tenant_id=tenant_id, wanted=wanted)
    contact = rows[0].contact
    if name and contact.name != name[:100]:
        contact.name = name[:100]
        contact.save(update_fields=["name"])
    admin = next((row.admin for row in rows if row.admin), None)
    return Person(
        contact=contact,
        links=tuple(Link(**link) for link in rows[0].usernames or ()),
        role=Role(admin["role"]) if admin else None,
        user_id=admin["user_id"] if admin else None,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """An alias with what `_rows_of` reads beside it."""

    contact: Contact
    kind: str
    value: str
    admin: dict[str, Any] | None
    usernames: list[dict[str, Any]] | None

    @property
    def contact_id(self) -> int:
        return self.contact.pk


# Asked for every message: plain SQL, because the ORM takes longer to word it than the database to answer it.
_ROWS = """
SELECT contact.id, contact.name, contact.created_at, identity.kind, identity.value,
    (
        SELECT jsonb_build_object('role', admin.role, 'user_id', admin.user_id)
        FROM tenant_admins AS admin JOIN tenants_user AS who ON who.id = admin.user_id
        WHERE admin.tenant_id = identity.tenant_id AND who.phone = identity.value AND who.is_active LIMIT 1
    ),
    (
        SELECT jsonb_agg(jsonb_build_object(
            'tenant_user_id', link.id, 'panel_username', link.panel_username, 'is_blocked', link.is_blocked,
            'is_stale', link.last_active_at IS NULL OR link.last_active_at < %(stale)s
        ) ORDER BY link.id)
        FROM tenant_users AS link WHERE link.tenant_id = identity.tenant_id AND link.contact_id = contact.id
    )
FROM tenants_identity AS identity JOIN tenants_contact AS contact ON contact.id = identity.contact_id
WHERE identity.tenant_id = %(tenant)s AND identity.contact_id IN (
    SELECT carrier.contact_id FROM tenants_identity AS carrier
    JOIN unnest(%(kinds)s::text[], %(values)s::text[]) AS wanted (kind, value)
    ON carrier.kind = wanted.kind AND carrier.value = wanted.value
    WHERE carrier.tenant_id = %(tenant)s
)
ORDER BY contact.id, identity.id
"""


def _rows_of(*, tenant_id: int, wanted: list[Alias]) -> list[_Row]:
    """All aliases of every contact that carries one of the wanted ones, in one query.

    Beside each: the team role its phone has, and the panel usernames of its contact.
    """
    require(tenant_id)
    values: dict[str, Any] = {
        "tenant": tenant_id,
        "kinds": [kind for kind, _ in wanted],
        "values": [value for _, value in wanted],
        "stale": timezone.now() - ACTIVE_EVERY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        found = cursor.fetchall()
    contacts: dict[int, Contact] = {}
    rows = []
    for contact_id, name, created_at, kind, value, admin, usernames in found:
        contact = contacts.setdefault(
            contact_id, Contact(id=contact_id, tenant_id=tenant_id, name=name, created_at=created_at)
        )
        contact._state.adding = False  # as read from the database
        rows.append(_Row(contact, kind, value, _json(admin), _json(usernames)))
    return rows


def _json(value: Any) -> Any:
    """Django leaves jsonb as text on its own cursors."""
    return json.loads(value) if isinstance(value, str) else value


def _missing(rows: list[_Row], wanted: list[Alias]) -> list[Alias]:
    known = {(row.kind, row.value) for row in rows}
    return [alias for alias in wanted if alias not in known]


@transaction.atomic
def _learn(*, tenant_id: int, wanted: list[Alias]) -> None:
    """One learner a tenant at a time: the rest find what it learnt. Rare, so nobody waits long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s::int, hashtext('contacts'))", [tenant_id & 0x7FFFFFFF]
        )
    rows = _rows_of(tenant_id=tenant_id, wanted=wanted)
    contact = rows[0].contact if rows else Contact.objects.create(tenant_id=tenant_id)
    for other_id in {row.contact_id for row in rows} - {contact.pk}:
        _join(contact, other_id)
    Identity.objects.bulk_create(
        Identity(tenant_id=tenant_id, contact=contact, kind=kind, value=value)
        for kind, value in _missing(rows, wanted)
    )


def _join(contact: Contact, other_id: int) -> None:
    """Move aliases and usernames to `contact`; a username both own stays once, blocked if either was.

    The other row stays, empty: what it said is history and keeps its author.
    """
    Identity.objects.filter(contact_id=other_id).update(contact=contact)
    _join_verifications(contact, other_id)
    mine = {link.panel_username.casefold(): link for link in TenantUser.objects.filter(contact=contact)}
    for link in TenantUser.objects.filter(contact_id=other_id):
        twin = mine.get(link.panel_username.casefold())
        if twin is None:
            link.contact = contact
            link.save(update_fields=["contact"])
            continue
        if link.is_blocked and not twin.is_blocked:
            twin.is_blocked = True
            twin.save(update_fields=["is_blocked"])
        link.delete()


def _join_verifications(contact: Contact, other_id: int) -> None:
    """The one that moved last goes on; misses and pauses of either hold, so that joining is no way round them."""
    VerificationCode.objects.filter(contact_id=other_id).update(contact=contact)
    both = Verification.objects.select_for_update().filter(contact_id__in=(contact.pk, other_id))
    newest_first = list(both.order_by("-moved_at"))
    for gone in newest_first[1:]:
        kept = newest_first[0]
        kept.wrong_codes = max(kept.wrong_codes, gone.wrong_codes)
        kept.unknown_names = max(kept.unknown_names, gone.unknown_names)
        kept.missed_at = max(filter(None, (kept.missed_at, gone.missed_at)), default=None)
        kept.paused_until = max(filter(None, (kept.paused_until, gone.paused_until)), default=None)
        gone.delete()
    for kept in newest_first[:1]:
        kept.contact = contact
        kept.save()
