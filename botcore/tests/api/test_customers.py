import pytest

from panel.models import PanelConnection
from smmbot.testing.worker import outside
from tenants.models import AuditEntry, Job, TenantUser

SAM = "+15550100014"


@pytest.fixture
def anna(tenant):
    return TenantUser.objects.get(panel_username="anna_media")


def verify(site, **body):
    return site.api("POST", "/api/v1/customers", {"phone": SAM, "username": "anna_media", **body})


def error(answer):
    return answer.json()["error"]["code"]


def test_list_pages_search_and_tabs(site, anna):
    TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)

    first = site.api("GET", "/api/v1/customers?limit=2").json()
    assert (len(first["results"]), first["total"]) == (2, 3)
    assert len(site.api("GET", first["next"]).json()["results"]) == 1
    (one,) = site.api("GET", "/api/v1/customers?q=anna").json()["results"]
    assert (one["phone"], one["lid"], one["name"], one["open_requests"]) == (
        "+15550100011",
        "99900000000011",
        "Anna",
        0,
    )
    (blocked,) = site.api("GET", "/api/v1/customers?show=blocked").json()["results"]
    assert blocked["username"] == "joko88"
    assert site.api("GET", "/api/v1/customers?show=nonsense").status_code == 400


def test_verify_by_hand_works_for_the_very_next_message(site, anna, chat):
    made = verify(site)

    assert (made.status_code, made.json()["verified_by"]) == (201, "staff")
    assert verify(site).status_code == 200
    assert chat.as_("stranger").say("balance").key == "balance_reply"
    assert AuditEntry.objects.get(action="customer.verify").source == "api"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"phone": "123"}, 400, "invalid"),
        ({"username": "a b"}, 400, "invalid"),
        ({"username": ""}, 400, "invalid"),
        ({"more": 1}, 400, "invalid"),
        ({"username": "nobody_here"}, 409, "username_unknown"),
        ({"phone": "+15550100002"}, 409, "of_the_team"),
        ({"phone": "+15550100012"}, 409, "other_username"),
    ],
)
def test_refuses_with_a_stable_code(site, anna, body, status, code):
    answer = verify(site, **body)

    assert (answer.status_code, error(answer)) == (status, code)


def test_without_a_panel_only_when_told_so(site, anna):
    PanelConnection.objects.all().delete()

    assert error(verify(site)) == "panel_not_asked"
    assert verify(site, without_panel=True).status_code == 201


def test_block_unblock_and_remove(site, anna, chat):
    path = f"/api/v1/customers/{anna.pk}"

    assert site.api("POST", f"{path}/block").json()["is_blocked"] is True
    assert chat.say("balance").key == "user_blocked"
    assert error(site.api("DELETE", path)) == "customer_blocked"
    assert site.api("POST", f"{path}/unblock").json()["is_blocked"] is False
    assert chat.say("balance").key == "balance_reply"
    assert site.api("DELETE", path).json()["username"] == "anna_media"
    assert chat.say("balance").key == "verification_required"
    assert site.api("GET", path).status_code == 404


def test_import_dry_run_run_and_undo(site, anna, worker):
    rows = [
        {"phone": SAM, "username": "sam"},
        {"phone": "+15550100011", "username": "anna_media"},
        {"phone": "+15550100012", "username": "other"},
        {"phone": "nonsense", "username": "x"},
    ]

    dry = site.api("POST", "/api/v1/customers/import", {"rows": rows, "dry_run": True})
    assert dry.status_code == 200
    wanted = {"added": 1, "already": 1, "conflicts": 1, "invalid": 1}
    assert {name: dry.json()[name] for name in wanted} == wanted
    assert [(one["row"], one["code"]) for one in dry.json()["left_out"]] == [
        (3, "other_username"),
        (4, "invalid"),
    ]
    assert TenantUser.objects.count() == 3

    started = site.api("POST", "/api/v1/customers/import", {"rows": rows})
    assert (started.status_code, started.json()["state"]) == (202, "queued")
    again = site.api("POST", "/api/v1/customers/import", {"rows": rows})
    assert (again.status_code, error(again)) == (409, "job_running")
    worker.run()
    job = Job.objects.get(kind="customers.import")
    assert job.result["text"] == "1 customer added, 1 verified already, 2 left out."
    assert [one["line"] for one in job.result["left_out"]] == [3, 4]

    (batch,) = site.api("GET", "/api/v1/customers/batches").json()["results"]
    assert (batch["batch"], batch["customers"]) == (job.result["batch"], 1)
    undone = site.api("POST", "/api/v1/customers/undo", {"batch": batch["batch"]})
    assert undone.json() == {"removed": 1, "kept": []}
    assert error(site.api("POST", "/api/v1/customers/undo", {"batch": batch["batch"]})) == "nothing_to_undo"


@pytest.mark.parametrize(
    "body", [{}, {"rows": []}, {"rows": [{}]}, {"rows": [{"phone": "x", "username": "y"}]}]
)
def test_import_of_nothing_is_refused(site, anna, body):
    assert site.api("POST", "/api/v1/customers/import", body).status_code == 400


def test_export_streams(site, anna):
    answer = site.api("GET", "/api/v1/customers/export?q=anna")

    text = outside(lambda: b"".join(answer.streaming_content)).decode()
    assert len(text.splitlines()) == 2
    assert AuditEntry.objects.get(action="customers.export").source == "api"


def test_roles_and_other_accounts(site, anna, other_tenant):
    assert site.as_("staff").api("GET", "/api/v1/customers").status_code == 403
    assert site.as_("staff_admin").api("GET", "/api/v1/customers").status_code == 200
    theirs = TenantUser._base_manager.filter(tenant=other_tenant).first()
    path = f"/api/v1/customers/{theirs.pk}"
    for method, where in (("GET", ""), ("DELETE", ""), ("POST", "/block"), ("POST", "/unblock")):
        assert site.api(method, path + where).status_code == 404
