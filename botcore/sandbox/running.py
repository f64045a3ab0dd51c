"""A sandbox at work, as a test or a demo holds it in its hands."""

from dataclasses import dataclass
from typing import Any

from botcore.sandbox.composition import PROVIDERS_PREFIX, Sandbox, provider_key
from panel.sandbox.fake_panel import FakePanel
from panel.sandbox.state import PanelWorld
from providers.sandbox.fake_provider import FakeProviders
from providers.sandbox.state import ProviderWorld
from smmbot.lib.sandbox.clock import Clock


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """url: `http://host:port`; api_key: of the first panel, which is the one the short ways here mean."""

    url: str
    api_key: str
    sandbox: Sandbox

    @property
    def panel_url(self) -> str:
        """What an owner types as Panel URL: without `/adminapi/v2`."""
        return self.url

    def provider_url(self, slug: str) -> str:
        """What an owner types for a provider: without `/api/v2`."""
        return f"{self.url}{PROVIDERS_PREFIX}/{slug}"

    def provider_key(self, slug: str) -> str:
        return provider_key(slug, self.api_key)

    @property
    def clock(self) -> Clock:
        return self.sandbox.clock

    @property
    def panel(self) -> FakePanel:
        return self.sandbox.panel

    @property
    def providers(self) -> FakeProviders:
        return self.sandbox.providers

    @property
    def world(self) -> PanelWorld:
        return self.sandbox.panel.world(self.api_key)

    def provider_world(self, slug: str) -> ProviderWorld:
        return self.sandbox.providers.world(slug, self.provider_key(slug))

    def requests(self) -> list[dict[str, Any]]:
        """Calls of the Admin API, oldest first."""
        return self.sandbox.panel.journal.requests()

    def writes(self) -> list[dict[str, Any]]:
        """Writes the panel performed, oldest first."""
        return self.sandbox.panel.journal.writes()

    def provider_requests(self) -> list[dict[str, Any]]:
        return self.sandbox.providers.journal.requests()

    def provider_writes(self) -> list[dict[str, Any]]:
        return self.sandbox.providers.journal.writes()

    def scenario(self, name: str, **options: Any) -> None:
        """A bad day of the panel: times, path, delay_s, api_key."""
        self.sandbox.panel.scenarios.turn_on(name, **options)

    def provider_scenario(self, name: str, **options: Any) -> None:
        """A bad day of the providers; path: `/<slug>/<action>`."""
        self.sandbox.providers.scenarios.turn_on(name, **options)

    def clear_scenarios(self) -> None:
        self.sandbox.panel.scenarios.clear()
        self.sandbox.providers.scenarios.clear()

    def reset(self) -> None:
        self.sandbox.reset()
