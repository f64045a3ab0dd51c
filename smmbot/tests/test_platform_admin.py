"""The platform admin: a way in of its own, every list across tenants, nothing secret, and support's few acts."""

import pyotp
import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from botcore.enums import OutboxState
from botcore.models import MessageLog, OutboxMessage, PlatformLlm, WhatsAppNumber
from botcore.sandbox.demo_tenant import ADMIN_PHONE, PASSWORD
from botcore.tests import factories as bot
from panel.models import PanelConnection
from providers.models import SmmProvider
from smmbot.testing.desk import Desk
from smmbot.testing.site import Site
from smmbot.testing.worker import outside
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import AuditSource, Realm, Role
from tenants.models import AuditEntry, Job, LoginSession, Tenant, TenantAdmin, TenantUser, User
from tenants.scoping import all_tenants
from tenants.tests.factories import ContactFactory, TenantAdminFactory, TenantUserFactory


@pytest.fixture
def boss(tenant) -> User:
    return User.objects.get(phone=ADMIN_PHONE)


@pytest.fixture
def desk(boss) -> Desk:
    return Desk(boss)


def log_in(client, **more):
    given = {"phone": ADMIN_PHONE, "password": PASSWORD, "code": ""} | more
    return outside(lambda: client.post("/admin/login/", given))


# --- the way in ------------------------------------------------------------------------------------------------


def test_phone_and_password_open_it(boss):
    client = Client()
    assert client.get("/admin/")["Location"].startswith("/admin/login/")

    answer = log_in(client, next="/admin/tenants/tenant/")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/tenants/tenant/")
    assert answer.cookies["admin_access"]["path"] == "/admin/"
    assert outside(lambda: client.get("/admin/")).status_code == 200
    assert LoginSession.objects.get(user=boss).realm == Realm.ADMIN


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/overview", "/admin/../overview//x"]
)
def test_it_leads_nowhere_else(boss, to):
    answer = log_in(Client(), next=to)

    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/admin/")


@pytest.mark.parametrize(
    "given", [{"password": "wrong"}, {"phone": "+15550100001"}, {"phone": "+15550109999"}, {"phone": "x"}]
)
def test_nobody_else_comes_in(boss, given):
    answer = log_in(Client(), **given)

    assert answer.status_code == 422
    assert "admin_access" not in answer.cookies


def test_the_second_factor_is_asked_for(boss):
    boss.totp_secret, boss.totp_confirmed_at = pyotp.random_base32(), timezone.now()
    boss.save()

    assert log_in(Client()).status_code == 422
    code = pyotp.TOTP(boss.totp_secret).at(int(timezone.now().timestamp()))
    assert log_in(Client(), code=code).status_code == 302


def test_a_token_of_a_dashboard_never_opens_it(boss, tenant):
    TenantAdminFactory(tenant=tenant, user=boss)
    _, tokens = sessions.begin(
        user=boss, realm=Realm.TENANT, browser=Browser(), now=timezone.now(), tenant=tenant
    )
    client = Client()
    for names in (("access", "refresh"), ("admin_access", "admin_refresh")):
        client.cookies[names[0]], client.cookies[names[1]] = tokens.access, tokens.refresh

    assert outside(lambda: client.get("/admin/"))["Location"].startswith("/admin/login/")


def test_its_token_never_opens_a_dashboard(desk, boss, tenant):
    TenantAdminFactory(tenant=tenant, user=boss)
    client = Client()
    client.cookies["access"] = desk.client.cookies["admin_access"].value
    client.cookies["refresh"] = desk.client.cookies["admin_refresh"].value

    assert outside(lambda: client.get("/overview")).status_code == 302
    assert outside(lambda: client.get("/api/v1/account")).status_code == 401


def test_logging_out_ends_the_session(desk, boss):
    assert desk.post("/admin/logout/")["Location"] == "/admin/login/"

    assert LoginSession.objects.get(user=boss).ended_at is not None
    assert desk.get("/admin/").status_code == 302


def test_the_password_is_changed_here(desk, boss):
    assert (
        desk.post("/admin/password_change/", {"old": "wrong", "new": "a much longer one"}).status_code == 422
    )
    assert desk.post("/admin/password_change/", {"old": PASSWORD, "new": "short"}).status_code == 422

    assert (
        desk.post("/admin/password_change/", {"old": PASSWORD, "new": "a much longer one"}).status_code == 302
    )
    boss.refresh_from_db()
    assert boss.check_password("a much longer one")
    assert desk.get("/admin/").status_code == 200


