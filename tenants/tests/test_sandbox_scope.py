"""The one step from a tenant's scope into another's: its own Sandbox page's."""

from dataclasses import dataclass

import pytest

from tenants.scoping import ScopeError, all_tenants, current_tenant_id, sandbox_scope, tenant_scope


@dataclass
class One:
    pk: int
    sandbox_of_id: int | None = None


def test_steps_over_and_back():
    with tenant_scope(1):
        with sandbox_scope(One(7, 1)):
            assert current_tenant_id() == 7
            with tenant_scope(7):
                assert current_tenant_id() == 7
        assert current_tenant_id() == 1


def test_comes_back_after_a_failure():
    with tenant_scope(1):
        with pytest.raises(ZeroDivisionError), sandbox_scope(One(7, 1)):
            _ = 1 / 0
        assert current_tenant_id() == 1


@pytest.mark.parametrize("other", [One(7, 2), One(7), One(2)])
def test_no_other_tenant_is_reached(other):
    with tenant_scope(1), pytest.raises(ScopeError), sandbox_scope(other):
        pytest.fail("it was entered")


def test_not_back_from_a_sandbox_to_its_owner():
    with tenant_scope(7), pytest.raises(ScopeError), sandbox_scope(One(1)):
        pytest.fail("it was entered")


def test_not_without_a_tenant():
    with pytest.raises(ScopeError), sandbox_scope(One(7, 1)):
        pytest.fail("it was entered")
    with all_tenants("a test"), pytest.raises(ScopeError), sandbox_scope(One(7, 1)):
        pytest.fail("it was entered")


def test_inside_a_sandbox_its_owner_stays_closed():
    with tenant_scope(1), sandbox_scope(One(7, 1)), pytest.raises(ScopeError), tenant_scope(1):
        pytest.fail("it was entered")
