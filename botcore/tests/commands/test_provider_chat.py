"""A provider's group: what its people write answers our requests, and the customer hears of it."""

from datetime import timedelta

import pytest

from botcore import tasks
from botcore.commands import pipeline
from botcore.domain import config, provider_follow_up
from botcore.models import Group, LogStatusChange, MessageLog, OutboxMessage, ProviderRequest
from botcore.sandbox.demo_tenant import ACTORS, PROVIDER_GROUP, SUPPORT_GROUP
from panel.sandbox.state import external_id
from providers.models import SmmProvider
from smmbot.testing.threads import at_once
from smmbot.testing.worker import outside
from tenants.scoping import tenant_scope

OTHER_GROUP = "120363000000000103@g.us"
OWNERS_CHAT = f"{ACTORS['owner'].phone}@s.whatsapp.net"
RAHULS_CHAT = f"{ACTORS['rahul'].phone}@s.whatsapp.net"


def oid(order_id):
    return external_id("boostlab.example", order_id)


def answers():
    return {row.order_id: row.answer for row in ProviderRequest.objects.all()}


@pytest.fixture
def rahul(chat, suppliers):
    return chat.as_("rahul")


@pytest.fixture
def supplier(chat, suppliers):
    return chat.as_("supplier").in_group(PROVIDER_GROUP, enabled=False)


@pytest.fixture
def quote(supplier):
    """Say something in the provider's group, quoting what the bot wrote there last."""

    def say(text):
        sent = OutboxMessage.objects.filter(chat__wa_id=PROVIDER_GROUP).order_by("-pk").first()
        return supplier.say(text, quoted={"id": sent.wa_message_id})

    return say


@pytest.fixture
def log_of(rahul):
    return lambda order_id, action: MessageLog.objects.get(order_id=order_id, action=action)


