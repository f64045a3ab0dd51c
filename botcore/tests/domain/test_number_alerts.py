"""Who is told when numbers drop and gateways go out: once, by a number that works, and never in a storm."""

import logging

import pytest

from botcore.domain import number_alerts, numbers
from botcore.enums import GatewayProblem, NumberState, OutboxPriority
from botcore.gateway.types import SessionChanged
from botcore.models import Gateway, OutboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import ACTORS, ADMIN_PHONE, PLATFORM_PHONE
from botcore.tests.factories import NumberFactory
from smmbot.testing.worker import outside
from tenants.enums import AuditSource, Role
from tenants.models import Tenant, User
from tenants.scoping import all_tenants
from tenants.tests.factories import TenantAdminFactory

OPEN, CLOSED = NumberState.OPEN, NumberState.CLOSED
OUT, BANNED = NumberState.LOGGED_OUT, NumberState.BANNED
OWNER = ACTORS["owner"].phone
BOSS = ADMIN_PHONE.lstrip("+")


@pytest.fixture
def tell(tenant, clock):
    """A round; returns what was queued by it: (to, from, text)."""

    def do():
        before = set(OutboxMessage._base_manager.values_list("pk", flat=True))
        outside(lambda: number_alerts.tell_due(now=clock.now))
        rows = OutboxMessage._base_manager.exclude(pk__in=before).select_related("chat", "number")
        return [
            (row.chat.wa_id.partition("@")[0], row.number.phone.lstrip("+"), row.text)
            for row in rows.order_by("pk")
        ]

    return do


@pytest.fixture
def live(number, clock):
    """The tenant's number, known to be live."""
    put(number, told_state=OPEN, state_at=clock.now)
    return number


@pytest.fixture
def second(tenant, clock):
    return NumberFactory(
        tenant=tenant, name="Second line", phone="15550200002", told_state=OPEN, state_at=clock.now
    )


def put(number, **changes):
    WhatsAppNumber._base_manager.filter(pk=number.pk).update(**changes)
    number.refresh_from_db()


def told(number, state, reason=""):
    with all_tenants("a gateway tells"):
        numbers.set_state(
            tenant_id=number.tenant_id, number_id=number.pk, change=SessionChanged(state, reason)
        )
    number.refresh_from_db()


