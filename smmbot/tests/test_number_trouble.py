"""Every page says that the default number cannot write, and nothing while it can."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.enums import GatewayProblem, NumberState
from botcore.models import Gateway, WhatsAppNumber
from botcore.tests.factories import NumberFactory

PAGES = ("/overview", "/groups/", "/logs/")


def banner(site, path="/groups/"):
    page = site.get(path).content.decode()
    return page.partition('<div class="trouble')[2].partition("</div>")[0]


def put(state, reason="", **more):
    WhatsAppNumber.objects.filter(is_default=True).update(state=state, state_reason=reason, **more)


def test_nothing_is_said_while_all_is_well(site, number):
    assert [banner(site, path) for path in PAGES] == ["", "", ""]


def test_nothing_is_said_without_a_number(site, number):
    number.delete()

    assert banner(site) == ""


@pytest.mark.parametrize("path", PAGES)
def test_a_lost_number_is_told_with_what_to_do(site, number, path):
    put(NumberState.BANNED, "403")

    said = banner(site, path)

    assert "Demo number: Banned by WhatsApp." in said
    assert "Ask for a review" in said
    assert f'href="/numbers/{number.pk}/"' in said


def test_pages_of_the_numbers_say_it_themselves(site, number):
    put(NumberState.CLOSED)

    assert banner(site, "/numbers/") == banner(site, f"/numbers/{number.pk}/") == ""


def test_gateway_that_serves_nobody_is_told_though_the_number_seems_live(site, number):
    gateway = Gateway.objects.create(name="W", driver="waha", problem=GatewayProblem.UNREACHABLE)
    put(NumberState.OPEN, gateway=gateway)

    assert "Our WhatsApp gateway does not answer at the moment." in banner(site)


def test_number_that_only_begins_to_connect_is_given_its_seconds(site, number, clock):
    put(NumberState.CONNECTING, state_at=clock.now)
    assert banner(site) == ""

    put(NumberState.CONNECTING, state_at=clock.now - timedelta(seconds=40))
    assert "Connecting." in banner(site)


def test_another_number_is_not_what_everything_waits_for(site, number, tenant):
    NumberFactory(tenant=tenant, state=NumberState.CLOSED)

    assert banner(site) == ""


def test_who_may_not_open_numbers_gets_no_link(site, number):
    put(NumberState.CLOSED)

    assert "Demo number" in banner(site.as_("staff_admin"))
    assert "href" not in banner(site.as_("staff_admin"))
    assert banner(site.as_("staff"), "/logs/") == ""


def test_it_costs_one_query(site, number):
    counts = []
    for state in (NumberState.OPEN, NumberState.CLOSED):
        put(state)
        site.get("/groups/")
        with CaptureQueriesContext(connection) as queries:
            site.get("/groups/")
        counts.append(sum("is_default" in one["sql"] and "problem_since" in one["sql"] for one in queries))
    assert counts == [1, 1]