class TestMatching:
    def test_quoted_reply_is_an_answer(self, rahul, quote, texts_in):
        rahul.say("speed up 54330")

        said = quote("done sir")

        assert (said.state, said.texts) == ("handled", ())
        request = ProviderRequest.objects.get()
        assert (request.answer, request.answer_text) == ("done", "done sir")
        assert texts_in(RAHULS_CHAT)[-1] == "News on order 54330: your speed up is done."

    def test_reply_that_names_the_oid_is_an_answer(self, rahul, supplier):
        rahul.say("speed up 54330")

        assert supplier.say(f"{oid(54330)} done").state == "handled"
        assert ProviderRequest.objects.get().answer == "done"

    @pytest.mark.parametrize("text", ["done", "54330 done", "everything done", "ord_0000000000 done"])
    def test_reply_that_does_neither_changes_nothing(self, rahul, supplier, texts_in, text):
        rahul.say("speed up 54330")
        before = texts_in(RAHULS_CHAT)

        assert supplier.say(text).state == "ignored"
        assert ProviderRequest.objects.get().answered_at is None
        assert texts_in(RAHULS_CHAT) == before

    def test_quoting_another_message_changes_nothing(self, rahul, supplier):
        rahul.say("speed up 54330")

        assert supplier.say("done", quoted={"id": "3EB0FFFF"}).state == "ignored"

    def test_answer_without_names_is_about_all_orders_quoted(self, chat, suppliers, configure, quote):
        configure(refill_mode="forward")
        chat.say("refill 54326")
        chat.as_("rahul").say("speed up 54330")

        quote("done")

        assert {row.order_id: row.answer for row in ProviderRequest.objects.all()} == {
            54326: "",
            54330: "done",
        }

    def test_answer_that_names_some_of_the_quoted_is_about_those(
        self, chat, suppliers, configure, put_order, quote, log_of
    ):
        configure(refill_mode="forward")
        put_order(54327, status="completed")
        chat.say("refill 54326 54327")

        quote(f"{oid(54327)} done")

        assert {row.order_id: row.answer for row in ProviderRequest.objects.all()} == {
            54326: "",
            54327: "done",
        }
        assert log_of(54326, "refill").support_status == "open"
        assert log_of(54327, "refill").support_status == "resolved"

    def test_another_providers_group_changes_nothing(self, chat, rahul, suppliers):
        SmmProvider.objects.filter(name="SMM Cost").update(group_wa_id=OTHER_GROUP)
        rahul.say("speed up 54330")
        stranger = chat.as_("supplier").in_group(OTHER_GROUP, enabled=False)
        sent = OutboxMessage.objects.get(chat__wa_id=PROVIDER_GROUP)

        assert stranger.say(f"{oid(54330)} done").state == "ignored"
        assert stranger.say("done", quoted={"id": sent.wa_message_id}).state == "ignored"
        assert ProviderRequest.objects.get().answered_at is None

    def test_customers_group_changes_nothing(self, rahul, chat):
        rahul.say("speed up 54330")

        chat.as_("stranger").in_group().say(f"{oid(54330)} done")

        assert ProviderRequest.objects.get().answered_at is None

    def test_answer_after_two_weeks_is_about_something_else(self, rahul, supplier, clock):
        rahul.say("speed up 54330")
        clock.advance(days=15)

        assert supplier.say(f"{oid(54330)} done").state == "ignored"

    def test_answer_delivered_twice_is_told_once(self, rahul, quote, supplier, texts_in):
        rahul.say("speed up 54330")
        said = quote("done")
        before = texts_in(RAHULS_CHAT)

        supplier.say_again(said)

        assert texts_in(RAHULS_CHAT) == before

    def test_quoting_the_reminder_is_an_answer(self, rahul, quote, clock, worker):
        rahul.say("speed up 54330")
        clock.advance(hours=7)
        outside(tasks.follow_up_providers)
        worker.run()

        quote("done")

        assert ProviderRequest.objects.get().answer == "done"

    def test_each_named_order_gets_its_own_verdict(self, chat, suppliers, configure, put_order, quote):
        configure(refill_mode="forward")
        put_order(54327, status="completed")
        chat.say("refill 54326 54327")

        quote(f"{oid(54326)} done, {oid(54327)} rejected")

        assert {row.order_id: row.answer for row in ProviderRequest.objects.all()} == {
            54326: "done",
            54327: "refused",
        }

    @pytest.mark.parametrize(
        "text", ["{one}-done", "{one} -done", "#{one}:done", "Done: {one}", "({one}) done"]
    )
    def test_ways_to_name_an_order(self, rahul, supplier, text):
        rahul.say("speed up 54330")

        assert supplier.say(text.format(one=oid(54330))).state == "handled"
        assert ProviderRequest.objects.get().answer == "done"

    def test_verdict_may_stand_before_the_orders(self, chat, suppliers, configure, put_order, quote):
        configure(refill_mode="forward")
        put_order(54327, status="completed")
        chat.say("refill 54326 54327")

        quote(f"Done: {oid(54326)}\nRejected: {oid(54327)}")

        assert answers() == {54326: "done", 54327: "refused"}

    def test_word_about_a_settled_order_is_not_its_neighbours(
        self, chat, suppliers, configure, put_order, quote
    ):
        configure(refill_mode="forward")
        put_order(54327, status="completed")
        chat.say("refill 54326 54327")
        quote(f"{oid(54326)} done")

        quote(f"{oid(54326)} done, check it")

        assert answers() == {54326: "done", 54327: ""}

    def test_orders_it_names_win_over_those_it_quotes(self, chat, suppliers, configure, put_order, quote):
        configure(refill_mode="forward")
        put_order(54327, status="completed")
        chat.say("refill 54326")
        chat.say("refill 54327")

        quote(f"{oid(54326)} done")

        assert answers() == {54326: "done", 54327: ""}

    def test_order_that_waits_for_two_things_gets_what_is_spoken_of(self, rahul, supplier, configure):
        configure(cancel_mode="forward")
        rahul.say("speed up 54330")
        rahul.say("cancel 54330")

        supplier.say(f"{oid(54330)} speeded up")

        assert {row.action: row.answer for row in ProviderRequest.objects.all()} == {
            "speed_up": "done",
            "cancel": "",
        }

    def test_order_that_waits_for_two_things_and_no_word_on_which_is_the_teams(
        self, rahul, supplier, configure, texts_in
    ):
        configure(cancel_mode="forward")
        rahul.say("speed up 54330")
        rahul.say("cancel 54330")
        before = texts_in(RAHULS_CHAT)

        supplier.say(f"{oid(54330)} done")

        assert {row.answer for row in ProviderRequest.objects.all()} == {"unclear"}
        assert texts_in(RAHULS_CHAT) == before
        assert "Unclear" in texts_in(OWNERS_CHAT)[-1]

    def test_no_that_becomes_a_yes_is_told(self, rahul, supplier, texts_in, log_of):
        rahul.say("speed up 54330")
        supplier.say(f"{oid(54330)} rejected")
        supplier.say(f"{oid(54330)} done now")

        assert texts_in(RAHULS_CHAT)[-1] == "News on order 54330: your speed up is done."
        assert log_of(54330, "speed_up").support_status == "resolved"

    def test_yes_stays_a_yes(self, rahul, supplier, texts_in):
        rahul.say("speed up 54330")
        supplier.say(f"{oid(54330)} done")
        before = texts_in(RAHULS_CHAT), texts_in(OWNERS_CHAT)

        supplier.say(f"{oid(54330)} rejected")

        assert (texts_in(RAHULS_CHAT), texts_in(OWNERS_CHAT)) == before

    def test_naming_a_settled_order_again_tells_nobody(self, rahul, supplier, texts_in):
        rahul.say("speed up 54330")
        supplier.say(f"{oid(54330)} done")
        before = texts_in(RAHULS_CHAT), texts_in(OWNERS_CHAT)

        supplier.say(f"{oid(54330)} thank you")

        assert (texts_in(RAHULS_CHAT), texts_in(OWNERS_CHAT)) == before
        assert ProviderRequest.objects.get().answer == "done"


