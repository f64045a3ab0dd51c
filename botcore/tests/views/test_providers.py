import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from providers.models import SmmProvider
from smmbot.testing.site import Site
from tenants.models import AuditEntry

FORM = {
    "name": "SMM Cost",
    "alias": "Server 1",
    "host": "",
    "other_hosts": "",
    "sync_interval": "360",
    "is_active": "on",
}


def filled(sandbox, **more):
    return {
        **FORM,
        "api_url": sandbox.provider_url("smmcost"),
        "api_key": sandbox.provider_key("smmcost"),
        **more,
    }


@pytest.fixture
def provider(tenant, sandbox):
    return SmmProvider.objects.create(
        name="SMM Cost",
        host="smmcost.example",
        api_url=f"{sandbox.provider_url('smmcost')}/api/v2",
        api_key=sandbox.provider_key("smmcost"),
    )


def test_provider_is_added_with_its_key_and_never_shows_it(site, sandbox):
    answer = site.post("/providers/add/", filled(sandbox, host="https://www.SmmCost.example/"))
    assert answer.status_code == 302
    made = SmmProvider.objects.get()
    assert (made.host, made.alias, made.api_key) == (
        "smmcost.example",
        "Server 1",
        sandbox.provider_key("smmcost"),
    )
    page = site.get(f"/providers/{made.pk}/").content.decode()
    assert sandbox.provider_key("smmcost") not in page
    entry = AuditEntry.objects.get(action="provider.add")
    assert "api_key" not in entry.after


def test_key_wants_a_password_given_lately(site, sandbox):
    answer = site.stale().post("/providers/add/", filled(sandbox, host="smmcost.example"))
    assert answer["Location"].startswith("/confirm")
    assert not SmmProvider.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"host": "not a site"}, "Write the provider"),
        ({"host": "a.example", "api_url": ""}, "A key needs the address"),
        ({"host": "a.example", "format_refill": "please refill"}, "Every message must hold {oids}"),
        ({"host": "a.example", "sync_interval": "1"}, "greater than or equal to 15"),
        ({"host": "a.example", "name": " "}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(site, sandbox, change, said):
    answer = site.post("/providers/add/", filled(sandbox, **change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SmmProvider.objects.exists()


def test_same_site_twice_is_refused(site, sandbox, provider):
    answer = site.post("/providers/add/", filled(sandbox, host="smmcost.example"))
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_empty_key_keeps_the_old_one(site, sandbox, provider):
    site.post(f"/providers/{provider.pk}/", filled(sandbox, host="smmcost.example", api_key="", alias="New"))
    provider.refresh_from_db()
    assert (provider.alias, provider.api_key) == ("New", sandbox.provider_key("smmcost"))
    assert AuditEntry.objects.get(action="provider.change").after == {"alias": "New"}


def test_key_does_not_follow_to_another_address(site, sandbox, provider):
    changed = filled(sandbox, host="smmcost.example", api_key="", api_url="http://127.0.0.1:9/api/v2")
    answer = site.post(f"/providers/{provider.pk}/", changed)
    assert answer.status_code == 422
    assert "Enter the key for it" in answer.content.decode()


def test_new_key_forgets_refusals(site, sandbox, provider, clock):
    SmmProvider.objects.update(key_refusals=3, key_refused_at=clock.now)
    site.post(f"/providers/{provider.pk}/", filled(sandbox, host="smmcost.example", api_key="another"))
    provider.refresh_from_db()
    assert (provider.key_refusals, provider.key_refused_at) == (0, None)


def test_key_is_tested_in_the_background(site, worker, provider):
    site.post(f"/providers/{provider.pk}/check/", htmx=True)
    worker.run()
    provider.refresh_from_db()
    assert provider.balance is not None
    assert "The key works" in site.get(f"/providers/{provider.pk}/").content.decode()


def test_wrong_key_is_said_in_words(site, worker, provider):
    SmmProvider.objects.update(api_key="")
    SmmProvider.objects.update(api_url="http://127.0.0.1:9/api/v2")
    provider.refresh_from_db()
    provider.api_key = "wrong"
    provider.save()
    site.post(f"/providers/{provider.pk}/check/", htmx=True)
    worker.run()
    assert "does not answer" in site.get(f"/providers/{provider.pk}/").content.decode()


def test_group_stands_for_one_provider(site, sandbox, provider):
    SmmProvider.objects.update(group_wa_id="120363000000000101@g.us")
    site.api(
        "POST",
        "/api/v1/providers",
        {"name": "B", "host": "b.example", "group_wa_id": "120363000000000101@g.us"},
    )
    assert dict(SmmProvider.objects.values_list("name", "group_wa_id")) == {
        "SMM Cost": "",
        "B": "120363000000000101@g.us",
    }


def test_provider_is_removed(site, provider):
    site.post(f"/providers/{provider.pk}/remove/")
    assert not SmmProvider.objects.exists()
    assert AuditEntry.objects.filter(action="provider.remove").exists()


def test_list_costs_the_same_for_one_and_three(site, provider):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert site.get("/providers/").status_code == 200
        return len(asked)

    queries()
    one = queries()
    for name in ("a", "b"):
        SmmProvider.objects.create(name=name, host=f"{name}.example")
    assert queries() == one <= 15


def test_staff_do_not_see_providers(site):
    assert site.as_("staff").get("/providers/").status_code == 403


class TestApi:
    def test_crud(self, site: Site, sandbox):
        body = {
            "name": "SMM Cost",
            "host": "smmcost.example",
            "panel_url": sandbox.provider_url("smmcost"),
            "api_key": sandbox.provider_key("smmcost"),
        }
        made = site.api("POST", "/api/v1/providers", body)
        assert made.status_code == 201
        told = made.json()
        assert told["api_key"].startswith("••••")
        address = f"/api/v1/providers/{told['id']}"
        assert site.api("PATCH", address, {"alias": "Server 1"}).json()["alias"] == "Server 1"
        assert site.api("GET", "/api/v1/providers").json()["total"] == 1
        assert site.api("POST", "/api/v1/providers", body).status_code == 409
        assert site.api("PATCH", address, {"host": "nowhere"}).json()["error"]["fields"].keys() == {"host"}
        assert site.api("PATCH", address, {"name": None}).status_code == 400
        assert site.api("PATCH", address, {}).status_code == 400
        checked = site.api("POST", f"{address}/check")
        assert checked.status_code == 202
        assert site.api("POST", f"{address}/check").status_code == 409
        assert site.api("DELETE", address).status_code == 200
        assert site.api("GET", address).status_code == 404

    def test_keys_want_a_fresh_login(self, site: Site, provider):
        site = site.stale()
        answer = site.api("PATCH", f"/api/v1/providers/{provider.pk}", {"api_key": "stolen"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "fresh_login_needed")
        assert site.api("PATCH", f"/api/v1/providers/{provider.pk}", {"alias": "x"}).status_code == 200
