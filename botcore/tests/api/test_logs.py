"""/api/v1/logs: the same reads and changes as the screen's, as JSON."""

from datetime import UTC, datetime

import pytest

from botcore.api import logs as logs_api
from botcore.enums import Action
from botcore.models import LogStatusChange, MessageLog, ProviderRequest
from botcore.tests.factories import MessageLogFactory
from panel.models import PanelConnection
from tenants.models import AuditEntry
from tenants.scoping import all_tenants

LOGS = "/api/v1/logs"


@pytest.fixture
def make(tenant):
    def made(**fields):
        return MessageLogFactory(tenant=tenant, **fields)

    return made


@pytest.fixture
def foreign(other_tenant):
    with all_tenants("the neighbour's row"):
        return MessageLog.objects.filter(tenant=other_tenant).first()


def serials(answer):
    return [row["serial"] for row in answer.json()["results"]]


def test_list_has_what_a_row_shows(site, chat):
    log = chat.say("check 54321").log

    row = site.api("GET", LOGS).json()["results"][0]

    assert {
        name: row[name] for name in ("id", "serial", "action", "order_id", "provider", "provider_oid")
    } == {
        "id": log.pk,
        "serial": 1,
        "action": "order",
        "order_id": 54321,
        "provider": "smmcost.example",
        "provider_oid": "2323223",
    }
    assert (row["support_status"], row["is_priority"], row["customer"]) == ("open", False, "anna_media")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=refill", [1]),
        ("status=Ticket_Created", [2]),
        ("priority=true", [3]),
        ("priority=false&action=order", [5, 4, 2]),
        ("date=2025-05-03", [4]),
        ("date_from=2025-05-03&date_to=2025-05-04", [4]),
        ("q=777", [5]),
        ("provider=x.example", [5]),
        ("customer=Anna", [3]),
        ("page_size=2&page=2", [3, 2]),
        ("limit=2&offset=1", [4, 3]),
        ("before=3", [2, 1]),
    ],
)
def test_filters_and_pages(site, make, clock, query, found):
    moments = [datetime(2025, 5, day, 12, tzinfo=UTC) for day in (1, 1, 2, 3, 5)]
    make(serial=1, action=Action.REFILL, created_at=moments[0])
    make(serial=2, support_status="ticket created", created_at=moments[1])
    make(serial=3, is_priority=True, panel_username="anna", created_at=moments[2])
    make(serial=4, created_at=moments[3])
    make(serial=5, order_id=777, provider="x.example", provider_oid="9", created_at=moments[4])

    assert serials(site.api("GET", f"{LOGS}?{query}")) == found


@pytest.mark.parametrize(
    "query", ["status=done", "action=x", "date=1", "page=0", "group=x", "unknown=1", "page_size=101"]
)
def test_bad_queries_are_refused_with_the_field(site, query):
    answer = site.api("GET", f"{LOGS}?{query}")

    assert answer.status_code == 400
    assert next(iter(answer.json()["error"]["fields"])) == query.partition("=")[0]


def test_next_leads_to_the_end_however_deep(site, make, monkeypatch, clock):
    monkeypatch.setattr(logs_api, "DEEPEST_ROW", 3)
    for serial in range(1, 8):
        make(serial=serial, created_at=clock.now)
    seen, url = [], f"{LOGS}?page_size=2&action=order"

    while url:
        answer = site.api("GET", url)
        seen += serials(answer)
        url = answer.json()["next"]

    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert site.api("GET", f"{LOGS}?page_size=2&page=4").json()["error"]["code"] == "too_deep"


def test_one_log_with_its_history(site, make):
    row = make()
    site.api("PATCH", f"{LOGS}/{row.pk}/support-status", {"status": "resolved"})

    whole = site.api("GET", f"{LOGS}/{row.pk}").json()

    assert [(step["before"], step["after"], step["source"]) for step in whole["history"]] == [
        ("open", "resolved", "api")
    ]


def test_memo(site, make):
    row = make()

    assert site.api("PATCH", f"{LOGS}/{row.pk}", {"memo": "seen"}).json()["memo"] == "seen"
    assert AuditEntry.objects.get(action="log.memo").source == "api"


@pytest.mark.usefixtures("suppliers")
def test_escalating_by_the_api_tells_the_provider(site, make):
    row = make(order_id=54330, provider="boostlab.example", provider_oid="88001")

    answer = site.api("PATCH", f"{LOGS}/{row.pk}/support-status", {"status": "escalated"}).json()

    assert answer["support_status"] == "escalated"
    assert answer["escalation"] == {"sent": [54330], "unsent": []}
    assert ProviderRequest.objects.count() == 1


def test_bulk_status_reports_each_id_and_leaks_nothing(site, make, foreign):
    first, second = make(), make(support_status="resolved")

    answer = site.api(
        "POST",
        f"{LOGS}/bulk-status",
        {"ids": [first.pk, second.pk, foreign.pk, 10**9], "status": "resolved"},
    ).json()

    assert answer == {
        "status": "resolved",
        "changed": [first.pk],
        "unchanged": [second.pk],
        "unknown": [foreign.pk, 10**9],
        "escalation": None,
    }
    assert LogStatusChange.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": [], "status": "open"},
        {"ids": ["x"], "status": "open"},
        {"ids": [0], "status": "open"},
        {"ids": [1], "status": "closed"},
        {"ids": list(range(1, 202)), "status": "open"},
        {"ids": [1], "status": "open", "more": 1},
    ],
)
def test_bulk_status_refuses_bad_input(site, body):
    assert site.api("POST", f"{LOGS}/bulk-status", body).status_code == 400