class TestWhatItDoes:
    def test_done_resolves_and_keeps_the_history(self, rahul, quote, log_of, clock):
        rahul.say("speed up 54330")
        clock.advance(minutes=3)

        quote("Done ✅")

        row = log_of(54330, "speed_up")
        assert row.support_status == "resolved"
        assert (row.facts["provider_answer"], row.facts["provider_said"]) == ("done", "Done ✅")
        step = LogStatusChange.objects.get(log=row)
        assert (step.before, step.after, step.by_bot, step.by_user) == ("open", "resolved", True, None)
        assert step.created_at == clock.now

    def test_answer_that_comes_before_our_own_reply_is_not_lost(
        self, rahul, supplier, worker, log_of, monkeypatch, texts_in
    ):
        """A model may word our reply for seconds; the provider's robot answers at once."""
        wording = pipeline.word

        def slowly(this, *args):
            if this.chat.wa_id == RAHULS_CHAT and this.message.text.startswith("speed"):
                worker.run()
                supplier.say(f"{oid(54330)} done")
            return wording(this, *args)

        monkeypatch.setattr(pipeline, "word", slowly)
        assert rahul.say("speed up 54330").key == "speedup_submitted"

        assert ProviderRequest.objects.get().answer == "done"
        row = log_of(54330, "speed_up")
        assert (row.support_status, row.facts["provider_answer"]) == ("resolved", "done")

    def test_refused_stays_open_goes_first_and_the_team_is_told(
        self, chat, suppliers, configure, quote, log_of, texts_in, staff_admin
    ):
        configure(refill_mode="forward")
        chat.say("refill 54326")

        quote("cannot refill, no drop")

        row = log_of(54326, "refill")
        assert (row.support_status, row.is_priority) == ("open", True)
        notice = texts_in(OWNERS_CHAT)[-1]
        assert notice.startswith("Boostlab · ")
        assert "Orders: 54326\n“cannot refill, no drop”" in notice
        assert texts_in(f"{staff_admin.phone}@s.whatsapp.net")[-1] == notice

    @pytest.mark.parametrize(
        ("text", "status", "tells_team"),
        [("which link?", "open", True), ("hmm", "open", True), ("ok noted", "open", False)],
    )
    def test_others_stay_open(self, rahul, quote, log_of, texts_in, text, status, tells_team):
        rahul.say("speed up 54330")
        before = len(texts_in(OWNERS_CHAT))

        quote(text)

        assert log_of(54330, "speed_up").support_status == status
        assert (len(texts_in(OWNERS_CHAT)) > before) == tells_team

    def test_rows_closed_before_are_left(self, rahul, chat, quote, log_of):
        rahul.say("speed up 54330")
        chat.as_("staff").say("!resolve 54330 ignored")

        quote("done")

        assert log_of(54330, "speed_up").support_status == "ignored"

    def test_done_with_one_request_leaves_the_orders_other_requests(self, rahul, quote, log_of):
        rahul.say("refund 54330")
        rahul.say("speed up 54330")

        quote("done")

        assert log_of(54330, "speed_up").support_status == "resolved"
        assert log_of(54330, "refund").support_status == "open"


