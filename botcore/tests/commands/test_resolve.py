"""!resolve and escalation: what becomes of a request, kept step by step, and who hears of it."""

import pytest

from botcore.domain import escalation, support_status
from botcore.enums import SupportStatus
from botcore.models import LogStatusChange, MessageLog, ProviderRequest
from botcore.sandbox.demo_tenant import ACTORS, PROVIDER_GROUP
from panel.sandbox.state import external_id
from providers.models import SmmProvider
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.models import User
from tenants.scoping import tenant_scope

SMMCOST_GROUP = "120363000000000102@g.us"
OWNERS_CHAT = f"{ACTORS['owner'].phone}@s.whatsapp.net"


def oid(order_id, host="boostlab.example"):
    return external_id(host, order_id)


@pytest.fixture
def staff(chat):
    return chat.as_("staff")


@pytest.fixture
def requests(chat):
    """Requests about four orders: two at each provider, and one done by hand."""
    chat.say("refill 54322 54325 54326")
    chat.as_("rahul").say("speed up 54330 54336")


def statuses():
    return dict(
        MessageLog.objects.filter(action__in=("refill", "speed_up")).values_list("order_id", "support_status")
    )


@pytest.mark.parametrize(
    ("spelt", "status"),
    [
        ("open", "open"),
        ("OPEN", "open"),
        ("escalated", "escalated"),
        ("Ticket Created", "ticket created"),
        ("ticket_created", "ticket created"),
        ("ticket-created", "ticket created"),
        ("  ticket   created ", "ticket created"),
        ("resolved", "resolved"),
        ("Ignored", "ignored"),
    ],
)
def test_five_statuses_in_any_spelling(spelt, status):
    assert support_status.read_status(spelt) == status


@pytest.mark.parametrize("spelt", ["", "escalate", "done", "closed", "ticketcreated", "resolved now"])
def test_nothing_else_is_a_status(spelt):
    assert support_status.read_status(spelt) is None


@pytest.mark.parametrize("status", SupportStatus.values)
def test_every_status_can_be_set(requests, staff, status):
    staff.say(f"!resolve 54322 {status}")

    assert statuses()[54322] == status


def test_ids_and_status_in_any_separator(requests, staff):
    staff.say("!resolve 54322, 54325 54326 Ticket_Created")

    assert {pk: statuses()[pk] for pk in (54322, 54325, 54326)} == dict.fromkeys(
        (54322, 54325, 54326), "ticket created"
    )
    assert statuses()[54330] == "open"


def test_all_open_rows_of_an_order_are_moved_and_closed_ones_are_not(chat, staff):
    first = chat.say("refill 54322").log
    staff.say("!resolve 54322 ignored")
    again = chat.say("refill status 54322").log
    last = chat.say("check 54322").log

    staff.say("!resolve 54322 resolved")

    for row in (first, again, last):
        row.refresh_from_db()
    assert [row.support_status for row in (first, again, last)] == ["ignored", "resolved", "resolved"]


def test_every_move_is_kept_with_who_made_it(requests, staff, chat):
    staff.say("!resolve 54322 escalated")
    chat.as_("owner").say("!resolve 54322 resolved")

    steps = LogStatusChange.objects.filter(log__order_id=54322, log__action="refill").order_by("pk")
    assert [(step.before, step.after, str(step.by_user.phone), step.by_bot) for step in steps] == [
        ("open", "escalated", f"+{ACTORS['staff'].phone}", False),
        ("escalated", "resolved", f"+{ACTORS['owner'].phone}", False),
    ]


def test_setting_what_is_set_already_is_no_move(requests, staff):
    staff.say("!resolve 54322 ticket created")
    staff.say("!resolve 54322 ticket created")

    assert LogStatusChange.objects.filter(log__order_id=54322, log__action="refill").count() == 1


def test_another_tenants_orders_are_unknown(staff, other_tenant):
    """The neighbour has open rows about 54321 and 54330; nobody here asked about them."""
    said = staff.say("!resolve 54321 54330 escalated")

    assert set(said.keys) == {"resolve_unknown"}
    rows = MessageLog._base_manager.filter(tenant=other_tenant)
    assert set(rows.values_list("support_status", flat=True)) == {"open"}


