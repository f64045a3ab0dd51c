"""Reading and writing orders of the fake panel."""

from decimal import Decimal

import pytest

from panel.tests.sandbox.conftest import NOW, OTHER_KEY

DAY_S = 86_400


def test_order_has_the_fields_of_the_wire(client):
    order = client.order(54321)

    assert order["external_id"] == "2323223"
    assert order["provider"] == "smmcost.example"
    assert (order["user"], order["status"], order["mode"]) == ("anna_media", "in_progress", "auto")
    assert order["charge"] == {"value": "6.0000", "currency_code": "USD", "formatted": "$6.00"}
    assert (order["quantity"], order["start_count"], order["remains"]) == (5000, 1200, 2960)
    assert (order["created"], order["created_timestamp"]) == ("2026-02-01 23:40:00", NOW - 3 * 3600)
    assert order["last_update_timestamp"] <= NOW
    assert order["actions"] == {
        "resend": False,
        "refill": False,
        "request_cancel": True,
        "cancel_and_refund": True,
    }


def test_list_rows_have_last_update_only_when_included(client):
    plain = client.get("/orders", ids="54321")["data"]["list"][0]
    included = client.get("/orders", ids="54321", include="last_update")["data"]["list"][0]

    assert set(included) - set(plain) == {"last_update", "last_update_timestamp"}
    assert client.order(54321) == included


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"ids": "54322,54330, 99999,x"}, [54322, 54330]),
        ({"external_order_ids": "2323223,2323224"}, [54321, 54322]),
        ({"ids": "54321,54330", "user": "rahul.smm"}, [54330]),
        ({"ids": "54321,54322", "order_status": "completed"}, [54322]),
        ({"ids": "54321,54330,54336", "provider": "boostlab.example"}, [54330]),
        ({"ids": "54321,54330,54336", "mode": "manual"}, [54336]),
        ({"ids": "54321,54330,54336", "service_ids": "4301,4306"}, [54321, 54330]),
        ({"ids": "54322,54323", "created_from": NOW - 10 * DAY_S}, [54322]),
        ({"ids": "54322,54323", "created_to": NOW - 10 * DAY_S}, [54323]),
        ({"ids": "54329,54330", "link": "@anna_media.9"}, [54329]),
        ({"ids": "54320,54321", "creation_type": "api"}, [54320]),
        ({"user": "nobody"}, []),
    ],
)
def test_orders_are_filtered(client, query, expected):
    assert client.ids(**query) == expected


@pytest.mark.parametrize("query", [{"status": "completed"}, {"order_ids": "54321"}, {"ids": ""}, {}])
def test_unknown_filter_gives_everything(client, query):
    assert len(client.ids(**query)) == 60


def test_orders_are_sorted_by_date(client):
    def first(sort):
        return client.get("/orders", limit=1, sort=sort)["data"]["list"][0]["created_timestamp"]

    assert first("date-asc") < first("date-desc")


def test_panels_do_not_share_a_world(client):
    client.post("/orders/cancel", ids="54321")

    other = client.call("GET", "/orders/54321", key=OTHER_KEY).json()["data"]
    assert (client.order(54321)["status"], other["status"]) == ("canceled", "in_progress")


def test_resend_places_a_failed_order_once(client):
    before = client.order(54329)

    first = client.post("/orders/resend", ids="54329,54321")
    second = client.post("/orders/resend", ids="54329")

    assert first["data"] == {"ids": [54329], "skipped_ids": [54321]}
    assert second["data"] == {"ids": [], "skipped_ids": [54329]}
    after = client.order(54329)
    assert (before["external_id"], before["actions"]["resend"]) == (None, True)
    assert (after["status"], after["actions"]["resend"]) == ("pending", False)
    assert after["external_id"].isdecimal()
    assert [write["changed"]["ids"] for write in client.panel.journal.writes()] == [[54329]]


def test_requested_cancel_is_granted_later_and_pays_back_what_was_not_delivered(client):
    before = Decimal(client.balance("anna_media"))

    assert client.post("/orders/request-cancel", ids="54321")["data"]["ids"] == [54321]
    assert client.post("/orders/request-cancel", ids="54321")["data"]["skipped_ids"] == [54321]
    assert client.order(54321)["status"] == "in_progress"
    assert client.order(54321)["actions"]["request_cancel"] is False
    client.panel.clock.advance(20)

    order = client.order(54321)
    assert (order["status"], order["remains"]) == ("canceled", 2956)
    assert Decimal(client.balance("anna_media")) - before == Decimal("6.0000") * 2956 / 5000
    assert client.balance("anna_media") == client.balance("anna_media")


def test_requested_cancel_of_a_pending_order_pays_all_back(client):
    before = Decimal(client.balance("anna_media"))

    client.post("/orders/request-cancel", ids="54327")
    client.panel.clock.advance(60)

    assert Decimal(client.balance("anna_media")) - before == Decimal("2.8500")


