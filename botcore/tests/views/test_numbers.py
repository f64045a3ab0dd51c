"""WhatsApp Numbers: connected, watched, named, logged out, removed."""

import re

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore import webhooks
from botcore.domain import linking, numbers, reconcile
from botcore.enums import NumberState
from botcore.gateway.errors import GatewayUnreachable
from botcore.gateway.registry import driver_named
from botcore.gateway.types import Address, SessionChanged
from botcore.models import (
    Chat,
    Gateway,
    Group,
    InboxMessage,
    MessageLog,
    SandboxSession,
    WhatsAppNumber,
)
from botcore.tests.factories import (
    ChatFactory,
    InboxMessageFactory,
    MessageLogFactory,
    NumberFactory,
    OutboxMessageFactory,
)
from smmbot.testing.chat import Chat as Talk
from tenants.enums import AuditSource
from tenants.models import AuditEntry

NEW = {"name": "Second line", "accepts_risk": "on"}


@pytest.fixture(autouse=True)
def _no_server_to_reach(settings):
    """The sandbox's gateway finds no web server and hands its events to the intake itself."""
    settings.PUBLIC_URL = "http://127.0.0.1:9"


@pytest.fixture
def added(site, worker):
    """A number of the owner's own, its QR code ready."""
    site.post("/numbers/add/", NEW)
    worker.run()
    return WhatsAppNumber.objects.get(name="Second line")


def scan(site, number, phone="+1 555-020-0007"):
    return site.post(f"/numbers/{number.pk}/sandbox-scan/", {"phone": phone})


def test_list_says_what_is_so_and_what_to_do(site, number):
    number.state, number.state_reason = NumberState.LOGGED_OUT, "401"
    number.save()

    page = site.get("/numbers/").content.decode()

    assert "Logged out" in page
    assert "The link was ended on the phone" in page
    assert "Show QR code" in page


def test_list_asks_again_and_hears_only_of_changes(site, number):
    first = site.get("/numbers/", htmx=True)
    mark = re.search(r"mark=(\w+)", first.content.decode()).group(1)

    assert site.get("/numbers/", {"mark": mark}, htmx=True).status_code == 204
    numbers.set_state(
        tenant_id=number.tenant_id, number_id=number.pk, change=SessionChanged(NumberState.CLOSED)
    )
    changed = site.get("/numbers/", {"mark": mark}, htmx=True)
    assert changed.status_code == 200
    assert "Connection lost" in changed.content.decode()


def test_an_account_without_numbers_is_told_how_to_begin(site, number):
    number.delete()

    page = site.get("/numbers/").content.decode()

    assert "No number is connected yet" in page
    assert "/numbers/add/" in page


def test_connect_scan_live(site, worker):
    answer = site.post("/numbers/add/", NEW)
    made = WhatsAppNumber.objects.get(name="Second line")
    assert (answer.status_code, answer["Location"]) == (303, f"/numbers/{made.pk}/link/")
    assert "Getting a code" in site.get(f"/numbers/{made.pk}/link/").content.decode()

    worker.run()
    page = site.get(f"/numbers/{made.pk}/link/").content.decode()
    assert "<svg" in page
    assert "hx-trigger" in page

    scan(site, made)
    page = site.get(f"/numbers/{made.pk}/link/", htmx=True).content.decode()
    assert "Live" in page
    assert "hx-trigger" not in page
    made.refresh_from_db()
    assert (made.state, made.phone, made.is_default) == ("open", "15550200007", False)
    assert set(Group.objects.filter(wa_id__endswith="1@g.us").values_list("name", flat=True)) >= {
        "Customer support"
    }
    assert [one.action for one in AuditEntry.objects.filter(subject__contains=f"number {made.pk}")] == [
        "number.linked"
    ]


def test_scanned_number_answers_at_once(site, worker, added, tenant):
    scan(site, added)
    added.refresh_from_db()
    talk = Talk(tenant=tenant, number=added, worker=worker)
    group = Group.objects.get(name="Customer support")

    assert talk.in_group(group.wa_id, enabled=False).say("check 54321").keys == ()
    site.post(f"/groups/{group.pk}/switch/", {"switch": "support_enabled:on"}, htmx=True)
    group.refresh_from_db()
    assert group.support_enabled
    assert Talk(tenant=tenant, number=added, worker=worker, group=group.wa_id).say("check 54321").key == (
        "order_status"
    )


