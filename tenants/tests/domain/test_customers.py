"""Unlinking what the panel no longer has: never the blocked, never somebody else's."""

import pytest
from django.utils import timezone

from tenants.domain import customers, identities
from tenants.models import AuditEntry, TenantUser
from tenants.scoping import tenant_scope
from tenants.tests.factories import ContactFactory, TenantFactory, TenantUserFactory


@pytest.fixture
def shop(db):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        yield tenant


@pytest.fixture
def link(shop):
    contact = ContactFactory(tenant=shop)

    def add(name, *, to=None, **fields):
        return TenantUserFactory(tenant=shop, contact=to or contact, panel_username=name, **fields)

    add.contact = contact
    return add


def set_aside(link, *names):
    return customers.set_aside(
        tenant_id=link.contact.tenant_id, contact=link.contact, usernames=names, now=timezone.now()
    )


def left():
    return sorted(TenantUser.objects.values_list("panel_username", flat=True))


def test_set_aside_unlinks_and_records(link):
    link("Anna")
    link("other")

    assert set_aside(link, "anna") == ("Anna",)
    assert left() == ["other"]
    assert AuditEntry.objects.get().subject == "customer Anna"


def test_set_aside_leaves_a_blocked_link(link):
    link("anna", is_blocked=True)

    assert set_aside(link, "anna") == ()
    assert left() == ["anna"]
    assert not AuditEntry.objects.exists()


def test_set_aside_is_of_one_person_alone(link, shop):
    link("anna", to=ContactFactory(tenant=shop))

    assert set_aside(link, "anna") == ()
    assert left() == ["anna"]


def test_set_aside_twice_is_recorded_once(link):
    link("anna")

    assert (set_aside(link, "anna"), set_aside(link, "anna")) == (("anna",), ())
    assert AuditEntry.objects.count() == 1


def test_person_without_keeps_what_is_blocked(link):
    links = tuple(
        identities.Link(number, name, is_blocked, is_stale=False)
        for number, (name, is_blocked) in enumerate([("anna", False), ("Joko", False), ("bad", True)])
    )
    person = identities.Person(link.contact, links)

    assert [one.panel_username for one in person.without(["ANNA", "bad"]).links] == ["Joko", "bad"]
