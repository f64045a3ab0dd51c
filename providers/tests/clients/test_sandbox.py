"""The client against both fake providers, in whose manners most quirks are met."""

from decimal import Decimal

import pytest

from providers.clients.types import Accepted, Balance, ProviderOrder, Refused
from providers.enums import RefillState, RefusalKind
from providers.tests.clients.conftest import DONE, R30, RUNNING, add_order
from smmbot.lib.order_status import OrderStatus
from smmbot.lib.sandbox.timeline import Timeline


def kinds(results):
    return {oid: one.kind if isinstance(one, Refused) else "ok" for oid, one in results.items()}


def test_services_are_read_bare_and_wrapped(client_of, slug):
    services = {one.name: one for one in client_of(slug).services()}

    name, service_id, rate, can_refill = {
        "smmcost": ("Instagram Followers | R30 ♻️ | Max 500K | 20K/D", "17", "0.81", True),
        "boostlab": ("TikTok Likes | 60 Days Refill", "2002", "0.6", True),
    }[slug]
    service = services[name]
    assert (service.service_id, service.rate, service.can_refill) == (service_id, Decimal(rate), can_refill)
    assert (service.minimum, service.maximum, service.can_dripfeed) == (10, 100_000, False)


def test_balance(client_of):
    assert client_of("smmcost").balance() == Balance(Decimal("100.84"), "USD")
    assert client_of("boostlab").balance() == Balance(Decimal("57.2"), "USD")


def test_one_status(client_of, slug):
    oid = RUNNING[slug]

    assert client_of(slug).statuses([oid]) == {
        oid: ProviderOrder(
            oid=oid,
            status=OrderStatus.IN_PROGRESS,
            charge=Decimal("0.31"),
            currency="USD",
            start_count=7,
            remains=500,
        )
    }


def test_many_statuses_keep_their_order_and_know_who_is_missing(client_of, slug):
    wanted = ["nobody", DONE[slug], RUNNING[slug], "999"]

    found = client_of(slug).statuses(wanted)

    assert list(found) == wanted
    assert kinds(found) == {
        "nobody": RefusalKind.INCORRECT_ORDER,
        DONE[slug]: "ok",
        RUNNING[slug]: "ok",
        "999": RefusalKind.INCORRECT_ORDER,
    }
    assert found[DONE[slug]].status == OrderStatus.COMPLETED


@pytest.mark.parametrize("wanted", [["nobody"], ["nobody", "999"]])
def test_statuses_of_unknown_orders_alone(client_of, slug, wanted):
    assert set(kinds(client_of(slug).statuses(wanted)).values()) == {RefusalKind.INCORRECT_ORDER}


def test_250_ids_cost_3_calls(world, client_of, slug):
    oids = [f"70{number:03}" for number in range(250)]
    for oid in oids:
        add_order(world, slug, oid)

    found = client_of(slug).statuses(oids)

    assert list(found) == oids
    assert all(one.status == "in_progress" for one in found.values())
    assert [request["body"]["orders"].count(",") + 1 for request in world.provider_requests()] == [
        100,
        100,
        50,
    ]


def test_an_id_asked_twice_is_sent_once(world, client_of):
    assert list(client_of().statuses(["101", "102", "101"])) == ["101", "102"]
    assert world.provider_requests()[0]["body"]["orders"] == "101,102"


def test_ids_that_would_break_the_list_are_not_sent(world, client_of):
    found = client_of().request_refills(["102,103", "", "a b", "102"])

    assert kinds(found) == {
        "102,103": RefusalKind.INCORRECT_ORDER,
        "": RefusalKind.INCORRECT_ORDER,
        "a b": RefusalKind.INCORRECT_ORDER,
        "102": "ok",
    }
    assert world.provider_requests()[0]["body"] == {"action": "refill", "order": "102"}


def test_nothing_asked_costs_nothing(world, client_of):
    assert client_of().request_cancels([]) == {}
    assert world.provider_requests() == []


