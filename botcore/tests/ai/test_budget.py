from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from botcore.ai import budget
from botcore.ai.budget import Caps
from botcore.ai.errors import Spent
from botcore.ai.prices import DEFAULT, PRICES, cost_usd, price_of
from botcore.models import LlmUsage
from smmbot.testing.threads import at_once
from tenants.scoping import ScopeError, tenant_scope
from tenants.tests.factories import TenantFactory

ONE = Spent(calls=1, tokens_in=1_000_000, tokens_out=100_000)


def record(tenant, **changes):
    return budget.record(
        **{"tenant_id": tenant.pk, "feature": "reword", "model": "gpt-4o-mini", "spent": ONE, **changes}
    )


def test_a_days_requests_are_one_row(shop):
    assert record(shop) == Decimal("0.21")
    record(shop, fell_back=True)

    row = LlmUsage.objects.get()
    assert (row.calls, row.tokens_in, row.tokens_out, row.fallbacks) == (2, 2_000_000, 200_000, 1)
    assert row.cost_usd == Decimal("0.42")


def test_feature_model_and_day_are_rows_of_their_own(shop, today):
    record(shop)
    record(shop, feature="console")
    record(shop, model="gpt-4o")
    record(shop, day=today)

    assert LlmUsage.objects.count() == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        LlmUsage.objects.create(tenant=shop, feature="reword", day=today, model="gpt-4o-mini")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_between_threads():
    tenant = TenantFactory()

    def add(number):
        with tenant_scope(tenant.pk):
            for _ in range(5):
                record(tenant, fell_back=number % 2 == 0)

    at_once(8, add)

    with tenant_scope(tenant.pk):
        row = LlmUsage.objects.get()
    assert (row.calls, row.fallbacks, row.cost_usd) == (40, 20, Decimal("8.4"))


def test_caps_are_of_the_day_and_of_the_tenant(shop, today):
    record(shop, day=today)
    caps = Caps(soft_usd=Decimal("0.20"), hard_usd=Decimal("0.50"))

    first = budget.state(tenant_id=shop.pk, caps=caps, day=today)
    assert (first.spent_usd, first.over_soft, first.over_hard) == (Decimal("0.21"), True, False)
    record(shop, day=today, model="gpt-4o")
    assert budget.state(tenant_id=shop.pk, caps=caps, day=today).over_hard
    assert not budget.state(tenant_id=shop.pk, caps=caps, day=today.replace(year=2031)).over_soft


def test_no_caps_never_close_and_a_cap_of_zero_is_closed(shop):
    assert not budget.state(tenant_id=shop.pk, caps=budget.NO_CAPS).over_hard
    assert budget.state(tenant_id=shop.pk, caps=Caps(hard_usd=Decimal(0))).over_hard


def test_the_soft_cap_warns_once(shop, caplog):
    caps = Caps(soft_usd=Decimal("0.30"))
    crossed = []
    for _ in range(3):
        before = budget.state(tenant_id=shop.pk, caps=caps)
        crossed.append(budget.warn_if_crossed(tenant_id=shop.pk, before=before, cost=record(shop), caps=caps))

    assert crossed == [False, True, False]
    assert [one.message for one in caplog.records] == ["llm soft cap passed"]


def test_another_tenants_usage_is_out_of_reach(shop):
    record(shop)
    other = TenantFactory()

    assert budget.state(tenant_id=other.pk, caps=budget.NO_CAPS).spent_usd == 0
    with pytest.raises(ScopeError):
        record(other)


@pytest.mark.parametrize(
    ("model", "priced_as"),
    [
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai/GPT-4o", "gpt-4o"),
        ("gpt-4.1-nano", "gpt-4.1-nano"),
        ("mistral-small-latest", "mistral-small"),
    ],
)
def test_models_are_priced_by_their_family(model, priced_as):
    assert price_of(model) == PRICES[priced_as]


@pytest.mark.parametrize("model", ["gpt-4o-audio-preview", "unheard-of", "gpt-5-pro"])
def test_a_model_without_a_price_is_dear(model):
    assert price_of(model) == DEFAULT
    assert cost_usd(model, Spent(1, 1_000_000, 0)) == 5
