"""The phone of anybody in the demo."""

import pytest
from django.utils import timezone

from botcore.domain import platform
from botcore.models import SandboxMessage, SandboxSession
from smmbot.testing.worker import outside


@pytest.fixture
def heard(tenant, number, worker):
    """The platform, and the tenant's own number, have written to a phone."""
    outside(
        lambda: platform.send(phone="+447911123456", text="Your code is <b>123456</b>", now=timezone.now())
    )
    worker.run()
    SandboxMessage.objects.create(
        session=SandboxSession.objects.get(name=number.session_name),
        chat_wa_id="447911123456@s.whatsapp.net",
        client_ref="x",
        text="Hello from the shop",
    )


@pytest.mark.parametrize("phone", ["+447911123456", "%2B447911123456", "447911123456", "+44 7911-123456"])
def test_shows_what_a_phone_received(site, heard, phone):
    page = site.as_(None).get(f"/sandbox-phone?phone={phone}").content.decode()

    assert "Your code is &lt;b&gt;123456&lt;/b&gt;" in page
    assert "Hello from the shop" in page
    assert "SMM Bot" in page


def test_part_alone_for_htmx(site, heard):
    part = site.as_(None).get("/sandbox-phone", {"phone": "447911123456"}, htmx=True).content.decode()

    assert "Your code is" in part
    assert "<html" not in part


def test_other_phones_see_nothing_of_it(site, heard):
    page = site.as_(None).get("/sandbox-phone?phone=44791112345").content.decode()

    assert "Nothing yet" in page


def test_without_a_phone_it_asks_whose(site, heard):
    page = site.as_(None).get("/sandbox-phone").content.decode()

    assert "?phone=447911123456" in page


@pytest.mark.parametrize("who", [None, "owner"])
def test_outside_the_demo_there_is_no_such_page(site, heard, settings, who):
    settings.DEMO = False
    settings.SESSION_COOKIE_SECURE = False

    assert site.as_(who).get("/sandbox-phone?phone=447911123456").status_code == 404
