"""The panel and its providers together, over real HTTP."""

import pytest
import requests

from botcore.sandbox.servers import running_sandbox
from smmbot.lib.sandbox.clock import Clock

NOW = 1_770_000_000


@pytest.fixture
def sandbox():
    with running_sandbox(clock=Clock(frozen_at=NOW), rate_limit=None) as running:
        yield running


def panel_call(sandbox, method, path, body=None):
    return requests.request(
        method,
        f"{sandbox.panel_url}/adminapi/v2{path}",
        json=body,
        headers={"X-Api-Key": sandbox.api_key},
        timeout=5,
    ).json()["data"]


def provider_call(sandbox, slug, **form):
    form["key"] = sandbox.provider_key(slug)
    return requests.post(sandbox.provider_url(slug) + "/api/v2", data=form, timeout=5).json()


def test_provider_works_on_the_panels_orders(sandbox):
    order = panel_call(sandbox, "GET", "/orders/54321")
    at_provider = provider_call(sandbox, "smmcost", action="status", order=order["external_id"])

    assert (at_provider["status"], at_provider["remains"]) == ("In progress", str(order["remains"]))
    assert at_provider["charge"] == order["provider_charge"]["value"]


def test_cancel_asked_at_the_panel_reaches_the_provider(sandbox):
    panel_call(sandbox, "POST", "/orders/request-cancel", {"ids": "54330"})
    sandbox.clock.advance(30)

    oid = sandbox.world.order(54330).external_id
    assert provider_call(sandbox, "boostlab", action="status", order=oid)[oid]["status"] == "canceled"


def test_cancel_asked_at_the_provider_reaches_the_panel(sandbox):
    assert provider_call(sandbox, "smmcost", action="cancel", orders="2323223")[0]["cancel"] == 1
    sandbox.clock.advance(30)

    assert panel_call(sandbox, "GET", "/orders/54321")["status"] == "canceled"


def test_resent_and_edited_orders_are_known_to_the_provider(sandbox):
    panel_call(sandbox, "POST", "/orders/resend", {"ids": "54329"})
    oid = sandbox.world.order(54329).external_id

    assert provider_call(sandbox, "smmcost", action="status", order=oid)["status"] == "Pending"


def test_staff_cancel_leaves_the_provider_delivering(sandbox):
    panel_call(sandbox, "POST", "/orders/cancel", {"ids": "54321"})

    assert provider_call(sandbox, "smmcost", action="status", order="2323223")["status"] == "In progress"
    assert [write["path"] for write in sandbox.writes()] == ["/orders/cancel"]


def test_late_panel_has_accounts_of_its_own(sandbox):
    requests.post(sandbox.url + "/_sandbox/panels", json={"api_key": "late"}, timeout=5)

    form = {"key": "smmcost-late", "action": "status", "order": "2323223"}
    answer = requests.post(sandbox.provider_url("smmcost") + "/api/v2", data=form, timeout=5).json()

    assert answer["status"] == "In progress"


def test_reset_starts_both_again(sandbox):
    provider_call(sandbox, "smmcost", action="refill", order="2323224")
    sandbox.provider_scenario("slow", delay_s=0)
    sandbox.scenario("error_500")

    requests.post(sandbox.url + "/providers/_sandbox/reset", timeout=5)

    assert sandbox.provider_world("smmcost").refills == {}
    assert sandbox.provider_writes() == []
    assert panel_call(sandbox, "GET", "/orders/54321")["status"] == "in_progress"


def test_state_is_kept_over_a_restart(tmp_path):
    path = tmp_path / "sandbox.json"
    with running_sandbox(rate_limit=None, state_file=path) as first:
        first.clock.advance(500)
        panel_call(first, "POST", "/orders/cancel", {"ids": "54321"})
        panel_call(first, "POST", "/tickets/5501/reply", {"message": "Hi", "staff_name": "aisupport"})
        refill = provider_call(first, "smmcost", action="refill", order="2323224")["refill"]
        balance = first.world.user("anna_media").balance
        before = first.world.dump()

    with running_sandbox(rate_limit=None, state_file=path) as second:
        assert second.world.dump() == before
        assert second.world.user("anna_media").balance == balance
        assert panel_call(second, "GET", "/orders/54321")["status"] == "canceled"
        assert provider_call(second, "smmcost", action="refill_status", refill=refill) == {
            "status": "Pending"
        }


@pytest.mark.parametrize("text", ["{", "[]", '{"clock": {}, "panels": {"sandbox-admin-key": {}}}'])
def test_damaged_state_is_put_aside(tmp_path, text):
    path = tmp_path / "sandbox.json"
    path.write_text(text)

    with running_sandbox(rate_limit=None, state_file=path) as sandbox:
        assert len(sandbox.world.orders) == 60

    assert (tmp_path / "sandbox.json.damaged").read_text() == text