def test_the_events_go_over_http_where_the_server_reaches_itself(site, added, monkeypatch):
    posted = []

    class Answer:
        status_code = 200

    def post(url, *, data, headers, timeout):
        posted.append((url, headers["X-Sandbox-Signature"]))
        return Answer()

    monkeypatch.setattr(requests, "post", post)
    monkeypatch.setattr(webhooks, "take", lambda *_: pytest.fail("not over HTTP"))

    scan(site, added)

    assert {url for url, _ in posted} == {f"http://127.0.0.1:9/webhooks/whatsapp/{added.webhook_key}"}
    assert len(posted) == 4


@pytest.mark.parametrize("phone", ["", "12", "phone", "+1 555 020 0007 000000000000"])
def test_a_phone_that_is_none_is_refused_beside_its_field(site, added, phone):
    answer = scan(site, added, phone)

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


def test_scanning_without_a_code_is_refused(site, number):
    assert scan(site, number).status_code == 303

    assert "There is no code to scan" in site.get(f"/numbers/{number.pk}/link/").content.decode()
    number.refresh_from_db()
    assert number.phone == "15550100000"


def test_a_new_code_comes_when_one_runs_out(clock, site, added, worker):
    first = linking.offer_qr(number=added, now=clock.now)
    clock.advance(seconds=46)
    assert "Getting a code" in site.get(f"/numbers/{added.pk}/link/", htmx=True).content.decode()
    worker.run()

    again = linking.offer_qr(number=WhatsAppNumber.objects.get(pk=added.pk), now=clock.now)
    assert again.text != first.text


def test_codes_are_not_offered_for_ever(clock, site, added, worker):
    clock.advance(seconds=301)
    page = site.get(f"/numbers/{added.pk}/link/", htmx=True).content.decode()

    assert "The codes have run out" in page
    assert worker.waiting() == []
    site.post(f"/numbers/{added.pk}/connect/")
    worker.run()
    assert "<svg" in site.get(f"/numbers/{added.pk}/link/").content.decode()


def test_gateway_that_is_away_is_said_and_tried_again(site, worker, monkeypatch):
    def away(*_, **__):
        raise GatewayUnreachable

    monkeypatch.setattr(type(driver_named("sandbox")), "ensure_session", away)
    site.post("/numbers/add/", NEW)
    worker.run()
    made = WhatsAppNumber.objects.get(name="Second line")

    assert "Our WhatsApp gateway does not answer" in site.get(f"/numbers/{made.pk}/link/").content.decode()
    monkeypatch.undo()
    worker.run()
    assert "<svg" in site.get(f"/numbers/{made.pk}/link/").content.decode()


class TestOnePhoneOneLink:
    def test_a_phone_of_another_account_is_refused(self, site, added, worker, other_tenant):
        theirs = WhatsAppNumber._base_manager.get(tenant=other_tenant)

        scan(site, added, theirs.phone)
        worker.run()

        added.refresh_from_db()
        assert (added.state, added.state_reason, added.phone) == ("logged_out", "taken", "")
        assert SandboxSession.objects.get(name=added.session_name).state == "logged_out"
        page = site.get(f"/numbers/{added.pk}/link/").content.decode()
        assert "linked to another account already" in page
        assert "Neighbour" not in page

    def test_a_phone_of_this_account_too(self, number, site, added):
        scan(site, added, number.phone)

        added.refresh_from_db()
        assert added.state_reason == "taken_here"

    def test_once_it_is_logged_out_there_it_may_be_linked_here(self, site, added, other_tenant):
        theirs = WhatsAppNumber._base_manager.get(tenant=other_tenant)
        WhatsAppNumber._base_manager.filter(pk=theirs.pk).update(state=NumberState.LOGGED_OUT)

        scan(site, added, theirs.phone)

        added.refresh_from_db()
        assert (added.state, added.phone) == ("open", theirs.phone)


def test_log_out_ends_the_link_and_keeps_the_number(site, number, worker):
    site.post(f"/numbers/{number.pk}/log-out/")
    worker.run()

    number.refresh_from_db()
    assert (number.state, number.state_reason) == ("logged_out", "by_team")
    assert driver_named("sandbox").status(number.session_name).state == "logged_out"
    # The gateway tells of it too, with its own bare code.
    numbers.set_state(
        tenant_id=number.tenant_id, number_id=number.pk, change=SessionChanged(NumberState.LOGGED_OUT, "401")
    )
    number.refresh_from_db()
    assert number.state_reason == "by_team"


