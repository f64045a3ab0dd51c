"""`<ids> provider status`: the line letter for letter, in the provider's own words where there is a key for it."""

import pytest

from panel.sandbox.catalogue import BOOSTLAB
from panel.sandbox.state import external_id
from providers.models import SmmProvider


@pytest.fixture
def providers(tenant, sandbox):
    """Both suppliers of the panel, with the tenant's keys."""
    return {
        slug: SmmProvider.objects.create(
            tenant=tenant,
            name=slug.title(),
            host=f"{slug}.example",
            api_url=sandbox.provider_url(slug),
            api_key=sandbox.provider_key(slug),
        )
        for slug in ("smmcost", "boostlab")
    }


def test_the_providers_own_status(chat, sandbox, providers):
    """The panel's staff canceled it; the provider goes on."""
    sandbox.world.cancel([54321])

    assert chat.as_("staff").say("54321 provider status").text == (
        "#54321 | Provider OID: 2323223 | Provider Status: In Progress"
    )


@pytest.mark.parametrize(
    ("status", "shown"),
    [("canceled", "Canceled"), ("completed", "Completed"), ("partial", "Partial"), ("pending", "Pending")],
)
def test_statuses_in_the_specifications_spelling(chat, providers, put_order, status, shown):
    put_order(54321, status=status)

    assert chat.as_("staff").say("54321 provider status").text == (
        f"#54321 | Provider OID: 2323223 | Provider Status: {shown}"
    )


def test_one_line_an_order_never_merged(chat, providers):
    said = chat.as_("staff").say("54321, 54322, 54330 provider status")

    assert said.text == (
        "#54321 | Provider OID: 2323223 | Provider Status: In Progress\n"
        "#54322 | Provider OID: 2323224 | Provider Status: Completed\n"
        f"#54330 | Provider OID: {external_id(BOOSTLAB, 54330)} | Provider Status: In Progress"
    )


def test_one_call_a_provider(chat, sandbox, providers):
    chat.as_("staff").say("54321 54322 54324 54330 54326 provider status")

    assert len(sandbox.provider_requests()) == 2


def test_many_orders_are_lines_and_nothing_else(chat, providers):
    ids = range(54321, 54333)
    said = chat.as_("staff").say(f"{','.join(map(str, ids))} provider status")

    lines = said.texts[-1].splitlines()
    assert [line.split(" | ")[0] for line in lines] == [f"#{pk}" for pk in ids]


def test_without_a_key_the_panels_status_says_so(chat, sandbox):
    assert chat.as_("staff").say("54321 provider status").text == (
        "#54321 | Provider OID: 2323223 | Provider Status: In Progress (panel)"
    )
    assert sandbox.provider_requests() == []


def test_a_provider_that_is_down_is_no_reason_to_be_silent(chat, sandbox, providers):
    sandbox.provider_scenario("error_500", path="/smmcost/status")

    assert chat.as_("staff").say("54321 54330 provider status").text.splitlines()[0] == (
        "#54321 | Provider OID: 2323223 | Provider Status: In Progress (panel)"
    )


def test_an_order_without_an_oid(chat, providers):
    assert chat.as_("staff").say("54336 provider status").text == (
        "#54336 | Provider OID: none | Provider Status: Pending (panel)"
    )


def test_unknown_orders(chat):
    assert chat.as_("staff").say("99999 provider status").text == "#99999 | not on the panel"


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ("customer", "permission_denied"),
        ("stranger", "permission_denied"),
        ("staff", "provider_status"),
        ("admin", "provider_status"),
        ("owner", "provider_status"),
    ],
)
def test_who_may_whoever_ordered(chat, staff_admin, who, key):
    assert chat.as_(staff_admin if who == "admin" else who).say("54330 provider status").key == key


def test_it_wins_over_every_other_command(chat, sandbox):
    assert chat.as_("owner").say("cancel 54321 provider status").key == "provider_status"
    assert sandbox.writes() == []


def test_in_a_group_the_ids_go_to_the_asker_alone(chat, heard):
    group = chat.in_group()
    group.as_("staff").say("54321 provider status")

    assert heard(group) == ["I have sent you that in a direct message."]
    assert "2323223" in heard(chat.as_("staff"))[-1]
