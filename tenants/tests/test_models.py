"""What must never be is a constraint of the database."""

import pytest
from django.db import IntegrityError, transaction

from tenants.enums import Role
from tenants.models import User
from tenants.tests.factories import (
    ContactFactory,
    TenantAdminFactory,
    TenantFactory,
    TenantUserFactory,
    UserFactory,
)


@pytest.fixture
def shop(db):
    return TenantFactory()


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_one_owner_a_tenant(shop):
    TenantAdminFactory(tenant=shop, role=Role.OWNER)

    refused(lambda: TenantAdminFactory(tenant=shop, role=Role.OWNER))
    TenantAdminFactory(tenant=TenantFactory(), role=Role.OWNER)


def test_one_role_a_person(shop):
    user = UserFactory()
    TenantAdminFactory(tenant=shop, user=user)

    refused(lambda: TenantAdminFactory(tenant=shop, user=user, role=Role.STAFF_ADMIN))


def test_no_made_up_role(shop):
    refused(lambda: TenantAdminFactory(tenant=shop, role="king"))


def test_one_contact_an_alias(shop):
    ContactFactory(tenant=shop, phone="1555")

    refused(lambda: ContactFactory(tenant=shop, phone="1555"))
    ContactFactory(tenant=TenantFactory(), phone="1555")


def test_one_link_a_person_and_username_whatever_the_case(shop):
    contact = ContactFactory(tenant=shop)
    TenantUserFactory(tenant=shop, contact=contact, panel_username="anna")

    refused(lambda: TenantUserFactory(tenant=shop, contact=contact, panel_username="ANNA"))
    TenantUserFactory(tenant=shop, panel_username="anna")


def test_no_empty_username(shop):
    refused(lambda: TenantUserFactory(tenant=shop, panel_username=""))


def test_users_sign_in_by_phone_and_password(db):
    user = User.objects.create_user("+15550100001", "correct horse battery")

    assert user.check_password("correct horse battery")
    assert not User.objects.create_user("+15550100002").has_usable_password()
    assert User.objects.create_superuser("+15550100003", "x").is_staff
