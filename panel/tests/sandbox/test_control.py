"""Scenarios, clock, journal and the other control calls of the fake panel."""

import pytest
import requests

from panel.tests.sandbox.conftest import KEY, NOW, OTHER_KEY


@pytest.mark.parametrize(
    ("name", "status", "start"),
    [
        ("error_500", 500, "Internal"),
        ("html_502", 502, "<html>"),
        ("html_page", 200, "<!DOCTYPE html>"),
        ("empty_body", 200, ""),
        ("rate_limited", 429, '{"data": []'),
        ("error_in_200", 200, '{"data": []'),
    ],
)
def test_scenario_strikes_so_often_and_nothing_is_performed(client, name, status, start):
    client.control("POST", "scenario", {"name": name, "on": True, "times": 1})

    struck = client.call("POST", "/orders/cancel", body={"ids": "54321"})

    assert struck.status_code == status
    assert struck.text.startswith(start)
    assert (struck.text == "") is (start == "")
    assert client.order(54321)["status"] == "in_progress"


def test_scenarios_are_switched_over_http(client):
    client.control("POST", "scenario", {"name": "slow", "on": True, "delay_s": 0, "path": "/users"})
    both = client.control("POST", "scenario", {"name": "skipped_ids", "on": True})
    one = client.control("POST", "scenario", {"name": "slow", "on": False})

    assert [scenario["name"] for scenario in both["on"]] == ["slow", "skipped_ids"]
    assert [scenario["name"] for scenario in one["on"]] == ["skipped_ids"]
    assert client.control("DELETE", "scenario")["on"] == []
    assert "html_page" in client.control("GET", "scenario")["known"]
    assert client.control("POST", "scenario", {"name": "nonsense"}) == {"error": "no scenario 'nonsense'"}
    assert "error" in client.control("POST", "scenario", {"name": "slow", "tempo": 1})


def test_scenario_keeps_to_its_path_and_key(client):
    client.panel.scenarios.turn_on("error_500", path="/orders/request-cancel", api_key=KEY)

    assert client.call("GET", "/orders/54321").status_code == 200
    assert client.call("POST", "/orders/request-cancel", body={"ids": "54321"}).status_code == 500
    other = client.call("POST", "/orders/request-cancel", body={"ids": "54321"}, key=OTHER_KEY)
    assert other.json()["data"]["ids"] == [54321]


def test_slow_answers_after_its_delay(client):
    client.panel.scenarios.turn_on("slow", delay_s=0.3)

    with pytest.raises(requests.ReadTimeout):
        client.call("GET", "/orders/54321", timeout=0.1)


def test_time_out_does_nothing(client):
    client.panel.scenarios.turn_on("time_out", times=1)

    with pytest.raises(requests.ReadTimeout):
        client.call("POST", "/orders/cancel", body={"ids": "54321"}, timeout=0.1)

    assert client.order(54321)["status"] == "in_progress"
    assert client.control("GET", "writes") == {"writes": []}
    assert client.control("GET", "requests")["requests"][0]["status"] is None


def test_time_out_after_write_performs_it_once(client):
    client.panel.scenarios.turn_on("time_out_after_write", times=1)

    assert client.order(54321)["status"] == "in_progress"
    with pytest.raises(requests.ReadTimeout):
        client.call("POST", "/orders/cancel", body={"ids": "54321"}, timeout=0.1)

    assert client.order(54321)["status"] == "canceled"
    assert [write["changed"] for write in client.control("GET", "writes")["writes"]] == [{"ids": [54321]}]


def test_skipped_ids_leaves_all_alone(client):
    client.panel.scenarios.turn_on("skipped_ids")

    assert client.post("/orders/cancel", ids="54321")["data"] == {"ids": [], "skipped_ids": [54321]}
    assert client.post("/orders/54321/set-partial", remains=1)["data"]["skipped_ids"] == [54321]
    assert client.order(54321)["status"] == "in_progress"


def test_refuses_cancel_takes_the_request_and_never_grants_it(client):
    client.panel.scenarios.turn_on("refuses_cancel")

    assert client.post("/orders/request-cancel", ids="54321")["data"]["ids"] == [54321]
    client.panel.clock.advance(3600)

    assert client.order(54321)["status"] == "in_progress"


def test_ignores_filter_returns_other_orders_too(client):
    client.panel.scenarios.turn_on("ignores_filter")

    assert len(client.ids(ids="54321")) == 60
    assert client.get("/users", username="joko88")["data"]["count"] == 4


