"""The overview: figures, what waits, the setup doctor; the screen and the API beside it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.domain import config, overview, setup
from botcore.domain.setup import StepName
from botcore.enums import Action, ChatKind, NumberState, SupportStatus
from botcore.models import BotConfig, Group, MessageLog, WhatsAppNumber
from botcore.tests.factories import ChatFactory, InboxMessageFactory, MessageLogFactory, NumberFactory
from panel.models import PanelConnection
from providers.models import SmmProvider
from tenants.models import AuditEntry

PARTS = ("/overview/figures", "/overview/chart", "/overview/setup")


def step_of(tenant, name):
    settings, now = config.load(tenant_id=tenant.pk), timezone.now()
    bot = overview.bot(tenant_id=tenant.pk, config=settings, now=now)
    found = setup.look(tenant_id=tenant.pk, config=settings, bot=bot, now=now)
    return next(step for step in found.steps if step.name == name)


def log(tenant, **fields):
    return MessageLogFactory(tenant_id=tenant.pk, **fields)


# --- figures -------------------------------------------------------------------------------------------------------


def test_today_against_yesterday_at_the_tenants_day(tenant, number, configure, clock):
    configure(scheduler_timezone="UTC+5:30")
    now = timezone.now()
    settings = config.load(tenant_id=tenant.pk)
    start = overview.activity(tenant_id=tenant.pk, config=settings, now=now).start
    assert start.utcoffset() == timedelta(hours=5, minutes=30)
    for moment in (start, now, start - timedelta(seconds=1), now - timedelta(days=1, minutes=5)):
        log(tenant, created_at=moment, action=Action.REFILL)
    log(tenant, created_at=start - timedelta(days=1, seconds=1))
    row = ChatFactory(number=number)
    InboxMessageFactory(chat=row, received_at=now)
    InboxMessageFactory(chat=row, received_at=now, from_me=True)

    found = overview.activity(tenant_id=tenant.pk, config=settings, now=now)

    assert (found.actions.total, found.actions.total_yesterday, found.actions.by_now) == (2, 2, 1)
    assert found.actions.change_percent == 100
    assert (found.actions.today[0], found.actions.yesterday[23]) == (1, 1)
    assert found.messages.total == 1
    assert found.by_action == [(Action.REFILL, 2)]


def test_what_waits_is_requests_oldest_first(tenant, other_tenant):
    now = timezone.now()
    young = log(tenant, action=Action.REFILL, order_id=1, created_at=now - timedelta(hours=1))
    old = log(tenant, action=Action.CANCEL, order_id=2, created_at=now - timedelta(days=2))
    passed_on = log(
        tenant, order_id=3, created_at=now - timedelta(days=1), support_status=SupportStatus.ESCALATED
    )
    log(tenant, action=Action.ORDER, order_id=4)  # looked up: nobody waits
    log(tenant, action=Action.REFILL, order_id=5, support_status=SupportStatus.RESOLVED)
    log(tenant, action=Action.REFUND, order_id=6, facts={"awaiting": "approval"}, created_at=now)

    found = overview.waiting(tenant_id=tenant.pk, now=now)

    assert (found.open, found.escalated, found.money) == (3, 1, 1)
    assert [row.pk for row in found.oldest][:3] == [old.pk, passed_on.pk, young.pk]


def test_page_shows_state_figures_and_requests(site, tenant, number):
    row = log(tenant, action=Action.REFUND, order_id=54330, facts={"awaiting": "approval"})

    page = site.get("/overview").content.decode()

    assert "Live" in page
    assert f'href="/logs/{row.pk}"' in page
    assert "Needs a decision" in page
    assert 'type="application/json"' in page or "No messages today" in page


def test_offline_says_why_and_what_to_do(site, number):
    WhatsAppNumber.objects.update(state=NumberState.CLOSED)

    page = site.get("/overview").content.decode()

    assert "Offline" in page
    assert "Connection lost" in page
    assert "See the number" in page


def test_figures_are_told_only_when_they_change(site, tenant, clock):
    first = site.get("/overview/figures", htmx=True).content.decode()
    mark = re.search(r"mark=(\w+)", first)[1]

    same = site.get("/overview/figures", {"mark": mark}, htmx=True)
    log(tenant, action=Action.REFILL, order_id=7)
    changed = site.get("/overview/figures", {"mark": mark}, htmx=True)

    assert (same.status_code, changed.status_code) == (204, 200)


@pytest.mark.parametrize("path", PARTS)
def test_a_part_opened_as_a_page_leads_to_the_page(site, path):
    answer = site.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/overview")


@pytest.mark.parametrize("path", ["/overview", *PARTS])
def test_as_many_queries_for_one_row_as_for_three(site, tenant, number, path):
    def queries():
        site.get(path, htmx=path != "/overview")
        with CaptureQueriesContext(
            connection,
        ) as ran:
            assert site.get(path, htmx=path != "/overview").status_code == 200
        return len(ran)

    def add():
        row = ChatFactory(number=number, kind=ChatKind.USER)
        InboxMessageFactory(chat=row)
        log(tenant, action=Action.REFILL, order_id=9, chat=row, provider="boostlab.example")
        Group.objects.create(tenant=tenant, wa_id=f"1203{row.pk}@g.us", support_enabled=True)
        NumberFactory(tenant=tenant)

    add()
    one = queries()
    add()
    add()
    assert queries() == one
    assert one <= 15


# --- roles ---------------------------------------------------------------------------------------------------------


def test_staff_are_sent_to_the_logs_and_see_two_places(site):
    staff = site.as_("staff")

    answer = staff.get("/overview")
    page = staff.get("/help").content.decode()

    assert (answer.status_code, answer["Location"]) == (302, "/logs/")
    places = re.findall(r'class="nav-link-title">([^<]+)', page)
    assert places == ["Message Logs", "Help"]


def test_staff_admins_get_no_links_to_what_they_may_not_open(site, number):
    WhatsAppNumber.objects.update(state=NumberState.LOGGED_OUT)

    page = site.as_("staff_admin").get("/overview").content.decode()

    assert 'href="/numbers/"' not in page
    assert 'href="/groups/"' in page


# --- the setup doctor ----------------------------------------------------------------------------------------------


def test_a_new_tenant_sees_five_steps_first(site, tenant, number):
    MessageLog.objects.all().delete()
    SmmProvider.objects.all().delete()
    PanelConnection.objects.all().delete()
    Group.objects.all().delete()
    WhatsAppNumber.objects.all().delete()

    page = site.get("/overview").content.decode()

    assert "Let’s get your bot to answer" in page
    assert "0 of 5 steps are done" in page
    assert page.index('id="setup"') < page.index('id="overview-figures"')
    assert page.count("doctor-step is-todo") == 4
    assert "Finish linking" not in page


def test_all_set_is_one_line_at_the_end(site, tenant, number, configure):
    log(tenant, action=Action.REFILL, order_id=1, provider="boostlab.example")
    SmmProvider.objects.create(
        tenant=tenant, name="Boostlab", host="boostlab.example", group_wa_id="120363000000000101@g.us"
    )
    site.post("/overview/check")

    page = site.get("/overview").content.decode()

    assert "All set." in page
    assert page.index('id="setup"') > page.index('id="overview-figures"')


def test_panel_is_asked_beside_the_page_and_kept(site, tenant, sandbox):
    assert 'hx-get="/overview/setup"' in site.get("/overview").content.decode()
    assert PanelConnection.objects.get(tenant=tenant).validated_at is None

    part = site.get("/overview/setup", htmx=True).content.decode()

    assert "The key may do" in part
    assert 'hx-trigger="load"' not in part
    looked = PanelConnection.objects.get(tenant=tenant).validated_at
    site.get("/overview/setup", htmx=True)
    assert PanelConnection.objects.get(tenant=tenant).validated_at == looked
    assert 'hx-get="/overview/setup"' not in site.get("/overview").content.decode()


def test_panel_that_refuses_the_key_is_said_with_the_way_out(site, tenant, sandbox):
    connection = PanelConnection.objects.get(tenant=tenant)
    connection.api_key = "wrong"
    connection.save()

    part = site.post("/overview/check", htmx=True).content.decode()

    assert "does not work yet" in part
    assert "Copy the Admin API key again" in part


def test_checking_again_and_again_is_slowed_down(site, tenant, sandbox):
    for _ in range(11):
        answer = site.post("/overview/check", htmx=True)
    assert answer.status_code == 200
    assert "Give it a few minutes" in answer.content.decode()


def test_mode_counts_as_chosen_once_it_is(site, tenant):
    MessageLog.objects.all().delete()
    BotConfig.objects.all().delete()
    assert step_of(tenant, StepName.MODE).is_todo

    answer = site.post("/overview/mode", {"mode": "manual"}, htmx=True)

    assert answer.status_code == 200
    assert step_of(tenant, StepName.MODE).is_done
    entry = AuditEntry.objects.filter(tenant=tenant, action="config.set").latest("pk")
    assert (entry.subject, entry.after) == ("chat_mode", {"value": "manual"})


def test_unknown_mode_is_refused(site, tenant):
    before = BotConfig.objects.count()
    assert "Choose Manual" in site.post("/overview/mode", {"mode": "shouting"}, htmx=True).content.decode()
    assert BotConfig.objects.count() == before


def test_ai_mode_without_a_model_is_not_done(tenant, configure, settings):
    settings.LLM_API_KEY = ""
    configure(chat_mode="ai")
    assert step_of(tenant, StepName.MODE).is_todo


def test_providers_of_recent_orders_without_a_group_are_named(tenant):
    SmmProvider.objects.create(
        tenant=tenant, name="Known", host="known.example", group_wa_id="120363000000000777@g.us"
    )
    log(tenant, provider="known.example")
    assert step_of(tenant, StepName.PROVIDERS).is_done

    log(tenant, provider="nobody.example")
    step = step_of(tenant, StepName.PROVIDERS)

    assert step.is_todo
    assert step.more[0].startswith("nobody.example: 1 recent request,")


def test_groups_known_but_off(tenant):
    Group.objects.filter(tenant=tenant).update(support_enabled=False)
    assert "none is switched on" in step_of(tenant, StepName.GROUPS).found


# --- the API -------------------------------------------------------------------------------------------------------


def test_api_tells_the_same(site, tenant, number):
    log(tenant, action=Action.REFILL, order_id=54321)

    told = site.api("GET", "/api/v1/overview").json()

    assert told["bot"]["is_online"] is True
    assert told["bot"]["number"] == site.api("GET", "/api/v1/health").json()["numbers"][0]
    assert told["waiting"]["oldest"] == site.api("GET", "/api/v1/logs").json()["results"]
    assert len(told["activity"]["actions"]["by_hour"]) == 24
    assert [step["name"] for step in told["setup"]["steps"]] == [name.value for name in StepName]


def test_api_health(site, number):
    told = site.api("GET", "/api/v1/health").json()
    assert told["numbers"] == [
        {
            "id": number.pk,
            "name": str(number),
            "is_default": True,
            "state": "open",
            "since": None,
            "last_seen_at": None,
        }
    ]
    assert set(told["checks"]) == {"database", "redis", "broker", "beat"}


@pytest.mark.parametrize("path", ["/api/v1/overview", "/api/v1/health"])
def test_api_is_not_for_staff(site, path):
    assert site.as_("staff").api("GET", path).status_code == 403
