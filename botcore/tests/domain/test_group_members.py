"""Who is in a group: whole lists, and who came and went, in whatever order it is told."""

from datetime import timedelta

import pytest

from botcore.domain import group_members
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Address, GroupInfo, GroupMembersChanged, MemberChange, Participant
from botcore.models import Group, GroupMember, WhatsAppNumber
from botcore.sandbox.demo_tenant import SUPPORT_GROUP

ANN, BOB = Address(phone="15550001111", lid="999"), Address(phone="15550002222", lid="888")


@pytest.fixture
def group(tenant):
    return Group.objects.get(wa_id=SUPPORT_GROUP)


@pytest.fixture
def see(number, group, clock):
    def run(*people, admins=()):
        participants = tuple(Participant(one, is_admin=one in admins) for one in people)
        info = GroupInfo(group.wa_id, "Support", participants)
        group_members.seen(tenant_id=group.tenant_id, number_id=number.pk, info=info, now=clock.now)

    return run


@pytest.fixture
def change(number, group, clock):
    def run(what, *people):
        group_members.changed(
            tenant_id=group.tenant_id,
            number_id=number.pk,
            change=GroupMembersChanged(group.wa_id, MemberChange(what), people),
            now=clock.now,
        )

    return run


def members():
    return set(GroupMember.objects.values_list("phone", "lid", "is_admin"))


def test_a_whole_list_replaces_the_one_before(see, group, clock):
    see(ANN, BOB, admins=(ANN,))
    see(BOB, Address(lid="777"))

    assert members() == {("15550002222", "888", False), ("", "777", False)}
    group.refresh_from_db()
    assert group.members_at == clock.now


def test_the_same_list_again_writes_no_member(see, django_assert_max_num_queries):
    see(ANN, BOB)
    before = set(GroupMember.objects.values_list("pk", flat=True))

    see(ANN, BOB)
    assert set(GroupMember.objects.values_list("pk", flat=True)) == before


def test_a_rename_without_members_empties_nothing(see):
    see(ANN)
    see()

    assert len(members()) == 1


def test_nobody_is_in_it_twice(see):
    see(ANN, Address(phone=ANN.phone), Address(lid=ANN.lid), Address())

    assert members() == {("15550001111", "999", False)}


def test_who_came_and_went_however_often_it_is_told(see, change, group):
    see(ANN)
    for _ in range(2):
        change("joined", BOB)
    assert len(members()) == 2
    for _ in range(2):
        change("left", Address(lid=BOB.lid))
    change("promoted", Address(phone=ANN.phone))

    assert members() == {("15550001111", "999", True)}
    group.refresh_from_db()
    assert group.member_count == 1


def test_a_count_without_a_list_is_followed(change, group):
    Group.objects.update(member_count=7)
    change("joined", ANN, BOB)
    change("left", ANN)

    group.refresh_from_db()
    assert group.member_count == 8


def test_a_group_nobody_knows_is_left_to_its_first_message(number, tenant, clock):
    change = GroupMembersChanged("120363@g.us", MemberChange.JOINED, (ANN,))
    group_members.changed(tenant_id=tenant.pk, number_id=number.pk, change=change, now=clock.now)

    assert not GroupMember.objects.exists()


def test_own_lid_is_learnt_from_the_list(see, number):
    see(ANN, Address(phone=number.phone, lid="77712"))

    assert WhatsAppNumber.objects.get(pk=number.pk).lid == "77712"


def test_a_list_known_lately_is_not_asked_for(number, group, clock, monkeypatch):
    first = group_members.of_group(number=number, group=group, now=clock.now)
    monkeypatch.setattr(type(driver_named("sandbox")), "group", None)
    group.refresh_from_db()

    assert group_members.of_group(number=number, group=group, now=clock.now) == first
    assert number.phone not in {one.phone for one in first}

    with pytest.raises(TypeError):
        group_members.of_group(number=number, group=group, now=clock.now + timedelta(minutes=11))


def test_another_tenants_group_of_the_same_id_is_not_touched(see, other_tenant):
    see(ANN)

    assert GroupMember._base_manager.filter(tenant=other_tenant).count() == 0
