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


def test_one_customer_with_requests_and_history(site, anna, chat):
    chat.say("check 54321")

    told = site.api("GET", f"/api/v1/customers/{anna.pk}").json()

    assert (told["phones"], told["lids"]) == (["+15550100011"], ["99900000000011"])
    assert [(row["action"], row["order_id"]) for row in told["requests"]] == [("order", 54321)]
    assert told["history"][-1]["said"].startswith("Verified as anna_media")
    assert (told["other_usernames"], told["other_people"], told["is_person_blocked"]) == ([], [], False)


def test_one_customer_names_other_usernames_and_other_people(site, anna, configure):
    configure(several_usernames_per_number="true")
    verify(site)
    linked = site.api("POST", f"/api/v1/customers/{anna.pk}/usernames", {"username": "rahul.smm"}).json()

    told = site.api("GET", f"/api/v1/customers/{anna.pk}").json()

    assert [(one["id"], one["username"]) for one in told["other_usernames"]] == [(linked["id"], "rahul.smm")]
    assert len(told["other_people"]) == 1


class TestUsernames:
    def test_another_one_is_linked_to_the_same_person(self, site, anna, configure):
        configure(several_usernames_per_number="true")
        path = f"/api/v1/customers/{anna.pk}/usernames"

        made = site.api("POST", path, {"username": "rahul.smm"})

        assert (made.status_code, made.json()["phone"]) == (201, "+15550100011")
        assert site.api("POST", path, {"username": "rahul.smm"}).status_code == 200

    def test_one_a_number_unless_several_are_allowed(self, site, anna):
        answer = site.api("POST", f"/api/v1/customers/{anna.pk}/usernames", {"username": "rahul.smm"})

        assert (answer.status_code, error(answer)) == (409, "other_username")


class TestBulk:
    @pytest.fixture
    def ids(self, anna):
        return list(TenantUser.objects.order_by("pk").values_list("pk", flat=True))

    def test_blocks_and_unblocks(self, site, ids, chat):
        block = {"ids": [*ids, 987654], "is_blocked": True}

        assert site.api("POST", "/api/v1/customers/bulk-block", block).json() == {
            "changed": 3,
            "unknown": [987654],
        }
        assert chat.say("balance").key == "user_blocked"
        unblock = {"ids": ids, "is_blocked": False}
        assert site.api("POST", "/api/v1/customers/bulk-block", unblock).json()["changed"] == 3
        assert chat.say("balance").key == "balance_reply"

    def test_removes_all_but_the_blocked(self, site, ids, anna):
        TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)

        answer = site.api("POST", "/api/v1/customers/bulk-remove", {"ids": ids})

        assert answer.json() == {"removed": 2, "kept": ["joko88"], "unknown": []}
        assert AuditEntry.objects.filter(action="customer.remove", source="api").count() == 2

    def test_removing_needs_a_fresh_login(self, site, ids):
        answer = site.stale().api("POST", "/api/v1/customers/bulk-remove", {"ids": ids})

        assert error(answer) == "fresh_login_needed"
        assert TenantUser.objects.count() == 3

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("bulk-block", {"ids": [1]}),
            ("bulk-block", {"ids": [], "is_blocked": True}),
            ("bulk-remove", {"ids": ["x"]}),
            ("bulk-remove", {"ids": list(range(1, 502))}),
        ],
    )
    def test_bad_body_is_400(self, site, path, body):
        assert site.api("POST", f"/api/v1/customers/{path}", body).status_code == 400

    def test_another_accounts_customers_are_unknown(self, site, other_tenant):
        theirs = TenantUser._base_manager.filter(tenant=other_tenant).first()

        told = site.api("POST", "/api/v1/customers/bulk-remove", {"ids": [theirs.pk]}).json()

        assert told == {"removed": 0, "kept": [], "unknown": [theirs.pk]}
        assert TenantUser._base_manager.filter(pk=theirs.pk).exists()
