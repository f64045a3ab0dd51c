import base64

import pytest

from botcore.models import WhatsAppNumber
from botcore.sandbox import scanning
from botcore.tests.factories import ChatFactory, OutboxMessageFactory
from tenants.models import AuditEntry

NEW = {"name": "Second line", "accepts_risk": True}


@pytest.fixture(autouse=True)
def _no_server_to_reach(settings):
    settings.PUBLIC_URL = "http://127.0.0.1:9"


def test_a_number_is_linked_by_script(site, worker, number):
    made = site.api("POST", "/api/v1/numbers", NEW)
    assert (made.status_code, made.json()["state"]) == (201, "connecting")
    address = f"/api/v1/numbers/{made.json()['id']}"
    assert site.api("GET", f"{address}/qr").json() == {
        "state": "connecting",
        "text": None,
        "png_base64": None,
        "expires_at": None,
        "age_s": None,
        "seconds_left": None,
    }

    worker.run()
    code = site.api("GET", f"{address}/qr").json()
    assert (code["state"], code["text"].startswith("sandbox:")) == ("qr", True)
    assert base64.b64decode(code["png_base64"]).startswith(b"\x89PNG")
    assert code["expires_at"]

    scanning.scan(number=WhatsAppNumber.objects.get(name="Second line"), phone="15550200007")
    shown = site.api("GET", address).json()
    assert (shown["state"], shown["phone"], shown["is_default"]) == ("open", "15550200007", False)
    assert site.api("GET", "/api/v1/numbers").json()["total"] == 2


def test_rename_and_default(site, number, worker):
    made = site.api("POST", "/api/v1/numbers", NEW).json()

    answer = site.api("PATCH", f"/api/v1/numbers/{made['id']}", {"name": "Front", "is_default": True})

    assert (answer.json()["name"], answer.json()["is_default"]) == ("Front", True)
    number.refresh_from_db()
    assert not number.is_default
    assert {one.source for one in AuditEntry.objects.all()} == {"api"}


@pytest.mark.parametrize("body", [{"is_default": False}, {"name": ""}, {"name": "  "}, {"phone": "1"}])
def test_wrong_input_is_refused_with_the_field(site, number, body):
    answer = site.api("PATCH", f"/api/v1/numbers/{number.pk}", body)

    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == set(body)


def test_restart_log_out_remove(site, number, worker):
    assert site.api("POST", f"/api/v1/numbers/{number.pk}/restart").status_code == 202
    worker.run()
    assert site.api("GET", f"/api/v1/numbers/{number.pk}").json()["state"] == "open"

    assert site.api("POST", f"/api/v1/numbers/{number.pk}/logout").json()["state"] == "logged_out"
    worker.run()
    assert site.api("POST", f"/api/v1/numbers/{number.pk}/connect").json()["state"] == "connecting"
    worker.run()
    assert site.api("GET", f"/api/v1/numbers/{number.pk}/qr").json()["state"] == "qr"

    assert site.api("DELETE", f"/api/v1/numbers/{number.pk}").status_code == 202
    refused = site.api("POST", f"/api/v1/numbers/{number.pk}/connect")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "number_leaving")
    worker.run()
    assert site.api("GET", f"/api/v1/numbers/{number.pk}").status_code == 404


def test_secrets_are_not_told(site, number):
    answer = site.api("GET", f"/api/v1/numbers/{number.pk}").content.decode()

    assert number.webhook_key not in answer
    assert number.webhook_secret not in answer
    assert number.session_name not in answer


@pytest.mark.parametrize("role", ["staff", "staff_admin"])
def test_only_the_owner(site, number, role):
    assert site.as_(role).api("GET", "/api/v1/numbers").status_code == 403
    assert site.as_(role).api("POST", f"/api/v1/numbers/{number.pk}/logout").status_code == 403


def test_another_accounts_number_is_not_there(site, other_tenant):
    theirs = WhatsAppNumber._base_manager.get(tenant=other_tenant)

    assert site.api("GET", f"/api/v1/numbers/{theirs.pk}").status_code == 404
    assert site.api("DELETE", f"/api/v1/numbers/{theirs.pk}").status_code == 404


class TestSandboxScan:
    def scan(self, site, pk, phone="+15550200007"):
        return site.api("POST", f"/api/v1/numbers/{pk}/sandbox-scan", {"phone": phone})

    def test_plays_the_phone_of_a_sandbox_number(self, site, worker, number):
        made = site.api("POST", "/api/v1/numbers", NEW).json()
        worker.run()

        answer = self.scan(site, made["id"])

        assert (answer.status_code, answer.json()["state"], answer.json()["phone"]) == (
            202,
            "open",
            "15550200007",
        )

    def test_without_a_code_there_is_nothing_to_scan(self, site, number):
        answer = self.scan(site, number.pk)

        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_code_to_scan")

    @pytest.mark.parametrize("phone", ["", "1234567", "+1 555 020 0007", "not a phone"])
    def test_phone_is_digits(self, site, number, phone):
        assert self.scan(site, number.pk, phone).status_code == 400


def test_replies_that_wait_are_counted(site, number):
    OutboxMessageFactory(chat=ChatFactory(number=number))

    assert site.api("GET", f"/api/v1/numbers/{number.pk}").json()["unsent"] == 1