# --- lists -----------------------------------------------------------------------------------------------------

PAGES = sorted(
    (f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry),
)


@pytest.mark.parametrize("name", PAGES)
def test_every_list_opens_is_searched_and_shows_a_row(desk, name, chat):
    chat.say("check 54321")
    url = reverse(f"admin:{name}_changelist")

    for query in ({}, {"q": "54321"}, {"q": "+1 555 010-0011"}, {"q": "demo"}):
        if query and not admin.site._registry[_model(name)].search_fields:
            continue
        assert desk.get(url, query).status_code == 200
    with all_tenants("a test looks for a row"):
        row = _model(name).objects.first()
    if row is not None:
        assert desk.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200


def _model(name):
    return next(
        model for model in admin.site._registry if f"{model._meta.app_label}_{model._meta.model_name}" == name
    )


def _copies(model, count):
    """More rows like one that is there, for each of the neighbour and the demo."""
    with all_tenants("a test makes rows"):
        for tenant in Tenant.objects.filter(slug__in=("demo", "neighbour")):
            number = WhatsAppNumber.objects.filter(tenant=tenant).first()
            for turn in range(count):
                at = timezone.now()
                if model is MessageLog:
                    last = MessageLog.objects.filter(tenant=tenant).count()
                    bot.MessageLogFactory(tenant=tenant, serial=900 + last)
                elif model is OutboxMessage:
                    chat = bot.ChatFactory(number=number)
                    OutboxMessage.objects.create(
                        tenant=tenant, number=number, chat=chat, text="x", next_attempt_at=at, created_at=at
                    )
                elif model is AuditEntry:
                    user = TenantAdmin.objects.filter(tenant=tenant).first().user
                    AuditEntry.objects.create(
                        tenant=tenant, user=user, action="a", source=AuditSource.CHAT, created_at=at
                    )
                elif model is TenantAdmin:
                    TenantAdminFactory(tenant=tenant)
                elif model is TenantUser:
                    TenantUserFactory(tenant=tenant, contact=ContactFactory(tenant=tenant))
                elif model is Job:
                    user = TenantAdmin.objects.filter(tenant=tenant).first().user
                    kind = f"k{Job.objects.count()}"
                    Job.objects.create(
                        tenant=tenant, kind=kind, created_by=user, created_at=at, updated_at=at
                    )
                elif model is LoginSession:
                    user = TenantAdmin.objects.filter(tenant=tenant, role=Role.OWNER).first().user
                    sessions.begin(user=user, realm=Realm.TENANT, browser=Browser(), now=at, tenant=tenant)
                elif model is SmmProvider:
                    SmmProvider.objects.create(
                        tenant=tenant, name="P", host=f"p{SmmProvider.objects.count()}.example"
                    )
                elif model is PanelConnection:
                    PanelConnection.objects.create(
                        tenant=tenant, base_url="https://x.example", api_key="k", is_active=False
                    )
                elif model is Tenant:
                    Tenant.objects.create(name="T", slug=f"t{Tenant.objects.count()}-{turn}")
                elif model is User:
                    User.objects.create_user(f"+1555030{User.objects.count():04}")


