"""Groups: switches that act on the next message, providers, hiding, syncing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore import tasks
from botcore.domain import groups
from botcore.gateway.errors import GatewayUnreachable
from botcore.gateway.registry import driver_named
from botcore.models import Chat as ChatRow
from botcore.models import Group, InboxMessage, SandboxSession, WhatsAppNumber
from botcore.sandbox.demo_tenant import PROVIDER_GROUP, QUIET_GROUP, SUPPORT_GROUP
from botcore.tests.factories import ChatFactory, GroupFactory, InboxMessageFactory
from providers.models import SmmProvider
from smmbot.testing.chat import Chat
from tenants.models import AuditEntry, Job


@pytest.fixture
def group(tenant):
    return Group.objects.get(wa_id=SUPPORT_GROUP)


@pytest.fixture
def quiet(tenant):
    return Group.objects.get(wa_id=QUIET_GROUP)


def switch(site, group, which, **more):
    return site.post(f"/groups/{group.pk}/switch/", {"switch": which}, **more)


def names(page):
    return [row.name for row in page.context["page"].rows]


class TestSwitches:
    def test_support_acts_on_the_very_next_message(self, site, group, chat):
        here = chat.in_group(group.wa_id)

        assert here.say("check 54321").key == "order_status"
        switch(site, group, "support_enabled:off", htmx=True)
        assert here.say("check 54321").keys == ()
        switch(site, group, "support_enabled:on", htmx=True)
        assert here.say("check 54321").key == "order_status"

    def test_silent_acts_on_the_very_next_message(self, site, group, chat):
        here = chat.in_group(group.wa_id)

        switch(site, group, "silent_mode:on", htmx=True)
        said = here.say("check 54321")

        assert (said.key, said.texts) == ("order_status", ())

    def test_htmx_gets_the_row_with_the_switch_turned(self, site, group):
        row = switch(site, group, "marketing_enabled:on", htmx=True).content.decode()

        assert row.strip().startswith("<li")
        assert (
            f'id="group-{group.pk}-marketing_enabled" name="switch" value="marketing_enabled:off"'
            ' aria-checked="true" aria-label="Marketing in Demo Panel support"' in row
        )

    def test_works_without_scripts(self, site, group):
        answer = switch(site, group, "marketing_enabled:on")

        assert (answer.status_code, answer["Location"]) == (302, "/groups/")
        group.refresh_from_db()
        assert group.marketing_enabled

    def test_is_on_the_record(self, site, group):
        switch(site, group, "marketing_enabled:on")
        switch(site, group, "marketing_enabled:on")

        entry = AuditEntry.objects.get(action="group.switch")
        assert (entry.before, entry.after) == ({"marketing_enabled": False}, {"marketing_enabled": True})
        assert (entry.source, entry.user) == ("dashboard", site.user)

    def test_a_switch_there_is_none_of(self, site, group):
        answer = switch(site, group, "is_hidden:on", htmx=True)

        assert answer.status_code == 422
        assert "That switch does not exist" in answer.content.decode()


class TestList:
    def test_tabs(self, site, group, quiet):
        GroupFactory(tenant=group.tenant, name="Away", is_hidden=True)

        assert names(site.get("/groups/")) == ["Demo Panel news", "Demo Panel support"]
        assert names(site.get("/groups/", {"show": "on"})) == ["Demo Panel support"]
        assert names(site.get("/groups/", {"show": "off"})) == ["Demo Panel news"]
        assert names(site.get("/groups/", {"show": "hidden"})) == ["Away"]
        assert [count for _, _, count in site.get("/groups/").context["tabs"]] == [2, 1, 1, 1]

    def test_search_by_name_and_by_whatsapp_id(self, site, group):
        assert names(site.get("/groups/", {"q": "SUPP"})) == ["Demo Panel support"]
        assert names(site.get("/groups/", {"q": group.wa_id[:18]})) == ["Demo Panel support"]
        assert "No group fits" in site.get("/groups/", {"q": "zzz"}).content.decode()

    @pytest.mark.parametrize(
        "query", [{"show": "x"}, {"page": "0"}, {"page": "x"}, {"q": "a\x00b"}, {"q": "%"}]
    )
    def test_nonsense_is_not_an_error(self, site, group, query):
        assert site.get("/groups/", query).status_code == 200

    def test_pages(self, site, group):
        for at in range(30):
            GroupFactory(tenant=group.tenant, name=f"Group {at:02d}")

        first, second = site.get("/groups/"), site.get("/groups/", {"page": 2})

        assert (len(names(first)), len(names(second))) == (25, 7)
        assert not set(names(first)) & set(names(second))

    def test_nameless_ones_come_last(self, site, group):
        GroupFactory(tenant=group.tenant, name="")
        page = site.get("/groups/")

        assert names(page) == ["Demo Panel news", "Demo Panel support", ""]
        assert "its name is on the way" in page.content.decode()

    def test_the_last_message_of_all_the_groups_chats(self, site, group, number, clock):
        chat = ChatFactory(number=number, kind="group", wa_id=group.wa_id, group=group)
        InboxMessageFactory(chat=chat)
        clock.advance(minutes=10)
        newest = InboxMessageFactory(chat=chat)

        row = next(one for one in site.get("/groups/").context["page"].rows if one.pk == group.pk)
        assert row.last_message_at == newest.received_at

    def test_the_last_message_is_one_step_in_the_index(self, group, number):
        """With so many rows the planner has something to choose by; in an empty table any index is as good."""
        chat = ChatFactory(number=number, kind="group", wa_id=group.wa_id, group=group)
        others = ChatRow.objects.bulk_create(
            ChatRow(tenant_id=number.tenant_id, number=number, kind="user", wa_id=f"{at}@lid")
            for at in range(500)
        )
        message = InboxMessageFactory(chat=chat)
        InboxMessage.objects.bulk_create(
            InboxMessage(
                tenant_id=message.tenant_id,
                number=number,
                chat=one,
                wa_message_id=f"m{at}",
                sent_at=message.sent_at,
                received_at=message.received_at,
            )
            for at in range(4)
            for one in (chat, *others)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE botcore_inboxmessage")
        plan = groups.listed(tenant_id=group.tenant_id)[:25].explain()
        assert "inbox_by_chat" in plan

    @pytest.mark.parametrize("path", ["/groups/", "/api/v1/groups"])
    def test_costs_the_same_for_one_and_for_three(self, site, group, quiet, number, suppliers, path):
        quiet.delete()
        counts = []
        assert site.get(path).status_code == 200  # signed in
        for more in (0, 2):
            for _ in range(more):
                made = GroupFactory(tenant=group.tenant)
                chat = ChatFactory(number=number, kind="group", wa_id=made.wa_id, group=made)
                InboxMessageFactory(chat=chat)
            with CaptureQueriesContext(connection) as queries:
                assert site.get(path).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15

    def test_empty_says_how_groups_appear(self, site, group):
        Group.objects.all().delete()

        assert "the group appears here by itself" in site.get("/groups/").content.decode()

    def test_says_when_no_number_is_live(self, site, group):
        assert "No WhatsApp number is live" not in site.get("/groups/").content.decode()
        WhatsAppNumber.objects.update(state="closed")
        assert "No WhatsApp number is live" in site.get("/groups/").content.decode()


class TestProvider:
    def put(self, site, group, provider):
        return site.post(f"/groups/{group.pk}/provider/", {"provider": provider and provider.pk}, htmx=True)

    def test_one_group_one_provider(self, site, group, quiet, suppliers):
        boostlab, smmcost = suppliers["Boostlab"], suppliers["SMM Cost"]

        self.put(site, quiet, boostlab)
        boostlab.refresh_from_db()
        assert boostlab.group_wa_id == quiet.wa_id

        self.put(site, quiet, smmcost)
        boostlab.refresh_from_db()
        smmcost.refresh_from_db()
        assert (boostlab.group_wa_id, smmcost.group_wa_id) == ("", quiet.wa_id)

        self.put(site, quiet, "")
        smmcost.refresh_from_db()
        assert smmcost.group_wa_id == ""
        assert [one.after for one in AuditEntry.objects.filter(action="group.provider").order_by("pk")] == [
            {"provider": "Boostlab"},
            {"provider": "SMM Cost"},
            {"provider": ""},
        ]

    def test_moving_a_provider_keeps_where_it_was_on_the_record(self, site, quiet, suppliers):
        self.put(site, quiet, suppliers["Boostlab"])

        assert AuditEntry.objects.get(action="group.provider").before["group_before"] == PROVIDER_GROUP

    def test_warns_of_support_in_a_providers_group(self, site, group, suppliers):
        answer = self.put(site, group, suppliers["SMM Cost"]).content.decode()

        assert "customers do not belong" in answer

    def test_another_accounts_provider_is_none(self, site, group, other_tenant):
        theirs = SmmProvider._base_manager.filter(tenant=other_tenant).first()

        answer = self.put(site, group, theirs)

        assert answer.status_code == 422
        assert "does not exist any more" in answer.content.decode()


class TestHide:
    def test_is_off_until_it_comes_back(self, site, group, chat):
        here = chat.in_group(group.wa_id)
        answer = site.post(f"/groups/{group.pk}/hide/", htmx=True)

        assert answer["HX-Trigger"] == "groups-changed"
        assert here.say("check 54321").keys == ()
        group.refresh_from_db()
        assert (group.is_hidden, group.support_enabled) == (True, False)
        assert AuditEntry.objects.get(action="group.hide").before["support_enabled"] is True

        site.post(f"/groups/{group.pk}/show/")
        group.refresh_from_db()
        assert not group.is_hidden

    def test_a_hidden_one_comes_back_with_the_sync(self, site, group, worker):
        site.post(f"/groups/{group.pk}/hide/")
        site.post("/groups/sync/")
        worker.run()

        group.refresh_from_db()
        assert (group.is_hidden, group.support_enabled) == (False, False)


class TestBulk:
    def test_switches_all_selected(self, site, group, quiet):
        other = GroupFactory(tenant=group.tenant)
        answer = site.post(
            "/groups/bulk/", {"act": "support_enabled:on", "ids": [group.pk, quiet.pk]}, htmx=True
        )

        assert "1 group changed: support on." in answer.content.decode()
        for one in (quiet, other):
            one.refresh_from_db()
        assert (quiet.support_enabled, other.support_enabled) == (True, False)

    def test_hides_all_selected(self, site, group, quiet):
        site.post("/groups/bulk/", {"act": "hide", "ids": [group.pk, quiet.pk]})

        assert Group.objects.filter(is_hidden=True).count() == 2

    @pytest.mark.parametrize(
        "data", [{}, {"act": "hide"}, {"act": "x", "ids": ["1"]}, {"act": "hide", "ids": "²"}]
    )
    def test_nothing_chosen_is_said(self, site, group, data):
        answer = site.post("/groups/bulk/", data, htmx=True)

        assert "Select at least one group" in answer.content.decode()

    def test_touches_no_other_accounts_groups(self, site, other_tenant):
        theirs = Group._base_manager.filter(tenant=other_tenant).first()

        site.post("/groups/bulk/", {"act": "hide", "ids": [theirs.pk]})

        theirs = Group._base_manager.get(pk=theirs.pk)
        assert (theirs.is_hidden, theirs.support_enabled) == (False, True)


class TestSync:
    def test_finds_what_is_new_and_what_it_is_called(self, site, group, worker):
        Group.objects.filter(pk=group.pk).update(name="", member_count=None)

        part = site.post("/groups/sync/", htmx=True).content.decode()
        assert "Working on it" in part
        worker.run()

        job = Job.objects.get(kind="groups.sync")
        assert (job.state, job.result["text"]) == ("done", "3 groups found, 1 new.")
        group.refresh_from_db()
        assert (group.name, group.member_count, group.support_enabled) == ("Demo Panel support", 6, True)
        made = Group.objects.get(wa_id=PROVIDER_GROUP)
        assert (made.support_enabled, made.marketing_enabled, made.silent_mode) == (False, False, False)

    def test_started_twice_runs_once(self, site, group):
        for _ in range(2):
            site.post("/groups/sync/")

        assert Job.objects.filter(kind="groups.sync").count() == 1
        assert "Working on it" in site.get("/groups/").content.decode()

    def test_without_a_live_number_it_says_so(self, site, group, worker):
        WhatsAppNumber.objects.update(state="closed")
        site.post("/groups/sync/")
        worker.run()

        assert "Link a number first" in Job.objects.get(kind="groups.sync").error

    def test_a_gateway_that_is_away_changes_nothing(self, site, group, worker, monkeypatch):
        def away(*_):
            raise GatewayUnreachable

        monkeypatch.setattr(type(driver_named("sandbox")), "groups", away)
        site.post("/groups/sync/")
        worker.run()

        assert "Nothing was changed" in Job.objects.get(kind="groups.sync").error

    def test_a_gateway_that_leaves_things_out_takes_nothing_away(self, site, group, worker):
        SandboxSession.objects.exclude(groups=[]).update(groups=[{"id": SUPPORT_GROUP}])
        site.post("/groups/sync/")
        worker.run()

        group.refresh_from_db()
        assert (group.name, group.member_count) == ("Demo Panel support", 6)


class TestNames:
    """A message tells a group's address, never its name."""

    @pytest.fixture
    def made(self, group, chat):
        group.delete()
        Chat(chat.tenant, chat.number, chat.worker, group=SUPPORT_GROUP).say("hello")
        return Group.objects.get(wa_id=SUPPORT_GROUP)

    def test_a_group_that_a_message_brought_is_asked_its_name(self, made, worker):
        tasks.name_groups()
        worker.run()

        made.refresh_from_db()
        assert (made.name, made.member_count) == ("Demo Panel support", 6)
        assert (made.support_enabled, made.is_hidden) == (False, False)
        tasks.name_groups()
        assert worker.waiting() == []

    def test_one_nobody_can_name_is_left_to_the_sync(self, made, worker, clock):
        SandboxSession.objects.update(groups=[])
        tasks.name_groups()
        worker.run()
        clock.advance(minutes=16)
        tasks.name_groups()

        assert worker.waiting() == []


def test_staff_see_no_groups_and_staff_admins_do(site, group):
    assert site.as_("staff").get("/groups/").status_code == 403
    assert switch(site.as_("staff"), group, "silent_mode:on").status_code == 403
    assert site.as_("staff_admin").get("/groups/").status_code == 200


def test_another_accounts_group_is_not_there(site, other_tenant):
    theirs = Group._base_manager.filter(tenant=other_tenant).first()

    for act in ("switch", "provider", "hide", "show"):
        assert site.post(f"/groups/{theirs.pk}/{act}/").status_code == 404