class TestDrop:
    def test_a_line_that_is_lost_for_three_minutes(self, live, tell, clock):
        told(live, CLOSED, "428")
        clock.advance(minutes=2, seconds=59)
        assert tell() == []
        clock.advance(seconds=1)

        ((to, sender, text),) = tell()
        assert (to, sender) == (OWNER, PLATFORM_PHONE.lstrip("+"))
        assert text.startswith("⚠ *Demo number*: Connection lost. The connection was closed.")
        assert "/numbers/" in text

    @pytest.mark.parametrize(
        ("state", "reason", "words"),
        [
            (OUT, "401", "The link was ended on the phone"),
            (OUT, "FAILED", "The link was ended on the phone"),
            (OUT, "session_gone", "Its gateway does not know this link"),
            (BANNED, "403", "WhatsApp does not let this number in"),
        ],
    )
    def test_an_end_is_told_at_once(self, live, tell, state, reason, words):
        told(live, state, reason)
        ((_, _, text),) = tell()
        assert words in text

    def test_once_a_drop(self, live, tell, clock):
        told(live, OUT, "401")
        assert len(tell()) == 1
        for _ in range(3):
            clock.advance(hours=2)
            assert tell() == []

    def test_a_restart_that_does_not_come_back(self, live, tell, clock):
        by = User.objects.get(phone=f"+{OWNER}")
        numbers.connect(number=live, by=by, source=AuditSource.DASHBOARD, now=clock.now)
        clock.advance(minutes=3)
        assert len(tell()) == 1

    def test_from_another_live_number_of_the_account(self, live, second, tell):
        told(live, OUT, "401")
        assert [sender for _, sender, _ in tell()] == [second.phone]

    def test_owner_and_staff_admins_hear_it_staff_do_not(self, live, tell, tenant):
        admin = TenantAdminFactory(tenant=tenant, role=Role.STAFF_ADMIN)
        told(live, OUT, "401")
        assert sorted(to for to, _, _ in tell()) == sorted([OWNER, str(admin.user.phone).lstrip("+")])

    def test_the_teams_own_log_out_is_no_news(self, live, tell, clock):
        by = User.objects.get(phone=f"+{OWNER}")
        numbers.log_out(number=live, reason="by_team", by=by, source=AuditSource.DASHBOARD, now=clock.now)
        clock.advance(hours=1)
        assert tell() == []

    def test_a_number_that_never_was_live_is_no_drop(self, tenant, tell, clock):
        never = NumberFactory(tenant=tenant, state=NumberState.QR, state_at=clock.now)
        told(never, CLOSED, "440")
        clock.advance(hours=1)
        assert tell() == []

    def test_two_workers_tell_once(self, live, tell, clock, monkeypatch):
        told(live, OUT, "401")
        read = number_alerts._news

        def read_by_both(now):
            found = read(now)
            put(live, told_state=OUT)  # the other one was faster
            return found

        monkeypatch.setattr(number_alerts, "_news", read_by_both)
        assert tell() == []

    def test_several_of_an_account_are_one_message(self, live, second, tell, clock):
        told(live, CLOSED)
        clock.advance(minutes=1, seconds=30)
        told(second, CLOSED)
        clock.advance(minutes=1, seconds=30)

        ((_, _, text),) = tell()
        assert text.count("Connection lost") == 2
        clock.advance(minutes=5)
        assert tell() == []

    def test_a_line_that_comes_and_goes_is_told_of_once_an_hour(self, live, tell, clock):
        found = []
        for _ in range(5):
            told(live, CLOSED)
            clock.advance(minutes=4)
            found += tell()
            told(live, OPEN)
            clock.advance(minutes=1)
            found += tell()
        assert [text[0] for _, _, text in found] == ["⚠", "✅"]

    def test_it_waits_behind_support(self, live, tell):
        told(live, OUT, "401")
        tell()
        row = OutboxMessage._base_manager.latest("pk")
        assert row.priority == OutboxPriority.NOTICE

    def test_a_suspended_account_hears_nothing(self, live, tell, tenant):
        told(live, OUT, "401")
        Tenant.objects.filter(pk=tenant.pk).update(is_active=False)
        assert tell() == []

    def test_the_sandbox_pages_phones_are_nobodys_worry(self, live, tell, tenant, other_tenant):
        told(live, OUT, "401")
        Tenant.objects.filter(pk=tenant.pk).update(sandbox_of=other_tenant)
        assert tell() == []

    def test_nobody_left_to_tell_it(self, live, tell, caplog):
        WhatsAppNumber._base_manager.exclude(pk=live.pk).update(state=OUT, told_state="")
        told(live, OUT, "401")
        with caplog.at_level(logging.ERROR):
            assert tell() == []
        assert "nobody could be told" in caplog.text


class TestBack:
    def test_it_is_told(self, live, tell, clock):
        told(live, CLOSED)
        clock.advance(minutes=3)
        tell()
        told(live, OPEN)

        ((to, _, text),) = tell()
        assert (to, text) == (OWNER, "✅ *Demo number* is live again. What waited goes out now.")
        assert tell() == []

    def test_not_where_nobody_missed_it(self, live, tell, clock):
        told(live, CLOSED)
        clock.advance(minutes=1)
        told(live, OPEN)
        assert tell() == []

    def test_a_first_link_is_no_return(self, tenant, tell, clock):
        fresh = NumberFactory(tenant=tenant, state=NumberState.QR, state_at=clock.now)
        told(fresh, OPEN)
        assert (fresh.told_state, tell()) == ("open", [])