class TestTheCustomer:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("done", "is done"),
            ("ok, wait", "is being worked on"),
            ("rejected", "was refused"),
            ("which link?", "needs more information from us"),
        ],
    )
    def test_is_told_without_names_or_words_of_the_provider(self, rahul, quote, texts_in, text, told):
        rahul.say("speed up 54330")

        quote(text)

        assert texts_in(RAHULS_CHAT)[-1] == f"News on order 54330: your speed up {told}."

    def test_is_told_where_it_was_asked(self, rahul, quote, texts_in):
        rahul.in_group().say("speed up 54330")

        quote("done")

        assert texts_in(SUPPORT_GROUP)[-1] == "News on order 54330: your speed up is done."
        assert texts_in(RAHULS_CHAT) == []

    def test_each_customer_hears_of_its_own_orders(self, chat, rahul, supplier, configure, texts_in):
        configure(refill_mode="forward")
        chat.say("refill 54326")
        rahul.say("speed up 54330")

        supplier.say(f"{oid(54326)} {oid(54330)} done")

        assert texts_in(chat.wa_id)[-1] == "News on order 54326: your refill is done."
        assert texts_in(RAHULS_CHAT)[-1] == "News on order 54330: your speed up is done."

    def test_hears_nothing_when_the_owner_does_not_want_it(self, rahul, quote, configure, texts_in, log_of):
        configure(tell_provider_answers="false")
        rahul.say("speed up 54330")
        before = texts_in(RAHULS_CHAT)

        quote("done")

        assert texts_in(RAHULS_CHAT) == before
        assert log_of(54330, "speed_up").support_status == "resolved"

    def test_hears_the_same_word_once(self, rahul, supplier, texts_in):
        rahul.say("speed up 54330")
        supplier.say(f"{oid(54330)} checking")
        before = texts_in(RAHULS_CHAT)

        supplier.say(f"{oid(54330)} checking")

        assert texts_in(RAHULS_CHAT) == before

    @pytest.mark.parametrize("text", ["done", "canceled", "cancelled and refunded"])
    def test_is_not_told_that_it_is_canceled_before_the_panel_says_so(
        self, rahul, quote, configure, texts_in, text
    ):
        configure(cancel_mode="forward")
        rahul.say("cancel 54330")

        quote(text)

        told = texts_in(RAHULS_CHAT)[-1]
        assert told == (
            "News on order 54330: your cancel was accepted. Your balance follows as soon as the panel shows it."
        )

    def test_who_asked_twice_hears_of_it_once(self, chat, rahul, supplier, clock, texts_in):
        rahul.say("speed up 54330")
        chat.as_("staff").say("!resolve 54330 ignored")
        clock.advance(hours=2)
        rahul.say("speed up 54330")
        before = len(texts_in(RAHULS_CHAT))

        supplier.say(f"{oid(54330)} done")

        assert answers() == {54330: "done"}
        assert len(texts_in(RAHULS_CHAT)) == before + 1

    def test_hears_of_requests_alone_when_staff_escalated(self, chat, rahul, quote, texts_in):
        SmmProvider.objects.filter(name="Boostlab").update(group_wa_id="")
        rahul.say("speed up 54330")
        rahul.say("refill status 54330")
        SmmProvider.objects.filter(name="Boostlab").update(group_wa_id=PROVIDER_GROUP)
        chat.as_("staff").say("!resolve 54330 escalated")
        before = len(texts_in(RAHULS_CHAT))

        quote("done")

        assert texts_in(RAHULS_CHAT)[before:] == ["News on order 54330: your speed up is done."]

    @pytest.mark.parametrize("mode", ["manual", "custom"])
    @pytest.mark.parametrize("shown", ["true", "false"])
    def test_never_reads_the_providers_name_where_an_alias_stands_for_it(
        self, rahul, quote, configure, texts_in, mode, shown
    ):
        configure(chat_mode=mode, show_provider_to_customers=shown)
        SmmProvider.objects.filter(name="Boostlab").update(alias="Server 2")
        for text in ("check 54330", "speed up 54330", "54330 cancel", "refund 54330", "watch 54330"):
            rahul.say(text)
        quote(f"{oid(54330)} speed up done by Boostlab")
        rahul.say("refill status 54330")

        said = "\n".join(texts_in(RAHULS_CHAT)).casefold()
        assert "boostlab" not in said
        assert oid(54330).casefold() not in said
        assert ("server 2" in said) == (shown == "true")

    def test_hears_nothing_of_what_is_unclear(self, rahul, quote, texts_in):
        rahul.say("speed up 54330")
        before = texts_in(RAHULS_CHAT)

        quote("hmm")

        assert texts_in(RAHULS_CHAT) == before

    def test_silent_group_stays_silent(self, rahul, quote, texts_in):
        rahul.in_group(silent=True).say("speed up 54330")

        quote("done")

        assert texts_in(SUPPORT_GROUP) == []

    def test_is_told_of_what_staff_escalated(self, chat, rahul, quote, texts_in):
        SmmProvider.objects.filter(name="Boostlab").update(group_wa_id="")
        rahul.say("speed up 54330")
        SmmProvider.objects.filter(name="Boostlab").update(group_wa_id=PROVIDER_GROUP)
        chat.as_("staff").say("!resolve 54330 escalated")

        quote("done")

        assert "54330" in texts_in(RAHULS_CHAT)[-1]
        assert "is done" in texts_in(RAHULS_CHAT)[-1]


