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
