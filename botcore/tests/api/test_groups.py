import pytest

from botcore.models import Group
from botcore.sandbox.demo_tenant import SUPPORT_GROUP
from botcore.tests.factories import GroupFactory
from tenants.models import AuditEntry, Job


@pytest.fixture
def group(tenant):
    return Group.objects.get(wa_id=SUPPORT_GROUP)


def patch(site, group, body):
    return site.api("PATCH", f"/api/v1/groups/{group.pk}", body)


def test_list_by_page_and_by_limit(site, group):
    for _ in range(3):
        GroupFactory(tenant=group.tenant)

    first = site.api("GET", "/api/v1/groups?limit=2").json()

    assert (len(first["results"]), first["total"]) == (2, 5)
    assert len(site.api("GET", first["next"]).json()["results"]) == 2
    assert len(site.api("GET", "/api/v1/groups?page=2&page_size=4").json()["results"]) == 1
    assert site.api("GET", "/api/v1/groups?show=on").json()["results"][0]["support_enabled"] is True
    assert site.api("GET", "/api/v1/groups?show=nonsense").status_code == 400


def test_switches_act_on_the_very_next_message(site, group, chat):
    here = chat.in_group(group.wa_id)

    answer = patch(site, group, {"support_enabled": False, "silent_mode": True})

    assert (answer.json()["support_enabled"], answer.json()["silent_mode"]) == (False, True)
    assert here.say("check 54321").keys == ()
    patch(site, group, {"support_enabled": True, "silent_mode": False})
    assert here.say("check 54321").key == "order_status"
    assert AuditEntry.objects.filter(action="group.switch", source="api").count() == 2


def test_provider_is_mapped_and_taken_away(site, group, suppliers):
    boostlab = suppliers["Boostlab"]

    assert patch(site, group, {"provider_id": boostlab.pk}).json()["provider_id"] == boostlab.pk
    assert patch(site, group, {"silent_mode": True}).json()["provider_id"] == boostlab.pk
    assert patch(site, group, {"provider_id": None}).json()["provider_id"] is None
    assert patch(site, group, {"provider_id": 987654}).json()["error"]["code"] == "provider_not_found"


@pytest.mark.parametrize("body", [{}, {"support_enabled": None}, {"support_enabled": "maybe"}, {"name": "x"}])
def test_wrong_input_is_refused(site, group, body):
    assert patch(site, group, body).status_code == 400


def test_delete_hides_until_synced(site, group, worker):
    assert site.api("DELETE", f"/api/v1/groups/{group.pk}").json()["is_hidden"] is True
    assert group.pk not in [one["id"] for one in site.api("GET", "/api/v1/groups").json()["results"]]

    job = site.api("POST", "/api/v1/groups/sync")
    assert (job.status_code, job.json()["state"]) == (202, "queued")
    again = site.api("POST", "/api/v1/groups/sync")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "job_running")
    worker.run()

    assert Job.objects.get(kind="groups.sync").result["returned"] == 1
    assert group.pk in [one["id"] for one in site.api("GET", "/api/v1/groups").json()["results"]]


def test_roles_and_other_accounts(site, group, other_tenant):
    assert site.as_("staff").api("GET", "/api/v1/groups").status_code == 403
    assert site.as_("staff_admin").api("GET", "/api/v1/groups").status_code == 200
    theirs = Group._base_manager.filter(tenant=other_tenant).first()
    assert patch(site, theirs, {"silent_mode": True}).status_code == 404
    assert site.api("DELETE", f"/api/v1/groups/{theirs.pk}").status_code == 404


def test_one_group_hidden_or_not(site, group):
    assert site.api("GET", f"/api/v1/groups/{group.pk}").json()["name"] == group.name
    site.api("DELETE", f"/api/v1/groups/{group.pk}")
    assert site.api("GET", f"/api/v1/groups/{group.pk}").json()["is_hidden"] is True


def test_hidden_and_brought_back_with_everything_off(site, group):
    hidden = patch(site, group, {"is_hidden": True}).json()
    assert (hidden["is_hidden"], hidden["support_enabled"]) == (True, False)

    shown = patch(site, group, {"is_hidden": False}).json()
    assert (shown["is_hidden"], shown["support_enabled"]) == (False, False)
    assert AuditEntry.objects.filter(action__in=("group.hide", "group.show"), source="api").count() == 2


def test_a_hidden_group_is_off(site, group):
    answer = patch(site, group, {"is_hidden": True, "support_enabled": True})

    assert answer.status_code == 400
    group.refresh_from_db()
    assert (group.is_hidden, group.support_enabled) == (False, True)


class TestBulk:
    URL = "/api/v1/groups/bulk-change"

    @pytest.fixture
    def three(self, group):
        return [group, GroupFactory(tenant=group.tenant), GroupFactory(tenant=group.tenant)]

    def test_switches_those_that_are_not_so(self, site, three):
        body = {"ids": [one.pk for one in three], "support_enabled": True, "silent_mode": False}

        assert site.api("POST", self.URL, body).json() == {"changed": 2}
        assert site.api("POST", self.URL, body).json() == {"changed": 0}
        assert all(
            one["support_enabled"] for one in site.api("GET", "/api/v1/groups?show=on").json()["results"]
        )
        assert {entry.source for entry in AuditEntry.objects.filter(action="group.switch")} == {"api"}

    def test_hides(self, site, three):
        body = {"ids": [one.pk for one in three], "is_hidden": True}

        assert site.api("POST", self.URL, body).json() == {"changed": 3}
        assert Group.objects.filter(is_hidden=True, support_enabled=False).count() == 3

    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"support_enabled": None},
            {"is_hidden": False},
            {"is_hidden": True, "silent_mode": True},
            {"ids": []},
            {"ids": list(range(1, 502)), "silent_mode": True},
            {"provider_id": 1},
        ],
    )
    def test_wrong_input_is_refused(self, site, group, more):
        assert site.api("POST", self.URL, {"ids": [group.pk], **more}).status_code == 400

    def test_another_accounts_groups_stay(self, site, other_tenant):
        theirs = Group._base_manager.filter(tenant=other_tenant).first()

        assert site.api("POST", self.URL, {"ids": [theirs.pk], "is_hidden": True}).json() == {"changed": 0}
        assert not Group._base_manager.get(pk=theirs.pk).is_hidden
