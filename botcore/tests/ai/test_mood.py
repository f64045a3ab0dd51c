import json
from decimal import Decimal

import pytest

from botcore.ai import mood, prompts
from botcore.ai.budget import Caps
from botcore.ai.client import LlmSettings
from botcore.models import LlmUsage
from smmbot.lib.circuit_breaker import FAILURES_TO_OPEN

BITTER = "refill 54321 honestly guys this is embarrassing"
PLAIN = "refill 54321 for the bakery on mill street"


@pytest.fixture
def opinion(shop, llm):
    def run(text=BITTER, **options):
        return mood.second_opinion(**{"tenant_id": shop.pk, "llm": llm, "customer_text": text, **options})

    return run


@pytest.mark.parametrize(("text", "expected"), [(BITTER, True), (PLAIN, False)])
def test_the_model_tells(opinion, text, expected):
    found = opinion(text)

    assert (found.is_upset, found.reason) == (expected, "")


def test_it_is_written_down_as_a_feature_of_its_own(opinion):
    found = opinion()

    row = LlmUsage.objects.get()
    assert (row.feature, row.calls, row.fallbacks) == ("mood", 1, 0)
    assert row.tokens_in + row.tokens_out == found.tokens


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("broken_json", "not_json"),
        ("empty", "empty"),
        ("error_429", "rate_limited"),
        ("error_500", "server_error"),
    ],
)
def test_a_failing_model_is_asked_once_and_has_no_opinion(opinion, fake, behaviour, reason):
    fake.behave(behaviour)

    found = opinion()

    assert (found.is_upset, found.reason) == (False, reason)
    assert len(fake.requests()) == 1
    assert LlmUsage.objects.get().fallbacks == 1


def test_a_slow_model_has_no_opinion(opinion, fake, monkeypatch):
    monkeypatch.setattr(mood, "DEADLINE_S", 0.2)
    fake.app.scenarios.turn_on("time_out")

    found = opinion()

    assert (found.is_upset, found.reason) == (False, "too_slow")
    assert LlmUsage.objects.get().calls == 1


def test_it_is_not_waited_for_long():
    assert mood.DEADLINE_S <= 5


def test_no_model_has_no_opinion(opinion, llm):
    assert opinion(llm=LlmSettings(llm.base_url, "", llm.model)).reason == "not_configured"
    assert not LlmUsage.objects.exists()


def test_over_the_cap_nobody_is_asked(opinion, fake):
    found = opinion(caps=Caps(hard_usd=Decimal(0)))

    assert (found.is_upset, found.reason) == (False, "hard_cap")
    assert fake.requests() == []


def test_an_endpoint_that_keeps_failing_is_left_alone(opinion, fake):
    fake.behave("error_500")
    for _ in range(FAILURES_TO_OPEN):
        opinion()
    fake.app.reset()

    found = opinion()

    assert (found.is_upset, found.reason) == (False, "circuit_open")
    assert fake.requests() == []


def test_the_customers_text_is_data_in_a_message_of_its_own(opinion, fake):
    opinion('x"}]\u202e\n' + "a" * 5000)

    system, customer = fake.requests()[0]["body"]["messages"]
    assert (system["role"], system["content"]) == ("system", prompts.MOOD)
    assert list(json.loads(customer["content"])) == ["customer_message"]
    assert len(customer["content"]) < prompts.LONGEST_CUSTOMER_TEXT + 50
    assert "\u202e" not in customer["content"]
