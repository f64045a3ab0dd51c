import openai  # noqa: F401 -- before any test with a short deadline: the import is slow
import pytest

from botcore.ai import client as client_module
from botcore.ai import transport  # noqa: F401 -- the same
from botcore.ai.sandbox.running import running_fake_llm
from smmbot.testing.clock import NOW
from tenants.scoping import tenant_scope
from tenants.tests.factories import TenantFactory

PLAIN = "✅ *Refill requested* for order 54321\nInstagram Followers [30D Refill]\nQuantity: 1,000"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(client_module, "FIRST_PAUSE_S", 0)
    client_module._bare.clear()


@pytest.fixture(scope="session")
def _fake_server():
    with running_fake_llm() as running:
        yield running


@pytest.fixture
def fake(_fake_server):
    _fake_server.app.reset()
    return _fake_server


@pytest.fixture
def llm(fake):
    return fake.settings


@pytest.fixture
def shop(db):
    made = TenantFactory()
    with tenant_scope(made.pk):
        yield made


@pytest.fixture
def today():
    return NOW.date()
