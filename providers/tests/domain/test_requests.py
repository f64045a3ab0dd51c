from decimal import Decimal

import pytest

from providers.clients.types import Accepted
from providers.domain import keys, requests
from providers.enums import RefillState, RefusalKind
from providers.errors import (
    ProviderDown,
    ProviderNotConfigured,
    ProviderProtocolError,
    ProviderUnauthorized,
)
from providers.models import SmmProvider
from providers.tests.clients.conftest import add_order
from providers.tests.factories import SmmProviderFactory
from smmbot.testing.clock import NOW


@pytest.fixture
def orders(sandbox):
    """101 runs, 102 is done."""
    add_order(sandbox, "smmcost", "101")
    add_order(sandbox, "smmcost", "102", done=True)
    return ["101", "102"]


def refuse(provider, times):
    for _ in range(times):
        with pytest.raises(ProviderUnauthorized):
            requests.statuses(provider=provider, oids=["101"])


def stored(provider):
    fresh = SmmProvider.objects.get(pk=provider.pk)
    return fresh.key_refusals, fresh.key_refused_at


def test_refills_from_the_asking_to_the_end(provider, orders, sandbox):
    asked = requests.request_refills(provider=provider, oids=orders)
    sandbox.clock.advance(300)

    assert asked["101"].kind is RefusalKind.REFILL_NOT_AVAILABLE
    assert asked["102"] == Accepted("77")
    states = requests.refill_states(provider=provider, refill_ids=["77"])
    assert states["77"].state is RefillState.COMPLETED


def test_cancels_and_statuses(provider, orders, sandbox):
    asked = requests.request_cancels(provider=provider, oids=orders)
    sandbox.clock.advance(20)

    assert asked["101"] == Accepted()
    assert asked["102"].kind is RefusalKind.CANCEL_NOT_AVAILABLE
    found = requests.statuses(provider=provider, oids=orders)
    assert [one.status for one in found.values()] == ["canceled", "completed"]


def test_calls_are_traced(provider, orders):
    traces = []

    requests.statuses(provider=provider, oids=orders, on_call=traces.append)

    assert [one.path for one in traces] == ["/status"]


def test_a_group_alone_cannot_be_asked(shop):
    provider = SmmProviderFactory(tenant=shop, group_wa_id="120363@g.us")

    with pytest.raises(ProviderNotConfigured):
        requests.request_refills(provider=provider, oids=["1"])
    assert not provider.has_api


def test_no_query_while_all_is_well(provider, orders, django_assert_num_queries):
    with django_assert_num_queries(0):
        requests.statuses(provider=provider, oids=orders)


def test_the_third_refusal_in_a_row_stops_the_asking(provider, orders, sandbox):
    sandbox.provider_scenario("bad_key")
    refuse(provider, 2)
    assert stored(provider) == (2, None)

    refuse(provider, 1)

    assert stored(provider) == (3, NOW)
    assert provider.key_refused_at == NOW
    assert not provider.has_api
    refuse(provider, 2)
    assert len(sandbox.provider_requests()) == 3
    assert stored(provider) == (3, NOW)


def test_two_that_know_of_no_refusal_count_together(provider, orders, sandbox):
    sandbox.provider_scenario("bad_key")
    same = SmmProvider.objects.get(pk=provider.pk)

    refuse(provider, 2)
    refuse(same, 1)

    assert stored(provider) == (3, NOW)


def test_a_success_forgets_the_refusals_before_it(provider, orders, sandbox):
    sandbox.provider_scenario("bad_key", times=2)
    refuse(provider, 2)

    requests.statuses(provider=provider, oids=orders)

    assert stored(provider) == (0, None)


@pytest.mark.parametrize(
    ("scenario", "kind"), [("html_page", ProviderProtocolError), ("error_500", ProviderDown)]
)
def test_other_failures_say_nothing_of_the_key(provider, orders, sandbox, scenario, kind):
    sandbox.provider_scenario(scenario)

    with pytest.raises(kind):
        requests.request_cancels(provider=provider, oids=orders)
    assert stored(provider) == (0, None)


def test_a_changed_key_is_asked_again(provider, orders, sandbox):
    right = provider.api_key
    keys.change_key(provider=provider, api_key="wrong")
    refuse(provider, 3)

    keys.change_key(provider=provider, api_key=f" {right} ")

    assert stored(provider) == (0, None)
    assert requests.statuses(provider=provider, oids=["101"])["101"].status == "in_progress"


def test_a_person_may_check_a_key_that_was_refused(provider, orders, sandbox):
    sandbox.provider_scenario("bad_key", times=4)
    refuse(provider, 3)
    with pytest.raises(ProviderUnauthorized):
        requests.check_key(provider=provider)

    assert requests.check_key(provider=provider).amount == Decimal("100.84")
    assert stored(provider) == (0, None)


def test_refusals_are_counted_for_this_provider_alone(provider, orders, sandbox, shop, other_shop):
    twin = SmmProviderFactory(tenant=shop)
    sandbox.provider_scenario("bad_key")

    refuse(provider, 3)

    untouched = SmmProvider._base_manager.filter(key_refusals=0, key_refused_at=None)
    assert {one.tenant_id for one in untouched} == {shop.pk, other_shop.pk}
    assert twin in untouched
