import json
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from providers.clients.transport import ProviderTransport
from providers.clients.user_api_v2 import UserApiV2Client
from smmbot.lib.ratelimit import Priority
from smmbot.lib.sandbox.timeline import Timeline
from smmbot.lib.wsgi_server import serve

DAY_S = 86_400
R30 = "Followers | R30 ♻️"
KEY = "provider-key-0123456789"
# One order that runs and one that is done, by the manner of the provider.
RUNNING = {"smmcost": "101", "boostlab": "ord_a1"}
DONE = {"smmcost": "102", "boostlab": "ord_b2"}


@pytest.fixture
def world(sandbox):
    """The providers' accounts, each with the two orders of RUNNING and DONE."""
    for slug in RUNNING:
        add_order(sandbox, slug, RUNNING[slug], charge=Decimal("0.31"))
        add_order(sandbox, slug, DONE[slug], done=True)
    return sandbox


def add_order(sandbox, slug: str, oid: str, *, done: bool = False, **fields) -> None:
    now = sandbox.clock.now()
    timeline = Timeline(now - 1000, start_delay_s=0, units_per_s=0.5)
    if done:
        timeline = timeline.standing("completed", delivered=1000, at=now - 5 * DAY_S)
    sandbox.provider_world(slug).accept_order(
        oid, **{"service_name": R30, "quantity": 1000, "start_count": 7, "timeline": timeline, **fields}
    )


@pytest.fixture
def slept() -> list[float]:
    """The pauses a client made between its attempts."""
    return []


@pytest.fixture
def client_at(slept) -> Callable[..., UserApiV2Client]:
    """A client of any address that does not really sleep between attempts, and without a rate limit."""

    def make(url: str, key: str = KEY, **options) -> UserApiV2Client:
        transport = ProviderTransport(
            **{
                "base_url": url,
                "endpoint": url,
                "api_key": key,
                "rate_limit": None,
                "priority": Priority.INTERACTIVE,
                "sleep": slept.append,
                **options,
            }
        )
        return UserApiV2Client(api_url=url, api_key=key, transport=transport)

    return make


@pytest.fixture
def client_of(world, client_at) -> Callable[..., UserApiV2Client]:
    def make(slug: str = "smmcost", key: str | None = None, **options) -> UserApiV2Client:
        return client_at(
            world.provider_url(slug) + "/api/v2", world.provider_key(slug) if key is None else key, **options
        )

    return make


@pytest.fixture(params=["smmcost", "boostlab"])
def slug(request) -> str:
    return request.param


class ScriptedProvider:
    """Gives prepared answers one after another, the last one for ever, and notes the forms it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes, tuple[tuple[str, str], ...]]] = []
        self.forms: list[dict[str, str]] = []
        self.url = ""

    def will_say(self, *answers: object, status: int = 200, **headers: str) -> None:
        """Each answer: bytes as they are, anything else as JSON."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        for one in answers:
            body = one if isinstance(one, bytes) else json.dumps(one).encode()
            self.answers.append((status, body, named))

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.forms.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        status, answer, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        start_response(f"{status} Something", [("Content-Length", str(len(answer))), *headers])
        return [answer]

    def asked(self) -> list[dict[str, str]]:
        return [{name: value for name, value in form.items() if name != "key"} for form in self.forms]


@pytest.fixture
def scripted():
    app = ScriptedProvider()
    with serve(app) as server:
        app.url = server.url
        yield app


@pytest.fixture
def client(scripted, client_at) -> UserApiV2Client:
    """Of the scripted provider."""
    return client_at(scripted.url)
