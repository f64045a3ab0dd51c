"""A fake model at work, as a test or a demo holds it in its hands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botcore.ai.client import LlmSettings
from botcore.ai.sandbox.fake_llm import API_KEY, MODEL, FakeLlm
from smmbot.lib.wsgi_server import serve


@dataclass(frozen=True, slots=True)
class RunningFakeLlm:
    """url: `http://host:port`."""

    url: str
    api_key: str
    app: FakeLlm

    @property
    def base_url(self) -> str:
        """What an owner types as the service's address."""
        return f"{self.url}/v1"

    @property
    def settings(self) -> LlmSettings:
        """As the platform's own endpoint: it may be at a private address."""
        return LlmSettings(self.base_url, self.api_key, MODEL, is_trusted=True)

    def behave(self, name: str, **options: Any) -> None:
        """options: times, delay_s. Raises KeyError."""
        self.app.behave(name, **options)

    def requests(self) -> list[dict[str, Any]]:
        """Calls, oldest first."""
        return self.app.journal.requests()


@contextmanager
def running_fake_llm(
    *, api_key: str = API_KEY, host: str = "127.0.0.1", port: int = 0, latency_s: float = 0.0
) -> Iterator[RunningFakeLlm]:
    """Serves a fake model for the time of the block. Raises PortTakenError."""
    app = FakeLlm(api_key=api_key, latency_s=latency_s)
    with serve(app, host, port) as server:
        yield RunningFakeLlm(server.url, api_key, app)