def test_a_refill_from_the_asking_to_its_end(world, client_of, slug):
    client = client_of(slug)
    (accepted,) = client.request_refills([DONE[slug]]).values()
    states = []
    for seconds in (0, 30, 300):
        world.clock.advance(seconds)
        states.append(client.refill_states([accepted.refill_id])[accepted.refill_id].state)

    assert accepted == Accepted("77")
    assert states == [RefillState.PENDING, RefillState.IN_PROGRESS, RefillState.COMPLETED]


def test_several_refills_are_answered_one_by_one(world, client_of, slug):
    for oid, name in (("201", "Likes | No Refill"), ("202", R30), ("203", R30)):
        add_order(world, slug, oid, service_name=name, done=True)
    now = world.clock.now()
    old = Timeline(now).standing("completed", delivered=1000, at=now - 40 * 86_400)
    add_order(world, slug, "204", timeline=old)
    client = client_of(slug)
    client.request_refills(["203"])

    found = client.request_refills(["201", "202", "203", "204", "205"])

    assert kinds(found) == {
        "201": RefusalKind.REFILL_NOT_AVAILABLE,
        "202": "ok",
        "203": RefusalKind.ALREADY_REQUESTED,
        "204": RefusalKind.GUARANTEE_EXPIRED,
        "205": RefusalKind.INCORRECT_ORDER,
    }
    assert found["202"] == Accepted("78")
    assert found["201"].message == "This order is not eligible for refill"


def test_one_refused_refill_is_a_value_too(client_of, slug):
    assert kinds(client_of(slug).request_refills([RUNNING[slug]])) == {
        RUNNING[slug]: RefusalKind.REFILL_NOT_AVAILABLE
    }


def test_many_refill_states(world, client_of, slug):
    client = client_of(slug)
    world.provider_scenario("rejects_refills", times=1)
    client.request_refills([DONE[slug]])
    world.clock.advance(300)

    found = client.refill_states(["77", "78", "x"])

    assert found["77"].state == RefillState.REJECTED
    assert kinds(found) == {
        "77": "ok",
        "78": RefusalKind.REFILL_NOT_FOUND,
        "x": RefusalKind.REFILL_NOT_FOUND,
    }


def test_a_cancel_is_a_request(world, client_of, slug):
    client = client_of(slug)

    assert client.request_cancels([RUNNING[slug], DONE[slug]]) == {
        RUNNING[slug]: Accepted(None),
        DONE[slug]: Refused("Order cannot be canceled", RefusalKind.CANCEL_NOT_AVAILABLE),
    }
    assert client.statuses([RUNNING[slug]])[RUNNING[slug]].status == "in_progress"
    world.clock.advance(20)
    assert client.statuses([RUNNING[slug]])[RUNNING[slug]].status == "canceled"


def test_one_cancel(client_of, slug):
    assert client_of(slug).request_cancels([RUNNING[slug]]) == {RUNNING[slug]: Accepted(None)}


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("refuses_refill", RefusalKind.REFILL_NOT_AVAILABLE),
        ("unknown_orders", RefusalKind.INCORRECT_ORDER),
    ],
)
def test_all_refills_refused(world, client_of, slug, scenario, kind):
    world.provider_scenario(scenario)

    assert set(kinds(client_of(slug).request_refills([DONE[slug], RUNNING[slug]])).values()) == {kind}


def test_all_cancels_refused(world, client_of, slug):
    world.provider_scenario("refuses_cancel")

    found = client_of(slug).request_cancels([RUNNING[slug]])
    assert kinds(found) == {RUNNING[slug]: RefusalKind.CANCEL_NOT_AVAILABLE}


@pytest.mark.parametrize("scenario", ["wrong_types", "unknown_fields"])
def test_other_types_and_more_fields_change_nothing(world, client_of, slug, scenario):
    client = client_of(slug)
    before = (client.services(), client.balance(), client.statuses([RUNNING[slug], DONE[slug]]))
    world.provider_scenario(scenario)

    assert (client.services(), client.balance(), client.statuses([RUNNING[slug], DONE[slug]])) == before
    assert client.request_refills([DONE[slug], RUNNING[slug]])[DONE[slug]] == Accepted("77")
    assert client.refill_states(["77"])["77"].state == RefillState.PENDING
    assert client.request_cancels([RUNNING[slug]]) == {RUNNING[slug]: Accepted(None)}