@pytest.mark.parametrize(
    "model",
    [
        MessageLog,
        OutboxMessage,
        AuditEntry,
        TenantAdmin,
        Job,
        LoginSession,
        TenantUser,
        SmmProvider,
        PanelConnection,
        Tenant,
        User,
    ],
)
def test_lists_cost_the_same_for_more_rows(desk, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        return len(queries)

    _copies(model, 1)
    desk.get(url)
    few = cost()
    _copies(model, 3)

    assert cost() == few <= 15


def test_no_page_shows_a_secret(desk, chat, boss):
    chat.say("check 54321")
    with all_tenants("a test reads secrets"):
        number, panel = WhatsAppNumber.objects.first(), PanelConnection.objects.first()
        OutboxMessage.objects.update(part="account", text="Your code is 918273")
        outbox = OutboxMessage.objects.first()
    PlatformLlm.objects.create(api_key="sk-platform-secret", model="small")
    boss.totp_secret = "TOTPSECRET234567"
    boss.save()
    pages = [
        reverse("admin:botcore_whatsappnumber_change", args=[number.pk]),
        reverse("admin:panel_panelconnection_change", args=[panel.pk]),
        reverse("admin:botcore_outboxmessage_change", args=[outbox.pk]),
        reverse("admin:botcore_platformllm_change", args=[1]),
        reverse("admin:tenants_user_change", args=[boss.pk]),
    ]

    everything = "".join(desk.get(page).content.decode() for page in pages)

    for secret in (
        number.webhook_key,
        number.webhook_secret,
        panel.api_key,
        "918273",
        "sk-platform-secret",
        boss.password,
        boss.totp_secret,
    ):
        assert secret not in everything


def test_support_finds_a_tenant_by_what_customers_quote(desk, tenant):
    with all_tenants("a test reads an address"):
        host = PanelConnection.objects.get(tenant=tenant, is_active=True).base_url
    for term in ("Demo Pan", "demo", "+1 (555) 010-0001", "15550100000", host):
        assert "Demo Panel" in desk.get("/admin/tenants/tenant/", {"q": term}).content.decode(), term
    assert "Demo Panel" not in desk.get("/admin/tenants/tenant/", {"q": "nobody"}).content.decode()


def test_support_finds_a_request_by_what_customers_quote(desk, chat):
    log = chat.say("check 54321").log
    for term in (f"#{log.serial}", "54321", log.provider_oid, "+1 555 010 0011"):
        page = desk.get("/admin/botcore/messagelog/", {"q": term}).content.decode()
        assert f"/admin/botcore/messagelog/{log.pk}/change/" in page, term


GIVEN = ["Accounts: change tenant", "Platform staff: view group", "Bot: view group", "Billing: delete plan"]
NEVER_GIVEN = ["Accounts: delete tenant", "Bot: add message log", "Bot: change bot config"]

# --- acts ------------------------------------------------------------------------------------------------------


def test_a_suspended_tenant_gets_nobody_in_and_no_answer(desk, site, tenant, chat):
    assert site.get("/logs/").status_code == 200

    desk.post(f"/admin/tenants/tenant/{tenant.pk}/suspend", {"reason": "Unpaid"})

    assert site.get("/logs/").status_code == 302
    tenant.refresh_from_db()
    assert (tenant.is_active, tenant.suspended_reason) == (False, "Unpaid")
    desk.post(f"/admin/tenants/tenant/{tenant.pk}/resume")
    assert Site(tenant).get("/logs/").status_code == 200
    said = AuditEntry.objects.filter(source=AuditSource.ADMIN).order_by("pk")
    assert [one.action for one in said] == ["tenant.suspend", "tenant.resume"]


def test_a_suspension_wants_its_reason(desk, tenant):
    assert desk.post(f"/admin/tenants/tenant/{tenant.pk}/suspend").status_code == 422


def test_support_looks_at_a_dashboard_and_leaves_a_record(desk, tenant, boss):
    answer = desk.post(f"/admin/tenants/tenant/{tenant.pk}/look")

    assert answer["Location"] == "/overview"
    page = desk.get("/settings/").content.decode()
    assert "Everything you do is recorded" in page
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.source) == ("support.look", boss, AuditSource.ADMIN)
    # Never fresh, however lately the password was given.
    assert desk.get("/settings/data/delete").status_code == 302
    assert desk.get("/admin/").status_code == 200


def test_a_suspended_tenants_dashboard_is_not_opened(desk, tenant):
    Tenant.objects.filter(pk=tenant.pk).update(is_active=False)

    answer = desk.post(f"/admin/tenants/tenant/{tenant.pk}/look")

    assert answer["Location"] == f"/admin/tenants/tenant/{tenant.pk}/change/"
    assert "access" not in answer.cookies


def test_a_lost_second_factor_is_switched_off(desk, site, tenant):
    user = site.user
    user.totp_secret, user.totp_confirmed_at = "S", timezone.now()
    user.save()
    site.get("/logs/")

    desk.post("/admin/tenants/user/", {"action": "reset_second_factor", "_selected_action": [user.pk]})

    user.refresh_from_db()
    assert not user.has_totp
    assert site.get("/logs/").status_code == 302
    assert AuditEntry.objects.get().action == "support.second_factor_reset"


def test_dead_letters_are_sent_again(desk, chat, worker):
    reply = chat.say("check 54321").replies[0]
    with all_tenants("a test breaks a reply"):
        OutboxMessage.objects.filter(pk=reply.pk).update(state=OutboxState.DEAD, error_code="x")

    desk.post("/admin/botcore/outboxmessage/", {"action": "send_again", "_selected_action": [reply.pk]})
    worker.run()

    reply.refresh_from_db()
    assert (reply.state, reply.error_code) == (OutboxState.SENT, "")