def test_approve_and_refuse(site, chat, sandbox):
    paid, refused = chat.say("refund 54321").log, chat.say("refund 54322").log

    assert site.api("POST", f"{LOGS}/{paid.pk}/approve").json()["verdict"] == "done"
    assert site.api("POST", f"{LOGS}/{refused.pk}/refuse").json()["log"]["support_status"] == "ignored"
    assert len(sandbox.writes()) == 1
    assert site.as_("staff").api("POST", f"{LOGS}/{paid.pk}/approve").status_code == 403


def test_export(site, make):
    make(serial=3, memo="=1")
    answer = site.api("GET", f"{LOGS}/export?action=order")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer.status_code == 200
    assert lines[1].startswith("3,")
    assert lines[1].endswith("'=1")


def test_rerun_says_what_came_of_each(site, chat, make):
    said, other = chat.say("check 54321").log, make(action=Action.BROADCAST)

    answer = site.api("POST", f"{LOGS}/rerun", {"ids": [said.pk, other.pk, 10**9]})

    assert answer.status_code == 202
    assert [row["result"] for row in answer.json()["results"]] == ["started", "not_a_request", "unknown"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"memo": "x"}),
        ("PATCH", "/support-status", {"status": "open"}),
        ("POST", "/approve", None),
        ("POST", "/refuse", None),
        ("GET", "/order", None),
    ],
)
def test_foreign_row_is_not_there(site, foreign, method, path, body):
    answer = site.api(method, f"{LOGS}/{foreign.pk}{path}", body)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "message_log_not_found"


class TestLiveOrder:
    def test_is_the_order_as_the_panel_has_it_now(self, site, chat, clock):
        log = chat.say("check 54321").log

        told = site.api("GET", f"{LOGS}/{log.pk}/order").json()

        wanted = {
            "order_id": 54321,
            "status": "in_progress",
            "quantity": 5000,
            "customer": "anna_media",
            "provider": "smmcost.example",
            "provider_oid": "2323223",
            "charge_currency": "USD",
        }
        assert {name: told[name] for name in wanted} == wanted
        assert "provider_charge" not in told

    def test_order_the_panel_does_not_know(self, site, make):
        answer = site.api("GET", f"{LOGS}/{make(order_id=99999999).pk}/order")

        assert (answer.status_code, answer.json()["error"]) == (
            404,
            {
                "code": "panel_not_found",
                "message": "The panel knows no order 99999999 any more.",
                "fields": {},
            },
        )

    def test_request_about_no_order(self, site, make):
        answer = site.api("GET", f"{LOGS}/{make(order_id=None).pk}/order")

        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "log_without_order")

    @pytest.mark.usefixtures("impatient")
    def test_panel_that_does_not_answer_is_said_in_words(self, site, make, sandbox):
        sandbox.scenario("error_500")

        answer = site.api("GET", f"{LOGS}/{make(order_id=54321).pk}/order")

        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "panel_down")
        assert answer.json()["error"]["message"].startswith("The panel does not answer just now")

    def test_without_a_panel(self, site, make):
        PanelConnection.objects.all().delete()

        answer = site.api("GET", f"{LOGS}/{make(order_id=54321).pk}/order")

        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "panel_not_configured")

    def test_staff_may_see_it(self, site, chat):
        log = chat.say("check 54321").log

        assert site.as_("staff").api("GET", f"{LOGS}/{log.pk}/order").status_code == 200


def test_one_log_tells_what_was_said_around_it(site, chat):
    chat.say("hello")
    log = chat.say("check 54321").log

    whole = site.api("GET", f"{LOGS}/{log.pk}").json()

    (asked,) = [line for line in whole["conversation"] if line["is_asked"]]
    assert (asked["who"], asked["text"], asked["is_ours"]) == ("Anna", "check 54321", False)
    assert {line["who"] for line in whole["conversation"] if line["is_ours"]} == {"Bot"}
    assert (whole["may_rerun"], whole["decisions"]) == (True, [])


def test_one_log_tells_the_decision(site, chat):
    log = chat.say("refund 54321").log
    site.api("POST", f"{LOGS}/{log.pk}/approve")

    whole = site.api("GET", f"{LOGS}/{log.pk}").json()

    assert [(one["state"], one["by"]) for one in whole["decisions"]] == [("done", str(site.user))]
    assert whole["may_rerun"] is False


def test_what_has_come_since_is_read_to_the_end_without_gap(site, make):
    for serial in range(1, 6):
        make(serial=serial, is_priority=serial != 4)
    seen, url = [], f"{LOGS}?after=1&page_size=2&priority=true"

    while url:
        answer = site.api("GET", url)
        seen += serials(answer)
        url = answer.json()["next"]

    assert seen == [2, 3, 5]
    assert serials(site.api("GET", f"{LOGS}?after=5")) == []
    assert serials(site.api("GET", f"{LOGS}?after=99")) == []
