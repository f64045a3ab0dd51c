"""Who is in a group, kept from what its gateways tell: asking each time would bring WhatsApp's 429."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from botcore.domain import groups
from botcore.gateway.registry import driver_for
from botcore.gateway.types import Address, GroupInfo, GroupMembersChanged, MemberChange, Participant
from botcore.models import Group, GroupMember, WhatsAppNumber
from tenants.domain.customers import Member

# Known so lately, a group's members are not asked for again; events keep them true meanwhile.
FRESH_FOR: Final = timedelta(minutes=10)
_AT_ONCE: Final = 500


def of_group(*, number: WhatsAppNumber, group: Group, now: datetime) -> list[Member]:
    """The group's members without the bot's own number; asked where they are not known freshly. Raises GatewayError."""
    if group.members_at is None or now - group.members_at > FRESH_FOR:
        info = driver_for(number).group(number.session_name, group.wa_id)
        groups.remember(tenant_id=group.tenant_id, info=info)
        seen(tenant_id=group.tenant_id, number_id=number.pk, info=info, now=now)
    return [
        Member(phone=row.phone, lid=row.lid)
        for row in GroupMember.objects.filter(tenant_id=group.tenant_id, group=group).order_by("pk")
        if not {row.phone, row.lid} & number.own_digits
    ]


@transaction.atomic
def seen(*, tenant_id: int, number_id: int, info: GroupInfo, now: datetime) -> None:
    """Keep the whole list of members; a group told without any has not said that it is empty."""
    people = _once(info.participants)
    if not people:
        return
    group = Group.objects.select_for_update().filter(tenant_id=tenant_id, wa_id=info.wa_id).first()
    if group is None:
        return
    known = {
        (row.phone, row.lid, row.is_admin): row.pk
        for row in GroupMember.objects.filter(tenant_id=tenant_id, group=group)
    }
    told = dict.fromkeys((one.address.phone, one.address.lid, one.is_admin) for one in people)
    gone = [pk for who, pk in known.items() if who not in told]
    GroupMember.objects.filter(tenant_id=tenant_id, pk__in=gone).delete()
    GroupMember.objects.bulk_create(
        (
            GroupMember(tenant_id=tenant_id, group=group, phone=phone, lid=lid, is_admin=is_admin)
            for phone, lid, is_admin in told
            if (phone, lid, is_admin) not in known
        ),
        batch_size=_AT_ONCE,
    )
    Group.objects.filter(pk=group.pk).update(members_at=now)
    _learn_own_lid(tenant_id=tenant_id, number_id=number_id, people=people)


@transaction.atomic
def changed(*, tenant_id: int, number_id: int, change: GroupMembersChanged, now: datetime) -> None:
    """Follow who came and went. A group nobody knows yet appears with its first message, not with this."""
    group = Group.objects.select_for_update().filter(tenant_id=tenant_id, wa_id=change.wa_id).first()
    if group is None:
        return
    for address in change.members:
        rows = _rows_of(group, address)
        match change.change:
            case MemberChange.LEFT:
                rows.delete()
            case MemberChange.PROMOTED | MemberChange.DEMOTED:
                rows.update(is_admin=change.change is MemberChange.PROMOTED)
            case MemberChange.JOINED if not rows.exists():
                GroupMember.objects.create(
                    tenant_id=tenant_id, group=group, phone=address.phone, lid=address.lid
                )
    if group.members_at is not None:
        count = GroupMember.objects.filter(tenant_id=tenant_id, group=group).count()
        Group.objects.filter(pk=group.pk).update(member_count=count)
    elif group.member_count is not None and change.change in (MemberChange.JOINED, MemberChange.LEFT):
        step = len(change.members) * (1 if change.change is MemberChange.JOINED else -1)
        Group.objects.filter(pk=group.pk, member_count__gte=-step).update(
            member_count=F("member_count") + step
        )


def phone_of(*, tenant_id: int, lid: str) -> str:
    """The phone behind a LID, digits alone, where any group's list shows both; else empty."""
    found = GroupMember.objects.filter(tenant_id=tenant_id, lid=lid).exclude(phone="")
    return found.values_list("phone", flat=True).first() or ""


def _learn_own_lid(*, tenant_id: int, number_id: int, people: Sequence[Participant]) -> None:
    """Some gateways tell the number's own LID nowhere else, and groups mention it by that."""
    number = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id).only("phone", "lid").first()
    if number is None or not number.phone:
        return
    own = next(
        (one.address.lid for one in people if one.address.phone == number.phone and one.address.lid), ""
    )
    if own and own != number.lid:
        WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id).update(lid=own[:40])


def _rows_of(group: Group, address: Address) -> QuerySet[GroupMember]:
    who = Q()
    if address.phone:
        who |= Q(phone=address.phone)
    if address.lid:
        who |= Q(lid=address.lid)
    rows: QuerySet[GroupMember] = GroupMember.objects.filter(tenant_id=group.tenant_id, group=group)
    return rows.filter(who) if who else rows.none()


def _once(participants: Sequence[Participant]) -> list[Participant]:
    """Nobody twice, by either address, and nobody without one."""
    phones: set[str] = set()
    lids: set[str] = set()
    kept = []
    for one in participants:
        phone, lid = one.address.phone[:20], one.address.lid[:40]
        if (phone and phone in phones) or (lid and lid in lids) or not (phone or lid):
            continue
        phones.add(phone)
        lids.add(lid)
        kept.append(Participant(Address(phone=phone, lid=lid), is_admin=one.is_admin))
    return kept
