"""What tests of more than one layer ask for: the tenant's suppliers, and a model that words replies."""

import openai  # noqa: F401 -- before any test with a short deadline: the import is slow
import pytest

from botcore.ai import client as client_module
from botcore.ai import transport  # noqa: F401 -- the same
from botcore.ai.sandbox.running import running_fake_llm
from botcore.models import SandboxMessage
from botcore.sandbox.demo_tenant import ensure_demo_providers
from providers.models import SmmProvider


@pytest.fixture
def suppliers(tenant, sandbox, settings):
    """SMM Cost is asked through its API, Boostlab (alias Server 2) in its group. Returns them by name."""
    settings.PROVIDER_RATE_LIMIT = 0
    ensure_demo_providers(
        tenant=tenant,
        smmcost_url=sandbox.provider_url("smmcost"),
        smmcost_key=sandbox.provider_key("smmcost"),
    )
    return {provider.name: provider for provider in SmmProvider.objects.all()}


@pytest.fixture
def texts_in():
    """The texts that have reached a chat, by its WhatsApp id, oldest first."""

    def texts(wa_id):
        rows = SandboxMessage.objects.filter(chat_wa_id=wa_id, kind=SandboxMessage.Kind.TEXT)
        return list(rows.order_by("pk").values_list("text", flat=True))

    return texts


@pytest.fixture(scope="session")
def _llm_server():
    with running_fake_llm() as running:
        yield running


@pytest.fixture
def model(_llm_server, settings, monkeypatch):
    """The platform's model, well-behaved until told otherwise."""
    monkeypatch.setattr(client_module, "FIRST_PAUSE_S", 0)
    client_module._bare.clear()
    _llm_server.app.reset()
    settings.LLM_BASE_URL = _llm_server.base_url
    settings.LLM_API_KEY = _llm_server.api_key
    settings.LLM_MODEL = _llm_server.settings.model
    return _llm_server