class TestCommands:
    @pytest.mark.parametrize(
        "text", ["check 54330", "refill 54331", "help", "hello", "balance", "cancel 54330", "54330 speed up"]
    )
    def test_customers_commands_are_not_executed(self, chat, suppliers, sandbox, text):
        rahul = chat.as_("rahul").in_group(PROVIDER_GROUP)

        said = rahul.say(text)

        assert (said.state, said.keys, said.logs) == ("ignored", (), ())
        assert (sandbox.writes(), sandbox.provider_writes()) == ([], [])

    def test_suppliers_own_ids_are_no_commands(self, supplier, sandbox):
        said = supplier.say("54330 cancel done")

        assert (said.state, said.logs, sandbox.writes()) == ("ignored", (), [])

    @pytest.mark.parametrize("text", ["!status", "!config list", "!resolve 54330 resolved", "!broadcast hi"])
    def test_supplier_has_no_rights_of_the_teams(self, supplier, rahul, text):
        rahul.say("speed up 54330")

        said = supplier.say(text)

        assert (said.state, said.texts) == ("ignored", ())
        assert MessageLog.objects.get(action="speed_up").support_status == "open"

    def test_teams_commands_are(self, chat, suppliers, rahul, log_of):
        rahul.say("speed up 54330")
        staff = chat.as_("staff").in_group(PROVIDER_GROUP, enabled=False)

        assert staff.say("!resolve 54330 resolved").key == "resolve_done"
        assert log_of(54330, "speed_up").support_status == "resolved"

    @pytest.mark.parametrize("who", ["staff", "owner"])
    def test_teams_words_to_the_supplier_are_no_commands_about_our_orders(
        self, chat, suppliers, sandbox, texts_in, who
    ):
        """The ids in this group are the provider's own, even where somebody has switched the group on."""
        said = chat.as_(who).in_group(PROVIDER_GROUP).say("54330 cancel")

        assert (said.state, said.texts) == ("ignored", ())
        assert (sandbox.writes(), texts_in(PROVIDER_GROUP)) == ([], [])

    def test_group_stays_switched_off(self, rahul):
        rahul.say("speed up 54330")

        assert not Group.objects.get(wa_id=PROVIDER_GROUP).support_enabled


