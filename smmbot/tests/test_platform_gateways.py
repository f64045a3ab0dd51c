"""WhatsApp gateways in the platform admin: their addresses and keys are the operator's, and nobody else's."""

import io
import re
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from botcore.gateway.errors import GatewayUnreachable
from botcore.models import EndedSession, Gateway, SandboxSession, WhatsAppNumber
from botcore.sandbox.demo_tenant import ADMIN_PHONE
from botcore.tests.factories import NumberFactory
from smmbot.celery import app
from smmbot.testing.desk import Desk
from smmbot.testing.urls import addresses
from smmbot.testing.worker import outside
from tenants.domain import export
from tenants.enums import AuditSource
from tenants.models import AuditEntry, ExportPart, User
from tenants.scoping import all_tenants, tenant_scope

LIST = "/admin/botcore/gateway/"
SECRETS = ("operator-key-1234", "gateway:8080")


@pytest.fixture
def desk(tenant):
    return Desk(User.objects.get(phone=ADMIN_PHONE))


@pytest.fixture
def line(tenant, main_gateway):
    return NumberFactory(tenant=tenant, gateway=main_gateway, driver="scripted", name="Their line")


def given(**more):
    return {
        "name": "Second",
        "driver": "waha",
        "base_url": "http://waha:3000/",
        "new_key": "another-secret-key",
        "is_offered": "on",
    } | more


def page_of(gateway):
    return f"{LIST}{gateway.pk}/change/"