def test_the_operators_model_is_set_and_its_key_kept(desk):
    url = "/admin/botcore/platformllm/"
    assert desk.post(f"{url}add/", {"base_url": "", "model": "small", "new_key": ""}).status_code == 200
    desk.post(
        f"{url}add/", {"base_url": "https://llm.example/v1", "model": "small", "new_key": "sk-operators"}
    )

    desk.post(f"{url}1/change/", {"base_url": "https://llm.example/v1", "model": "large", "new_key": ""})

    row = PlatformLlm.objects.get()
    assert (row.model, row.api_key) == ("large", "sk-operators")
    assert desk.get(f"{url}add/").status_code == 403


def test_support_without_all_rights_cannot_rise(tenant, boss):
    helper = User.objects.create_user("+15550104444", PASSWORD, is_staff=True)
    desk = Desk(helper)

    assert desk.get("/admin/").status_code == 200
    assert desk.get("/admin/tenants/user/").status_code == 403
    assert desk.post(f"/admin/tenants/tenant/{tenant.pk}/look").status_code == 403
    assert desk.post(f"/admin/tenants/tenant/{tenant.pk}/suspend", {"reason": "x"}).status_code == 403


def test_what_is_refused_or_missing_is_said_in_the_admins_own_frame(desk, tenant):
    helper = Desk(User.objects.create_user("+15550104444", PASSWORD, is_staff=True))
    for answer, status in (
        (helper.get("/admin/tenants/user/"), 403),
        (desk.get("/admin/nowhere/"), 404),
        (desk.get("/admin/tenants/tenant/987654321/suspend"), 404),
    ):
        page = answer.content.decode()
        assert answer.status_code == status
        assert ("SMM Bot · Platform" in page, "/overview" in page) == (True, False)


def test_a_group_gives_what_pages_ask_for(desk, tenant):
    helper = User.objects.create_user("+15550104444", PASSWORD, is_staff=True)
    page = desk.get("/admin/auth/group/add/").content.decode()
    offered = {name: f"> {name}</label>" in "".join(page.split("\n")) for name in GIVEN + NEVER_GIVEN}
    assert offered == dict.fromkeys(GIVEN, True) | dict.fromkeys(NEVER_GIVEN, False)
    may = Permission.objects.filter(codename__in=("view_tenant", "change_tenant"))

    desk.post("/admin/auth/group/add/", {"name": "Support", "permissions": [one.pk for one in may]})
    given = {"name": "Helper", "is_active": "on", "is_staff": "on", "groups": [Group.objects.get().pk]}
    desk.post(f"/admin/tenants/user/{helper.pk}/change/", given)

    assert Desk(helper).get("/admin/tenants/user/").status_code == 403
    answer = Desk(helper).post(f"/admin/tenants/tenant/{tenant.pk}/suspend", {"reason": "Unpaid"})
    assert answer.status_code == 302


def test_times_are_written_as_in_the_dashboard_and_their_zone_is_said(desk, tenant):
    page = desk.get(f"/admin/tenants/tenant/{tenant.pk}/change/").content.decode()

    assert f"{tenant.created_at:%-d %b %Y, %H:%M}" in page
    assert "Times in UTC" in page


def test_only_what_is_changed_here_has_a_history_here(desk, tenant, boss):
    assert "historylink" in desk.get(f"/admin/tenants/user/{boss.pk}/change/").content.decode()
    assert "historylink" not in desk.get(f"/admin/tenants/tenant/{tenant.pk}/change/").content.decode()


def test_the_first_page_tells_how_the_platform_is(desk, tenant, chat):
    chat.post("check 54321")
    page = desk.get("/admin/").content.decode()

    for words in ("database", "interactive", "Oldest unanswered message", "Replies not delivered", "Live"):
        assert words in page
    with CaptureQueriesContext(connection) as queries:
        desk.get("/admin/")
    assert len(queries) <= 15


def test_pages_keep_the_strict_policy(desk, site):
    assert isinstance(site, Site)
    for path in ("/admin/", "/admin/login/", "/admin/tenants/tenant/"):
        answer = desk.get(path)
        assert "'unsafe-inline'" not in answer.headers.get("Content-Security-Policy", "'unsafe-inline'")
        assert "<style" not in answer.content.decode()
        assert " style=" not in answer.content.decode()