class TestGatewayOut:
    @pytest.fixture
    def lines(self, tenant, main_gateway, clock):
        """Three of the tenant's numbers at the operator's gateway."""
        return [
            NumberFactory(
                tenant=tenant,
                gateway=main_gateway,
                driver="scripted",
                told_state=OPEN,
                state_at=clock.now,
                name=f"Line {at}",
            )
            for at in range(3)
        ]

    @pytest.fixture
    def out(self, lines, main_gateway, clock):
        main_gateway.problem, main_gateway.problem_since = GatewayProblem.UNREACHABLE, clock.now
        main_gateway.save()
        WhatsAppNumber.objects.filter(gateway=main_gateway).update(state_reason="gateway_unreachable")
        return main_gateway

    def well(self, gateway):
        Gateway.objects.filter(pk=gateway.pk).update(problem="", problem_since=None)
        WhatsAppNumber._base_manager.filter(gateway=gateway).update(state_reason="")

    def test_one_message_to_each_owner_and_one_to_the_platform(self, live, out, tell, clock):
        clock.advance(minutes=2)
        assert tell() == []
        clock.advance(minutes=1)

        found = {to: text for to, _, text in tell()}
        assert set(found) == {OWNER, BOSS}
        assert found[OWNER].count("No answer") == 3
        assert "*Main* does not answer. Numbers on it: 3" in found[BOSS]
        for _ in range(10):
            clock.advance(minutes=1)
            assert tell() == []

    def test_and_one_each_when_it_is_well(self, live, out, tell, clock):
        clock.advance(minutes=3)
        tell()
        self.well(out)

        found = {to: text for to, _, text in tell()}
        assert found[OWNER].count("is live again") == 3
        assert found[BOSS] == "✅ The WhatsApp gateway *Main* serves again."
        assert tell() == []

    def test_a_hiccup_is_told_to_nobody(self, live, out, tell, clock):
        clock.advance(minutes=2)
        tell()
        self.well(out)
        assert tell() == []

    def test_not_from_a_number_on_the_same_gateway(self, number, lines, out, tell, clock):
        """It would wait for the gateway it tells of."""
        put(number, state=OUT, told_state="")
        told(lines[0], OUT, "401")
        assert {sender for _, sender, _ in tell()} == {PLATFORM_PHONE.lstrip("+")}


class TestPlatform:
    @pytest.fixture
    def platform_number(self, tenant, clock):
        row = WhatsAppNumber._base_manager.get(tenant__is_platform=True)
        put(row, told_state=OPEN, state_at=clock.now)
        return row

    def test_its_own_number_without_another_is_for_the_log(self, platform_number, tell, caplog):
        told(platform_number, OUT, "401")
        with caplog.at_level(logging.ERROR):
            assert tell() == []
        assert "nobody could be told" in caplog.text

    def test_its_own_number_is_told_of_by_another_of_its_own(self, platform_number, tell):
        with all_tenants("a second number of the platform"):
            spare = NumberFactory(tenant=platform_number.tenant, phone="15550100098")
        told(platform_number, OUT, "401")
        ((to, sender, text),) = tell()
        assert (to, sender) == (BOSS, spare.phone)
        assert "*Platform*: Logged out" in text
        assert text.endswith("/admin/platform_numbers/")

    def test_many_that_drop_from_one_gateway(self, live, tenant, main_gateway, tell, clock):
        for _ in range(number_alerts.MANY):
            one = NumberFactory(
                tenant=tenant, gateway=main_gateway, driver="scripted", told_state=OPEN, state_at=clock.now
            )
            told(one, OUT, "401")

        (text,) = [text for to, _, text in tell() if to == BOSS]
        assert text.startswith("⚠ 5 numbers on the WhatsApp gateway *Main* dropped within 10 minutes")
        assert [to for to, _, _ in tell() if to == BOSS] == []

    def test_a_few_are_their_owners_matter(self, live, tenant, main_gateway, tell, clock):
        for _ in range(number_alerts.MANY - 1):
            one = NumberFactory(
                tenant=tenant, gateway=main_gateway, driver="scripted", told_state=OPEN, state_at=clock.now
            )
            told(one, OUT, "401")
        assert [to for to, _, _ in tell() if to == BOSS] == []
