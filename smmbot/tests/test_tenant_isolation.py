"""Every address with a row in it × another tenant's row: 404, whatever the method. Driven from the URLconf."""

from http import HTTPStatus
from typing import Any

import pytest

from botcore.models import Group, InboxMessage, MessageLog, WhatsAppNumber
from panel.models import PanelConnection
from providers.models import SmmProvider
from smmbot.testing.site import Site
from smmbot.testing.urls import addresses
from tenants.models import ApiKey, Job, Tenant, TenantAdmin, TenantUser
from tenants.scoping import all_tenants

# What a name in an address stands for. A new name must be put here, with a row the other tenant has.
ROWS: dict[str, Any] = {
    "number_id": WhatsAppNumber,
    "group_id": Group,
    "log_id": MessageLog,
    "provider_id": SmmProvider,
    "customer_id": TenantUser,
    "admin_id": TenantAdmin,
    "key_id": ApiKey,
    "job_id": Job,
    "connection_id": PanelConnection,
    "message_id": InboxMessage,
}
# Not rows of a tenant: a key of the code's own table, a session of the person who asks.
NOT_ROWS = {"key", "session_id", "section", "chat"}
REFUSED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


@pytest.fixture
def rows(other_tenant: Tenant) -> dict[str, int]:
    """A row of every kind that the other tenant owns."""
    with all_tenants("the other tenant's rows"):
        return {name: model.objects.filter(tenant=other_tenant).first().pk for name, model in ROWS.items()}


def test_every_name_in_an_address_is_known() -> None:
    named = {name for one in addresses() for name in one.params}
    assert named - set(ROWS) - NOT_ROWS == set()


def test_another_tenants_row_is_not_there(site: Site, rows: dict[str, int]) -> None:
    found = []
    for one in addresses():
        if not set(one.params) & set(ROWS) or one.is_public:
            continue
        path = one.filled(lambda name: rows.get(name, "x"))
        for method in one.methods:
            if one.is_api:
                status = site.api(method, path, {} if method != "GET" else None).status_code
            else:
                status = (site.get if method == "GET" else site.post)(path).status_code
            if status not in REFUSED and not (one.is_api and status == HTTPStatus.BAD_REQUEST):
                found.append((method, one.route, status))
    assert found == []
