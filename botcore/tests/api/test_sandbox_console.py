"""The sandbox for scripts."""

import pytest

from botcore.sandbox.composition import DEFAULT_API_KEY


@pytest.fixture(autouse=True)
def _panel(settings, sandbox):
    settings.SANDBOX_PANEL_URL, settings.SANDBOX_PANEL_KEY = sandbox.panel_url, DEFAULT_API_KEY


def say(site, **body):
    return site.api("POST", "/api/v1/sandbox/messages", {"text": "check 54321", **body})


def test_a_message_and_its_handling(site, worker):
    sent = say(site)
    assert (sent.status_code, sent.json()["state"]) == (202, "received")

    worker.run()
    answer = site.api("GET", f"/api/v1/sandbox/messages/{sent.json()['id']}").json()

    assert answer["state"] == "handled"
    assert "Order 54321" in answer["answers"][0]["text"]
    assert [log["action"] for log in answer["logs"]] == ["order"]
    assert answer["panel_calls"] == 1
    assert answer["trace"][0]["title"].startswith("Read as")


def test_chats_and_clearing(site, worker):
    say(site, chat="support", actor="rahul")
    worker.run()

    rows = site.api("GET", "/api/v1/sandbox/chats").json()["results"]
    assert [row["chat"] for row in rows] == ["direct", "support", "provider"]
    assert rows[1]["last_said"] != ""
    talk = site.api("GET", "/api/v1/sandbox/chats/support?actor=rahul").json()
    assert [one["is_bot"] for one in talk["messages"]] == [False, True]
    assert site.api("DELETE", "/api/v1/sandbox/chats/support?actor=rahul").json() == {"deleted": 1}
    assert site.api("GET", "/api/v1/sandbox/chats/support").json()["messages"] == []


def test_another_tenants_message_is_not_there(site, other_tenant):
    message_id = say(site).json()["id"]
    assert site.of(other_tenant).api("GET", f"/api/v1/sandbox/messages/{message_id}").status_code == 404


def test_staff_may_not(site):
    assert say(site.as_("staff")).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 400),
        ({"chat": "nowhere"}, 400),
        ({"actor": "supplier"}, 400),
        ({"panel": "other"}, 400),
        ({"play_as": "a\x00b"}, 400),
        ({"strange": 1}, 400),
    ],
)
def test_refused(site, body, status):
    assert say(site, **body).status_code == status


def test_an_unknown_chat(site):
    assert site.api("GET", "/api/v1/sandbox/chats/nowhere").status_code == 404
    assert site.api("GET", "/api/v1/sandbox/chats/provider?actor=customer").status_code == 400