class TestAdd:
    def test_a_gateway_of_the_internal_network(self, desk):
        assert desk.post(f"{LIST}add/", given()).status_code == 302

        row = Gateway.objects.get()
        assert (row.base_url, row.api_key, row.is_default) == ("http://waha:3000", "another-secret-key", True)

    def test_the_first_is_the_default_until_another_is_made_it(self, desk):
        desk.post(f"{LIST}add/", given())
        desk.post(f"{LIST}add/", given(name="Third"))
        assert Gateway.objects.get(is_default=True).name == "Second"
        third = Gateway.objects.get(name="Third")
        desk.post(page_of(third), given(name="Third", new_key="", make_default="on"))
        assert Gateway.objects.get(is_default=True).name == "Third"

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"base_url": "waha"}, "Enter an address such as"),
            ({"base_url": "http://user:pass@waha"}, "Enter an address such as"),
            ({"base_url": ""}, "This kind needs an address."),
            ({"new_key": ""}, "A key is needed."),
            ({"driver": "gowa", "new_key": "only-a-word"}, "GOWA wants user:password."),
            ({"driver": "sandbox"}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_said(self, desk, wrong, words):
        answer = desk.post(f"{LIST}add/", given(**wrong))
        assert words in answer.content.decode()
        assert not Gateway.objects.exists()

    def test_the_built_in_one_needs_neither(self, desk):
        desk.post(f"{LIST}add/", given(driver="embedded", base_url="", new_key=""))
        assert Gateway.objects.get().driver == "embedded"


class TestChange:
    def test_the_key_is_never_shown_again(self, desk, main_gateway):
        page = desk.get(page_of(main_gateway)).content.decode()
        assert "operator-key" not in page
        assert "••••1234" in page

    def test_a_blank_key_stays(self, desk, main_gateway):
        posted = {"name": "Main", "base_url": "http://new:8080", "new_key": "", "is_offered": "on"}
        assert desk.post(page_of(main_gateway), posted).status_code == 302
        main_gateway.refresh_from_db()
        assert (main_gateway.base_url, main_gateway.api_key) == ("http://new:8080", "operator-key-1234")

    def test_its_kind_stays(self, desk, main_gateway):
        assert "scripted" in desk.get(page_of(main_gateway)).content.decode()
        desk.post(page_of(main_gateway), given(name="Main", driver="waha"))
        main_gateway.refresh_from_db()
        assert main_gateway.driver == "scripted"

    def test_the_environments_follow_their_variable(self, desk, main_gateway):
        Gateway.objects.update(managed_by="WAHA_URL")
        desk.post(page_of(main_gateway), {"name": "Main"})
        main_gateway.refresh_from_db()
        assert (main_gateway.base_url, main_gateway.api_key) == ("http://gateway:8080", "operator-key-1234")
        assert not main_gateway.is_offered
        assert "WAHA_URL of the environment" in desk.get(page_of(main_gateway)).content.decode()

    def test_the_history_names_fields_and_no_values(self, desk, main_gateway):
        desk.post(page_of(main_gateway), given(name="Main"))
        assert not any(
            secret in entry.change_message
            for entry in LogEntry.objects.all()
            for secret in (*SECRETS, "another-secret-key")
        )

    def test_what_administrators_must_know_is_said(self, desk, main_gateway):
        page = desk.get(page_of(main_gateway)).content.decode()
        assert "Administrators must be told of this gateway." in page


class TestCheck:
    def test_it_answers(self, desk, main_gateway):
        desk.post(f"{LIST}{main_gateway.pk}/check/")
        page = desk.get(page_of(main_gateway)).content.decode()
        assert "Main answers, and takes its key. Version 2.3.7." in page
        main_gateway.refresh_from_db()
        assert main_gateway.checked_at is not None

    def test_it_does_not(self, desk, main_gateway, gateway_script):
        gateway_script.fault = GatewayUnreachable()
        desk.post(f"{LIST}{main_gateway.pk}/check/")
        page = desk.get(page_of(main_gateway)).content.decode()
        assert "It does not answer. Is it running" in page
        assert "It does not answer" in desk.get(LIST).content.decode()
        front = desk.get("/admin/").content.decode()
        assert "Needs a look" in front
        assert "Does not answer" in front

    def test_only_by_post(self, desk, main_gateway, gateway_script):
        assert desk.get(f"{LIST}{main_gateway.pk}/check/").status_code == 405
        assert gateway_script.calls == []


class TestDelete:
    def test_not_while_numbers_use_it(self, desk, main_gateway, line):
        assert desk.post(f"{LIST}{main_gateway.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Gateway.objects.exists()

    def test_not_one_of_the_environment(self, desk, main_gateway):
        Gateway.objects.update(managed_by="WAHA_URL")
        assert desk.post(f"{LIST}{main_gateway.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_one_nobody_uses(self, desk, main_gateway):
        desk.post(f"{LIST}{main_gateway.pk}/delete/", {"post": "yes"})
        assert not Gateway.objects.exists()


class TestMoveNumbers:
    @pytest.fixture
    def other(self, main_gateway):
        return Gateway.objects.create(
            name="Other", driver="scripted", base_url="http://other:8080", api_key="key"
        )

    def move(self, desk, gateway, to):
        return desk.post(f"{LIST}{gateway.pk}/move/", {"to": to.pk})

    def test_all_of_them(self, desk, main_gateway, other, line, other_tenant, worker):
        with all_tenants("the neighbour's line"):
            theirs = NumberFactory(tenant=other_tenant, gateway=main_gateway, driver="scripted")
        page = desk.get(f"{LIST}{main_gateway.pk}/move/").content.decode()
        assert re.search(r"2 numbers</strong> stop answering", page)

        assert self.move(desk, main_gateway, other).status_code == 302
        worker.run()

        rows = WhatsAppNumber._base_manager.filter(pk__in=(line.pk, theirs.pk))
        assert {(row.gateway, row.state) for row in rows} == {(other, "qr")}
        assert not SandboxSession.objects.filter(name__in=(line.session_name, theirs.session_name)).exists()
        assert not EndedSession.objects.exists()
        with all_tenants("both records"):
            entries = AuditEntry.objects.filter(action="number.move")
            assert {(one.tenant_id, one.source) for one in entries} == {
                (line.tenant_id, "admin"),
                (theirs.tenant_id, "admin"),
            }

    def test_nowhere_to_go(self, desk, main_gateway, line):
        page = desk.get(f"{LIST}{main_gateway.pk}/move/").content.decode()
        assert "There is no other gateway that is offered" in page

    def test_not_to_one_that_takes_none(self, desk, main_gateway, other, line):
        Gateway.objects.filter(pk=other.pk).update(is_offered=False)
        assert self.move(desk, main_gateway, other).status_code == 422


def test_staff_without_the_right_get_no_further(tenant, main_gateway, line):
    clerk = User.objects.create_user("+15550109991", "a long password", name="Clerk")
    clerk.is_staff = True
    clerk.save()
    desk = Desk(clerk)
    for path in (LIST, page_of(main_gateway), f"{LIST}{main_gateway.pk}/move/", "/admin/platform_numbers/"):
        assert desk.get(path).status_code == 403, path
    assert desk.post(f"{LIST}{main_gateway.pk}/check/").status_code == 403


def test_staff_who_may_look_may_not_change(tenant, main_gateway):
    clerk = User.objects.create_user("+15550109992", "a long password", name="Clerk")
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="view_gateway"))
    desk = Desk(clerk)

    shown = desk.get(page_of(main_gateway))
    assert shown.status_code == 200
    assert "Check it now" not in shown.content.decode()
    assert desk.post(page_of(main_gateway), {"name": "Mine"}).status_code == 403


class TestTenantsNeverSeeIt:
    def test_on_no_page_and_in_no_answer(self, site, line):
        shown = []
        for one in addresses():
            if "GET" not in one.methods or one.is_public:
                continue
            path = one.filled(lambda name: line.pk if name == "number_id" else "x")
            answer = site.api("GET", path) if one.is_api else site.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown += [(path, secret) for secret in SECRETS if secret.encode() in body]
        assert shown == []

    def test_not_in_the_export(self, tenant, line, worker, clock):
        owner = User.objects.get(phone="+15550100001")
        outside(lambda: _export(tenant, owner, clock.now))
        worker.run()
        raw = b"".join(bytes(part.data) for part in ExportPart.objects.order_by("number"))
        tables = _unzipped(raw)
        assert any(b"Their line" in table for table in tables)
        assert not any(secret.encode() in table for table in tables for secret in SECRETS)

    def test_not_in_what_is_written_when_it_is_out(self, line, main_gateway, gateway_script, worker, caplog):
        gateway_script.fault = GatewayUnreachable("http://gateway:8080 refused operator-key-1234")
        outside(lambda: app.tasks["botcore.reconcile_gateway"](main_gateway.pk))
        line.refresh_from_db()
        assert line.state_reason == "gateway_unreachable"
        said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
        assert not any(secret in said for secret in SECRETS)


def _export(tenant, owner, now):
    with tenant_scope(tenant.pk):
        export.start(tenant_id=tenant.pk, by=owner, now=now, source=AuditSource.DASHBOARD)


def _unzipped(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [archive.read(name) for name in archive.namelist()]
