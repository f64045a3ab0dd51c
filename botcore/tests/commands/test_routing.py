"""A request the panel cannot carry out goes to the provider's API, its group, or the staff: by mode, and once."""

import uuid
from dataclasses import replace

import pytest

from botcore.domain import forwarding
from botcore.enums import Action, ActState
from botcore.models import InboxMessage, OrderAct, OutboxMessage, ProviderRequest, TeamNotice
from botcore.sandbox.demo_tenant import ACTORS, PROVIDER_GROUP
from botcore.tests.factories import NumberFactory, OrderActFactory
from panel.sandbox.state import external_id
from providers.models import SmmProvider
from smmbot.testing.worker import outside
from tenants.scoping import tenant_scope

SMMCOST_GROUP = "120363000000000102@g.us"
OWNERS_CHAT = f"{ACTORS['owner'].phone}@s.whatsapp.net"
SMMCOST, BOOSTLAB = "smmcost.example", "boostlab.example"


def oid(order_id, host=BOOSTLAB):
    return external_id(host, order_id)


def act_of(said):
    return said.log.facts["act"]


@pytest.fixture
def both_ways(suppliers):
    """SMM Cost has an API and a group."""
    SmmProvider.objects.filter(host=SMMCOST).update(group_wa_id=SMMCOST_GROUP)


@pytest.fixture
def rahul(chat, suppliers):
    return chat.as_("rahul")


@pytest.mark.parametrize(
    ("mode", "asked", "passed_on", "act"),
    [
        ("auto", 1, 0, "requested"),
        ("api", 1, 0, "requested"),
        ("forward", 0, 1, "requested"),
        ("approve", 0, 0, "queued"),
    ],
)
def test_refill_goes_the_way_of_its_mode(
    chat, both_ways, sandbox, texts_in, configure, mode, asked, passed_on, act
):
    configure(refill_mode=mode)

    said = chat.say("refill 54322")

    assert (said.key, act_of(said)) == ("refill_submitted", act)
    assert len(sandbox.provider_writes()) == asked
    assert texts_in(SMMCOST_GROUP) == [f"{oid(54322, SMMCOST)} refill"] * passed_on


@pytest.mark.parametrize("action", ["refill", "cancel", "speed up"])
def test_off_reaches_nobody(chat, both_ways, sandbox, texts_in, configure, action):
    configure(refill_mode="off", cancel_mode="off", speedup_mode="off")

    said = chat.say(f"{action} {54322 if action == 'refill' else 54321}")

    assert said.key == "action_disabled"
    assert (sandbox.writes(), sandbox.provider_writes(), texts_in(SMMCOST_GROUP)) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "mode", "key", "in_group", "at_panel"),
    [
        ("cancel 54330", "auto", "cancel_submitted", [], 1),
        ("cancel 54330", "api", "cancel_submitted", [], 1),
        ("cancel 54330", "forward", "cancel_submitted", [f"{oid(54330)} cancel"], 0),
        ("cancel 54330", "approve", "cancel_submitted", [], 0),
        ("speed up 54330", "auto", "speedup_submitted", [f"{oid(54330)} speed up"], 0),
        ("speed up 54330", "api", "speedup_submitted", [], 0),
        ("speed up 54330", "forward", "speedup_submitted", [f"{oid(54330)} speed up"], 0),
        ("speed up 54330", "approve", "speedup_submitted", [], 0),
        # An order that failed is sent again by the panel itself.
        ("speed up 54335", "auto", "speedup_resent", [], 1),
    ],
)
def test_cancel_and_speed_up_go_the_way_of_their_mode(
    rahul, sandbox, texts_in, configure, text, mode, key, in_group, at_panel
):
    configure(cancel_mode=mode, speedup_mode=mode)

    assert rahul.say(text).key == key
    assert texts_in(PROVIDER_GROUP) == in_group
    assert len(sandbox.writes()) == at_panel


