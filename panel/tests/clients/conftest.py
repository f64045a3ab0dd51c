import json
from collections.abc import Callable
from pathlib import Path

import pytest

from panel.clients.perfectpanel import BASE_PATH, PerfectPanelClient
from panel.clients.transport import PanelTransport
from panel.sandbox.fake_panel import FakePanel
from smmbot.lib import api_transport
from smmbot.lib.ratelimit import Priority
from smmbot.lib.wsgi_server import serve
from smmbot.tests.lib.redis_keys import own_keys

API_KEY = "panel-key-0123456789"
PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture(autouse=True)
def _own_world(settings):
    settings.ALLOW_PRIVATE_URLS = True
    with own_keys(settings):
        yield


@pytest.fixture
def quick_timeouts(monkeypatch):
    monkeypatch.setattr(api_transport, "TIMEOUT_S", (1.0, 0.15))


@pytest.fixture
def no_pauses(monkeypatch):
    """For clients made by the registry, whose sleep is real."""
    monkeypatch.setattr(api_transport, "_FIRST_PAUSE_S", 0)


@pytest.fixture(scope="module")
def running_panel():
    panel = FakePanel(api_keys=[API_KEY], rate_limit=None)
    with serve(panel) as server:
        yield panel, server.url


@pytest.fixture
def panel(running_panel):
    running_panel[0].reset()
    return running_panel[0]


@pytest.fixture
def slept() -> list[float]:
    """The pauses a client made between its attempts."""
    return []


@pytest.fixture
def make_client(running_panel, slept) -> Callable[..., PerfectPanelClient]:
    """A client of the fake panel that does not really sleep between attempts, and without a rate limit."""

    def make(*, url: str = running_panel[1], api_key: str = API_KEY, **options) -> PerfectPanelClient:
        transport = PanelTransport(
            **{
                "base_url": url + BASE_PATH,
                "endpoint": url,
                "api_key": api_key,
                "headers": {"X-Api-Key": api_key},
                "rate_limit": None,
                "priority": Priority.INTERACTIVE,
                "sleep": slept.append,
                **options,
            }
        )
        return PerfectPanelClient(base_url=url, api_key=api_key, transport=transport)

    return make


@pytest.fixture
def client(make_client, panel) -> PerfectPanelClient:
    return make_client()


class ScriptedPanel:
    """Gives prepared answers one after another, the last one for ever, and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[str] = []
        self.url = ""

    def will_say(self, *answers: object, status: int = 200) -> None:
        """Each answer: bytes as they are, anything else as JSON."""
        for one in answers:
            self.answers.append((status, one if isinstance(one, bytes) else json.dumps(one).encode()))

    def __call__(self, environ, start_response):
        query = environ["QUERY_STRING"]
        self.asked.append(environ["PATH_INFO"].removeprefix(BASE_PATH) + (f"?{query}" if query else ""))
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        headers = [("Content-Length", str(len(body)))]
        if 300 <= status < 400:
            headers.append(("Location", "https://elsewhere.example/"))
        start_response(f"{status} Something", headers)
        return [body]


@pytest.fixture
def scripted():
    app = ScriptedPanel()
    with serve(app) as server:
        app.url = server.url
        yield app


def payload(name: str) -> dict:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def envelope(data: object, **more: object) -> dict[str, object]:
    return {"data": data, "error_message": "", "error_code": 0, **more}


def refusal(code: int = 100, message: str = "Page not found.") -> dict[str, object]:
    return {"data": [], "error_message": message, "error_code": code}
