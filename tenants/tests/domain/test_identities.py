"""Every alias of a person leads to one contact, whichever comes first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smmbot.testing.threads import at_once
from tenants.domain.identities import resolve_person
from tenants.enums import Role
from tenants.errors import InvalidAddress
from tenants.models import Contact, Identity, TenantUser
from tenants.scoping import all_tenants, tenant_scope
from tenants.tests.factories import (
    ContactFactory,
    TenantAdminFactory,
    TenantFactory,
    TenantUserFactory,
    UserFactory,
)

PHONE, LID = "15550100011", "99900000000011"


@pytest.fixture
def shop(db):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        yield tenant


@pytest.fixture
def who(shop):
    def resolve(phone="", lid="", name=""):
        return resolve_person(tenant_id=shop.pk, phone=phone, lid=lid, name=name)

    return resolve


def aliases():
    return set(Identity.objects.values_list("kind", "value"))


def test_phone_alone(who):
    person = who(PHONE, name="Anna")

    assert who(PHONE).contact == person.contact
    assert person.contact.name == "Anna"
    assert aliases() == {("jid", PHONE), ("phone", f"+{PHONE}")}


def test_lid_alone(who):
    assert who(lid=LID).contact == who(lid=LID).contact
    assert aliases() == {("lid", LID)}


def test_a_new_alias_is_learnt(who):
    first = who(PHONE).contact

    assert who(PHONE, LID).contact == who(lid=LID).contact == first


def test_neither_is_no_person(who):
    with pytest.raises(InvalidAddress):
        who()
    assert not Contact.objects.exists()


def test_name_follows_the_person(who):
    who(PHONE, name="Anna")

    assert who(PHONE, name="Anna M." + "x" * 200).contact.name == ("Anna M." + "x" * 200)[:100]
    assert who(PHONE).contact.name.startswith("Anna M.")


def test_known_person_costs_one_query(who, django_assert_num_queries):
    who(PHONE, LID, "Anna")

    with django_assert_num_queries(1):
        who(PHONE, LID, "Anna")


def test_two_contacts_that_prove_to_be_one_are_joined_with_their_usernames(shop, who):
    by_lid = who(lid=LID).contact
    by_phone = who(PHONE).contact
    TenantUserFactory(tenant=shop, contact=by_lid, panel_username="anna_media")
    TenantUserFactory(tenant=shop, contact=by_phone, panel_username="anna_shop")

    person = who(PHONE, LID)

    assert set(person.usernames) == {"anna_media", "anna_shop"}
    assert who(lid=LID).contact == who(PHONE).contact == person.contact
    assert set(TenantUser.objects.values_list("contact", flat=True)) == {person.contact.pk}


@pytest.mark.parametrize("blocked", ["by_lid", "by_phone"])
def test_blocked_twin_stays_blocked(shop, who, blocked):
    for name, contact in (("by_lid", who(lid=LID).contact), ("by_phone", who(PHONE).contact)):
        username = "Anna_Media" if name == "by_lid" else "anna_media"
        TenantUserFactory(tenant=shop, contact=contact, panel_username=username, is_blocked=name == blocked)

    person = who(PHONE, LID)

    assert person.is_blocked
    assert person.usernames == ()
    assert TenantUser.objects.count() == 1


def test_one_blocked_username_blocks_the_person(shop, who):
    contact = who(PHONE).contact
    TenantUserFactory(tenant=shop, contact=contact, panel_username="one")
    TenantUserFactory(tenant=shop, contact=contact, panel_username="two", is_blocked=True)

    assert who(PHONE).is_blocked


def test_usernames_are_owned_without_regard_to_case(shop, who):
    TenantUserFactory(tenant=shop, contact=who(PHONE).contact, panel_username="Anna_Media")

    assert who(PHONE).owns("anna_MEDIA")
    assert not who(PHONE).owns("anna")


def test_owner_is_known_by_phone_and_later_by_lid_alone(shop, who):
    TenantAdminFactory(tenant=shop, user=UserFactory(phone=f"+{PHONE}"), role=Role.OWNER)

    assert who(PHONE).role is Role.OWNER
    assert who(lid=LID).role is None
    assert who(PHONE, LID).role is Role.OWNER
    assert who(lid=LID).role is Role.OWNER


def test_team_member_who_may_not_sign_in_has_no_role(shop, who):
    TenantAdminFactory(tenant=shop, user=UserFactory(phone=f"+{PHONE}", is_active=False), role=Role.OWNER)

    assert who(PHONE).role is None


def test_role_and_usernames_are_of_this_tenant_alone(who):
    other = TenantFactory()
    TenantAdminFactory(tenant=other, user=UserFactory(phone=f"+{PHONE}"), role=Role.OWNER)
    TenantUserFactory(
        tenant=other, contact=ContactFactory(tenant=other, phone=PHONE, lid=LID), panel_username="anna_media"
    )

    person = who(PHONE, LID)

    assert (person.role, person.usernames) == (None, ())
    with all_tenants("look at everything"):
        assert Contact.objects.count() == 2


def test_links_tell_who_was_long_away(shop, who):
    contact = who(PHONE).contact
    now = timezone.now()
    for name, seen in (("now", now), ("long", now - timedelta(minutes=11)), ("never", None)):
        TenantUserFactory(tenant=shop, contact=contact, panel_username=name, last_active_at=seen)

    assert {link.panel_username: link.is_stale for link in who(PHONE).links} == {
        "now": False,
        "long": True,
        "never": True,
    }


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_first_messages_of_one_person_make_one_contact(self, shop):
        def resolve(_):
            with tenant_scope(shop.pk):
                return resolve_person(tenant_id=shop.pk, phone=PHONE, lid=LID, name="Anna").contact.pk

        assert len(set(at_once(8, resolve))) == 1
        assert Contact.objects.count() == 1

    def test_one_alias_each_then_both(self, shop):
        def resolve(number):
            with tenant_scope(shop.pk):
                known = ({"phone": PHONE}, {"lid": LID}, {"phone": PHONE, "lid": LID})[number % 3]
                resolve_person(tenant_id=shop.pk, **known)

        at_once(9, resolve)

        assert len(aliases()) == 3
        person = resolve_person(tenant_id=shop.pk, phone=PHONE, lid=LID)
        assert set(Identity.objects.values_list("contact", flat=True)) == {person.contact.pk}