def test_restart_brings_a_lost_connection_back(site, number, worker):
    SandboxSession.objects.filter(name=number.session_name).update(state=NumberState.CLOSED)
    WhatsAppNumber.objects.update(state=NumberState.CLOSED)

    site.post(f"/numbers/{number.pk}/restart/")
    worker.run()

    number.refresh_from_db()
    assert number.state == "open"


def test_exactly_one_is_the_default(site, number, added):
    site.post(f"/numbers/{added.pk}/default/")

    assert list(WhatsAppNumber.objects.filter(is_default=True)) == [added]
    entry = AuditEntry.objects.get(action="number.make_default")
    assert (entry.before, entry.after) == ({"default": "Demo number"}, {"default": "Second line"})


def test_rename(site, number):
    assert site.post(f"/numbers/{number.pk}/rename/", {"name": ""}).status_code == 422
    site.post(f"/numbers/{number.pk}/rename/", {"name": "Front desk"})

    number.refresh_from_db()
    assert number.name == "Front desk"
    entry = AuditEntry.objects.get(action="number.rename")
    assert (entry.before, entry.after, entry.source) == (
        {"name": "Demo number"},
        {"name": "Front desk"},
        AuditSource.DASHBOARD,
    )


class TestRemove:
    def test_asks_for_the_name(self, site, number, worker):
        answer = site.post(f"/numbers/{number.pk}/remove/", {"typed": "something"})

        assert answer.status_code == 422
        assert "That is not its name" in answer.content.decode()
        assert worker.waiting() == []

    def test_wants_a_password_given_lately(self, site, number, clock):
        site.get("/numbers/")
        clock.advance(minutes=16)

        answer = site.get(f"/numbers/{number.pk}/remove/")

        assert (answer.status_code, answer["Location"].startswith("/confirm")) == (302, True)

    def test_deletes_session_and_chats_and_keeps_the_log(self, site, number, worker, added):
        chat = ChatFactory(number=number)
        message = InboxMessageFactory(chat=chat, state="handled")
        OutboxMessageFactory(chat=chat, inbox=message, state="sent")
        log = MessageLogFactory(tenant=number.tenant, message=message, chat=chat)

        site.post(f"/numbers/{number.pk}/remove/", {"typed": "demo NUMBER"})
        number.refresh_from_db()
        assert "Being removed" in site.get("/numbers/").content.decode()
        worker.run()

        assert list(WhatsAppNumber.objects.all()) == [added]
        assert not SandboxSession.objects.filter(name=number.session_name).exists()
        assert not InboxMessage.objects.exists()
        assert not Chat.objects.exists()
        assert MessageLog.objects.get(pk=log.pk).message is None
        added.refresh_from_db()
        assert added.is_default

    def test_cut_short_is_taken_up_again(self, site, number, worker, clock):
        site.post(f"/numbers/{number.pk}/remove/", {"typed": str(number)})
        worker.lose()
        clock.advance(minutes=2)

        reconcile.run(gateway_id=reconcile.SANDBOX, now=clock.now)
        assert [(one.name, one.row_id) for one in worker.waiting()] == [("remove_number", number.pk)]

    def test_a_leaving_number_takes_no_orders(self, site, number):
        site.post(f"/numbers/{number.pk}/remove/", {"typed": str(number)})

        for act in ("connect", "restart", "log-out", "default"):
            site.post(f"/numbers/{number.pk}/{act}/")
        number.refresh_from_db()
        assert (number.state_reason, number.is_default) == ("removing", False)


class TestCheck:
    """Some gateways tell nothing by themselves, and events get lost."""

    def check(self, number):
        linking.check(tenant_id=number.tenant_id, number_id=number.pk)
        number.refresh_from_db()

    def test_a_live_one_was_seen(self, number, clock):
        self.check(number)
        assert number.last_seen_at == clock.now

    def test_a_loss_nobody_told_of_is_found(self, number):
        SandboxSession.objects.filter(name=number.session_name).update(state=NumberState.CLOSED)
        self.check(number)
        assert number.state == "closed"

    def test_a_session_the_gateway_forgot(self, number):
        SandboxSession.objects.filter(name=number.session_name).delete()
        self.check(number)
        assert (number.state, number.state_reason) == ("logged_out", "session_gone")


def test_phone_and_lid_stay_when_the_gateway_leaves_them_out(number):
    numbers.set_state(
        tenant_id=number.tenant_id,
        number_id=number.pk,
        change=SessionChanged(NumberState.OPEN, own=Address()),
    )
    number.refresh_from_db()
    assert number.phone


