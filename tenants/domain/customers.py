"""Verified customers: who is linked to which panel username, one by one or a whole group at once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tenants.domain import audit
from tenants.domain.identities import Person, resolve_person
from tenants.enums import AuditSource, IdentityKind, VerifiedBy
from tenants.errors import CannotVerify, NothingToUndo, StillBlocked
from tenants.models import Contact, Identity, TenantUser, User

# So many at once from a screen.
BULK_LIMIT = 500


class Fit(StrEnum):
    """Whether a WhatsApp person may be linked to a username, or what stands in the way. The value is stable."""

    ADD = "added"
    ALREADY = "verified_already"
    OTHER_USERNAME = "other_username"
    TEAM = "of_the_team"
    BOT = "own_number"
    BLOCKED = "customer_blocked"
    USERNAME_BLOCKED = "username_blocked"


_WORDS: Mapping[Fit, str] = {
    Fit.ADD: "Will be verified.",
    Fit.ALREADY: "Is verified with this username already.",
    Fit.TEAM: "This number belongs to your team, who may ask about every order without being verified.",
    Fit.BOT: "This is one of the bot’s own numbers.",
    Fit.BLOCKED: "This customer is blocked. Unblock them first.",
    Fit.USERNAME_BLOCKED: "This username is blocked for another number. Unblock it there first.",
}


def words_of(fit: Fit, usernames: Sequence[str] = ()) -> str:
    """usernames: which the person has already, where they stand in the way."""
    if fit is Fit.OTHER_USERNAME:
        return (
            f"This number is verified as {', '.join(usernames)}. Remove that first, or allow several usernames "
            "per number under Bot Settings, Verification."
        )
    return _WORDS[fit]


@dataclass(frozen=True, slots=True)
class Removed:
    """kept: usernames that stay because they are blocked."""

    count: int
    kept: tuple[str, ...]


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
    try:
        with transaction.atomic():
            TenantUser.objects.create(
                tenant_id=tenant_id,
                contact=contact,
                panel_username=panel_username,
                verified_by=verified_by,
                batch=batch,
            )
    except IntegrityError:  # somebody else did the same at this moment
        return False
    return True


def is_username_blocked(*, tenant_id: int, panel_username: str) -> bool:
    """A username blocked for one person is blocked for all: another number must not be the way round it."""
    return TenantUser.objects.filter(
        tenant_id=tenant_id, panel_username__iexact=panel_username, is_blocked=True
    ).exists()


def fit_of(
    *, person: Person, panel_username: str, allows_several: bool, is_name_blocked: bool, is_bot: bool
) -> Fit:
    """The one rule for whoever is verified without a code."""
    if is_bot:
        return Fit.BOT
    if person.role is not None:
        return Fit.TEAM
    if person.is_blocked:
        return Fit.BLOCKED
    if person.owns(panel_username):
        return Fit.ALREADY
    if is_name_blocked:
        return Fit.USERNAME_BLOCKED
    if person.links and not allows_several:
        return Fit.OTHER_USERNAME
    return Fit.ADD


@transaction.atomic
def verify_by_hand(
    *,
    tenant_id: int,
    phone: str,
    lid: str = "",
    panel_username: str,
    allows_several: bool,
    bots: Collection[str],
    is_checked: bool,
    by: User,
    source: AuditSource,
    now: datetime,
) -> tuple[TenantUser, bool]:
    """Link a WhatsApp person to a username without a code. phone, lid, bots (the bot's own): digits alone.
    is_checked: the panel knows the username. Returns the link, and whether it is new. Raises CannotVerify."""
    person = resolve_person(tenant_id=tenant_id, phone=phone, lid=lid)
    Contact.objects.select_for_update().get(tenant_id=tenant_id, pk=person.contact.pk)
    person = resolve_person(tenant_id=tenant_id, phone=phone, lid=lid)
    fit = fit_of(
        person=person,
        panel_username=panel_username,
        allows_several=allows_several,
        is_name_blocked=is_username_blocked(tenant_id=tenant_id, panel_username=panel_username),
        is_bot=bool({phone, lid} & set(bots)),
    )
    if fit not in (Fit.ADD, Fit.ALREADY):
        raise CannotVerify(fit.value, words_of(fit, person.usernames))
    is_new = fit is Fit.ADD and link(
        tenant_id=tenant_id,
        contact=person.contact,
        panel_username=panel_username,
        verified_by=VerifiedBy.STAFF,
    )
    made = TenantUser.objects.select_related("contact").get(
        tenant_id=tenant_id, contact=person.contact, panel_username__iexact=panel_username
    )
    if is_new:
        audit.record_on(
            made,
            "customer.verify",
            user_id=by.pk,
            source=source,
            now=now,
            after={"contact": made.contact_id, "on_panel": is_checked},
        )
    return made, is_new


def digits_of(*, tenant_id: int, contact_id: int) -> tuple[str, str]:
    """(phone, LID) by which a person is found again; either may be empty."""
    rows = Identity.objects.filter(tenant_id=tenant_id, contact_id=contact_id).order_by("pk")
    known = dict(rows.values_list("kind", "value"))
    return known.get(IdentityKind.JID, ""), known.get(IdentityKind.LID, "")


@transaction.atomic
def set_blocked(
    *,
    tenant_id: int,
    contact_ids: Iterable[int],
    is_blocked: bool,
    by: User,
    source: AuditSource,
    now: datetime,
) -> int:
    """Block people, or let them in again; all their usernames, for one that is left would be the way round it.
    Acts on their next message. Returns how many people changed."""
    links = list(
        TenantUser.objects.select_for_update()
        .filter(tenant_id=tenant_id, contact_id__in=list(contact_ids)[:BULK_LIMIT], is_blocked=not is_blocked)
        .order_by("pk")
    )
    TenantUser.objects.filter(tenant_id=tenant_id, pk__in=[one.pk for one in links]).update(
        is_blocked=is_blocked
    )
    for one in links:
        action = "customer.block" if is_blocked else "customer.unblock"
        audit.record_on(
            one,
            action,
            user_id=by.pk,
            source=source,
            now=now,
            before={"is_blocked": not is_blocked},
            after={"is_blocked": is_blocked},
        )
    return len({one.contact_id for one in links})


def remove_one(*, customer: TenantUser, by: User, source: AuditSource, now: datetime) -> None:
    """Take a verification away: they have to prove it anew. Raises StillBlocked."""
    done = remove_many(
        tenant_id=customer.tenant_id, customer_ids=[customer.pk], by=by, source=source, now=now
    )
    if done.kept:
        raise StillBlocked


@transaction.atomic
def remove_many(
    *, tenant_id: int, customer_ids: Iterable[int], by: User, source: AuditSource, now: datetime
) -> Removed:
    """Take these verifications away; those of blocked people stay, and block."""
    links = list(
        TenantUser.objects.select_for_update()
        .filter(tenant_id=tenant_id, pk__in=list(customer_ids)[:BULK_LIMIT])
        .order_by("pk")
    )
    gone = [one for one in links if not one.is_blocked]
    for one in gone:
        audit.record_on(one, "customer.remove", user_id=by.pk, source=source, now=now, before=_as_it_was(one))
    TenantUser.objects.filter(tenant_id=tenant_id, pk__in=[one.pk for one in gone]).delete()
    return Removed(len(gone), tuple(one.panel_username for one in links if one.is_blocked))


@transaction.atomic
def undo_batch(*, tenant_id: int, batch: str, by: User, source: AuditSource, now: datetime) -> Removed:
    """Take back all a bulk run added, in one go; blocked ones stay. Raises NothingToUndo."""
    rows = TenantUser.objects.select_for_update().filter(tenant_id=tenant_id, batch=batch).exclude(batch="")
    links = list(rows.only("pk", "tenant_id", "panel_username", "is_blocked"))
    gone = [one.pk for one in links if not one.is_blocked]
    if not gone:
        raise NothingToUndo
    TenantUser.objects.filter(tenant_id=tenant_id, pk__in=gone).delete()
    audit.record(
        tenant_id=tenant_id,
        user_id=by.pk,
        action="customers.undo",
        subject=f"batch {batch}",
        before={"customers": len(links)},
        after={"removed": len(gone), "blocked_ones_kept": len(links) - len(gone)},
        source=source,
        now=now,
    )
    return Removed(len(gone), tuple(one.panel_username for one in links if one.is_blocked))


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
        audit.record_on(
            link,
            "customer.set_aside",
            user_id=None,
            before=_as_it_was(link),
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


def _as_it_was(link: TenantUser) -> dict[str, object]:
    return {
        "contact": link.contact_id,
        "verified_by": link.verified_by,
        "verified_at": link.verified_at,
        "batch": link.batch,
    }