def test_requested_cancel_comes_too_late_for_an_order_that_ends_first(client):
    client.control("POST", "orders", {"id": 54321, "timeline": {"start_delay_s": 0, "units_per_s": 0.462}})
    assert client.order(54321)["remains"] == 11

    assert client.post("/orders/request-cancel", ids="54321")["data"]["ids"] == [54321]
    client.panel.clock.advance(24)
    assert client.order(54321)["status"] == "canceled"

    client.control("POST", "orders", {"id": 54321, "timeline": {"start_delay_s": 0, "units_per_s": 0.6}})
    client.panel.clock.advance(3600)
    assert client.order(54321)["status"] == "completed"


def test_order_without_the_button_is_skipped(client):
    assert client.post("/orders/request-cancel", ids="54328,54322")["data"] == {
        "ids": [],
        "skipped_ids": [54328, 54322],
    }
    assert client.panel.journal.writes() == []


def test_cancel_pays_all_back_at_once_even_when_completed(client):
    before = Decimal(client.balance("anna_media"))

    reply = client.post("/orders/cancel", ids="54322,54326,99999", cancel_reason="asked")

    assert reply["data"] == {"ids": [54322], "skipped_ids": [54326, 99999]}
    assert client.order(54322)["status"] == "canceled"
    assert Decimal(client.balance("anna_media")) - before == Decimal("1.2000")


def test_set_partial_pays_back_its_share(client):
    before = Decimal(client.balance("anna_media"))

    reply = client.post("/orders/54321/set-partial", remains=1000)

    assert reply["data"] == {"ids": [54321], "status": "partial", "remains": 1000, "skipped_ids": []}
    order = client.order(54321)
    assert (order["status"], order["remains"]) == ("partial", 1000)
    assert Decimal(client.balance("anna_media")) - before == Decimal("1.2000")
    assert client.post("/orders/54321/set-partial", remains=10)["data"]["skipped_ids"] == [54321]


@pytest.mark.parametrize("remains", [-1, 5001, "10", None, True])
def test_set_partial_refuses_nonsense(client, remains):
    assert client.post("/orders/54321/set-partial", remains=remains)["error_code"] != 0
    assert client.order(54321)["status"] == "in_progress"


def test_change_status_skips_what_is_over(client):
    reply = client.post("/orders/change-status", ids="54321,54322", status="completed")

    assert reply["data"] == {"ids": [54321], "status": "completed", "skipped_ids": [54322]}
    assert (client.order(54321)["status"], client.order(54321)["remains"]) == ("completed", 0)
    assert client.post("/orders/change-status", ids="54321", status="nonsense")["data"] == []


@pytest.mark.parametrize("body", [{"ids": [54321]}, {"ids": ""}, {"ids": 54321}, {"order_ids": "54321"}, {}])
def test_ids_must_be_one_text(client, body):
    response = client.call("POST", "/orders/cancel", body=body)

    assert response.status_code == 200
    assert response.json()["data"] == []
    assert response.json()["error_code"] not in (0, 100)
    assert client.order(54321)["status"] == "in_progress"


def test_order_moves_with_the_clock_to_its_end(client):
    timeline = {"start_delay_s": 60, "processing_s": 30, "units_per_s": 10}
    client.control("POST", "orders", {"id": 60001, "quantity": 1000, "start_count": 5, "timeline": timeline})
    seen = []
    for seconds in (0, 60, 40, 1000):
        client.panel.clock.advance(seconds)
        order = client.order(60001)
        seen.append((order["status"], order["remains"], order["start_count"]))

    assert seen == [
        ("pending", 1000, None),
        ("processing", 1000, None),
        ("in_progress", 900, 5),
        ("completed", 0, 5),
    ]
    assert client.order(60001)["last_update_timestamp"] == NOW + 190


def test_order_that_ends_partial_pays_back_by_itself_once(client):
    before = Decimal(client.balance("joko88"))
    client.panel.clock.advance(86_400)

    assert client.order(54340)["status"] == "partial"
    paid = Decimal(client.balance("joko88")) - before
    assert paid == Decimal("2.6000") * 400 / 1000
    assert Decimal(client.balance("joko88")) - before == paid


def test_seed_has_every_status_and_owner(client):
    rows = client.get("/orders")["data"]["list"]

    assert {row["status"] for row in rows} == {
        "pending", "processing", "in_progress", "completed", "partial", "canceled", "fail", "error",
    }  # fmt: skip
    assert {row["user"] for row in rows} == {"anna_media", "rahul.smm", "joko88"}
    assert {row["provider"] for row in rows if row["mode"] == "manual"} == {None, "", "0", "n/a", "manual"}


@pytest.mark.parametrize(
    ("order_id", "offered"),
    [
        (54322, True),
        (54323, False),
        (54324, False),
        (54325, True),
        (54326, True),
        (54321, False),
        (54345, False),
    ],
)
def test_refill_is_offered_inside_the_guarantee(client, order_id, offered):
    assert client.order(order_id)["actions"]["refill"] is offered
