"""The Sandbox page: chats on a tenant of its own, on the sandbox panel or on the tenant's, which is only read."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.errors import PlaygroundClosed
from botcore.models import InboxMessage, MessageLog, OutboxMessage, SandboxMessage, WhatsAppNumber
from botcore.sandbox.composition import DEFAULT_API_KEY
from botcore.sandbox.playground import say, shadow
from panel.models import PanelConnection
from tenants.models import Tenant, User
from tenants.scoping import all_tenants, sandbox_scope


@pytest.fixture(autouse=True)
def _panel(settings, sandbox):
    settings.SANDBOX_PANEL_URL, settings.SANDBOX_PANEL_KEY = sandbox.panel_url, DEFAULT_API_KEY


@pytest.fixture
def play(site, worker):
    """Send a message, let the bot work, and return the conversation as the next look at it shows it."""

    def send(text, chat="direct", actor="customer", panel="sandbox", **more):
        data = {"text": text, "chat": chat, "actor": actor, "panel": panel, **more}
        sent = site.post("/sandbox/send/", data, htmx=True)
        assert sent.status_code == 200, sent.content
        worker.run()
        return look(site, chat, actor)

    return send


def look(site, chat="direct", actor="customer"):
    return site.get(f"/sandbox/?chat={chat}&as={actor}", htmx=True)


def said(page):
    """What the bot said in the chat on the screen."""
    return [bubble.text for bubble in page.context["talk"].bubbles if bubble.is_bot]


def titles(page):
    return [step.title for step in page.context["handling"].steps]


def the_shadow(tenant):
    return Tenant.objects.get(sandbox_of=tenant)


class TestPlaying:
    def test_a_customer_is_answered_with_a_trace(self, play):
        page = play("check 54321")

        assert "*Order 54321*" in said(page)[0]
        assert "<strong>Order 54321</strong>" in page.content.decode()
        told = page.context["handling"]
        assert (
            titles(page)[:2] == ["Read as “check”", "A verified customer"]
            or titles(page)[1] == "A verified customer"
        )
        assert told.panel_calls == 1
        assert [(log.action, log.order_id, log.serial) for log in told.logs] == [("order", 54321, 1)]
        assert not page.context["talk"].is_pending

    def test_before_the_answer_it_looks_again_and_afterwards_it_stops(self, site, worker):
        data = {"text": "check 54321", "chat": "direct", "actor": "customer", "panel": "sandbox"}
        sent = site.post("/sandbox/send/", data, htmx=True)
        assert 'hx-trigger="load delay:250ms"' in sent.content.decode()

        worker.run()
        assert "load delay:" in look(site).content.decode()  # what may follow
        last = site.get("/sandbox/?chat=direct&as=customer&after=2", htmx=True)
        assert "load delay:" not in last.content.decode()

    def test_nothing_mixes_with_the_tenants_own(self, play, tenant):
        play("check 54321")

        assert (
            InboxMessage.objects.count() == OutboxMessage.objects.count() == MessageLog.objects.count() == 0
        )
        session = WhatsAppNumber.objects.get().session_name
        assert not SandboxMessage.objects.filter(session__name=session).exists()

    def test_staff_in_the_group(self, play):
        page = play("!status", chat="support", actor="staff")

        assert page.context["handling"].message.sender_name == "Stefan"
        assert titles(page)[1] == "From the team: staff"

    def test_a_stranger_is_unknown(self, play):
        assert "Somebody unknown" in titles(play("check 54321", actor="stranger"))

    def test_what_goes_to_a_providers_group_is_answered_there(self, play, site):
        with_group = play("refill 54327")
        for order in range(54322, 54361):
            if with_group.context["handling"].passed_on:
                break
            with_group = play(f"refill {order}")
        assert with_group.context["handling"].passed_on, "no order of Boostlab's in the sandbox"

        group = look(site, "provider", "supplier")
        asked = group.context["talk"].bubbles[-1]
        answered = play("done", chat="provider", actor="supplier", quoted=asked.wa_id)

        assert "The provider's answer" in titles(answered)

    def test_settings_and_texts_act_on_the_next_message(self, play, configure, site):
        plain = said(play("check 54321"))[-1]
        configure(chat_mode="custom")
        site.post("/templates/order_status", {"value": "Yours is {status}, dear."})

        page = play("check 54321")

        assert said(page)[-1] != plain
        assert re.fullmatch(r"Yours is [\w ]+, dear\.", said(page)[-1])
        assert "In your own words" in titles(page)

        site.post("/templates/order_status/reset", {})
        assert said(play("check 54321"))[-1] == plain

    def test_quoting(self, play, site):
        bot = play("check 54321").context["talk"].bubbles[-1]

        mine = play("and now?", quoted=bot.wa_id).context["talk"].bubbles

        assert next(one for one in mine if one.text == "and now?").quoted == ("Bot", bot.text)

    def test_clearing_forgets_the_chat_alone(self, play, site):
        play("check 54321")
        play("check 54321", chat="support")

        answer = site.post("/sandbox/clear/", {"chat": "direct", "actor": "customer"})

        assert answer.status_code == 303
        assert look(site).context["talk"].bubbles == []
        assert said(look(site, "support")) != []

    def test_without_javascript(self, site, worker):
        data = {"text": "check 54321", "chat": "support", "actor": "rahul", "panel": "sandbox"}
        sent = site.post("/sandbox/send/", data)
        worker.run()
        page = site.get(sent["Location"])

        assert sent.status_code == 303
        assert page.context["place"].key == "support"
        assert said(page) != []


class TestOwnPanel:
    def test_reads_and_never_writes(self, play, sandbox):
        sandbox.requests()
        seen = play("check 54321", panel="own", play_as="anna_media")
        assert "*Order 54321*" in said(seen)[-1]

        page = play("refill 54322", panel="own", play_as="anna_media")

        assert "Nothing was written" in said(page)[-1]
        assert "Nothing was written" in titles(page)
        assert sandbox.writes() == sandbox.provider_writes() == []

    def test_a_cancel_is_refused_too(self, play, sandbox):
        for order in range(54321, 54345):
            play(f"cancel {order}", panel="own", play_as="anna_media")

        assert sandbox.writes() == sandbox.provider_writes() == []

    def test_a_code_for_verification_is_not_sent(self, play, sandbox):
        play("check 54321", actor="stranger", panel="own")
        play("anna_media", actor="stranger", panel="own")

        assert sandbox.writes() == []

    def test_the_customer_is_who_they_play_as(self, play):
        mine = said(play("check 54321", panel="own", play_as="anna_media"))[-1]
        other = said(play("check 54321", panel="own", play_as="rahul.smm"))[-1]

        assert "*Order 54321*" in mine
        assert "*Order 54321*" not in other

    def test_back_on_the_sandbox_they_are_themselves(self, play):
        play("check 54321", panel="own", play_as="rahul.smm")

        assert "*Order 54321*" in said(play("check 54321"))[-1]

    def test_the_connection_can_only_read(self, play, tenant):
        play("check 54321", panel="own", play_as="anna_media")

        with sandbox_scope(the_shadow(tenant)):
            assert [(one.is_active, one.is_read_only) for one in PanelConnection.objects.all()] == [
                (True, True)
            ]

    def test_without_a_sandbox_panel_the_page_says_so(self, site, settings, tenant):
        settings.SANDBOX_PANEL_URL = ""
        page = site.get("/sandbox/").content.decode()
        assert "read-only" in page
        assert "Sandbox panel" not in page

        PanelConnection.objects.update(is_active=False)
        assert "There is no panel to play on yet." in site.get("/sandbox/").content.decode()

    def test_a_panel_that_is_not_there_is_refused_in_words(self, site, settings, tenant):
        settings.SANDBOX_PANEL_URL = ""
        data = {"text": "hi", "chat": "direct", "actor": "customer", "panel": "sandbox"}
        answer = site.post("/sandbox/send/", data, htmx=True)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#sandbox-problem")
        assert "not connected" in answer.content.decode()


class TestWho:
    def test_another_tenants_message_is_not_there(self, play, site, other_tenant):
        message_id = play("check 54321").context["handling"].message.pk

        assert site.get(f"/sandbox/messages/{message_id}/", htmx=True).status_code == 200
        assert site.of(other_tenant).get(f"/sandbox/messages/{message_id}/", htmx=True).status_code == 404
        assert site.of(other_tenant).get(f"/sandbox/?message={message_id}").context["handling"] is None

    def test_a_message_of_the_tenants_real_chats_is_not_there(self, chat, site):
        real = chat.say("check 54321").message.pk

        assert site.get(f"/sandbox/messages/{real}/", htmx=True).status_code == 404

    @pytest.mark.parametrize(("role", "status"), [("owner", 200), ("staff_admin", 200), ("staff", 403)])
    def test_roles(self, site, role, status):
        assert site.as_(role).get("/sandbox/").status_code == status

    def test_each_tenant_has_one_of_its_own(self, site, tenant, other_tenant):
        site.get("/sandbox/")
        site.get("/sandbox/")
        site.of(other_tenant).get("/sandbox/")

        assert Tenant.objects.exclude(sandbox_of=None).count() == 2
        assert the_shadow(tenant) != the_shadow(other_tenant)

    def test_new_people_of_the_playground_cannot_sign_in(self, tenant):
        with all_tenants("a test makes an empty world"):
            User.objects.exclude(is_staff=True).delete()
        shadow.shadow_of(tenant)

        people = User.objects.filter(is_staff=False)
        assert people.count() > 0
        assert not any(one.has_usable_password() for one in people)

    def test_a_suspended_tenant_has_none(self, tenant):
        tenant.is_active = False
        with pytest.raises(PlaygroundClosed):
            shadow.shadow_of(tenant)

    def test_a_sandbox_has_no_sandbox(self, site, tenant):
        site.get("/sandbox/")
        with pytest.raises(PlaygroundClosed):
            shadow.shadow_of(the_shadow(tenant))


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"text": ""}, "Write something first."),
            ({"text": "x" * 5000}, "4096 characters"),
            ({"panel": ""}, "Choose the panel"),
            ({"actor": "supplier"}, "not in this chat"),
            ({"chat": "elsewhere"}, "not in this chat"),
        ],
    )
    def test_in_words(self, site, data, words):
        whole = {"text": "hi", "chat": "direct", "actor": "customer", "panel": "sandbox", **data}
        for htmx in (True, False):
            answer = site.post("/sandbox/send/", whole, htmx=htmx)
            assert answer.status_code == 422
            assert words in answer.content.decode()

    def test_too_many_in_a_minute(self, site, settings, monkeypatch):
        monkeypatch.setattr(say, "MESSAGES_A_MINUTE", 2)
        data = {"text": "hi", "chat": "direct", "actor": "customer", "panel": "sandbox"}
        statuses = [site.post("/sandbox/send/", data, htmx=True).status_code for _ in range(3)]
        assert statuses == [200, 200, 422]


def queries(site, path, **more):
    with CaptureQueriesContext(connection, **more) as caught:
        assert site.get(path, htmx=True).status_code == 200
    return len(caught)


def test_queries_stay_the_same(play, site):
    play("check 54321")
    one = queries(site, "/sandbox/")
    play("check 54321")
    play("check 54322")
    three = queries(site, "/sandbox/")
    with CaptureQueriesContext(connection) as whole:
        site.get("/sandbox/")

    assert one == three
    assert len(whole) <= 15, "\n".join(q["sql"][:140] for q in whole)
