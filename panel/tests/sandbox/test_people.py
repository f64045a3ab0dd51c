"""Users, payments and tickets of the fake panel."""

import pytest

from panel.tests.sandbox.conftest import NOW


def test_user_is_found_by_name_email_or_id(client):
    def names(**query):
        return [row["username"] for row in client.get("/users", **query)["data"]["list"]]

    assert names(username="rahul.smm") == ["rahul.smm"]
    assert names(email="anna.media@mail.example") == ["anna_media"]
    assert names(ids="93,94") == ["ghost_77", "joko88"]
    assert names(username="rahul") == []
    assert len(names()) == 4


def test_user_has_the_fields_of_the_wire(client):
    user = client.get("/users", username="ghost_77")["data"]["list"][0]

    assert user["status"] == "banned"
    assert user["balance"] == {"value": "3.1000", "currency_code": "USD", "formatted": "$3.10"}
    assert user["created_timestamp"] < user["last_auth_timestamp"] < NOW


def test_payments_are_filtered(client):
    rows = client.get("/payments", username="anna_media")["data"]["list"]

    assert [row["payment_id"] for row in rows] == [9004, 9001]
    assert rows[0]["user"] == {"username": "anna_media"}
    assert [row["memo"] for row in client.get("/payments", payment_status="waiting")["data"]["list"]] == [
        "TX-2071"
    ]


def test_tickets_are_listed_newest_first_without_messages(client):
    rows = client.get("/tickets", status="pending")["data"]["list"]

    assert [(row["id"], row["subject"]) for row in rows] == [
        (5501, "Orders Support- AI"),
        (5502, "Orders Support- AI"),
    ]
    assert rows[0]["user"] == {"username": "anna_media"}
    assert "messages" not in rows[0]


def test_ticket_has_its_html_messages(client):
    ticket = client.get("/tickets/5501")["data"]

    assert "<b>Order ID</b>: 54321" in ticket["messages"][0]["message"]
    assert "speedup my order 54321" in ticket["messages"][0]["message"]
    assert ticket["messages"][0]["is_staff"] is False
    assert ticket["assignee"] is None


def test_reply_moves_the_ticket_to_answered(client):
    reply = client.post("/tickets/5501/reply", message="On it.", staff_name="aisupport")

    assert (reply["error_code"], reply["data"]) == (0, {"ticket_id": 5501})
    ticket = client.get("/tickets/5501")["data"]
    assert ticket["status"] == "answered"
    assert ticket["messages"][-1] == {
        "message": "On it.",
        "is_staff": True,
        "sender_name": "aisupport",
        "created": "2026-02-02 02:40:00",
    }


@pytest.mark.parametrize(
    ("ticket_id", "body"),
    [
        (5501, {"message": "", "staff_name": "aisupport"}),
        (5501, {"message": "  ", "staff_name": "aisupport"}),
        (5501, {"message": "Hi"}),
        (5501, {"message": "Hi", "staff_name": "Support Team"}),
        (5505, {"message": "Hi", "staff_name": "aisupport"}),
    ],
)
def test_reply_is_refused(client, ticket_id, body):
    before = client.get(f"/tickets/{ticket_id}")["data"]

    assert client.post(f"/tickets/{ticket_id}/reply", **body)["error_code"] not in (0, 100)
    assert client.get(f"/tickets/{ticket_id}")["data"] == before
    assert client.panel.journal.writes() == []


def test_staff_opens_a_ticket_for_a_customer(client):
    added = client.post("/tickets/add", username="joko88", subject="Your code", message="Code: 123456")

    ticket = client.get(f"/tickets/{added['data']['ticket_id']}")["data"]
    assert (ticket["user"], ticket["status"]) == ({"username": "joko88"}, "answered")
    assert ticket["messages"][0]["is_staff"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"username": "nobody", "subject": "a", "message": "b"},
        {"subject": "a", "message": "b"},
        {"username": "joko88", "subject": "", "message": "b"},
        {"username": "joko88", "subject": "a", "message": "b", "staff_name": "stranger"},
    ],
)
def test_ticket_is_not_added(client, body):
    assert client.post("/tickets/add", **body)["error_code"] not in (0, 100)
    assert len(client.get("/tickets")["data"]["list"]) == 5


def test_customer_writes_over_the_control(client):
    opened = client.control("POST", "tickets", {"username": "joko88", "subject": "Hi", "message": "<b>x</b>"})
    client.post(f"/tickets/{opened['ticket']['id']}/reply", message="Yes?", staff_name="support1")

    again = client.control("POST", "tickets", {"id": opened["ticket"]["id"], "message": "refill 54342"})

    assert [message["is_staff"] for message in again["ticket"]["messages"]] == [False, True, False]
    assert again["ticket"]["status"] == "pending"
    assert client.control("POST", "tickets", {"id": 5505, "message": "x"}) == {"error": "Ticket is locked."}
