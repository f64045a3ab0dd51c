"""Message Logs as the team sees it: rows, tabs, filters, what is done to them, one row with all about it."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.domain import log_queries
from botcore.enums import Action, SupportStatus
from botcore.models import LogStatusChange, MessageLog, OutboxMessage, ProviderRequest
from botcore.tests.factories import ChatFactory, GroupFactory, MessageLogFactory
from tenants.models import AuditEntry
from tenants.scoping import all_tenants, tenant_scope

LIST = "/logs/"


@pytest.fixture
def make(tenant):
    """A row of the tenant; serials count up."""

    def made(**fields):
        return MessageLogFactory(tenant=tenant, **fields)

    return made


def serials(answer):
    return [row.serial for row in answer.context["page"].rows]


def tabs(answer):
    return {value or "all": shown for value, _, shown in answer.context["tabs"]}


# --- the table ---------------------------------------------------------------------------------------------------


def test_newest_row_stands_first_with_what_admins_look_for(site, chat):
    chat.say("help")
    said = chat.say("check 54321")

    page = site.get(LIST)
    html = page.content.decode()

    assert serials(page) == [2, 1]
    for part in ("#2", "54321", "Order status", "smmcost.example", "2323223", "anna_media", "Direct message"):
        assert part in html
    assert f'id="log-{said.log.pk}"' in html


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_queries_for_one_row_and_for_three(site, make, number, rows):
    for at in range(rows):
        group = GroupFactory(tenant=number.tenant)
        make(chat=ChatFactory(number=number, kind="group", wa_id=group.wa_id, group=group), order_id=at + 1)
    site.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        page = site.get(LIST)

    assert len(page.context["page"].rows) == rows
    assert len(queries) == 9


def test_times_are_those_of_the_tenants_offset(site, make, configure):
    configure(scheduler_timezone="UTC+5:45")
    make(created_at=datetime(2026, 11, 22, 20, 30, tzinfo=UTC))

    assert "23 Nov, 02:15" in site.get(LIST).content.decode()


def test_other_tenants_rows_are_never_shown(site, make, other_tenant):
    make(order_id=1)

    assert len(serials(site.get(LIST))) == 1
    assert "next-door" not in site.get(LIST).content.decode()


def test_empty_table_says_what_to_do(site):
    html = site.get(LIST).content.decode()

    assert "No requests yet" in html
    assert "Open the sandbox" in html
    assert "Open the sandbox" not in site.as_("staff").get(LIST).content.decode()


def test_nothing_found_leads_back(site, make):
    make()
    assert "Nothing fits" in site.get(LIST, {"q": "zzz"}).content.decode()


def test_htmx_gets_the_results_alone(site, make):
    make()
    part = site.get(LIST, htmx=True)

    assert b"<html" not in part.content
    assert part.headers["Vary"].count("HX-Request") == 1


# --- tabs, filters, search ---------------------------------------------------------------------------------------


def test_tabs_count_by_status_within_the_filters(site, make):
    make(support_status="open", action=Action.REFILL)
    make(support_status="resolved", action=Action.REFILL)
    make(support_status="open", action=Action.CANCEL)

    page = site.get(LIST, {"status": "resolved", "action": "refill"})

    assert tabs(page) == {
        "all": "2", "open": "1", "escalated": "0", "ticket created": "0", "resolved": "1", "ignored": "0",
    }  # fmt: skip
    assert len(serials(page)) == 1


def test_counts_stop_where_counting_teaches_nothing(site, make, monkeypatch):
    monkeypatch.setattr(log_queries, "COUNT_TO", 2)
    for _ in range(3):
        make()

    assert tabs(site.get(LIST))["open"] == "2+"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": "refill"}, {"refill"}),
        ({"priority": "true"}, {"priority"}),
        ({"priority": "decision"}, {"refund"}),
        ({"provider": "boostlab.example"}, {"boost"}),
        ({"customer": "RAHUL.smm"}, {"rahul"}),
        ({"customer": "+15550100011"}, {"phone"}),
        ({"q": "777001"}, {"refill"}),
        ({"q": "#900002"}, {"priority"}),
        ({"q": "OID-9"}, {"boost"}),
        ({"q": "rahul"}, {"rahul"}),
        ({"q": "+1 555 010 0011"}, {"phone"}),
        ({"date_from": "2025-05-03", "date_to": "2025-05-03"}, {"old"}),
        ({"action": "refill", "priority": "true"}, set()),
    ],
)
def test_filters(site, make, chat, asked, found):
    anna = chat.say("help").log.contact
    rows = {
        "refill": make(serial=900_001, action=Action.REFILL, order_id=777001),
        "priority": make(serial=900_002, is_priority=True, order_id=5),
        "refund": make(serial=900_003, action=Action.REFUND, facts={"awaiting": "approval"}),
        "boost": make(serial=900_004, provider="boostlab.example", provider_oid="OID-9"),
        "rahul": make(serial=900_005, panel_username="rahul.smm"),
        "phone": make(serial=900_006, contact=anna),
        "old": make(serial=900_007, created_at=datetime(2025, 5, 3, 12, tzinfo=UTC)),
    }
    names = {row.serial: name for name, row in rows.items()}

    page = site.get(LIST, asked)

    assert {names[serial] for serial in serials(page) if serial in names} == found


def test_a_days_edges_are_those_of_the_tenants_offset(site, make, configure):
    configure(scheduler_timezone="UTC+6")
    make(serial=1, created_at=datetime(2026, 5, 2, 17, 59, tzinfo=UTC))
    make(serial=2, created_at=datetime(2026, 5, 2, 18, 0, tzinfo=UTC))
    make(serial=3, created_at=datetime(2026, 5, 3, 18, 0, tzinfo=UTC))

    assert serials(site.get(LIST, {"date_from": "2026-05-03", "date_to": "2026-05-03"})) == [2]


def test_group_filter(site, make, number):
    group = GroupFactory(tenant=number.tenant)
    make(serial=1, chat=ChatFactory(number=number, kind="group", wa_id=group.wa_id, group=group))
    make(serial=2)

    assert serials(site.get(LIST, {"group": group.pk})) == [1]


@pytest.mark.parametrize(
    "asked",
    [
        {"date_from": "yesterday"},
        {"action": "dance"},
        {"group": "x"},
        {"date_from": "0001-01-01"},
        {"date_to": "9999-12-31"},
        {"date_from": "2026-05-03", "date_to": "2026-05-01"},
    ],
)
def test_a_filter_that_is_wrong_says_so_and_the_page_stands(site, make, asked):
    make()
    page = site.get(LIST, asked)

    assert page.status_code == 200
    assert "invalid-feedback" in page.content.decode()


@pytest.mark.parametrize("place", [{"before": "x"}, {"before": "99999999999999999999"}, {"after": "0"}])
def test_a_place_there_is_none_of_is_the_beginning(site, make, place):
    make(serial=7)

    assert serials(site.get(LIST, place)) == [7]


def test_pages_follow_each_other_without_a_gap_even_within_one_moment(site, make, monkeypatch, clock):
    monkeypatch.setattr(log_queries.page, "__kwdefaults__", {**log_queries.page.__kwdefaults__, "size": 2})
    for serial in range(1, 6):
        make(serial=serial, created_at=clock.now)

    first = site.get(LIST)
    second = site.get(LIST, {"before": first.context["page"].older})
    third = site.get(LIST, {"before": second.context["page"].older})
    back = site.get(LIST, {"after": third.context["page"].newer})

    assert [serials(page) for page in (first, second, third, back)] == [[5, 4], [3, 2], [1], [3, 2]]
    assert (first.context["page"].newer, third.context["page"].older) == (None, None)


# --- rows that come by themselves --------------------------------------------------------------------------------


def test_nothing_new_answers_with_nothing(site, chat):
    chat.say("help")

    assert site.get("/logs/new", {"since": 1}, htmx=True).status_code == 204


def test_new_rows_are_counted_within_the_filters(site, chat):
    chat.say("help")
    chat.say("check 54321")
    chat.say("balance")

    every = site.get("/logs/new", {"since": 1}, htmx=True)
    orders = site.get("/logs/new", {"since": 1, "action": "order"}, htmx=True)

    assert "2 new requests" in every.content.decode()
    assert "1 new request" in orders.content.decode()
    assert site.get("/logs/new", {"since": 1, "action": "refill"}, htmx=True).status_code == 204


# --- several rows ------------------------------------------------------------------------------------------------


def test_bulk_status_moves_what_was_ticked_and_keeps_the_history(site, make):
    first, second, third = make(), make(), make()

    answer = site.post("/logs/status", {"ids": [first.pk, second.pk], "status": "resolved"}, htmx=True)

    assert tabs(answer) == {**tabs(answer), "open": "1", "resolved": "2"}
    assert "2 requests are resolved now." in answer.content.decode()
    changes = LogStatusChange.objects.order_by("log_id")
    assert [
        (row.log_id, row.before, row.after, row.by_user_id, row.source, row.by_bot) for row in changes
    ] == [
        (pk, "open", "resolved", site.user.pk, "dashboard", False) for pk in (first.pk, second.pk)
    ]  # fmt: skip
    third.refresh_from_db()
    assert third.support_status == "open"


def test_without_script_bulk_leads_back_to_the_same_place(site, make):
    row = make()
    answer = site.post("/logs/status?status=open&before=99", {"ids": [row.pk], "status": "ignored"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/logs/?status=open&before=99")


def test_bulk_leaves_other_tenants_rows_alone_and_says_how_many_are_missing(site, make, other_tenant):
    with all_tenants("the neighbour's row"):
        foreign = MessageLog.objects.filter(tenant=other_tenant).first()
    mine = make()

    answer = site.post("/logs/status", {"ids": [mine.pk, foreign.pk], "status": "resolved"}, htmx=True)

    assert "1 request is resolved now. 1 is not there any more." in answer.content.decode()
    with all_tenants("the neighbour's row"):
        foreign.refresh_from_db()
    assert foreign.support_status == "open"


@pytest.mark.parametrize("data", [{}, {"ids": ["x"], "status": "open"}, {"ids": ["1"], "status": "done"}])
def test_bulk_refuses_what_it_does_not_understand(site, make, data):
    make()
    answer = site.post("/logs/status", data, htmx=True)

    assert answer.status_code == 422
    assert "alert-danger" in answer.content.decode()


@pytest.mark.usefixtures("suppliers")
def test_escalating_passes_the_order_to_the_providers_group_once(site, make):
    row = make(order_id=54330, provider="boostlab.example", provider_oid="88001")
    manual = make(order_id=54331)

    answer = site.post("/logs/status", {"ids": [row.pk, manual.pk], "status": "escalated"}, htmx=True)
    again = site.post("/logs/status", {"ids": [row.pk, manual.pk], "status": "escalated"}, htmx=True)

    html = answer.content.decode()
    assert "2 requests are escalated now. 1 order passed to the provider&#x27;s group." in html
    assert "1 order not passed on" in html
    assert "2 were so already." in again.content.decode()
    assert ProviderRequest.objects.get().order_id == 54330
    assert "88001" in OutboxMessage.objects.get(provider_requests__isnull=False).text


# --- one row -----------------------------------------------------------------------------------------------------


def test_row_opens_to_the_conversation_its_facts_and_its_history(site, chat):
    chat.say("help")
    log = chat.say("check 54321").log
    site.post(f"/logs/{log.pk}/status", {"status": "resolved"})

    html = site.get(f"/logs/{log.pk}").content.decode()

    assert "check 54321" in html
    assert "<strong>Order 54321</strong>" in html  # the bot's answer, as the app shows it
    assert "2323223" in html
    assert f"{site.user}, Dashboard" in html
    assert f'hx-get="/logs/{log.pk}/order"' in html


def test_html_in_a_message_is_only_text(site, chat):
    log = chat.say("check 54321 <script>alert(1)</script> *<b>x</b>*").logs[0]

    html = site.get(f"/logs/{log.pk}", htmx=True).content.decode()

    assert "<script>" not in html
    assert "<b>x" not in html


def test_row_costs_few_queries(site, chat):
    log = chat.say("check 54321").log
    site.get(f"/logs/{log.pk}")

    with CaptureQueriesContext(connection) as queries:
        site.get(f"/logs/{log.pk}")

    assert len(queries) <= 15


def test_status_of_one_row_from_the_list_tells_the_list(site, make):
    row = make(serial=12)

    answer = site.post(f"/logs/{row.pk}/status", {"status": "ignored", "from": "row"}, htmx=True)

    assert answer.headers["HX-Trigger"] == "logs-changed"
    assert "#12 is ignored now." in answer.content.decode()
    row.refresh_from_db()
    assert row.support_status == "ignored"


def test_status_of_one_row_refuses_an_unknown_one(site, make):
    assert site.post(f"/logs/{make().pk}/status", {"status": "gone"}, htmx=True).status_code == 422


def test_memo_is_kept_and_recorded(site, make):
    row = make(serial=12)

    site.post(f"/logs/{row.pk}/memo", {"memo": "  Waits for proof. "}, htmx=True)

    row.refresh_from_db()
    entry = AuditEntry.objects.get(action="log.memo")
    assert row.memo == "Waits for proof."
    assert (entry.subject, entry.after, entry.source) == ("#12", {"memo": "Waits for proof."}, "dashboard")
    assert "Waits for proof." in site.get(f"/logs/{row.pk}").content.decode()


def test_memo_that_is_too_long_comes_back_with_words(site, make):
    answer = site.post(f"/logs/{make().pk}/memo", {"memo": "x" * 2001}, htmx=True)

    assert answer.status_code == 422
    assert "at most 2000" in answer.content.decode()


def test_order_is_shown_as_the_panel_has_it_now(site, chat):
    log = chat.say("check 54321").log

    html = site.get(f"/logs/{log.pk}/order", htmx=True).content.decode()

    assert "In Progress" in html
    assert "5,000" in html


@pytest.mark.usefixtures("impatient")
def test_panel_that_does_not_answer_is_said_in_words(site, make, sandbox):
    sandbox.scenario("error_500")
    row = make(order_id=54321)

    answer = site.get(f"/logs/{row.pk}/order", htmx=True)

    assert answer.status_code == 200
    assert "The panel does not answer just now" in answer.content.decode()


def test_order_the_panel_does_not_know(site, make):
    html = site.get(f"/logs/{make(order_id=99999999).pk}/order", htmx=True).content.decode()

    assert "The panel knows no order 99999999 any more." in html


# --- money -------------------------------------------------------------------------------------------------------


def test_approving_pays_back_once_and_says_so(site, chat, sandbox):
    log = chat.say("refund 54321").log
    assert "Waits for a decision" in site.get(f"/logs/{log.pk}").content.decode()

    answer = site.post(f"/logs/{log.pk}/approve", htmx=True)
    again = site.post(f"/logs/{log.pk}/approve", htmx=True)

    assert "paid back. The customer is told." in answer.content.decode()
    assert "No refund for order 54321 waits for a decision." in again.content.decode()
    assert len(sandbox.writes()) == 1
    entry = AuditEntry.objects.get(action="refund.approve")
    assert (entry.source, entry.user_id) == ("dashboard", site.user.pk)
    assert LogStatusChange.objects.get(log=log).source == "dashboard"


def test_refusing_pays_nothing(site, chat, sandbox):
    log = chat.say("refund 54321").log

    answer = site.post(f"/logs/{log.pk}/refuse", htmx=True)

    assert "refused. The customer is told." in answer.content.decode()
    assert sandbox.writes() == []


def test_approving_wants_the_password_given_lately(site, chat, clock):
    log = chat.say("refund 54321").log
    site.get(LIST)
    clock.advance(minutes=14)
    site.client.get(LIST)
    clock.advance(minutes=14)

    answer = site.post(f"/logs/{log.pk}/approve", htmx=True)

    assert answer.headers.get("HX-Redirect", "").startswith("/confirm")


def test_staff_see_that_it_waits_and_may_not_decide(site, chat, sandbox):
    log = chat.say("refund 54321").log
    staff = site.as_("staff")

    html = staff.get(f"/logs/{log.pk}").content.decode()

    assert "An owner or a staff admin decides on it" in html
    assert "Pay back" not in html
    assert staff.post(f"/logs/{log.pk}/approve").status_code == 403
    assert staff.post(f"/logs/{log.pk}/refuse").status_code == 403
    assert sandbox.writes() == []


# --- who may what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "staff_admin", "staff"])
def test_everybody_of_the_team_works_here(site, make, role):
    row = make()
    person = site.as_(role)

    assert person.get(LIST).status_code == 200
    assert person.post("/logs/status", {"ids": [row.pk], "status": "resolved"}).status_code == 303


def test_strangers_sign_in_first(site):
    assert site.as_(None).get(LIST).status_code == 302


@pytest.mark.parametrize("path", ["", "/status", "/memo", "/rerun", "/order", "/approve", "/refuse"])
def test_foreign_row_is_not_there(site, other_tenant, path):
    with all_tenants("the neighbour's row"):
        foreign = MessageLog.objects.filter(tenant=other_tenant).first()
    ask = site.get if path in ("", "/order") else site.post

    assert ask(f"/logs/{foreign.pk}{path}").status_code == 404


# --- export ------------------------------------------------------------------------------------------------------


def read_csv(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_export_is_of_the_filtered_rows_at_the_tenants_offset(site, make, configure):
    configure(scheduler_timezone="UTC+5:30")
    moment = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    make(serial=1, action=Action.REFILL, order_id=5, panel_username="żółw", created_at=moment)
    make(serial=2)

    answer = site.get("/logs/export", {"action": "refill"})
    rows = read_csv(answer)

    assert [(row["serial"], row["order_id"], row["customer"], row["time"]) for row in rows] == [
        ("1", "5", "żółw", "2026-11-23 01:30:00+05:30")
    ]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.get(action="logs.export").after == {"action": "refill"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_export_writes_no_formulas(site, make, text):
    make(memo=text)

    assert read_csv(site.get("/logs/export"))[0]["memo"] == f"'{text}"


def test_export_goes_on_over_its_chunks(site, make, monkeypatch, clock):
    monkeypatch.setattr(log_queries, "EXPORT_CHUNK", 2)
    for serial in range(1, 6):
        make(serial=serial, created_at=clock.now)

    assert [row["serial"] for row in read_csv(site.get("/logs/export"))] == ["5", "4", "3", "2", "1"]


def test_export_holds_no_foreign_rows(site, make, other_tenant):
    make(serial=1)

    assert len(read_csv(site.get("/logs/export"))) == 1


# --- the domain behind it ----------------------------------------------------------------------------------------


def test_statuses_of_the_tabs_are_the_five(site, make):
    make()
    assert set(tabs(site.get(LIST))) == {"all", *SupportStatus.values}


def test_providers_are_listed_once_each(tenant, make):
    for host in ("b.example", "a.example", "b.example", ""):
        make(provider=host)

    with tenant_scope(tenant.pk):
        assert log_queries.providers_seen(tenant_id=tenant.pk) == ["a.example", "b.example"]
