"""Envelope, keys, pages and the limit of the fake panel."""

import pytest

from panel.tests.sandbox.conftest import OTHER_KEY


def test_list_has_the_envelope_and_pages(client):
    first = client.get("/orders", limit=25, offset=25, user="anna_media", sort="date-asc")
    last = client.get("/orders", limit=50, offset=50)

    assert set(first) == {"data", "pagination", "error_message", "error_code"}
    assert (first["error_code"], first["error_message"]) == (0, "")
    assert first["data"]["count"] == 21
    assert first["data"]["list"] == []
    assert last["data"]["count"] == 60
    assert len(last["data"]["list"]) == 10
    assert last["pagination"] == {
        "prev_page_href": "/adminapi/v2/orders?limit=50&offset=0",
        "next_page_href": "",
        "offset": 50,
        "limit": 50,
    }


def test_next_page_href_keeps_the_filters(client):
    page = client.get("/orders", user="anna_media", limit=5)

    assert page["pagination"]["next_page_href"] == "/adminapi/v2/orders?user=anna_media&limit=5&offset=5"


def test_unknown_path_is_error_100_inside_200(client):
    response = client.call("GET", "/services")

    assert response.status_code == 200
    assert response.json() == {"data": [], "error_message": "Page not found.", "error_code": 100}


def test_get_of_a_write_is_no_write(client):
    assert client.get("/orders/resend")["error_code"] == 100


def test_unknown_order_is_404_with_the_envelope(client):
    response = client.call("GET", "/orders/99999")

    assert response.status_code == 404
    assert response.json()["data"] == []
    assert response.json()["error_code"] != 0


def test_unknown_ticket_is_an_error_inside_200(client):
    response = client.call("GET", "/tickets/1")

    assert (response.status_code, response.json()["data"]) == (200, [])
    assert response.json()["error_code"] not in (0, 100)


@pytest.mark.parametrize("key", ["wrong", "KEY-OF-ONE"])
def test_wrong_key_is_401(client, key):
    response = client.call("GET", "/orders", key=key)

    assert response.status_code == 401
    assert response.json()["error_code"] != 0


def test_key_in_the_query_is_not_taken(client):
    response = client.session.get(
        f"{client.url}/adminapi/v2/orders", params={"apikey": client.key}, timeout=5
    )

    assert response.status_code == 401


def test_outside_the_api_there_is_nothing(client):
    assert client.session.get(f"{client.url}/elsewhere", timeout=5).status_code == 404


def test_sixth_call_in_a_second_is_429_for_that_key_only(limited_client):
    statuses = [limited_client.call("GET", "/orders/54321").status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    refused = limited_client.call("GET", "/users")
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
    assert limited_client.call("GET", "/users", key=OTHER_KEY).status_code == 200
