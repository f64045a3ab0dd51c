"""Which model serves a tenant, and what is said of it."""

import pytest

from botcore.domain.config import Config
from botcore.domain.llm import LlmSettings, llm_settings
from botcore.models import PlatformLlm
from smmbot.lib import crypto

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _platform(settings):
    settings.LLM_BASE_URL = "https://llm.example/v1"
    settings.LLM_API_KEY = "platform"
    settings.LLM_MODEL = "small"


def config(**values):
    if "llm_api_key" in values:
        values["llm_api_key"] = crypto.encrypt(values["llm_api_key"])
    return Config(values)


def test_the_platforms_key_never_goes_to_a_tenants_address():
    assert llm_settings() == LlmSettings("https://llm.example/v1", "platform", "small", is_trusted=True)
    assert llm_settings(base_url="https://tenant.example/v1", model="huge") == llm_settings()
    own = llm_settings(base_url="https://tenant.example/v1", api_key="own", model="huge")
    assert own == LlmSettings("https://tenant.example/v1", "own", "huge", is_trusted=False)
    assert llm_settings(api_key="own") == LlmSettings(
        "https://llm.example/v1", "own", "small", is_trusted=True
    )


def test_without_a_key_of_its_own_the_platforms_model_is_named():
    asked = config(llm_base_url="https://api.openai.com/v1", llm_model="gpt-4o-mini")

    assert asked.llm == llm_settings()
    assert asked.ai_provider == "llm.example small"


def test_the_tenants_own_model_is_named_where_it_is_used():
    asked = config(llm_base_url="https://api.openai.com/v1", llm_api_key="own", llm_model="gpt-4o-mini")

    assert (asked.llm.api_key, asked.llm.is_trusted) == ("own", False)
    assert asked.ai_provider == "OpenAI GPT-4o-mini"


def test_what_the_tenant_leaves_out_is_the_platforms():
    assert config(llm_api_key="own").ai_provider == "llm.example small"


@pytest.mark.parametrize("missing", ["LLM_API_KEY", "LLM_BASE_URL", "LLM_MODEL"])
def test_nobody_is_named_where_nobody_is_asked(settings, missing):
    setattr(settings, missing, "")

    assert not config().llm.is_configured
    assert config().ai_provider == ""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://eu.api.openai.com/v1", "OpenAI small"),
        ("https://notopenai.com/v1", "notopenai.com small"),
        ("https://[llm", "small"),
    ],
)
def test_only_openai_is_called_so(address, shown):
    assert LlmSettings(address, "key", "small").shown == shown


def test_what_the_operator_set_wins_over_the_environment_and_stands_below_the_tenants_own():
    PlatformLlm.objects.create(base_url="https://operators.example/v1", api_key="operators", model="")

    assert llm_settings() == LlmSettings(
        "https://operators.example/v1", "operators", "small", is_trusted=True
    )
    own = llm_settings(base_url="https://tenant.example/v1", api_key="own", model="huge")
    assert own == LlmSettings("https://tenant.example/v1", "own", "huge", is_trusted=False)


def test_a_model_of_the_tenants_own_costs_no_look_at_the_platforms(django_assert_num_queries):
    with django_assert_num_queries(0):
        llm_settings(base_url="https://tenant.example/v1", api_key="own", model="huge")