def test_there_are_not_endlessly_many(site, number, monkeypatch):
    monkeypatch.setattr(numbers, "MAX_NUMBERS", 1)

    answer = site.post("/numbers/add/", NEW)

    assert answer.status_code == 422
    assert "You have 1 numbers" in answer.content.decode()


@pytest.mark.parametrize("role", ["staff", "staff_admin"])
def test_only_the_owner_is_let_in(site, number, role):
    person = site.as_(role)

    assert person.get("/numbers/").status_code == 403
    assert person.get(f"/numbers/{number.pk}/link/").status_code == 403
    assert person.post(f"/numbers/{number.pk}/log-out/").status_code == 403
    number.refresh_from_db()
    assert number.state == "open"


def test_another_accounts_number_is_not_there(site, other_tenant):
    theirs = WhatsAppNumber._base_manager.get(tenant=other_tenant)

    assert site.get(f"/numbers/{theirs.pk}/link/").status_code == 404
    assert site.post(f"/numbers/{theirs.pk}/log-out/").status_code == 404
    assert site.get(f"/numbers/{theirs.pk}/remove/").status_code == 404


@pytest.mark.parametrize("path", ["/numbers/", "/api/v1/numbers"])
def test_the_list_costs_the_same_for_one_and_for_three(site, number, path):
    counts = []
    assert site.get(path).status_code == 200  # signed in
    for more in (0, 2):
        for _ in range(more):
            NumberFactory(tenant=number.tenant)
        with CaptureQueriesContext(connection) as queries:
            assert site.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


class TestRisk:
    def test_is_told_and_must_be_confirmed_before_there_is_a_code(self, site, number, worker):
        assert "limit or ban" in site.get("/numbers/add/").content.decode()

        answer = site.post("/numbers/add/", {"name": "Second line"})

        assert answer.status_code == 422
        assert "Please confirm that you know the risk." in answer.content.decode()
        assert list(WhatsAppNumber.objects.all()) == [number]
        assert worker.waiting() == []

    def test_is_kept_in_the_record(self, site, number):
        site.post("/numbers/add/", NEW)

        entry = AuditEntry.objects.get(action="number.add")
        assert entry.after == {"name": "Second line", "gateway": "Sandbox", "accepts_risk": True}


class TestGateways:
    @pytest.fixture
    def gateways(self, db):
        return [
            Gateway.objects.create(
                name=name, driver=driver, base_url=f"http://{driver}.internal:3000", api_key="a-key-of-ours"
            )
            for name, driver in (("Fast lane", "waha"), ("Old reliable", "evolution"))
        ]

    def test_one_is_taken_without_a_question(self, site, number, gateways):
        gateways[1].delete()
        assert "Linked through" not in site.get("/numbers/add/").content.decode()

        site.post("/numbers/add/", NEW)

        assert WhatsAppNumber.objects.get(name="Second line").gateway == gateways[0]

    def test_several_are_chosen_from_by_name_alone(self, site, number, gateways):
        page = site.get("/numbers/add/").content.decode()
        assert "Old reliable" in page
        assert "internal" not in page
        assert "a-key-of-ours" not in page

        site.post("/numbers/add/", NEW | {"gateway": str(gateways[1].pk)})

        made = WhatsAppNumber.objects.get(name="Second line")
        assert (made.gateway, made.driver) == (gateways[1], "evolution")
        assert "Old reliable" in site.get("/numbers/").content.decode()

    def test_one_that_is_not_offered_is_refused(self, site, number, gateways):
        hidden = Gateway.objects.create(name="Hidden", driver="gowa", is_offered=False)

        assert site.post("/numbers/add/", NEW | {"gateway": str(hidden.pk)}).status_code == 422
        assert site.post(f"/numbers/{number.pk}/move/", {"gateway": str(hidden.pk)}).status_code == 422
        assert list(WhatsAppNumber.objects.all()) == [number]

    def test_a_number_moves_and_scans_again(self, site, number, gateways):
        assert "/move/" in site.get(f"/numbers/{number.pk}/").content.decode()

        answer = site.post(f"/numbers/{number.pk}/move/", {"gateway": str(gateways[0].pk)})

        number.refresh_from_db()
        assert (answer["Location"], number.gateway, number.state) == (
            f"/numbers/{number.pk}/link/",
            gateways[0],
            "connecting",
        )

    def test_where_there_is_no_other_nothing_is_offered(self, site, number):
        assert "/move/" not in site.get(f"/numbers/{number.pk}/").content.decode()
        assert "There is no other gateway" in site.get(f"/numbers/{number.pk}/move/").content.decode()