def test_providers_own_wording_is_used(rahul, texts_in):
    SmmProvider.objects.filter(host=BOOSTLAB).update(message_formats={"speed_up": "please push {oids}"})

    rahul.say("speed up 54330")

    assert texts_in(PROVIDER_GROUP) == [f"please push {oid(54330)}"]


class TestTheApi:
    @pytest.mark.parametrize(("mode", "act", "passed_on"), [("auto", "requested", 1), ("api", "queued", 0)])
    def test_a_plain_no_tries_the_next_way(
        self, chat, both_ways, sandbox, texts_in, configure, mode, act, passed_on
    ):
        configure(refill_mode=mode)
        sandbox.provider_scenario("refuses_refill")

        said = chat.say("refill 54322")

        assert (said.key, act_of(said)) == ("refill_submitted", act)
        assert len(texts_in(SMMCOST_GROUP)) == passed_on

    def test_throttled_provider_is_asked_in_its_group(self, chat, both_ways, sandbox, texts_in):
        sandbox.provider_scenario("rate_limited")

        assert act_of(chat.say("refill 54322")) == "requested"
        assert texts_in(SMMCOST_GROUP) == [f"{oid(54322, SMMCOST)} refill"]
        assert sandbox.provider_writes() == []

    def test_refused_key_is_the_groups(self, chat, both_ways, sandbox, texts_in):
        sandbox.provider_scenario("bad_key")

        assert act_of(chat.say("refill 54322")) == "requested"
        assert len(texts_in(SMMCOST_GROUP)) == 1

    @pytest.mark.parametrize("scenario", ["time_out_after_write", "time_out"])
    def test_no_answer_is_the_staffs_and_is_not_asked_a_second_way(
        self, chat, both_ways, sandbox, texts_in, impatient, scenario
    ):
        sandbox.provider_scenario(scenario)

        said = chat.say("refill 54322")

        assert (said.key, act_of(said), said.log.is_priority) == ("refill_submitted", "unknown", True)
        assert texts_in(SMMCOST_GROUP) == []
        assert len(sandbox.provider_requests()) == 1
        assert len(sandbox.provider_writes()) == (scenario == "time_out_after_write")

    @pytest.mark.parametrize("scenario", ["error_500", "html_502", "html_page", "empty_body"])
    def test_unreadable_answer_never_doubles(self, chat, both_ways, sandbox, texts_in, scenario):
        sandbox.provider_scenario(scenario)

        said = chat.say("refill 54322")

        assert said.key == "refill_submitted"
        assert act_of(said) in ("unknown", "requested")
        # Either it may have arrived, and then the group is left alone, or it did not.
        assert len(texts_in(SMMCOST_GROUP)) == (act_of(said) == "requested")

    def test_each_order_of_a_batch_goes_its_own_way(self, chat, both_ways, sandbox, texts_in, put_order):
        """One is taken, one is refused, of one nothing is said: none is lost, none is asked for twice."""
        put_order(54321, status="completed")
        sandbox.provider_scenario("mixed_list")

        said = chat.say("refill 54322 54321 54325")

        assert said.keys == ("refill_submitted",) * 3
        assert {log.order_id: log.facts["act"] for log in said.logs} == {
            54322: "requested",  # in the group: the API refused it
            54321: "requested",
            54325: "unknown",
        }
        assert [log.order_id for log in said.logs if log.is_priority] == [54325]
        assert texts_in(SMMCOST_GROUP) == [f"{oid(54322, SMMCOST)} refill"]
        assert [row["changed"] for row in sandbox.provider_writes()] == [
            [oid(54321, SMMCOST), oid(54325, SMMCOST)]
        ]
        before = len(sandbox.provider_requests())
        chat.say_again(said)
        again = chat.say("refill 54322 54321 54325")
        assert again.keys == ("action_cooldown",) * 3
        assert len(sandbox.provider_requests()) == before
        assert len(texts_in(SMMCOST_GROUP)) == 1

    def test_two_providers_in_one_message_fare_each_as_it_can(
        self, chat, both_ways, sandbox, texts_in, impatient
    ):
        sandbox.provider_scenario("time_out_after_write")

        said = chat.say("refill 54322 54326 54325")

        assert {log.order_id: log.facts["act"] for log in said.logs} == {
            54322: "unknown",
            54325: "unknown",
            54326: "requested",
        }
        assert texts_in(PROVIDER_GROUP) == [f"{oid(54326)} refill"]
        assert texts_in(SMMCOST_GROUP) == []
        assert len(sandbox.provider_writes()) == 1

    def test_asked_for_already_is_the_staffs(self, chat, both_ways, sandbox, texts_in):
        """On the panel's own page, for all we know."""
        chat.say("refill 54322")
        OrderAct.objects.all().delete()

        said = chat.say("refill 54322")

        assert (said.key, act_of(said), said.log.is_priority) == ("refill_submitted", "queued", True)
        assert texts_in(SMMCOST_GROUP) == []
        assert len(sandbox.provider_writes()) == 1

    def test_of_a_refused_key_the_admins_hear_once_a_day(self, chat, both_ways, sandbox, texts_in):
        sandbox.provider_scenario("bad_key")
        for order_id in (54322, 54325):
            assert chat.say(f"refill {order_id}").key == "refill_submitted"

        assert [text for text in texts_in(OWNERS_CHAT) if "refuses its API key" in text] == [
            "SMM Cost refuses its API key, so requests go to its group or wait for you.\n"
            "Please enter a valid key under Providers."
        ]
        assert len(texts_in(SMMCOST_GROUP)) == 2
        assert texts_in(f"{ACTORS['staff'].phone}@s.whatsapp.net") == []

    def test_neither_key_nor_group_is_the_staffs_and_the_admins_are_told_once(
        self, chat, suppliers, texts_in
    ):
        SmmProvider.objects.filter(host=SMMCOST).update(api_key="", api_url="")

        for order_id in (54322, 54325):
            said = chat.say(f"refill {order_id}")
            assert (act_of(said), said.log.is_priority) == ("queued", True)

        assert len(texts_in(OWNERS_CHAT)) == 1

    def test_two_orders_of_one_oid_are_asked_once_and_by_one_way(
        self, chat, both_ways, sandbox, texts_in, put_order
    ):
        put_order(54326, provider=SMMCOST, external_id=oid(54322, SMMCOST))

        said = chat.say("refill 54322 54326")

        assert [log.facts["act"] for log in said.logs] == ["requested", "requested"]
        assert len(sandbox.provider_writes()) == 1
        assert texts_in(SMMCOST_GROUP) == []


