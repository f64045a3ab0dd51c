"""The permission table of product.md, item 140, cell by cell."""

import pytest

from tenants.enums import Role
from tenants.permissions import ROLE_PERMISSIONS, Permission, may

ALL, ADMINS, OWNER = set(Role), {Role.OWNER, Role.STAFF_ADMIN}, {Role.OWNER}
TABLE = {
    "ALL_COMMANDS": OWNER,
    "CONFIG_COMMANDS": OWNER,
    "BROADCAST": ADMINS,
    "GROUP_FLAGS": ADMINS,
    "BULK_USERS": ADMINS,
    "RESOLVE_LOGS": ALL,
    "REFILL_VERIFY": ALL,
    "PROVIDER_STATUS": ALL,
    "MANAGE_BOT": ADMINS,
    "MANAGE_CUSTOMERS": ADMINS,
    "VIEW_LOGS": ALL,
    "MANAGE_BILLING": OWNER,
    "MANAGE_STAFF": OWNER,
    "BOT_OVERVIEW": ADMINS,
    "FAKE_COMPLETE": ADMINS,
    "MANAGE_NUMBERS": OWNER,
    "CUSTOMER_COMMANDS": ADMINS,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", TABLE)
def test_cell(name, role):
    assert may(role, Permission[name]) == (role in TABLE[name])


@pytest.mark.parametrize("permission", Permission)
def test_nobody_without_a_role(permission):
    assert not may(None, permission)


def test_owner_has_everything_and_each_role_what_the_one_below_has():
    assert ROLE_PERMISSIONS[Role.OWNER] == set(Permission)
    assert ROLE_PERMISSIONS[Role.STAFF] < ROLE_PERMISSIONS[Role.STAFF_ADMIN] < ROLE_PERMISSIONS[Role.OWNER]
