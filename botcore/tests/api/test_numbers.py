import base64

import pytest

from botcore.models import Gateway, WhatsAppNumber
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


@pytest.mark.parametrize("body", [{}, {"accepts_risk": False}, {"accepts_risk": None}])
def test_the_risk_must_be_accepted(site, number, body):
    answer = site.api("POST", "/api/v1/numbers", {"name": "Second line"} | body)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["accepts_risk"])
    assert site.api("POST", "/api/v1/numbers", NEW).status_code == 201
    assert AuditEntry.objects.get(action="number.add").after["accepts_risk"] is True


class TestGateways:
    @pytest.fixture
    def gateways(self, db):
        return [
            Gateway.objects.create(
                name=name, driver="waha", base_url="http://waha.internal", api_key="secret"
            )
            for name in ("First", "Second")
        ]

    def test_names_alone_are_told(self, site, number, gateways):
        assert site.api("GET", "/api/v1/gateways").json()["results"] == [
            {"id": gateways[0].pk, "name": "First", "is_default": True},
            {"id": gateways[1].pk, "name": "Second", "is_default": False},
        ]

    def test_one_is_chosen_and_left_for_another(self, site, number, gateways):
        made = site.api("POST", "/api/v1/numbers", NEW | {"gateway_id": gateways[1].pk}).json()
        assert made["gateway"] == "Second"

        moved = site.api("POST", f"/api/v1/numbers/{made['id']}/move", {"gateway_id": gateways[0].pk})

        assert (moved.status_code, moved.json()["gateway"], moved.json()["state"]) == (
            202,
            "First",
            "connecting",
        )

    def test_one_there_is_not_is_refused(self, site, number):
        for path, body in (("", NEW), (f"/{number.pk}/move", {})):
            answer = site.api("POST", f"/api/v1/numbers{path}", body | {"gateway_id": 99})
            assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["gateway_id"])


def test_pairing_passkey_and_play_by_script(site, worker, number):
    address = f"/api/v1/numbers/{site.api('POST', '/api/v1/numbers', NEW).json()['id']}"
    worker.run()
    asked = site.api("POST", f"{address}/pairing-code", {"phone": "+15550200007"})
    assert (asked.status_code, asked.json()["code"]) == (202, None)
    worker.run()
    assert site.api("GET", f"{address}/pairing-code").json()["code"] == "SAND-0000"

    site.api("POST", f"{address}/sandbox-scan", {"phone": "+15550200007", "needs_passkey": True})
    site.api("GET", f"{address}/passkey")
    worker.run()
    assert "challenge" in site.api("GET", f"{address}/passkey").json()["request"]
    answer = site.api("GET", f"{address}/play").json()["passkey_answer"]
    site.api("POST", f"{address}/passkey", {"credential": answer})
    worker.run()
    step = site.api("GET", f"{address}/passkey").json()
    assert (step["state"], step["code"] in site.api("GET", f"{address}/play").json()["shows"]) == (
        "passkey_confirm",
        True,
    )
    site.api("POST", f"{address}/passkey/confirm")
    worker.run()
    assert site.api("GET", address).json()["state"] == "open"

    dropped = site.api("POST", f"{address}/play", {"act": "drop"})
    assert (dropped.status_code, dropped.json()["acts"]) == (202, ["recover", "log_out", "ban"])
    assert site.api("GET", address).json()["state"] == "closed"
    again = site.api("POST", f"{address}/play", {"act": "drop"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "phone_cannot")


class TestSending:
    def test_health(self, site, number):
        health = site.api("GET", f"/api/v1/numbers/{number.pk}/health").json()

        assert (health["score"], health["label"], health["parts"][0]["key"]) == (100, "Good", "state")

    def test_queue(self, site, number):
        OutboxMessageFactory(chat=ChatFactory(number=number))

        queue = site.api("GET", f"/api/v1/numbers/{number.pk}/queue").json()

        assert (queue["queued"], queue["dead"], queue["why"], queue["pace"]) == (1, 0, "", None)

    def test_dead_letters_are_told_sent_again_and_discarded(self, site, number):
        chat = ChatFactory(number=number)
        rows = [OutboxMessageFactory(chat=chat, state="dead", error_code="too_late") for _ in range(3)]
        address = f"/api/v1/numbers/{number.pk}/dead-letters"

        told = site.api("GET", address).json()
        assert told["total"] == 3
        assert told["results"][0]["reason"].startswith("It could not go out for a day")
        assert site.api("POST", f"{address}/send-again", {"ids": [rows[0].pk]}).json() == {"done": 1}
        assert site.api("POST", f"{address}/discard", {"ids": [row.pk for row in rows]}).json() == {"done": 2}
        assert site.api("GET", address).json()["total"] == 0