def test_wrong_types(client):
    client.panel.scenarios.turn_on("wrong_types")

    running, waiting = client.order(54321), client.order(54327)
    assert (running["id"], running["quantity"], running["charge"]["value"]) == ("54321", "5000", 6.0)
    assert running["created_timestamp"] == str(NOW - 3 * 3600)
    assert waiting["start_count"] == ""


def test_unknown_fields(client):
    client.panel.scenarios.turn_on("unknown_fields")

    envelope = client.get("/orders/54321")
    assert envelope["x_region"] == envelope["data"]["x_region"] == envelope["data"]["charge"]["x_region"]


def test_clock_is_moved_over_http(client):
    assert client.control("POST", "clock", {"advance_s": 90}) == {"now": NOW + 90, "is_frozen": True}
    assert client.control("POST", "clock", {"now": NOW}) == {"now": NOW, "is_frozen": True}
    assert client.control("POST", "clock", {"run": True})["is_frozen"] is False
    assert "error" in client.control("POST", "clock", {"now": "soon"})


def test_journal_keeps_requests_without_the_key(client):
    client.order(54321)
    client.post("/orders/resend", ids="54329")

    read, write = client.control("GET", "requests")["requests"]
    assert read == {
        "method": "GET",
        "path": "/adminapi/v2/orders/54321",
        "query": {},
        "body": None,
        "key": KEY[-4:],
        "time": NOW,
        "status": 200,
    }
    assert write["body"] == {"ids": "54329"}


def test_orders_are_listed_and_set(client):
    listed = client.control("GET", "orders")["orders"]
    done = client.control(
        "POST",
        "orders",
        {"id": 54321, "status": "completed", "service_name": "Likes | R30", "completed_at": NOW - 60},
    )["orders"][0]
    new = client.control(
        "POST",
        "orders",
        {
            "orders": [
                {
                    "id": 70001,
                    "status": "partial",
                    "remains": 40,
                    "quantity": 100,
                    "provider": "boostlab.example",
                }
            ]
        },
    )["orders"][0]

    assert {row["id"]: row["status"] for row in listed}[54329] == "fail"
    assert (done["status"], done["remains"], done["last_update_timestamp"]) == ("completed", 0, NOW - 60)
    assert done["actions"]["refill"] is True
    assert (new["status"], new["remains"], new["external_id"][:4]) == ("partial", 40, "ord_")
    pinned = client.control("POST", "orders", {"id": 54321, "actions": {"refill": False}})["orders"][0]
    assert pinned["actions"]["refill"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 1, "colour": "red"},
        {"id": 1, "status": "lost"},
        {"id": 1, "service_id": 9},
        {"orders": [7]},
    ],
)
def test_order_that_cannot_be_is_refused(client, body):
    assert "error" in client.control("POST", "orders", body)
    assert len(client.ids()) == 60


def test_panel_is_added_while_running(client):
    assert client.call("GET", "/orders", key="late").status_code == 401

    client.control("POST", "panels", {"api_key": "late"})

    assert client.call("GET", "/orders/54321", key="late").json()["data"]["user"] == "anna_media"
    client.control(
        "POST", "users", {"api_key": "late", "username": "anna_media", "balance": "1.5", "status": "x"}
    )
    late = client.call("GET", "/users", key="late", username="anna_media").json()["data"]["list"][0]
    assert (late["balance"]["value"], late["status"]) == ("1.5000", "x")
    assert client.balance("anna_media") == "48.2500"
    assert [one["api_key"] for one in client.control("GET", "panels")["panels"]] == [KEY, OTHER_KEY, "late"]


def test_reset_starts_again(client):
    client.post("/orders/cancel", ids="54321")
    client.panel.scenarios.turn_on("slow")
    client.panel.clock.advance(5)

    assert client.control("POST", "reset") == {"now": NOW, "is_frozen": True}

    assert client.order(54321)["status"] == "in_progress"
    assert client.control("GET", "writes") == {"writes": []}
    assert client.control("GET", "nonsense") == {"error": "no control call GET nonsense"}


def test_every_answer_waits_for_the_latency(client):
    client.panel.latency_s = 0.3

    with pytest.raises(requests.ReadTimeout):
        client.call("GET", "/orders/54321", timeout=0.1)
