"""Every address × every role, by the one table. Driven from the URLconf: a new address is covered by itself."""

from http import HTTPStatus

import pytest

from smmbot.testing.site import Site
from smmbot.testing.urls import Address, addresses
from tenants.enums import Role
from tenants.permissions import may

ADDRESSES = list(addresses())
OPEN = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT)
# What anybody may open, and why.
PUBLIC = {
    "": "landing",
    "docs": "documentation",
    "docs/api": "documentation of the API",
    "healthz": "an orchestrator asks",
    "readyz": "an orchestrator asks",
    "signup": "sign-up",
    "login": "sign-in",
    "forgot": "new password",
    "sandbox-phone": "the demo's phone, 404 elsewhere",
    "api/v1/openapi.json": "reference",
    "api/v1/sandbox-phone": "the demo's phone, 404 elsewhere",
}


def ask(site: Site, one: Address, method: str, path: str) -> int:
    if one.is_api:
        status: int = site.api(method, path, {} if method != "GET" else None).status_code
    elif method == "GET":
        status = site.get(path).status_code
    else:
        status = site.post(path).status_code
    return status


def a_row(name: str) -> object:
    """No row has it: the permission is asked for before the row is."""
    return "00000000-0000-4000-8000-000000000000" if name in ("session_id", "uuid") else 987654321


def test_public_addresses_are_few_and_known() -> None:
    public = {one.route for one in ADDRESSES if one.is_public}
    assert {route for route in public if not route.startswith("api/v1/auth/")} == set(PUBLIC)


def test_every_closed_screen_asks_for_a_permission() -> None:
    assert [one.route for one in ADDRESSES if not one.is_public and not one.is_guarded] == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_what_the_table_gives_it(site: Site, role: Role) -> None:
    person, wrong = site.as_(role), []
    for one in ADDRESSES:
        if one.is_public or one.route.endswith("logout"):
            continue
        allowed = one.permission is None or may(role, one.permission)
        statuses = [ask(person, one, method, one.filled(a_row)) for method in one.methods]
        is_denied = HTTPStatus.FORBIDDEN in statuses
        if one.is_api and one.is_fresh and allowed:
            continue  # 403 for another reason, unless the login is fresh
        if not allowed and (not is_denied or any(status in OPEN for status in statuses)):
            wrong.append((one.route, "open", statuses))
        if allowed and is_denied:
            wrong.append((one.route, "closed", statuses))
    assert wrong == []


def test_strangers_are_sent_to_sign_in(site: Site) -> None:
    stranger, wrong = site.as_(None), []
    for one in ADDRESSES:
        if one.is_public:
            continue
        for method in one.methods:
            status = ask(stranger, one, method, one.filled(a_row))
            expected = HTTPStatus.UNAUTHORIZED if one.is_api else HTTPStatus.FOUND
            if status != expected:
                wrong.append((method, one.route, status))
    assert wrong == []


def test_unsafe_requests_want_the_csrf_token(site: Site) -> None:
    strict = Site(site.tenant, checks_csrf=True)
    wrong = []
    for one in ADDRESSES:
        if one.is_public:
            continue
        for method in one.methods:
            if method == "GET":
                continue
            status = ask(strict, one, method, one.filled(a_row))
            if status not in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED):
                wrong.append((method, one.route, status))
    assert wrong == []