class TestTheGroup:
    @pytest.fixture
    def supplier_hears(self, rahul):
        """The provider's group has been seen by the first number."""
        return lambda: rahul.as_("supplier").in_group(PROVIDER_GROUP, enabled=False).say("hello")

    def test_one_message_a_provider_with_its_own_oids_alone(
        self, chat, both_ways, texts_in, configure, put_order
    ):
        configure(refill_mode="forward")
        put_order(54327, status="completed")

        said = chat.say("refill 54322 54326 54325 54327")

        assert said.keys == ("refill_submitted",) * 4
        assert texts_in(SMMCOST_GROUP) == [f"{oid(54322, SMMCOST)},{oid(54325, SMMCOST)} refill"]
        assert texts_in(PROVIDER_GROUP) == [f"{oid(54326)},{oid(54327)} refill"]

    def test_order_without_an_oid_is_the_staffs(self, rahul, texts_in, put_order):
        put_order(54330, external_id=None)

        assert act_of(rahul.say("speed up 54330")) == "queued"
        assert texts_in(PROVIDER_GROUP) == []

    def test_manual_order_is_the_staffs(self, rahul, texts_in):
        said = rahul.say("speed up 54336")

        assert (said.key, act_of(said), said.log.is_priority) == ("speedup_submitted", "queued", True)
        assert texts_in(PROVIDER_GROUP) == []
        assert not TeamNotice.objects.exists()

    def test_number_that_is_in_the_group_writes_there(self, rahul, supplier_hears, texts_in):
        """Of a tenant's two numbers only one is in the provider's group: it speaks, whichever was asked."""
        with tenant_scope(rahul.tenant.pk):
            other = NumberFactory(tenant_id=rahul.tenant.pk)
        supplier_hears()

        chat = replace(rahul, number=other)
        chat.say("speed up 54330")

        sent = OutboxMessage.objects.get(chat__wa_id=PROVIDER_GROUP)
        assert (sent.number_id, sent.chat.number_id) == (rahul.number.pk, rahul.number.pk)
        assert texts_in(PROVIDER_GROUP) == [f"{oid(54330)} speed up"]

    def test_two_providers_that_fit_are_none(self, rahul, texts_in):
        SmmProvider.objects.create(
            tenant=rahul.tenant, name="Twin", host="api.boostlab.example", group_wa_id=SMMCOST_GROUP
        )
        SmmProvider.objects.filter(host=BOOSTLAB).update(host="panel.boostlab.example")

        assert act_of(rahul.say("speed up 54330")) == "queued"
        assert texts_in(PROVIDER_GROUP) + texts_in(SMMCOST_GROUP) == []

    def test_provider_without_a_group_is_the_staffs_and_the_admins_are_told_once(
        self, rahul, staff_admin, texts_in
    ):
        SmmProvider.objects.filter(host=BOOSTLAB).update(group_wa_id="")

        assert act_of(rahul.say("speed up 54330")) == "queued"
        assert act_of(rahul.say("speed up 54335")) in ("done", "queued")
        rahul.say("fake complete 54338")

        notice = "Requests for Boostlab wait for you: no WhatsApp group is mapped to this provider."
        assert texts_in(OWNERS_CHAT) == [notice]
        assert texts_in(f"{staff_admin.phone}@s.whatsapp.net") == [notice]
        assert texts_in(f"{ACTORS['staff'].phone}@s.whatsapp.net") == []

    def test_neighbours_group_of_the_same_provider_hears_nothing(self, rahul, other_tenant, texts_in):
        SmmProvider._base_manager.create(
            tenant=other_tenant, name="Boostlab", host=BOOSTLAB, group_wa_id=SMMCOST_GROUP
        )

        rahul.say("speed up 54330")

        assert texts_in(SMMCOST_GROUP) == []
        assert len(texts_in(PROVIDER_GROUP)) == 1


