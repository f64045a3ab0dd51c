"""Ways round the doors: other methods, odd paths, headers, realms."""

import pytest
from django.test import Client
from django.utils import timezone

from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm
from tenants.models import User


@pytest.fixture
def tokens_of(tenant):
    """The demo's owner made platform staff too: one person, both realms."""
    User.objects.filter(phone="+15550100001").update(is_staff=True, is_superuser=True)
    user = User.objects.get(phone="+15550100001")

    def make(realm):
        return sessions.begin(user=user, realm=realm, browser=Browser(), now=timezone.now())[1]

    return make


def browser(**cookies):
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["/me/", "/overview", "/staff/", "/me/second-factor", "/confirm"])
def test_no_method_opens_a_page_to_a_stranger(tenant, method, path):
    answer = getattr(Client(), method)(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "get", "FOO"])
def test_api_takes_its_own_methods_alone(site, method):
    assert site.api(method, "/api/v1/auth/logout").status_code == 405


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/tenant/", "/admin/tenants/user/add/"])
@pytest.mark.parametrize("prefix", ["", "/x"])
def test_dashboards_token_never_opens_the_admin(tokens_of, path, prefix):
    """Not under the admin's cookie names either, and not with a prefix that makes the path look like another."""
    given = tokens_of(Realm.TENANT)
    client = browser(
        access=given.access, refresh=given.refresh, admin_access=given.access, admin_refresh=given.refresh
    )

    answer = client.get(path, SCRIPT_NAME=prefix)

    assert answer.status_code == 302
    assert "/login" in answer["Location"]


@pytest.mark.parametrize("path", ["/me/", "/overview", "/api/v1/auth/me"])
@pytest.mark.parametrize("prefix", ["", "/admin"])
def test_admins_token_never_opens_the_dashboard(tokens_of, path, prefix):
    given = tokens_of(Realm.ADMIN)
    client = browser(
        access=given.access, refresh=given.refresh, admin_access=given.access, admin_refresh=given.refresh
    )

    answer = client.get(path, SCRIPT_NAME=prefix)

    assert answer.status_code in (302, 401)


def test_admins_own_token_opens_the_admin(tokens_of):
    given = tokens_of(Realm.ADMIN)

    assert browser(admin_access=given.access).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/admin", "//admin/", "/admin//", "/Admin/", "/me/../admin/", "/admin/..;/me/"]
)
def test_odd_spellings_of_the_admin_open_nothing(tokens_of, path):
    given = tokens_of(Realm.TENANT)

    answer = browser(access=given.access, refresh=given.refresh).get("/", PATH_INFO=path)

    assert answer.status_code in (301, 302, 404)


def test_admins_cookies_are_sent_to_the_admin_alone(tokens_of):
    client = browser(admin_refresh=tokens_of(Realm.ADMIN).refresh)

    answer = client.get("/admin/")

    assert answer.cookies["admin_access"]["path"] == "/admin/"


def test_session_that_is_over_takes_its_cookies_along(site):
    site.get("/me/")
    sessions.end_all(user=site.user, now=timezone.now(), reason="test")

    answer = site.get("/me/")

    assert (answer["Location"], answer.cookies["access"].value) == ("/login?next=/me/", "")


def test_pages_of_a_person_are_for_no_cache(site):
    assert "private" in site.get("/me/")["Cache-Control"]
    assert "no-store" in site.as_(None).get("/login")["Cache-Control"]


def test_planted_session_id_gives_nothing(site):
    """Nothing a browser held before the sign-in is worth anything after it."""
    client = browser(access="planted", refresh="planted", sessionid="planted")

    answer = client.post("/login", {"phone": "+15550100001", "password": "sandbox-demo"})

    assert answer.cookies["access"].value not in ("", "planted")
    assert answer.cookies["refresh"].value not in ("", "planted")
