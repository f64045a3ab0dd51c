"""Many customers at once: what would become of each line, and then the same for real. Running it again adds nothing."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models.functions import Lower

from tenants.domain import customers
from tenants.domain.customer_list import Problem, Wanted
from tenants.domain.customers import Fit
from tenants.domain.identities import Link, Person, resolve_person
from tenants.enums import IdentityKind, Role, VerifiedBy
from tenants.models import Contact, Identity, TenantAdmin, TenantUser

# So many lines are looked up together.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """A line and what becomes of it. usernames: which the person has already."""

    wanted: Wanted
    fit: Fit
    usernames: tuple[str, ...] = ()

    @property
    def is_conflict(self) -> bool:
        return self.fit not in (Fit.ADD, Fit.ALREADY)

    @property
    def why(self) -> str:
        return customers.words_of(self.fit, self.usernames)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not imported. username: empty where the line could not be read; code: of Fit, or `invalid`."""

    line: int
    given: str
    username: str
    code: str
    why: str


def left_out(planned: Sequence[Planned], problems: Sequence[Problem]) -> list[LeftOut]:
    """What an import would not take, in the order of the lines."""
    found = [LeftOut(one.line, one.given, "", "invalid", one.why) for one in problems]
    found += [
        LeftOut(
            one.wanted.line,
            f"+{one.wanted.phone}, {one.wanted.username}",
            one.wanted.username,
            one.fit.value,
            one.why,
        )
        for one in planned
        if one.is_conflict
    ]
    return sorted(found, key=lambda one: one.line)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every line. bots: the bot's own numbers, digits alone."""

    allows_several: bool
    bots: Collection[str]
    team: Mapping[str, Role] = field(default_factory=dict)


def rules_of(*, tenant_id: int, allows_several: bool, bots: Collection[str]) -> Rules:
    team = TenantAdmin.objects.filter(tenant_id=tenant_id, user__is_active=True)
    return Rules(
        allows_several,
        bots,
        {str(phone).removeprefix("+"): Role(role) for phone, role in team.values_list("user__phone", "role")},
    )


def plan(*, tenant_id: int, wanted: Sequence[Wanted], rules: Rules) -> list[Planned]:
    """Say what would become of each line, were the list imported now. Stores nothing."""
    people: dict[str, Person] = {}
    planned = []
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        new = {one.phone for one in chunk} - people.keys()
        people |= _people(tenant_id, new, rules)
        blocked = _blocked_names(tenant_id, {one.username for one in chunk})
        for one in chunk:
            person = people[one.phone]
            fit = customers.fit_of(
                person=person,
                panel_username=one.username,
                allows_several=rules.allows_several,
                is_name_blocked=one.username.lower() in blocked,
                is_bot=one.phone in rules.bots,
            )
            planned.append(Planned(one, fit, person.usernames))
            if fit is Fit.ADD:  # the lines after it find it done
                link = Link(0, one.username, is_blocked=False, is_stale=False)
                people[one.phone] = replace(person, links=(*person.links, link))
    return planned


def add(*, tenant_id: int, wanted: Sequence[Wanted], rules: Rules, batch: str) -> Iterator[list[Planned]]:
    """Import the lines, a chunk at a time; yields what became of them."""
    for start in range(0, len(wanted), CHUNK):
        done = []
        for one in plan(tenant_id=tenant_id, wanted=wanted[start : start + CHUNK], rules=rules):
            is_new = one.fit is not Fit.ADD or _link(tenant_id, one.wanted, batch)
            done.append(one if is_new else replace(one, fit=Fit.ALREADY))
            if len(done) >= 50:
                yield done
                done = []
        yield done


def counts(planned: Sequence[Planned]) -> Counter[str]:
    """added, already, conflicts."""
    named = {Fit.ADD: "added", Fit.ALREADY: "already"}
    return Counter(named.get(one.fit, "conflicts") for one in planned)


@transaction.atomic
def _link(tenant_id: int, wanted: Wanted, batch: str) -> bool:
    person = resolve_person(tenant_id=tenant_id, phone=wanted.phone)
    return customers.link(
        tenant_id=tenant_id,
        contact=person.contact,
        panel_username=wanted.username,
        verified_by=VerifiedBy.IMPORT,
        batch=batch,
    )


def _people(tenant_id: int, phones: Collection[str], rules: Rules) -> dict[str, Person]:
    """Who is behind each number, in two queries; nobody is made."""
    known = dict(
        Identity.objects.filter(
            tenant_id=tenant_id, kind=IdentityKind.JID, value__in=list(phones)
        ).values_list("value", "contact_id")
    )
    links: dict[int, list[Link]] = {}
    rows = TenantUser.objects.filter(tenant_id=tenant_id, contact_id__in=set(known.values())).order_by("pk")
    for row in rows:
        links.setdefault(row.contact_id, []).append(
            Link(row.pk, row.panel_username, row.is_blocked, is_stale=False)
        )
    return {
        phone: Person(
            contact=Contact(pk=known.get(phone), tenant_id=tenant_id),
            links=tuple(links.get(known.get(phone, 0), ())),
            role=rules.team.get(phone),
        )
        for phone in phones
    }


def _blocked_names(tenant_id: int, usernames: Collection[str]) -> set[str]:
    rows = (
        TenantUser.objects.filter(tenant_id=tenant_id, is_blocked=True)
        .annotate(name=Lower("panel_username"))
        .filter(name__in=[name.lower() for name in usernames])
    )
    return set(rows.values_list("name", flat=True))