class TestForwarding:
    @pytest.fixture
    def forward(self, chat, suppliers, clock):
        def run(items, message=None):
            def do():
                with tenant_scope(chat.tenant.pk):
                    return forwarding.forward(
                        tenant_id=chat.tenant.pk,
                        number=chat.number,
                        action=Action.REFILL,
                        format_name="refill",
                        items=[forwarding.Item(*item) for item in items],
                        message=message,
                        now=clock.now,
                    )

            done = outside(do)
            chat.worker.run()
            return done

        return run

    def test_a_hundred_oids_a_message(self, forward, texts_in):
        done = forward([(70_000 + n, BOOSTLAB, str(n)) for n in range(1, 251)])

        assert len(done.sent) == 250
        assert [len(text.split(" ")[0].split(",")) for text in texts_in(PROVIDER_GROUP)] == [100, 100, 50]
        assert ProviderRequest.objects.count() == 250

    def test_one_oid_of_two_orders_is_said_once_and_remembered_for_both(self, forward, texts_in):
        done = forward([(70_001, BOOSTLAB, "3155"), (70_002, BOOSTLAB, "3155"), (70_003, BOOSTLAB, "3154")])

        assert texts_in(PROVIDER_GROUP) == ["3155,3154 refill"]
        assert done.sent == {70_001, 70_002, 70_003}
        assert set(ProviderRequest.objects.values_list("order_id", flat=True)) == done.sent

    @pytest.mark.parametrize("empty", ["", " "])
    def test_empty_oid_is_never_sent(self, forward, texts_in, empty):
        done = forward([(70_001, BOOSTLAB, empty), (70_002, BOOSTLAB, "3154")])

        assert (done.sent, done.manual) == ({70_002}, (70_001,))
        assert texts_in(PROVIDER_GROUP) == ["3154 refill"]

    def test_unknown_and_manual_orders_are_left(self, forward, texts_in):
        done = forward([(70_001, "stranger.example", "1"), (70_002, "", "2")])

        assert (done.sent, done.manual, done.no_group) == (frozenset(), (70_001, 70_002), {})
        assert not ProviderRequest.objects.exists()

    def test_same_message_twice_sends_what_is_new_alone(self, forward, chat, texts_in):
        message = chat.say("help").message

        forward([(70_001, BOOSTLAB, "3155")], message)
        done = forward([(70_001, BOOSTLAB, "3155"), (70_002, BOOSTLAB, "3154")], message)

        assert done.sent == {70_001, 70_002}
        assert texts_in(PROVIDER_GROUP) == ["3155 refill", "3154 refill"]


