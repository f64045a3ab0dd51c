"""Front page, documentation, API reference, help, error pages."""

import html
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path as address

from botcore.commands.registry import COMMANDS
from smmbot import urls
from smmbot.api import openapi
from smmbot.site import manual
from tenants.permissions import Permission


def text_of(response):
    return html.unescape(response.content.decode())


def test_landing_in_the_demo_says_how_to_get_in(client, settings):
    settings.DEMO = True
    page = text_of(client.get("/"))
    assert "+15550100001" in page
    assert "sandbox-demo" in page
    assert 'href="/sandbox-phone"' in page


def test_landing_elsewhere_names_no_password(client, settings):
    settings.DEMO = False
    page = text_of(client.get("/"))
    assert "sandbox" not in page.replace("A sandbox to try", "")
    assert 'href="/signup"' in page
    assert "Can WhatsApp ban my number?" in page


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/api"])
def test_public_pages_ask_the_database_nothing(client, path):
    assert client.get(path).status_code == 200  # without the `db` fixture a query fails


def test_docs_and_help_list_every_command(client, site):
    for page in (text_of(client.get("/docs")), text_of(site.get("/help"))):
        assert [name for name, one in COMMANDS.items() if f"<code>{one.usage}</code>" not in page] == []


def test_docs_and_reference_list_every_endpoint(client):
    docs, reference = text_of(client.get("/docs")), text_of(client.get("/docs/api"))
    for path, operations in openapi.document()["paths"].items():
        for method, operation in operations.items():
            said = f"{method.upper()}</span> <code>{path}</code>"
            assert said in docs, (method, path)
            assert said in reference, (method, path)
            assert f'id="{operation["operationId"]}"' in reference


def test_docs_close_with_the_way_in(client):
    page = text_of(client.get("/docs"))
    assert page.rindex("Create your account") > page.rindex("/api/v1/")


def test_links_within_a_page_lead_somewhere(client):
    for path in ("/docs", "/docs/api"):
        page = text_of(client.get(path))
        ids = set(re.findall(r'id="([^"]+)"', page))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_reference_tells_fields_and_an_example(client):
    page = text_of(client.get("/docs/api"))
    assert "support_enabled" in page
    assert '-H "Authorization: Bearer $KEY"' in page
    assert "Owner, Staff Admin" in page


def test_every_command_is_on_exactly_one_sheet():
    usages = [line.usage for sheet in manual.sheets() for line in sheet.lines]
    assert sorted(usages) == sorted(one.usage for one in COMMANDS.values())


def test_sheets_are_ready_to_paste(site):
    customers = manual.sheets()[0]
    assert customers.text.startswith("*Customers*\n\n*check 54321*\n")
    assert "<" not in customers.text
    page = text_of(site.get("/help"))
    assert 'data-copy="#sheet-customers"' in page
    assert '<pre id="sheet-customers" tabindex="0">' in page


def test_role_table_has_every_permission():
    shown = {row.permission for row in manual.role_rows()}
    assert set(Permission) - shown == {Permission.MANAGE_BILLING}


def test_help_is_for_everybody_in_the_team(site):
    for role in ("owner", "staff_admin", "staff"):
        assert site.as_(role).get("/help").status_code == 200


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_need_nothing(name):
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert 'href="/"' in page


def test_missing_page_is_ours(client, db):
    answer = client.get("/docs/nowhere")
    assert answer.status_code in (302, 404)


@login_not_required
def breaks(request):
    raise RuntimeError("boom")


urlpatterns = [address("breaks", breaks)]
handler500 = urls.handler500


@pytest.mark.urls(__name__)
def test_a_page_that_broke_names_the_id_the_log_has_it_under():
    client = Client(raise_request_exception=False, headers={"X-Request-Id": "0123456789abcdef"})

    answer = client.get("/breaks")

    assert (answer.status_code, answer["X-Request-Id"]) == (500, "0123456789abcdef")
    assert "<code>0123456789abcdef</code>" in text_of(answer)
    assert "boom" not in text_of(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_mistyped_address_of_the_api_is_answered_as_json(method):
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/nothing")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_such_address")


def test_stale_form_is_ours(db):
    answer = Client(enforce_csrf_checks=True).post("/login", {"phone": "+15550100001"})
    assert answer.status_code == 403
    assert "open too long" in text_of(answer)


def test_pages_keep_to_the_policy():
    """No inline script, style or handler: the browser would refuse it."""
    root = Path(django_settings.BASE_DIR) / "templates"
    for page in [*(root / "site").rglob("*.html"), *root.glob("*.html")]:
        assert not re.search(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]*\ssrc=)', page.read_text()), page
