"""The API keeps its word: whatever is sent, no address fails, and each answer is as the OpenAPI document has it."""

import copy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks

from botcore.models import Group, MessageLog, WhatsAppNumber
from panel.models import PanelConnection
from providers.models import SmmProvider
from smmbot.api import openapi
from smmbot.lib.ratelimit import SlidingWindowLimiter
from smmbot.testing.chat import Chat
from smmbot.testing.no_network import NetworkForbidden
from smmbot.testing.site import Site
from smmbot.testing.worker import Worker, outside
from tenants.enums import Role
from tenants.models import TenantAdmin, TenantUser

DOCUMENT = openapi.document()
SCHEMA = schemathesis.openapi.from_dict(copy.deepcopy(DOCUMENT))
TAGS = sorted({operation["tags"][0] for item in DOCUMENT["paths"].values() for operation in item.values()})
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
PASSWORD = "long enough 1"
EXAMPLES = 12

Ask = Callable[[Case], Any]


def operations(tag: str) -> list[Any]:
    found = [result.ok() for result in SCHEMA.get_all_operations()]
    return [one for one in found if one.definition.raw["tags"] == [tag]]


@pytest.fixture
def rows(site: Site, chat: Chat, worker: Worker) -> dict[str, Any]:
    """What a name in an address stands for, once there is something of everything."""
    chat.say("check 54321")
    said = site.api("POST", "/api/v1/sandbox/messages", {"chat": "direct", "text": "check 54321"})
    made = site.api("POST", "/api/v1/api-keys", {"name": "Script", "role": "staff"})
    begun = site.api("POST", "/api/v1/groups/sync")
    worker.run()
    site.as_("staff").user  # noqa: B018 -- joins the team
    return {
        "message_id": said.json()["id"],
        "key_id": made.json()["id"],
        "job_id": begun.json()["id"],
        "log_id": MessageLog.objects.first().pk,
        "number_id": WhatsAppNumber.objects.get().pk,
        "group_id": Group.objects.first().pk,
        "customer_id": TenantUser.objects.first().pk,
        "provider_id": SmmProvider.objects.create(tenant=site.tenant, name="P", host="p.example").pk,
        "admin_id": TenantAdmin.objects.filter(role=Role.STAFF).first().pk,
        "connection_id": PanelConnection.objects.get().pk,
        "session_id": "00000000-0000-4000-8000-000000000000",
        "key": "welcome_message",
        "chat": "direct",
    }


@pytest.fixture
def ask(site: Site, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Call over WSGI as the owner, whose password was given just now. What the call does is undone after it."""
    monkeypatch.setattr(SlidingWindowLimiter, "acquire", lambda *args, **options: 0.0)
    monkeypatch.setattr(socket, "getaddrinfo", _without_names(socket.getaddrinfo))
    site.user.set_password(PASSWORD)
    site.user.save()
    app = get_wsgi_application()
    token = site.api("GET", "/api/v1/auth/csrf").json()["csrf_token"]
    cookies = {name: morsel.value for name, morsel in site.client.cookies.items()}

    def call(case: Case) -> Any:
        with transaction.atomic(), _one_connection():
            answer = outside(lambda: case.call(app=app, headers={"X-CSRFToken": token}, cookies=cookies))
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        return answer

    return call


@contextmanager
def _one_connection() -> Iterator[None]:
    """A request would give the connection back, and with it the test's transaction; Django's test client does the
    same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _without_names(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """An address somebody makes up is no failure of the test."""

    def look_up_here(host: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return look_up(host, *args, **kwargs)
        except NetworkForbidden:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None

    return look_up_here


def test_every_endpoint_declares_its_answer() -> None:
    assert [route for route, one in openapi.operations() if one.spec.out is None] == []


@pytest.mark.parametrize("name", ["code", "message", "status", "self"])
def test_an_unknown_field_of_any_name_is_told(site: Site, name: str) -> None:
    answer = site.api("PATCH", "/api/v1/account", {name: "x"})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [name])


def test_no_text_however_deep_holds_nul(site: Site) -> None:
    rows = [{"phone": "+447911123456", "username": "a\x00b"}]
    assert site.api("POST", "/api/v1/customers/import", {"rows": rows}).status_code == 400


def test_what_is_no_json_and_what_is_too_large_is_told(site: Site) -> None:
    form = site.client.patch("/api/v1/account", b"name=x", content_type="text/plain")
    large = site.api("PATCH", "/api/v1/account", {"name": "x" * 300_000})
    assert (form.status_code, large.status_code) == (415, 413)


@pytest.mark.parametrize("tag", TAGS)
def test_what_there_is_is_read_as_documented(tag: str, ask: Ask, rows: dict[str, Any]) -> None:
    found = []
    for operation in operations(tag):
        if operation.method != "get" or operation.path.endswith("/export/{job_id}"):
            continue  # the export's ZIP is made by a job of its own
        answer = ask(operation.Case(path_parameters=_named(operation, rows), query={}))
        if answer.status_code != 200:
            found.append(f"{operation.label}: {answer.content!r}")
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("tag", TAGS)
def test_whatever_is_sent_is_answered_as_documented(tag: str, ask: Ask, rows: dict[str, Any]) -> None:
    found = []
    for operation in operations(tag):
        try:
            _try_out(operation, ask, rows)
        except Exception as failure:  # noqa: BLE001 -- all of them are told, not the first alone
            found.append(f"{operation.label}: {failure}")
    assert not found, "\n\n".join(found)


def _try_out(operation: Any, ask: Ask, rows: dict[str, Any]) -> None:
    kinds = [operation.as_strategy(GenerationMode.POSITIVE)]
    if operation.body or operation.query:
        kinds.append(operation.as_strategy(GenerationMode.NEGATIVE))
    names = _named(operation, rows)

    @settings(
        max_examples=EXAMPLES if len(kinds) > 1 or names else 2,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(kinds), is_ours=st.sampled_from([True, True, False]))
    def one(case: Case, is_ours: bool) -> None:
        if is_ours:
            case.path_parameters = names
        ask(case)

    one()


def _named(operation: Any, rows: dict[str, Any]) -> dict[str, Any]:
    return {one.name: rows[one.name] for one in operation.path_parameters}
