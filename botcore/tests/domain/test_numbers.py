"""A number's rows: added to a gateway, moved to another, and its state as gateways tell it."""

from datetime import timedelta

import pytest

from botcore.domain import numbers
from botcore.enums import NumberState
from botcore.errors import GatewayNotOffered, NumberLeaving
from botcore.gateway.errors import GatewayUnreachable
from botcore.gateway.types import Address, SessionChanged
from botcore.models import Chat, EndedSession, InboxMessage, SandboxSession, WhatsAppNumber
from botcore.tests.factories import ChatFactory, InboxMessageFactory, NumberFactory
from smmbot.testing.worker import outside
from tenants.enums import AuditSource
from tenants.models import AuditEntry, Tenant, User
from tenants.scoping import tenant_scope

OPEN, CLOSED, OUT = NumberState.OPEN, NumberState.CLOSED, NumberState.LOGGED_OUT


@pytest.fixture
def who(tenant, clock):
    return {
        "by": User.objects.get(phone="+15550100001"),
        "source": AuditSource.DASHBOARD,
        "now": clock.now,
    }


def told(number, state, reason="", *, is_asked=False, **own):
    changed = numbers.set_state(
        tenant_id=number.tenant_id,
        number_id=number.pk,
        change=SessionChanged(state, reason, Address(**own)),
        is_asked=is_asked,
    )
    number.refresh_from_db()
    return changed


def committed(number, do):
    """Do it as a process of its own, for this number's tenant."""

    def alone():
        with tenant_scope(number.tenant_id):
            return do()

    return outside(alone)


def add(tenant, who, gateway=None):
    return numbers.add(tenant_id=tenant.pk, name="Second line", gateway=gateway, **who)


class TestAdd:
    def test_at_the_sandbox_without_a_gateway(self, tenant, who):
        number = add(tenant, who)
        assert (number.gateway, number.driver) == (None, "sandbox")

    def test_at_a_gateway(self, tenant, who, main_gateway):
        number = add(tenant, who, main_gateway)
        assert (number.gateway, number.driver) == (main_gateway, "scripted")

    def test_not_where_none_is_offered(self, tenant, who, main_gateway):
        main_gateway.is_offered = False
        with pytest.raises(GatewayNotOffered):
            add(tenant, who, main_gateway)

    def test_the_record_says_the_gateways_name_alone(self, tenant, who, main_gateway):
        add(tenant, who, main_gateway)

        entry = AuditEntry.objects.get(action="number.add")
        assert entry.after == {"name": "Second line", "gateway": "Main"}

    def test_names_and_keys_are_opaque(self, tenant, who, main_gateway):
        one, two = add(tenant, who, main_gateway), add(tenant, who, main_gateway)
        assert one.session_name != two.session_name
        assert str(tenant.pk) not in one.session_name.split("-")


class TestMove:
    def move(self, number, gateway, who):
        return committed(number, lambda: numbers.move(number=number, gateway=gateway, **who))

    def test_the_phone_scans_again_and_nothing_else_changes(self, number, main_gateway, who, worker):
        chat = ChatFactory(number=number)
        message = InboxMessageFactory(chat=chat, state="handled")
        before = WhatsAppNumber.objects.get(pk=number.pk)

        assert self.move(number, main_gateway, who)

        number.refresh_from_db()
        assert (number.gateway, number.driver, number.state) == (main_gateway, "scripted", "connecting")
        assert (number.phone, number.is_default, number.linked_at) == (
            before.phone,
            True,
            before.linked_at,
        )
        assert number.session_name != before.session_name
        assert number.webhook_key != before.webhook_key
        assert number.webhook_secret != before.webhook_secret
        assert (Chat.objects.get(pk=chat.pk).number, InboxMessage.objects.get(pk=message.pk).number) == (
            number,
            number,
        )

    def test_the_old_session_is_ended_and_the_new_one_begun(self, number, main_gateway, who, worker):
        old = number.session_name
        self.move(number, main_gateway, who)
        worker.run()

        assert not SandboxSession.objects.filter(name=old).exists()
        assert not EndedSession.objects.exists()
        number.refresh_from_db()
        assert number.state == "qr"

    def test_an_old_gateway_that_is_away_keeps_its_session_for_later(
        self, number, main_gateway, gateway_script, who, worker
    ):
        self.move(number, main_gateway, who)
        worker.run()
        left = number.session_name
        gateway_script.fault = GatewayUnreachable()

        self.move(number, None, who)
        with pytest.raises(GatewayUnreachable):
            worker.run()

        assert EndedSession.objects.get().name == left

    def test_back_to_where_it_is_changes_nothing(self, number, who):
        assert not self.move(number, None, who)
        assert not AuditEntry.objects.filter(action="number.move").exists()

    def test_it_is_on_record(self, number, main_gateway, who):
        self.move(number, main_gateway, who)

        entry = AuditEntry.objects.get(action="number.move")
        assert (entry.before, entry.after) == ({"gateway": "Sandbox"}, {"gateway": "Main"})

    def test_what_the_old_session_still_tells_ends_nothing(self, number, main_gateway, who, clock):
        self.move(number, main_gateway, who)

        assert not told(number, OUT, "401")
        clock.advance(seconds=31)
        assert told(number, OUT, "401")

    def test_a_leaving_number_stays(self, number, main_gateway, who):
        numbers.remove(number=number, **who)
        with pytest.raises(NumberLeaving):
            self.move(number, main_gateway, who)