class TestAfterACrash:
    @pytest.fixture
    def begun(self, rahul):
        """A message whose first run claimed its order and died. Returns its WhatsApp id."""

        def make(text, action, order_id):
            message_id = rahul.post(text)
            row = rahul.read(message_id).message
            InboxMessage.objects.filter(pk=row.pk).update(attempts=1)
            OrderActFactory(
                message=row,
                order_id=order_id,
                action=action,
                state=ActState.CLAIMED,
                status_before="in_progress",
                run_token=uuid.uuid4(),
            )
            return message_id

        return make

    @pytest.mark.parametrize(
        ("text", "action", "order_id"),
        [("speed up 54330", Action.SPEED_UP, 54330), ("cancel 54330", Action.CANCEL, 54330)],
    )
    def test_what_was_passed_on_is_not_passed_on_again(
        self, rahul, begun, worker, clock, configure, texts_in, text, action, order_id
    ):
        configure(cancel_mode="forward")
        message_id = begun(text, action, order_id)
        forwarding.forward(
            tenant_id=rahul.tenant.pk,
            number=rahul.number,
            action=action,
            format_name=action.value,
            items=[forwarding.Item(order_id, BOOSTLAB, oid(order_id))],
            message=rahul.read(message_id).message,
            now=clock.now,
        )

        worker.run()

        assert len(texts_in(PROVIDER_GROUP)) == 1
        assert ProviderRequest.objects.count() == 1
        assert OrderAct.objects.get(message__wa_message_id=message_id).state == "requested"

    def test_what_was_not_passed_on_is_the_staffs(self, rahul, begun, worker, configure, texts_in):
        message_id = begun("speed up 54330", Action.SPEED_UP, 54330)

        worker.run()

        assert texts_in(PROVIDER_GROUP) == []
        assert rahul.read(message_id).key == "speedup_submitted"
        assert OrderAct.objects.get(message__wa_message_id=message_id).state in ("queued", "unknown")

    def test_refill_that_may_be_at_the_api_is_not_asked_again(
        self, chat, both_ways, worker, sandbox, texts_in
    ):
        message_id = chat.post("refill 54322")
        row = chat.read(message_id).message
        InboxMessage.objects.filter(pk=row.pk).update(attempts=1)
        OrderActFactory(
            message=row,
            order_id=54322,
            state=ActState.CLAIMED,
            status_before="completed",
            run_token=uuid.uuid4(),
        )

        worker.run()

        assert (chat.read(message_id).key, act_of(chat.read(message_id))) == ("refill_submitted", "unknown")
        assert (sandbox.provider_writes(), texts_in(SMMCOST_GROUP)) == ([], [])

    def test_same_message_delivered_five_times_goes_out_once(self, rahul, texts_in):
        said = rahul.say("speed up 54330")
        for _ in range(4):
            rahul.say_again(said)

        assert len(texts_in(PROVIDER_GROUP)) == 1
