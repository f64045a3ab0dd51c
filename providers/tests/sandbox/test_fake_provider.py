"""The two fake providers and their manners."""

import pytest
import requests

from providers.tests.sandbox.conftest import DAY_S, NOW, R30
from smmbot.lib.sandbox.timeline import Timeline


def test_classic_writes_numbers_as_text(classic):
    service = classic.ask("services")[0]

    assert (service["service"], service["rate"], service["refill"]) == ("17", "0.8100", True)
    assert classic.ask("balance") == {"balance": "100.8400", "currency": "USD"}
    assert classic.ask("status", order="101") == {
        "charge": "0.3100",
        "start_count": "7",
        "status": "In progress",
        "remains": "500",
        "currency": "USD",
    }


def test_clone_wraps_and_writes_numbers_and_slugs(clone):
    assert clone.ask("services")["data"][0]["service"] == 2001
    assert clone.ask("balance") == {"balance": 57.2, "currency": "USD"}
    assert clone.ask("status", order="ord_a1") == {
        "ord_a1": {
            "charge": 0.31,
            "start_count": 7,
            "status": "in_progress",
            "remains": 500,
            "currency": "USD",
        }
    }


def test_many_statuses(classic, clone):
    many = classic.ask("status", orders="101,999")

    assert many["101"]["status"] == "In progress"
    assert many["999"] == {"error": "Incorrect order ID"}
    assert set(clone.ask("status", orders="ord_a1,ord_no")) == {"ord_a1"}
    assert clone.ask("status", orders="ord_no") == []
    assert classic.ask("status", orders=",".join(map(str, range(101)))) == {"error": "Incorrect request"}


def test_errors_come_in_each_ones_manner(classic, clone):
    for client, wrong_key, bad_order in ((classic, 200, 200), (clone, 401, 400)):
        refused = client.call("balance", key="wrong")
        assert (refused.status_code, refused.json()) == (wrong_key, {"error": "Invalid API key"})
        unknown = client.call("status", order="nope")
        assert (unknown.status_code, unknown.json()) == (bad_order, {"error": "Incorrect order ID"})
        assert client.call("dance").json() == {"error": "Incorrect request"}
        assert "sandbox" in client.ask("add", service="17", link="x", quantity="10")["error"]


def test_only_form_posts_are_taken(classic, url, session):
    got = session.get(f"{url}/smmcost/api/v2", params={"key": "right", "action": "balance"}, timeout=5)

    assert got.json() == {"error": "Invalid API key"}
    assert session.post(f"{url}/nobody/api/v2", timeout=5).status_code == 404


def test_refill_runs_to_its_end(classic, clone):
    assert classic.ask("refill", order="102") == {"refill": "77"}
    assert clone.ask("refill", order="ord_b2") == {"refill": 77}
    words = []
    for seconds in (0, 30, 300):
        classic.providers.clock.advance(seconds)
        words.append(classic.ask("refill_status", refill="77")["status"])

    assert words == ["Pending", "In progress", "Completed"]
    assert classic.ask("refill_status", refills="77,78") == [
        {"refill": 77, "status": "Completed"},
        {"refill": 78, "status": {"error": "Refill not found"}},
    ]
    assert clone.ask("refill_status", refill="no") == {"error": "Refill not found"}


def test_refill_many_goes_on_after_a_refusal(classic, clone):
    assert classic.ask("refill", orders="102,999") == [
        {"order": 102, "refill": "77"},
        {"order": 999, "refill": {"error": "Incorrect order ID"}},
    ]
    assert clone.ask("refill", orders="ord_b2,ord_no") == [
        {"order": "ord_b2", "refill": 77},
        {"order": "ord_no", "error": "Incorrect order ID"},
    ]


def test_refill_is_refused_where_it_cannot_be(classic):
    done = Timeline(NOW - 50 * DAY_S).standing("completed", delivered=100, at=NOW - 45 * DAY_S)
    classic.world.accept_order("103", service_name=R30, quantity=100, timeline=done)
    classic.world.accept_order("104", service_name="Views | No Refill", quantity=100, timeline=done)
    classic.ask("refill", order="102")

    refusals = {oid: classic.ask("refill", order=oid)["error"] for oid in ("101", "102", "103", "104")}

    assert refusals == {
        "101": "This order is not eligible for refill",
        "102": "Refill is_not_available: another one is running",
        "103": "guarantee_expired",
        "104": "This order is not eligible for refill",
    }
    assert [write["changed"] for write in classic.providers.journal.writes()] == [["102"]]


