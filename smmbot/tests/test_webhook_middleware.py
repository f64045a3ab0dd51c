"""Webhooks are answered in front of what is for people and their browsers, and behind what holds for everybody."""

import json

import pytest
from django.test import Client
from django.urls import get_resolver

from botcore import webhooks
from botcore.gateway.drivers.sandbox import SIGNATURE_HEADER, sign
from botcore.models import InboxMessage
from smmbot.site.middleware import WebhookMiddleware
from smmbot.testing.chat import deliver
from smmbot.testing.worker import outside


def message(message_id):
    sender = {"phone": "15550100011", "lid": "99900000000011"}
    return {
        "event": "message",
        "message": {
            "id": message_id,
            "chat": "15550100011@s.whatsapp.net",
            "sender": sender,
            "text": "hi",
            "timestamp": 1,
        },
    }


def send(client, number, message_id="M1", **headers):
    body = json.dumps({"session": number.session_name, **message(message_id)}).encode()
    return outside(
        lambda: client.post(
            f"/webhooks/whatsapp/{number.webhook_key}",
            data=body,
            content_type="application/json",
            headers={SIGNATURE_HEADER: sign(body, secret=number.webhook_secret), **headers},
        )
    )


def test_cookies_are_not_looked_at(site, number, django_assert_num_queries):
    """Who is signed in, and in what zone, is nothing to a gateway."""
    deliver(number, message("M1"))
    assert site.get("/overview").status_code == 200  # signed in

    with django_assert_num_queries(1):
        answer = send(site.client, number, "M2")

    assert answer.status_code == 200
    assert InboxMessage.objects.filter(wa_message_id="M2").exists()
    assert not answer.cookies


def test_answer_carries_what_a_machine_needs_and_no_more(number):
    answer = send(Client(), number, **{"X-Request-Id": "of-the-gateway"})

    assert dict(answer.headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": "0",
        "X-Request-Id": "of-the-gateway",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_host_that_is_not_ours_is_refused(number):
    assert send(Client(), number, Host="elsewhere.example").status_code == 400
    assert not InboxMessage.objects.exists()


def test_plain_http_is_refused_where_https_is_wanted(number, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert send(Client(), number).status_code == 301
    assert not InboxMessage.objects.exists()


def test_failure_is_an_answer_with_an_id(number, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(webhooks, "take", fail)

    answer = send(Client(raise_request_exception=False), number)

    assert answer.status_code == 500
    assert answer["X-Request-Id"]


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/nobody", "/webhooks"])
def test_address_of_no_webhook_is_the_page_for_people(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers


def test_views_below_the_prefix_need_none_of_what_they_pass_by():
    """They are not asked to sign in and no CSRF token is looked for: each must have said that it wants neither."""
    found = list(views(get_resolver().url_patterns))

    assert webhooks.whatsapp in found
    for view in found:
        assert view.csrf_exempt
        assert view.login_required is False


def views(patterns, prefix="/"):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, route)
        elif route.startswith(WebhookMiddleware.PREFIX):
            yield pattern.callback
