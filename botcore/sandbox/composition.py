"""The fake panel and the fake providers behind one address, the providers working on the panel's orders."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panel.sandbox.catalogue import BOOSTLAB, SMMCOST
from panel.sandbox.fake_panel import FakePanel
from panel.sandbox.orders import SuppliedOrder
from panel.sandbox.state import PanelWorld
from providers.sandbox import fake_provider
from providers.sandbox.fake_provider import FakeProviders
from providers.sandbox.state import ProviderOrder
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.state_file import StateFile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

DEFAULT_API_KEY = "sandbox-admin-key"
# The Sandbox pages of the demo play on a panel of their own.
PLAYGROUND_API_KEY = "sandbox-playground-key"
PROVIDERS_PREFIX = "/providers"
SLUG_OF_HOST = {SMMCOST: "smmcost", BOOSTLAB: "boostlab"}


def provider_key(slug: str, api_key: str = DEFAULT_API_KEY) -> str:
    """The key of the account that the panel with that API key has at a provider."""
    return f"{slug}-{api_key}"


class Sandbox:
    """A WSGI app: `/adminapi/v2` and `/_sandbox/` are the panel's, `/providers/<slug>/api/v2` and
    `/providers/_sandbox/` the providers'. A reset of either resets both. Call `close` at the end."""

    def __init__(
        self,
        *,
        api_keys: Iterable[str],
        clock: Clock,
        state_file: Path | None,
        latency_s: float,
        rate_limit: int | None,
    ) -> None:
        self.clock = clock
        self._file: StateFile | None = None
        self.providers = FakeProviders(
            clock=clock,
            latency_s=latency_s,
            rate_limit=None if rate_limit is None else fake_provider.RATE_LIMIT,
            on_change=self._changed,
        )
        self.panel = FakePanel(
            api_keys=api_keys,
            clock=clock,
            latency_s=latency_s,
            rate_limit=rate_limit,
            on_panel=self._add_accounts,
            on_change=self._changed,
        )
        self.panel.control.calls["POST", "reset"] = self._start_again
        self.providers.control.calls["POST", "reset"] = self._start_again
        if state_file is not None:
            self._open(StateFile(state_file, self._dump))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith(PROVIDERS_PREFIX + "/"):
            return self.panel(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PROVIDERS_PREFIX
        environ["PATH_INFO"] = path.removeprefix(PROVIDERS_PREFIX)
        return self.providers(environ, start_response)

    def reset(self) -> None:
        self.providers.clear()
        self.providers.worlds.clear()
        self.panel.reset()
        self._changed()

    def close(self) -> None:
        """Writes the state file a last time."""
        if self._file is not None:
            self._file.flush()

    def _start_again(self, body: dict[str, Any]) -> dict[str, Any]:
        self.reset()
        return {"now": self.clock.now()}

    def _changed(self) -> None:
        if self._file is not None:
            self._file.touch()

    def _add_accounts(self, api_key: str, world: PanelWorld) -> None:
        accounts = {
            host: self.providers.add_account(slug, provider_key(slug, api_key))
            for host, slug in SLUG_OF_HOST.items()
        }

        def hand_over(order: SuppliedOrder) -> None:
            if order.provider in accounts:
                accounts[order.provider].accept_order(
                    order.external_id,
                    service_name=order.service_name,
                    quantity=order.quantity,
                    start_count=order.start_count,
                    charge=order.charge,
                    timeline=order.timeline,
                    link=order.link,
                )

        for order in world.provider_orders():
            hand_over(order)
        world.watch(hand_over)
        for host, account in accounts.items():
            account.watch(_canceler(world, host))

    def _dump(self) -> dict[str, Any]:
        return {
            "clock": self.clock.dump(),
            "panels": self.panel.dump(),
            "accounts": [
                {"slug": slug, "key": key, **world.dump()}
                for (slug, key), world in list(self.providers.worlds.items())
            ],
        }

    def _open(self, file: StateFile) -> None:
        state = file.read()
        if state is not None:
            try:
                self.clock.load(state["clock"])
                self.panel.load(state["panels"])
                for account in state["accounts"]:
                    self.providers.world(account["slug"], account["key"]).load(account)
            except (KeyError, TypeError, ValueError, ArithmeticError):
                logger.exception("sandbox_state_not_understood")
                file.put_aside()
                self.reset()
        self._file = file


def _canceler(world: PanelWorld, host: str) -> Callable[[ProviderOrder], None]:
    def pass_on(order: ProviderOrder) -> None:
        if order.timeline.cancel_at is not None:
            world.provider_canceled(host, order.oid, order.timeline.cancel_at)

    return pass_on