class TestState:
    def test_a_storm_is_written_once_and_costs_a_read_each(self, number, django_assert_num_queries):
        assert told(number, CLOSED, "428")
        since = number.state_at

        with django_assert_num_queries(200):
            for _ in range(100):
                for state in (NumberState.CONNECTING, CLOSED):
                    numbers.set_state(
                        tenant_id=number.tenant_id,
                        number_id=number.pk,
                        change=SessionChanged(state, "408"),
                    )
        number.refresh_from_db()
        assert (number.state, number.state_reason, number.state_at) == ("closed", "428", since)

    def test_somebody_faster_is_not_written_over(self, number, monkeypatch):
        """Read as open, logged out by the team meanwhile: the loss of the line is no news any more."""
        read = numbers._standing
        reads = []

        def meanwhile(row, now):
            if not reads:
                WhatsAppNumber.objects.filter(pk=number.pk).update(state=OUT, state_reason="by_team")
            reads.append(row.state)
            return read(row, now)

        monkeypatch.setattr(numbers, "_standing", meanwhile)

        assert not told(number, CLOSED, "428")
        assert (number.state, number.state_reason, reads) == ("logged_out", "by_team", ["open", "logged_out"])

    def test_a_removed_number_hears_nothing(self, number, who):
        numbers.remove(number=number, **who)
        assert not told(number, OPEN)

    def test_opening_wakes_what_waits(self, number, worker):
        told(number, CLOSED)
        assert worker.waiting() == []

        committed(number, lambda: told(number, OPEN))

        assert [(one.name, one.row_id) for one in worker.waiting()] == [("send_due", number.pk)]

    def test_when_it_began(self, number, clock):
        told(number, CLOSED)
        assert number.state_at == clock.now
        began = clock.now
        clock.advance(minutes=1)
        told(number, CLOSED, "440")
        assert (number.state_reason, number.state_at) == ("440", began)

    def test_a_pairing_counts_from_its_begin(self, tenant, who, clock):
        number, began = add(tenant, who), clock.now
        clock.advance(minutes=1)
        told(number, NumberState.QR)
        assert number.state_at == began
        told(number, NumberState.CONNECTING)  # scanned
        assert number.state_at == clock.now


class TestLinked:
    def test_a_first_phone(self, tenant, who, clock):
        number = add(tenant, who)
        assert number.linked_at is None
        told(number, OPEN, phone="15550200009", lid="7770009")
        assert (number.phone, number.lid, number.linked_at) == ("15550200009", "7770009", clock.now)

    def test_the_same_phone_again_is_no_younger(self, number, clock):
        told(number, OPEN, phone=number.phone)
        began = clock.now
        WhatsAppNumber.objects.filter(pk=number.pk).update(linked_at=began)
        clock.advance(days=20)
        told(number, CLOSED)
        told(number, OPEN, phone=number.phone)
        assert number.linked_at == began

    def test_another_phone_is_young(self, number, clock):
        WhatsAppNumber.objects.filter(pk=number.pk).update(linked_at=clock.now - timedelta(days=90))
        told(number, OUT, "401")
        WhatsAppNumber.objects.filter(pk=number.pk).update(state=NumberState.QR)
        told(number, OPEN, phone="15550200009")
        assert number.linked_at == clock.now

    def test_the_own_lid_is_learnt_while_it_is_live(self, number):
        told(number, OPEN, phone=number.phone, lid="777123")
        assert (number.state, number.lid) == ("open", "777123")


class TestOnePhoneOneTenant:
    @pytest.fixture
    def theirs(self, other_tenant):
        number = WhatsAppNumber._base_manager.get(tenant=other_tenant)
        WhatsAppNumber._base_manager.filter(pk=number.pk).update(lid="777999")
        return number

    def test_the_same_lid_is_refused(self, tenant, who, theirs, worker):
        number = add(tenant, who)
        told(number, OPEN, lid="777999")

        assert (number.state, number.state_reason, number.lid) == ("logged_out", "taken", "")

    def test_a_lid_of_nobody_is_not(self, tenant, who, theirs):
        number = add(tenant, who)
        told(number, OPEN, lid="777111")
        assert number.state == "open"

    def test_nobody_without_an_address_is_taken_for_another(self, tenant, who):
        NumberFactory(tenant=tenant, phone="", lid="")
        number = add(tenant, who)
        told(number, OPEN)
        assert number.state == "open"

    def test_a_live_one_that_turns_out_to_be_theirs(self, number, theirs):
        told(number, OPEN, phone=theirs.phone)
        assert (number.state, number.state_reason, number.phone) == ("logged_out", "taken", "")

    def test_the_sandbox_pages_phones_are_toys(self, tenant, number, who):
        toy = Tenant.objects.create(name="Toys", slug="toys", sandbox_of=tenant)
        WhatsAppNumber._base_manager.create(
            tenant=toy, driver="sandbox", phone="15550209999", state=OPEN, session_name="s-toy"
        )
        mine = add(tenant, who)
        told(mine, OPEN, phone="15550209999")
        assert mine.state == "open"


def test_blame_stays_off_what_has_ended(number, tenant, who):
    ended = NumberFactory(tenant=tenant, state=OUT)
    rows = WhatsAppNumber.objects.all()

    assert numbers.blame_gateway(numbers=rows, reason="gateway_refused") == 1
    assert numbers.blame_gateway(numbers=rows, reason="gateway_refused") == 0

    number.refresh_from_db()
    ended.refresh_from_db()
    assert (number.state, number.state_reason, ended.state_reason) == ("open", "gateway_refused", "")