def test_refill_without_a_start_count_is_rejected_later(clone):
    done = Timeline(NOW - 2 * DAY_S).standing("completed", delivered=100, at=NOW - DAY_S)
    clone.world.accept_order("ord_c3", service_name=R30, quantity=100, start_count=None, timeline=done)

    clone.ask("refill", order="ord_c3")
    clone.providers.clock.advance(3600)

    assert clone.ask("refill_status", refill="77") == {"status": "Rejected"}


def test_cancel_is_granted_later(classic, clone):
    assert classic.ask("cancel", orders="101,102") == [
        {"order": 101, "cancel": 1},
        {"order": 102, "cancel": {"error": "Order cannot be canceled"}},
    ]
    assert classic.ask("cancel", order="101") == {"error": "Incorrect request"}
    assert clone.ask("cancel", order="ord_a1") == {"cancel": 1}
    assert clone.call("cancel", order="ord_a1").status_code == 400

    classic.providers.clock.advance(20)

    assert classic.ask("status", order="101")["status"] == "Canceled"


@pytest.mark.parametrize(
    ("name", "action", "answer"),
    [
        ("refuses_refill", "refill", {"error": "This order is not eligible for refill"}),
        ("unknown_orders", "refill", {"error": "Incorrect order ID"}),
        ("bad_key", "balance", {"error": "Invalid API key"}),
        ("error_in_200", "services", {"error": "Something went wrong"}),
    ],
)
def test_scenario_strikes_once_at_its_provider(classic, clone, name, action, answer):
    classic.providers.scenarios.turn_on(name, path="/smmcost", times=1)

    assert "error" not in clone.ask(action, order="ord_b2")
    assert classic.ask(action, order="102") == answer
    assert "error" not in classic.ask(action, order="102")


def test_rejects_refills(classic):
    classic.control("POST", "scenario", {"name": "rejects_refills"})
    classic.ask("refill", order="102")
    classic.providers.clock.advance(3600)

    assert classic.ask("refill_status", refill="77") == {"status": "Rejected"}


def test_refuses_cancel_and_sloppy_types(classic):
    classic.providers.scenarios.turn_on("refuses_cancel")
    classic.providers.scenarios.turn_on("wrong_types", path="/smmcost/status")
    classic.providers.scenarios.turn_on("unknown_fields", path="/smmcost/balance")

    assert classic.ask("cancel", orders="101")[0]["cancel"] == {"error": "Order cannot be canceled"}
    assert classic.ask("status", order="101")["remains"] == 500.0
    assert classic.ask("balance")["x_region"] == "eu-2"


def test_time_out_after_write_asks_for_one_refill(classic):
    classic.providers.scenarios.turn_on("time_out_after_write")

    with pytest.raises(requests.ReadTimeout):
        classic.call("refill", order="102", timeout=0.1)

    assert [refill["status"] for refill in classic.control("GET", "refills")["refills"]] == ["Pending"]


def test_limit_answers_429(providers, classic):
    providers.gate.limit = 2

    assert [classic.call("balance").status_code for _ in range(3)] == [200, 200, 429]


def test_catalogue_and_balance_are_changed_over_the_control(classic):
    body = {"slug": "smmcost", "id": 900, "name": "Shares | R30", "rate": "0.2"}
    added = classic.control("POST", "services", body)["service"]
    assert (added["can_refill"], len(classic.ask("services"))) == (True, 8)

    classic.control("POST", "services", {"slug": "smmcost", "id": 900, "is_gone": True})
    assert len(classic.ask("services")) == 7

    classic.control("POST", "balance", {"slug": "smmcost", "balance": "0.05"})
    assert classic.ask("balance")["balance"] == "0.0500"
    assert classic.control("POST", "balance", {"slug": "nobody"}) == {"error": "no account there"}
    assert [order["oid"] for order in classic.control("GET", "orders")["orders"]] == ["101", "102"]


def test_journal_shows_no_key(classic):
    classic.ask("balance")

    entry = classic.control("GET", "requests")["requests"][0]
    assert (entry["body"], entry["key"]) == ({"action": "balance"}, "ight")
