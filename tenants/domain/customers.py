"""Verified customers: who is linked to which panel username, one by one or a whole group at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tenants.domain import audit
from tenants.domain.identities import Person, resolve_person
from tenants.enums import AuditSource, VerifiedBy
from tenants.models import Contact, TenantUser


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group. phone, lid: digits alone; either may be empty."""

    phone: str
    lid: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """added: newly linked people; skipped: why to how many; conflicts: usernames others are linked to already."""

    added: int
    skipped: Mapping[str, int]
    conflicts: tuple[str, ...]


def verified(*, tenant_id: int) -> QuerySet[TenantUser]:
    return (
        TenantUser.objects.filter(tenant_id=tenant_id)
        .select_related("contact")
        .order_by("panel_username", "pk")
    )


def link(
    *, tenant_id: int, contact: Contact, panel_username: str, verified_by: VerifiedBy, batch: str = ""
) -> bool:
    """Link a person to a panel username. Returns False when they were linked to it already."""
    existing = TenantUser.objects.filter(
        tenant_id=tenant_id, contact=contact, panel_username__iexact=panel_username
    ).first()
    if existing is not None:
        return False
    TenantUser.objects.create(
        tenant_id=tenant_id,
        contact=contact,
        panel_username=panel_username,
        verified_by=verified_by,
        batch=batch,
    )
    return True


@transaction.atomic
def verify_members(
    *, tenant_id: int, people: Sequence[Member], panel_username: str, batch: str
) -> BulkResult:
    """Link every member who may be: not the team, not the blocked, not those linked to another username."""
    added, skipped, conflicts = 0, Counter[str](), []
    for member in people:
        person = resolve_person(tenant_id=tenant_id, phone=member.phone, lid=member.lid)
        why = _why_not(person, panel_username)
        if why == "linked":
            conflicts.append(person.links[0].panel_username)
        elif why:
            skipped[why] += 1
        else:
            link(
                tenant_id=tenant_id,
                contact=person.contact,
                panel_username=panel_username,
                verified_by=VerifiedBy.BULK,
                batch=batch,
            )
            added += 1
    return BulkResult(added, skipped, tuple(sorted(set(conflicts))))


def _why_not(person: Person, panel_username: str) -> str:
    if person.role is not None:
        return "of the team"
    if person.is_blocked:
        return "blocked"
    if person.owns(panel_username):
        return "verified already"
    return "linked" if person.links else ""


def remove(*, tenant_id: int, panel_username: str, only_last_batch: bool = False) -> int:
    """Unverify everybody under a username, or only those its last bulk run added. Blocked people stay blocked.

    Returns how many were removed.
    """
    rows = TenantUser.objects.filter(
        tenant_id=tenant_id, panel_username__iexact=panel_username, is_blocked=False
    )
    if only_last_batch:
        last = rows.exclude(batch="").order_by("-verified_at").values_list("batch", flat=True).first()
        rows = rows.filter(batch=last) if last else rows.none()
    return rows.delete()[0]


@transaction.atomic
def set_aside(
    *, tenant_id: int, contact: Contact, usernames: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Unlink usernames that are no longer on the panel. Returns those unlinked: a blocked one stays, and blocks.

    For good: should the panel have such a user again, it may be somebody else, who has to prove it first.
    """
    wanted = {name.casefold() for name in usernames}
    links = TenantUser.objects.select_for_update().filter(
        tenant_id=tenant_id, contact=contact, is_blocked=False
    )
    gone = [link for link in links if link.panel_username.casefold() in wanted]
    for link in gone:
        audit.record(
            tenant_id=tenant_id,
            user_id=None,
            action="customer.set_aside",
            subject=f"customer {link.panel_username}"[:100],
            before={
                "contact": contact.pk,
                "verified_by": link.verified_by,
                "verified_at": link.verified_at,
                "batch": link.batch,
            },
            after={"reason": "the panel no longer knows the username"},
            source=AuditSource.SYSTEM,
            now=now,
        )
        link.delete()
    return tuple(link.panel_username for link in gone)


def touch(*, tenant_id: int, person: Person, now: datetime) -> None:
    """Remember that this customer is active, to the precision of ACTIVE_EVERY: most messages write nothing."""
    stale = [link.tenant_user_id for link in person.links if link.is_stale]
    if stale:
        TenantUser.objects.filter(tenant_id=tenant_id, pk__in=stale).update(last_active_at=now)
