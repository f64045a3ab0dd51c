"""Landing page, the two health questions, and the id of every request."""

import re

import pytest
from django.db import connection

from smmbot.celery import app
from smmbot.lib import heartbeat


@pytest.fixture
def ready(db, clock):
    heartbeat.tick()


def checks(response):
    return response.json()["checks"]


@pytest.mark.parametrize("demo", [True, False])
def test_landing_page_is_open_to_strangers(client, settings, demo):
    settings.DEMO = demo

    response = client.get("/")

    assert response.status_code == 200
    assert '<html lang="en"' in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_pages_are_read_only(client, path):
    assert client.post(path).status_code == 405


def test_healthz_asks_nobody_else(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/healthz")  # and without the `db` fixture a query would fail

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_when_all_is_well(client, ready):
    response = client.get("/readyz")

    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "redis": "ok", "broker": "ok", "beat": "ok"},
    }
    assert response.status_code == 200


def test_readyz_without_a_tick(client, db):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert checks(response)["beat"] == "no tick yet: are beat and a worker running?"


def test_readyz_with_an_old_tick(client, ready, clock):
    clock.advance(seconds=61)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert checks(response) == {
        "database": "ok",
        "redis": "ok",
        "broker": "ok",
        "beat": "last tick 61 s ago: are beat and a worker running?",
    }


def test_readyz_without_redis(client, ready, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert checks(response)["redis"] == "does not answer"
    assert checks(response)["beat"] == "unknown: Redis does not answer"
    assert checks(response)["database"] == "ok"


def test_readyz_without_the_broker(client, ready, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert checks(response)["broker"] == "does not answer"


@pytest.mark.django_db(transaction=True)
def test_readyz_without_the_database(client, clock, monkeypatch):
    heartbeat.tick()
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")

    response = client.get("/readyz")

    monkeypatch.undo()
    connection.close()
    assert response.status_code == 503
    assert checks(response)["database"] == "does not answer"


def test_every_answer_has_an_id_of_its_own(client):
    ids = {client.get("/healthz")["X-Request-Id"] for _ in range(3)}

    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_id_of_the_proxy_is_kept(client):
    assert client.get("/healthz", headers={"X-Request-Id": "abc.DEF-12_3"})["X-Request-Id"] == "abc.DEF-12_3"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space here", "evil\nX-Injected: 1", "ünïcödé-id"])
def test_what_is_no_id_is_not_taken(client, given):
    assert client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"] != given


@pytest.mark.parametrize("path", ["/nowhere", "/admin/", "/webhooks/whatsapp/"])
def test_unknown_and_closed_pages_have_an_id_too(client, db, path):
    response = client.get(path)

    assert response.status_code in (302, 404)
    assert response["X-Request-Id"]
