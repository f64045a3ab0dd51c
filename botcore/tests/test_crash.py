"""A worker killed at the worst moments: the message is answered once, and the panel is asked once.

Real processes, the real time, the test's own database and Redis keys. Nothing here sleeps: it looks until it is so.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from botcore import tasks
from botcore.models import OrderAct, SerialCounter, WhatsAppNumber
from botcore.sandbox.demo_tenant import ensure_demo_tenant
from botcore.sandbox.servers import running_sandbox
from smmbot.testing.chat import Chat
from smmbot.testing.threads import wait_until
from smmbot.testing.worker import Worker, outside
from tenants.scoping import tenant_scope

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("-m", "celery", "-A", "smmbot", "worker", "--pool", "threads", "--concurrency", "4")
QUIETLY = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-Q", "interactive,outbound,panel")
SWEEP_AFTER_S, CHAT_LEASE_S = 0.3, 1.5


@pytest.fixture
def panel():
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def chat(transactional_db, panel, settings):
    settings.SWEEP_AFTER_S = SWEEP_AFTER_S
    tenant = ensure_demo_tenant(panel_url=panel.panel_url, panel_key=panel.api_key)
    with tenant_scope(tenant.pk):
        yield Chat(tenant=tenant, number=WhatsAppNumber.objects.get(), worker=Worker())


@pytest.fixture
def start_worker(settings, tmp_path):
    """Start a worker on the test's database and keys. The caller may kill it; what lives at the end is killed."""
    started = []
    test_database = settings.DATABASE_URL.rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "smmbot.settings",
        "DEMO": "1",
        "DATABASE_URL": test_database,
        "REDIS_KEY_PREFIX": settings.REDIS_KEY_PREFIX,
        "CHAT_LEASE_S": str(CHAT_LEASE_S),
        "SWEEP_AFTER_S": str(SWEEP_AFTER_S),
        "PANEL_RATE_LIMIT": "0",
    }

    def start():
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 -- our own interpreter
                [sys.executable, *WORKER, *QUIETLY], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@contextmanager
def nobody_gets_a_serial(tenant):
    """Hold the row every answer must pass, in a connection of our own: who commits an answer waits here."""
    options = {
        key: value for key, value in connection.get_connection_params().items() if key != "cursor_factory"
    }
    with psycopg.connect(**{**options, "context": None}) as holding:
        holding.execute("SELECT last FROM botcore_serialcounter WHERE tenant_id = %s FOR UPDATE", [tenant.pk])
        yield
        holding.rollback()


def wait_for_answer(chat, message_id):
    """Sweep, as beat does, until the message is handled and its answer sent."""

    def answered():
        outside(tasks.sweep)
        said = chat.read(message_id)
        return said if said.state == "handled" and said.texts else None

    return wait_until(answered, what="the answer")


def test_killed_between_claim_and_the_panels_answer(chat, panel, start_worker):
    panel.scenario("time_out_after_write", times=1)
    first = start_worker()
    message_id = chat.post("cancel 54321")
    wait_until(panel.writes, what="the write")
    assert OrderAct.objects.get().state == "claimed"

    first.kill()
    first.wait()
    start_worker()
    said = wait_for_answer(chat, message_id)

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], said.log.serial) == ("requested", 1)
    assert len(said.texts) == len(said.replies) == 1
    assert len(panel.writes()) == 1


def test_killed_between_the_act_and_its_answer(chat, panel, start_worker):
    SerialCounter.objects.create(last=41)
    with nobody_gets_a_serial(chat.tenant):
        first = start_worker()
        message_id = chat.post("cancel 54321")
        wait_until(lambda: OrderAct.objects.filter(state="requested").exists(), what="the act")
        assert chat.read(message_id).replies == ()
        first.kill()
        first.wait()
    start_worker()

    said = wait_for_answer(chat, message_id)

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], said.log.serial) == ("requested", 42)
    assert len(said.texts) == len(said.replies) == 1
    assert len(panel.writes()) == 1