class TestSilence:
    @pytest.fixture
    def follow_up(self, worker):
        def run():
            outside(tasks.follow_up_providers)
            worker.run()

        return run

    def test_reminder_once_then_an_alert_once(self, rahul, follow_up, clock, texts_in):
        rahul.say("speed up 54330")
        asked = texts_in(PROVIDER_GROUP)

        clock.advance(hours=5, minutes=59)
        follow_up()
        assert texts_in(PROVIDER_GROUP) == asked
        clock.advance(minutes=2)
        follow_up()
        follow_up()
        assert texts_in(PROVIDER_GROUP) == [*asked, f"{oid(54330)} any update, please?"]
        assert texts_in(OWNERS_CHAT) == []

        clock.advance(hours=6, minutes=1)
        follow_up()
        follow_up()
        assert texts_in(OWNERS_CHAT) == ["Boostlab does not answer, even when reminded.\nOrders: 54330"]
        clock.advance(days=2)
        follow_up()
        assert (len(texts_in(PROVIDER_GROUP)), len(texts_in(OWNERS_CHAT))) == (2, 1)

    def test_reminder_quotes_the_request(self, rahul, follow_up, clock):
        rahul.say("speed up 54330")
        clock.advance(hours=7)
        follow_up()

        asked, reminder = OutboxMessage.objects.filter(chat__wa_id=PROVIDER_GROUP).order_by("pk")
        assert reminder.quoted_id == asked.wa_message_id

    def test_time_counts_from_when_it_reached_the_group(self, rahul, follow_up, clock, texts_in):
        rahul.say("speed up 54330")
        late = clock.now + timedelta(hours=7)
        OutboxMessage.objects.filter(chat__wa_id=PROVIDER_GROUP).update(sent_at=late)
        clock.advance(hours=7, minutes=1)
        follow_up()
        assert "any update" not in "".join(texts_in(PROVIDER_GROUP))

        clock.advance(hours=7)
        follow_up()
        assert texts_in(PROVIDER_GROUP)[-1] == f"{oid(54330)} any update, please?"

    @pytest.mark.parametrize("state", ["dead", "suppressed"])
    def test_what_never_reached_the_group_is_told_the_team_once(
        self, rahul, follow_up, clock, texts_in, state
    ):
        rahul.say("speed up 54330")
        OutboxMessage.objects.filter(chat__wa_id=PROVIDER_GROUP).update(state=state, sent_at=None)
        follow_up()
        clock.advance(days=1)
        follow_up()

        assert texts_in(OWNERS_CHAT) == [
            "Boostlab could not be reached in its group: the request was not delivered.\nOrders: 54330"
        ]
        assert len(texts_in(PROVIDER_GROUP)) == 1

    def test_time_is_the_tenants(self, rahul, follow_up, clock, configure, texts_in):
        configure(provider_reminder_hours="1")
        rahul.say("speed up 54330")
        clock.advance(minutes=61)
        follow_up()

        assert len(texts_in(PROVIDER_GROUP)) == 2

    def test_answered_is_not_reminded(self, rahul, quote, follow_up, clock, texts_in):
        rahul.say("speed up 54330")
        quote("ok, checking")
        clock.advance(hours=7)
        follow_up()

        assert len(texts_in(PROVIDER_GROUP)) == 1

    def test_settled_by_the_staff_is_not_reminded(self, rahul, chat, follow_up, clock, texts_in):
        rahul.say("speed up 54330")
        chat.as_("staff").say("!resolve 54330 resolved")
        clock.advance(hours=7)
        follow_up()

        assert len(texts_in(PROVIDER_GROUP)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_do_each_once(self, rahul, clock, texts_in):
        rahul.say("speed up 54330")

        def run(_):
            with tenant_scope(rahul.tenant.pk):
                return provider_follow_up.follow_up(
                    tenant_id=rahul.tenant.pk,
                    config=config.load(tenant_id=rahul.tenant.pk),
                    now=clock.now,
                )

        clock.advance(hours=7)
        assert sum(at_once(4, run)) == 1
        clock.advance(hours=7)
        assert sum(at_once(4, run)) == 1
        reminders = OutboxMessage.objects.filter(text__contains="any update")
        alerts = OutboxMessage.objects.filter(text__contains="does not answer")
        assert (reminders.count(), alerts.count()) == (1, 1)
