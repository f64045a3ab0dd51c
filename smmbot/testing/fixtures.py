"""The fixtures every test may ask for. Django is set up when this is imported."""

import itertools
from collections.abc import Callable, Iterator

import pytest
import time_machine
from pytest_django.fixtures import Settings
from redis.exceptions import RedisError

from botcore import wake, webhooks
from botcore.domain import config
from botcore.gateway import registry
from botcore.models import Gateway, WhatsAppNumber
from botcore.sandbox.demo_tenant import SLUG, ensure_demo_tenant
from botcore.sandbox.running import RunningSandbox
from botcore.sandbox.servers import running_sandbox
from panel.sandbox.order_edit import edit_order
from smmbot.celery import app as celery
from smmbot.lib import api_transport, redis_client
from smmbot.lib.circuit_breaker import CircuitBreaker
from smmbot.lib.sandbox.clock import Clock
from smmbot.testing.chat import Chat
from smmbot.testing.clock import NOW, FrozenClock
from smmbot.testing.neighbour import make_neighbour
from smmbot.testing.scripted_gateway import Script, ScriptedDriver
from smmbot.testing.site import Site
from smmbot.testing.snapshot import Snapshot
from smmbot.testing.worker import Worker
from tenants.models import Tenant
from tenants.scoping import tenant_scope

_tests = itertools.count(1)
_world = Snapshot()


@pytest.fixture(scope="session", autouse=True)
def _redis_left_clean() -> Iterator[None]:
    """Every test has keys of its own; all of them begin with this process's prefix."""
    from django.conf import settings  # noqa: PLC0415 -- the fixture of that name is another thing

    prefix = settings.REDIS_KEY_PREFIX
    yield
    try:
        redis = redis_client.get_redis()
        for name in redis.scan_iter(f"{prefix}*", count=1000):
            redis.delete(name)
    except RedisError:
        return  # no test of this run needed Redis


@pytest.fixture(autouse=True)
def _fresh_process(settings: Settings) -> None:
    """Nothing one test left in Redis or in the process is seen by the next."""
    prefix = f"{settings.REDIS_KEY_PREFIX}-{next(_tests)}"
    settings.REDIS_KEY_PREFIX = prefix
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": f"{prefix}:celery:",
    }
    _use_own_queues(settings)
    redis_client.outage.clear()
    webhooks._endpoints.clear()
    wake._away_until = 0.0


def _use_own_queues(settings: Settings) -> None:
    """Celery read the broker's settings once, and its pool remembers the test before."""
    celery.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if celery._pool is not None:
        celery._pool.force_close_all()
        celery._pool = celery.amqp._producer_pool = None


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """The time stands still at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield FrozenClock(traveller)


@pytest.fixture(scope="session")
def _sandbox_server() -> Iterator[RunningSandbox]:
    with running_sandbox(clock=Clock(frozen_at=NOW.timestamp()), rate_limit=None) as running:
        yield running


@pytest.fixture
def sandbox(
    _sandbox_server: RunningSandbox,
    clock: FrozenClock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> RunningSandbox:
    """The panel and its providers over real HTTP, fresh, at the test's own time, called without pauses."""
    settings.PANEL_RATE_LIMIT = 0
    monkeypatch.setattr(api_transport, "_FIRST_PAUSE_S", 0)
    monkeypatch.setattr(api_transport, "PAUSE_AFTER_429_S", 0.001)
    # The circuit opens and closes by the test's time, not by Redis's.
    monkeypatch.setattr(api_transport, "_breaker", CircuitBreaker(clock=lambda: clock.now.timestamp()))
    _sandbox_server.reset()
    clock.lead(_sandbox_server.clock)
    return _sandbox_server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls to panels time out quickly. For tests in which the panel never answers."""
    monkeypatch.setattr(api_transport, "TIMEOUT_S", (1.0, 0.2))


@pytest.fixture
def tenant(db: None, sandbox: RunningSandbox) -> Iterator[Tenant]:
    """The demo's tenant with its people (ACTORS), its number and its panel; open for the length of the test.

    Beside it lives the neighbour, who owns a row of every kind that could leak.
    """

    def make() -> None:
        ensure_demo_tenant(panel_url=sandbox.panel_url, panel_key=sandbox.api_key)
        make_neighbour(panel_url=sandbox.panel_url)

    _world.put(make)
    made = Tenant.objects.get(slug=SLUG)
    with tenant_scope(made.pk):
        yield made


@pytest.fixture
def other_tenant(tenant: Tenant) -> Tenant:
    """The neighbour."""
    return Tenant.objects.get(slug="neighbour")


@pytest.fixture
def number(tenant: Tenant) -> WhatsAppNumber:
    return WhatsAppNumber.objects.get()


@pytest.fixture
def configure(tenant: Tenant) -> Callable[..., None]:
    """Change the tenant's settings: `configure(chat_mode="ai")`."""

    def change(**values: str) -> None:
        for name, value in values.items():
            config.set_value(tenant_id=tenant.pk, name=name, value=value)

    return change


@pytest.fixture
def gateway_script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """What gateways of the driver `scripted` do."""
    monkeypatch.setitem(registry.DRIVERS, ScriptedDriver.name, ScriptedDriver)
    monkeypatch.setattr(ScriptedDriver, "script", Script())
    registry.driver_named.cache_clear()
    registry._endpoints.clear()
    return ScriptedDriver.script


@pytest.fixture
def main_gateway(tenant: Tenant, gateway_script: Script) -> Gateway:
    """A gateway of the operator's, beside the sandbox."""
    return Gateway.objects.create(
        name="Main", driver="scripted", base_url="http://gateway:8080", api_key="operator-key-1234"
    )


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def chat(tenant: Tenant, number: WhatsAppNumber, worker: Worker) -> Chat:
    """A verified customer's direct chat with the bot."""
    return Chat(tenant=tenant, number=number, worker=worker)


@pytest.fixture
def site(tenant: Tenant) -> Site:
    """The dashboard and the API as the demo tenant's owner sees them; `site.as_("staff")` for others."""
    return Site(tenant)


@pytest.fixture
def put_order(sandbox: RunningSandbox) -> Callable[..., None]:
    """Set an order on the panel by hand: `put_order(54321, status="fail")`; see panel/sandbox/order_edit.py."""

    def put(order_id: int, **fields: object) -> None:
        edit_order(sandbox.world, {"id": order_id, **fields})

    return put
