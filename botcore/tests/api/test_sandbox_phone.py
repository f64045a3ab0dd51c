"""The demo's phone, for scripts."""

from django.utils import timezone

from botcore.domain import platform
from smmbot.testing.worker import outside

PHONE = "/api/v1/sandbox-phone"


def test_tells_what_a_phone_received_to_anybody(site, number, worker):
    outside(lambda: platform.send(phone="+447911123456", text="Your code is 123456", now=timezone.now()))
    worker.run()

    for spelling in ("%2B447911123456", "447911123456", "+44%207911-123456"):
        (chat,) = site.as_(None).api("GET", f"{PHONE}?phone={spelling}").json()["results"]
        assert (chat["name"], [one["text"] for one in chat["messages"]]) == (
            "SMM Bot",
            ["Your code is 123456"],
        )


def test_nobodys_phone_is_empty(site, number):
    assert site.as_(None).api("GET", f"{PHONE}?phone=1234567890").json()["results"] == []
    assert site.as_(None).api("GET", PHONE).json()["results"] == []


def test_is_there_in_the_demo_alone(site, settings):
    settings.DEMO = False

    assert site.as_(None).api("GET", f"{PHONE}?phone=447911123456").status_code == 404