class TestEscalation:
    def test_provider_group_gets_the_oids_and_nothing_else(self, requests, suppliers, staff, texts_in):
        said = staff.say("!resolve 54326 54330 escalated")

        assert said.keys == ("resolve_escalated", "resolve_escalated")
        assert texts_in(PROVIDER_GROUP) == [f"{oid(54326)},{oid(54330)}"]

    def test_one_message_a_provider_never_mixed(self, requests, suppliers, staff, texts_in):
        SmmProvider.objects.filter(name="SMM Cost").update(group_wa_id=SMMCOST_GROUP)

        staff.say("!resolve 54322 54330 54325 54326 escalated")

        assert texts_in(SMMCOST_GROUP) == [f"{oid(54322, 'smmcost.example')},{oid(54325, 'smmcost.example')}"]
        assert set(texts_in(PROVIDER_GROUP)[0].split(",")) == {oid(54330), oid(54326)}
        assert len(texts_in(PROVIDER_GROUP)) == 1

    def test_without_a_group_the_status_is_set_and_caller_and_admins_are_told(
        self, requests, suppliers, staff, texts_in
    ):
        said = staff.say("!resolve 54322 54330 escalated")

        assert said.keys == ("resolve_escalated_no_group", "resolve_escalated")
        assert statuses()[54322] == "escalated"
        staff.say("!resolve 54325 escalated")
        assert [text for text in texts_in(OWNERS_CHAT) if "SMM Cost" in text] == [
            "Requests for SMM Cost wait for you: no WhatsApp group is mapped to this provider."
        ]

    def test_manual_order_reaches_no_provider(self, requests, suppliers, staff, texts_in):
        said = staff.say("!resolve 54336 escalated")

        assert said.key == "resolve_escalated_no_group"
        assert texts_in(PROVIDER_GROUP) == []

    def test_order_with_several_rows_is_sent_once(self, chat, suppliers, staff, texts_in):
        rahul = chat.as_("rahul")
        rahul.say("check 54330")
        rahul.say("cancel 54330")

        staff.say("!resolve 54330 escalated")

        assert texts_in(PROVIDER_GROUP) == [oid(54330)]

    def test_row_of_a_stranger_who_asked_after_it_hides_no_provider(self, chat, suppliers, staff, texts_in):
        chat.as_("rahul").say("speed up 54330")
        ProviderRequest.objects.all().delete()
        chat.say("check 54330")
        before = len(texts_in(PROVIDER_GROUP))

        assert staff.say("!resolve 54330 escalated").key == "resolve_escalated"
        assert texts_in(PROVIDER_GROUP)[before:] == [oid(54330)]

    def test_other_statuses_tell_no_provider(self, requests, suppliers, staff, texts_in):
        for status in ("ticket created", "open", "ignored"):
            staff.say(f"!resolve 54326 {status}")

        assert texts_in(PROVIDER_GROUP) == []

    def test_set_elsewhere_it_is_sent_by_the_default_number(self, requests, suppliers, chat, clock, texts_in):
        """As the dashboard and the API do: without a message."""
        row = MessageLog.objects.get(order_id=54330, action="speed_up")

        def do():
            with tenant_scope(chat.tenant.pk):
                return escalation.escalate(tenant_id=chat.tenant.pk, logs=[row], message=None, now=clock.now)

        done = outside(do)
        chat.worker.run()

        assert (done.sent, done.unsent) == ((54330,), ())
        assert texts_in(PROVIDER_GROUP) == [oid(54330)]
        assert ProviderRequest.objects.get().message is None

    def test_nothing_to_escalate_is_harmless(self, chat, clock):
        done = escalation.escalate(tenant_id=chat.tenant.pk, logs=[], message=None, now=clock.now)

        assert (done.sent, done.unsent) == ((), ())


@pytest.mark.django_db(transaction=True)
def test_several_staff_resolving_one_order_at_once_move_it_once(requests, chat, clock):
    users = list(User.objects.filter(phone__in=[f"+{ACTORS[who].phone}" for who in ("owner", "staff")]))

    def resolve(number):
        with tenant_scope(chat.tenant.pk):
            return support_status.set_for_orders(
                tenant_id=chat.tenant.pk,
                order_ids=[54322],
                status=SupportStatus.RESOLVED,
                by_user_id=users[number % 2].pk,
                now=clock.now,
            )

    results = at_once(4, resolve)

    assert sorted(len(result.changed) for result in results) == [0, 0, 0, 1]
    assert LogStatusChange.objects.filter(log__order_id=54322).count() == 1


@pytest.mark.django_db(transaction=True)
def test_several_staff_escalating_one_order_at_once_ask_its_provider_once(requests, suppliers, chat, clock):
    messages = [chat.as_(who).say("help").message for who in ("owner", "staff")]
    row = MessageLog.objects.get(order_id=54330, action="speed_up")

    def escalate(number):
        with tenant_scope(chat.tenant.pk):
            return escalation.escalate(
                tenant_id=chat.tenant.pk, logs=[row], message=messages[number % 2], now=clock.now
            )

    results = at_once(4, escalate)

    assert [result.sent for result in results] == [(54330,)] * 4
    assert ProviderRequest.objects.filter(action="escalation").count() == 1
