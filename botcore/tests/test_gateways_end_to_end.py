"""The onboarding and a group conversation through every gateway: its test server before the fake WhatsApp, real HTTP
both ways, the product's own tasks between."""

import pytest
from django.utils import timezone

from botcore import tasks
from botcore.domain import linking, numbers, pacing
from botcore.gateway import wire
from botcore.models import Gateway, Group, InboxMessage, MessageLog, OutboxMessage, WhatsAppNumber
from botcore.sandbox.demo_tenant import ACTORS, ensure_demo_tenant
from botcore.sandbox.gateways.faces import FACES
from botcore.sandbox.gateways.fake_gateway import running_gateway
from botcore.sandbox.servers import running_sandbox
from smmbot.testing.threads import wait_until
from smmbot.testing.worker import Worker, outside
from tenants.enums import AuditSource, Role
from tenants.models import TenantAdmin, User
from tenants.scoping import tenant_scope

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

BOT, ANNA, STRANGER = "15550200001", "15550100011", "15550100014"
SEND_PATHS = {"evolution": "/message/sendText", "waha": "/api/sendText", "gowa": "/send/message"}


class Desk:
    """An owner's number at one gateway, and the far side of it."""

    def __init__(self, gateway, tenant, number):
        self.gateway, self.tenant, self.number = gateway, tenant, number
        self.worker = Worker()

    def let_work(self):
        """Webhooks arrive, tasks run, until both rest."""
        self.gateway.settle()
        self.worker.run()
        self.gateway.settle()

    def until(self, is_so, what):
        def look():
            self.let_work()
            outside(tasks.sweep)
            self.worker.run()
            return is_so()

        return wait_until(look, what=what)

    @property
    def session(self):
        return self.gateway.sessions.get(self.number.session_name)

    def state(self):
        self.number.refresh_from_db()
        return self.number.state

    def sent(self):
        return self.gateway.world.sent_by(self.number.session_name)

    def look_after(self):
        """What the minute's round does: for gateways that tell nothing of their connections, the only way to know."""
        outside(lambda: linking_round(self.number))


def linking_round(number):
    with tenant_scope(number.tenant_id):
        linking.check(tenant_id=number.tenant_id, number_id=number.pk)


@pytest.fixture(params=sorted(FACES))
def desk(request, transactional_db, live_server, settings, monkeypatch):
    monkeypatch.setattr(pacing, "pause", lambda seconds: None)
    monkeypatch.setattr(wire, "TIMEOUT_S", (3.0, 1.0))
    settings.PUBLIC_URL = live_server.url
    face = FACES[request.param]
    with running_sandbox(rate_limit=None) as panel, running_gateway(face(pace=0)) as gateway:
        for key in ("customer", "stranger"):
            gateway.world.put_account(ACTORS[key].phone, lid=ACTORS[key].lid, name=ACTORS[key].name)
        gateway.world.put_account(BOT, lid="77700000000001")
        tenant = ensure_demo_tenant(panel_url=panel.panel_url, panel_key=panel.api_key)
        row = Gateway.objects.create(
            name="Ours", driver=request.param, base_url=gateway.url, api_key=gateway.api_key, is_default=True
        )
        with tenant_scope(tenant.pk):
            WhatsAppNumber.objects.all().delete()
            owner = User.objects.get(pk__in=TenantAdmin.objects.filter(role=Role.OWNER).values("user"))
            number = outside_in(
                tenant,
                lambda now: numbers.add(
                    tenant_id=tenant.pk,
                    name="Support",
                    by=owner,
                    source=AuditSource.DASHBOARD,
                    now=now,
                    gateway=row,
                ),
            )
            yield Desk(gateway, tenant, number)


def outside_in(tenant, do):
    def run():
        with tenant_scope(tenant.pk):
            return do(timezone.now())

    return outside(run)


def link(desk):
    """Connect, scan, live."""
    desk.until(lambda: desk.session.qr, "a code at the gateway")
    desk.gateway.sessions.scan(desk.number.session_name, BOT)

    def is_live():
        if desk.state() != "open":
            desk.look_after()
        return desk.state() == "open"

    desk.until(is_live, "the number to be live")


def test_an_owner_links_a_number_and_a_group_is_answered(desk):
    desk.until(
        lambda: linking.offer_qr(number=fresh(desk), now=desk.number.created_at), "a code for the owner"
    )
    link(desk)
    assert (desk.number.phone, desk.number.linked_at is not None) == (BOT, True)

    world = desk.gateway.world
    group = world.put_group(
        "Anna and friends", members=[BOT, ANNA, STRANGER], group_id="120363000000000777@g.us"
    )
    world.say(by=ANNA, group=group.id, text="good morning")
    row = desk.until(lambda: Group.objects.filter(wa_id=group.id).first(), "the group to appear by itself")
    assert not row.support_enabled
    Group.objects.filter(pk=row.pk).update(support_enabled=True)

    asked = world.say(by=ANNA, group=group.id, text="check 54321")
    desk.until(lambda: desk.sent(), "the answer")

    [answer] = desk.sent()
    assert "54321" in answer.text
    assert (answer.group.id, answer.quoted.id) == (group.id, asked.id)
    assert MessageLog.objects.get().outcome == "order_status"

    # Typed on the linked phone, and our own words told back: neither is a command, nothing is answered twice.
    world.say(by=BOT, group=group.id, text="check 54321")
    desk.let_work()
    outside(tasks.sweep)
    desk.let_work()
    assert len(desk.sent()) == 1
    assert OutboxMessage.objects.count() == 1


def test_a_direct_message_is_answered_and_a_drop_survived(desk):
    link(desk)
    world = desk.gateway.world

    world.say(by=ANNA, to=BOT, text="check 54321")
    desk.until(lambda: desk.sent(), "the answer")

    desk.gateway.sessions.drop(desk.number.session_name)
    desk.let_work()
    desk.look_after()
    assert desk.state() == "closed"

    desk.gateway.sessions.connect(desk.number.session_name)

    def is_back():
        desk.look_after()
        return desk.state() == "open"

    desk.until(is_back, "the number to be back")
    world.say(by=ANNA, to=BOT, text="check 54321")
    desk.until(lambda: len(desk.sent()) == 2, "the next answer")


def test_a_send_that_timed_out_after_it_went_out_is_not_sent_again(desk):
    link(desk)
    desk.gateway.scenario("time_out_after_write", times=1, path=SEND_PATHS[desk.number.driver])

    desk.gateway.world.say(by=ANNA, to=BOT, text="check 54321")
    desk.until(lambda: InboxMessage.objects.filter(state="handled").exists(), "the message to be handled")
    desk.until(lambda: OutboxMessage.objects.filter(state__in=("sent", "unclear")).exists(), "the send")
    for _ in range(3):
        desk.let_work()
        outside(tasks.sweep)

    assert len(desk.sent()) == 1


def fresh(desk):
    desk.number.refresh_from_db()
    return desk.number
