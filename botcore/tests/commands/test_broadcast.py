"""!broadcast: who it reaches, that it reaches them once, and what the owner is told; long lists in pages."""

from datetime import timedelta

import pytest

from botcore import tasks
from botcore.domain import broadcasts
from botcore.models import InboxMessage, OutboxMessage
from botcore.sandbox.demo_tenant import QUIET_GROUP, SUPPORT_GROUP
from botcore.tests.factories import GroupFactory
from smmbot.testing.worker import outside
from tenants.enums import AuditSource
from tenants.models import AuditEntry
from tenants.tests.factories import ContactFactory, TenantUserFactory


@pytest.fixture
def owner(chat):
    return chat.as_("owner")


@pytest.fixture
def later(clock, worker):
    """Let the time pass after which the report is due."""

    def run(**span):
        clock.advance(**(span or {"seconds": 6}))
        outside(tasks.sweep)
        worker.run()

    return run


@pytest.fixture
def groups(tenant):
    return {
        "open": GroupFactory(tenant=tenant, name="Open", support_enabled=True),
        "silent": GroupFactory(tenant=tenant, name="Silent", support_enabled=True, silent_mode=True),
        "hidden": GroupFactory(tenant=tenant, name="Hidden", support_enabled=True, is_hidden=True),
        "marketing": GroupFactory(tenant=tenant, name="Promo", marketing_enabled=True),
    }


def reached():
    rows = OutboxMessage.objects.filter(part__startswith="broadcast-", state="sent")
    return sorted(rows.values_list("chat__wa_id", flat=True))


def test_reaches_visible_groups_with_support(owner, groups, texts_in):
    owner.say("!broadcast Maintenance *tonight*")

    assert reached() == sorted([SUPPORT_GROUP, groups["open"].wa_id, groups["silent"].wa_id])
    assert texts_in(groups["open"].wa_id) == ["Maintenance *tonight*"]
    assert (
        texts_in(QUIET_GROUP) + texts_in(groups["hidden"].wa_id) + texts_in(groups["marketing"].wa_id) == []
    )


def test_is_on_the_record_once(owner, groups):
    owner.say("!broadcast Maintenance *tonight*")

    entry = AuditEntry.objects.get(action="broadcast.start")
    assert (entry.subject, entry.after, entry.source) == (
        "3 groups",
        {"text": "Maintenance *tonight*"},
        AuditSource.CHAT,
    )
    assert entry.user is not None


def test_silent_groups_are_the_owners_choice(owner, groups, configure):
    configure(broadcast_to_silent_groups="false")

    said = owner.say("!broadcast hello")

    assert said.texts[0].startswith("📣 On its way. Groups: 2, of them in silent mode: 0.")
    assert reached() == sorted([SUPPORT_GROUP, groups["open"].wa_id])


def test_counts_first_and_reports_after(owner, groups, later):
    said = owner.say("!broadcast hello")
    assert said.texts == ("📣 On its way. Groups: 3, of them in silent mode: 1. I will report here.",)

    later()

    assert owner.now(said).texts[1:] == ("📣 Groups reached: 3 of 3.",)
    assert owner.now(said).state == "handled"


def test_is_sent_to_nobody_twice(owner, groups, later):
    said = owner.say("!broadcast hello")
    owner.say_again(said)
    later()
    later()

    assert len(reached()) == 3


def test_started_again_after_a_crash_it_goes_on(owner, groups, tenant, clock):
    message_id = owner.post("!broadcast hello")
    message = InboxMessage.objects.get(wa_message_id=message_id)
    everybody = broadcasts.Audience((groups["open"], groups["silent"]), 1)
    one = broadcasts.Audience((groups["open"],), 0)
    broadcasts.start(message=message, to=one, text="hello", by=None, now=clock.now)

    broadcasts.start(message=message, to=everybody, text="hello", by=None, now=clock.now)

    rows = OutboxMessage.objects.filter(inbox=message)
    assert sorted(rows.values_list("chat__wa_id", flat=True)) == sorted(
        group.wa_id for group in everybody.groups
    )


def test_same_text_broadcast_again_goes_out_again(owner, groups):
    owner.say("!broadcast hello")
    owner.say("!broadcast hello")

    assert len(reached()) == 6


def test_report_names_those_not_reached(owner, groups, later):
    said = owner.say("!broadcast hello")
    OutboxMessage.objects.filter(chat__wa_id=groups["open"].wa_id).update(state="dead")

    later()

    assert owner.now(said).texts[1] == "📣 Groups reached: 2 of 3.\nNot delivered: Open"


def test_number_that_is_offline_is_reported_after_an_hour(owner, groups, later):
    said = owner.say("!broadcast hello")
    late = OutboxMessage.objects.filter(chat__wa_id=groups["open"].wa_id)
    late.update(state="queued", next_attempt_at=owner.now(said).message.received_at + timedelta(days=1))
    later()
    assert len(owner.now(said).texts) == 1

    later(hours=1)

    assert owner.now(said).texts[1] == "📣 Groups reached: 2 of 3.\nStill waiting: 1"


def test_nobody_to_reach(owner, chat):
    chat.in_group(SUPPORT_GROUP, enabled=False)

    assert owner.say("!broadcast hello").key == "broadcast_nobody"


@pytest.mark.parametrize("text", ["!broadcast", "!broadcast  "])
def test_empty_text_is_not_sent(owner, groups, text):
    assert owner.say(text).key == "usage"
    assert reached() == []


def test_long_text_keeps_its_lines(owner, groups, texts_in):
    owner.say("!broadcast Line one\nrefill 54321 is down\n\nLine _three_")

    assert texts_in(groups["open"].wa_id) == ["Line one\nrefill 54321 is down\n\nLine _three_"]


class TestPages:
    @pytest.fixture
    def crowd(self, tenant):
        for number in range(60):
            contact = ContactFactory(
                tenant=tenant, phone=f"1555060{number:04d}", name=f"Customer {number:02d}"
            )
            TenantUserFactory(tenant=tenant, contact=contact, panel_username=f"user{number:02d}")

    def test_users_come_in_pages_each_once(self, owner, crowd):
        first = owner.say("!users").text
        pages = int(first.split("\n")[0].rpartition(" ")[2])
        assert (first.startswith("*Verified users: 63* · page 1 of "), pages > 1) == (True, True)

        names = []
        for page in range(1, pages + 1):
            lines = owner.say(f"!users {page}").text.split("\n")[1:]
            names += [line.split(" · ")[0] for line in lines if not line.startswith("Next:")]
            assert (f"Next: *!users {page + 1}*" in lines) == (page < pages)

        assert len(names) == len(set(names)) == 63

    @pytest.mark.parametrize("page", ["0", "-1", "99", "9999999", "many"])
    def test_page_that_is_none_is_the_nearest(self, owner, crowd, page):
        assert owner.say(f"!users {page}").text.startswith("*Verified users: 63* · page ")

    def test_groups_come_in_pages(self, owner, tenant):
        for number in range(60):
            GroupFactory(tenant=tenant, name=f"Shop {number:02d}", support_enabled=True)

        assert "Next: *!groups 2*" in owner.say("!groups").text
        assert owner.say("!groups 2").text.startswith("*Whitelisted groups: 61* · page 2 of ")
