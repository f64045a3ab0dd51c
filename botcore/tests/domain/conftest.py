"""What tests of sending ask for: a number behind a gateway that is paced, and a clock that moves when it waits."""

from datetime import timedelta

import pytest

from botcore.domain import outbox, pacing
from botcore.gateway import registry
from botcore.models import OutboxMessage, WhatsAppNumber
from botcore.tests.domain.paced_gateway import ALL, PacedDriver, World
from botcore.tests.factories import ChatFactory


@pytest.fixture
def gateway(monkeypatch, clock):
    """WhatsApp as the paced numbers reach it. Where sending would wait the clock moves; `waits` says how long."""
    world = World()
    world.waits = []

    def pause(seconds):
        world.waits.append(seconds)
        clock.advance(seconds=seconds)

    monkeypatch.setattr(pacing, "pause", pause)
    monkeypatch.setattr(PacedDriver, "world", world, raising=False)
    monkeypatch.setattr(PacedDriver, "capabilities", ALL)
    monkeypatch.setattr(registry, "DRIVERS", {**registry.DRIVERS, PacedDriver.name: PacedDriver})
    registry.driver_named.cache_clear()
    yield world
    registry.driver_named.cache_clear()


@pytest.fixture
def can(gateway, monkeypatch):
    """What the gateway can do: `can(Capability.HISTORY)`."""
    return lambda *capabilities: monkeypatch.setattr(PacedDriver, "capabilities", frozenset(capabilities))


@pytest.fixture
def paced(number, gateway, clock):
    """The tenant's number, a grown one: linked a year ago."""
    number.driver, number.linked_at = PacedDriver.name, clock.now - timedelta(days=365)
    number.save(update_fields=["driver", "linked_at"])
    return number


@pytest.fixture
def paced_chat(paced):
    return ChatFactory(number=paced)


@pytest.fixture
def send(number):
    """One turn of the number's sender."""
    return lambda which=None: outbox.send_due(tenant_id=number.tenant_id, number_id=(which or number).pk)


@pytest.fixture
def send_all(paced, clock):
    """As the sweeper does: turn after turn, for so long or until nothing waits any more."""

    def run(**span):
        until = clock.now + timedelta(**span)
        while clock.now < until and (waiting := OutboxMessage.objects.filter(state="queued")).exists():
            before = clock.now
            for tenant_id, number_id in outbox.numbers_due(now=clock.now, limit=100):
                outbox.send_due(tenant_id=tenant_id, number_id=number_id)
            if clock.now == before:
                clock.advance(seconds=_next_step(waiting, clock.now, until))

    return run


def _next_step(waiting, now, until):
    """Seconds until something may be due."""
    later = waiting.filter(next_attempt_at__gt=now).values_list("next_attempt_at", flat=True)
    held = WhatsAppNumber.objects.filter(paused_until__gt=now).values_list("paused_until", flat=True)
    return (min([*later, *held, until]) - now).total_seconds()


@pytest.fixture
def state_of():
    """(state, error code) of a row as it is now."""

    def read(row):
        row.refresh_from_db()
        return row.state, row.error_code

    return read
