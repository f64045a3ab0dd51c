"""A tenant's rows: none without a tenant open, none of another's."""

import threading

import pytest
from django.apps import apps

from tenants.models import Contact, Identity, Tenant, TenantUser
from tenants.scoping import ScopeError, TenantModel, all_tenants, current_tenant_id, tenant_scope
from tenants.tests.factories import ContactFactory, TenantFactory, TenantUserFactory


@pytest.fixture
def shop(db):
    return TenantFactory()


@pytest.fixture
def other_shop(db):
    return TenantFactory()


@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_models() if issubclass(model, TenantModel)],
    ids=lambda model: model.__name__,
)
def test_every_tenant_model_fails_without_a_tenant(model):
    with pytest.raises(ScopeError):
        model.objects.all()


@pytest.mark.parametrize(
    "query",
    [
        lambda: Contact.objects.count(),
        lambda: Contact.objects.filter(tenant_id=1).exists(),
        lambda: Contact.objects.create(tenant_id=1),
        lambda: Contact.objects.get_or_create(tenant_id=1),
        lambda: Contact.objects.bulk_create([]),
    ],
)
def test_any_query_fails_without_a_tenant(shop, query):
    with pytest.raises(ScopeError):
        query()


def test_only_rows_of_the_open_tenant_are_seen(shop, other_shop):
    mine = ContactFactory(tenant=shop)
    ContactFactory(tenant=other_shop)

    with tenant_scope(shop.pk):
        assert list(Contact.objects.all()) == [mine]
        assert not Contact.objects.filter(tenant=other_shop).exists()
        assert Contact.objects.update(name="x") == 1


def test_rows_are_written_into_the_open_tenant(shop):
    with tenant_scope(shop.pk):
        assert Contact.objects.create(name="Anna").tenant == shop


@pytest.mark.parametrize(
    "write",
    [
        lambda other: Contact.objects.create(tenant=other),
        lambda other: Contact.objects.create(tenant_id=other.pk),
        lambda other: Contact.objects.get_or_create(tenant=other),
        lambda other: Contact.objects.update_or_create(tenant=other),
        lambda other: Contact.objects.bulk_create([Contact(tenant=other)]),
    ],
)
def test_writing_into_another_tenant_is_refused(shop, other_shop, write):
    with tenant_scope(shop.pk), pytest.raises(ScopeError):
        write(other_shop)
    with all_tenants("look at everything"):
        assert not Contact.objects.exists()


def test_related_rows_are_scoped_too(shop, other_shop):
    contact = ContactFactory(tenant=shop, phone="1555")
    TenantUserFactory(tenant=shop, contact=contact)

    with pytest.raises(ScopeError):
        contact.identities.all()
    with tenant_scope(other_shop.pk):
        assert not contact.identities.exists()
        assert not contact.usernames.exists()
    with tenant_scope(shop.pk):
        assert contact.identities.count() == 2
        assert contact.usernames.count() == 1


def test_a_row_cannot_be_hung_onto_another_tenants(shop, other_shop):
    contact = ContactFactory(tenant=other_shop)

    with tenant_scope(shop.pk), pytest.raises(ScopeError):
        contact.usernames.create(tenant=other_shop, panel_username="x", verified_by="staff")
    with all_tenants("look at everything"):
        assert not TenantUser.objects.exists()


def test_another_tenant_cannot_be_opened_inside(shop, other_shop):
    with tenant_scope(shop.pk):
        with pytest.raises(ScopeError), tenant_scope(other_shop.pk):
            pass
        with tenant_scope(shop.pk):
            assert current_tenant_id() == shop.pk
        assert current_tenant_id() == shop.pk


def test_scope_ends_with_its_block(shop):
    with pytest.raises(ZeroDivisionError), tenant_scope(shop.pk):
        raise ZeroDivisionError

    with pytest.raises(ScopeError):
        current_tenant_id()


def test_crossing_tenants_needs_a_reason(shop, other_shop):
    for one in (shop, other_shop):
        ContactFactory(tenant=one)

    with pytest.raises(ScopeError), all_tenants(""):
        pass
    with all_tenants("the platform counts"):
        assert Contact.objects.count() == 2
        with pytest.raises(ScopeError):
            current_tenant_id()


def test_crossing_may_narrow_down_to_one(shop, other_shop):
    for one in (shop, other_shop):
        ContactFactory(tenant=one)

    with all_tenants("the sweeper"), tenant_scope(shop.pk):
        assert Contact.objects.count() == 1


def test_threads_do_not_inherit_the_scope(shop):
    seen = []

    def look():
        try:
            Contact.objects.all()
        except ScopeError as error:
            seen.append(error)

    with tenant_scope(shop.pk):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert len(seen) == 1


def test_deleting_a_tenant_takes_its_rows_along(shop, other_shop):
    for one in (shop, other_shop):
        ContactFactory(tenant=one, phone="1555", lid="999")

    Tenant.objects.filter(pk=shop.pk).delete()

    with all_tenants("look at everything"):
        assert set(Identity.objects.values_list("tenant_id", flat=True)) == {other_shop.pk}
