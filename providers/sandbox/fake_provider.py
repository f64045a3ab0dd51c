"""The fake providers: a WSGI app that speaks the standard user API v2 at `/<provider slug>/api/v2`."""

import re
from collections.abc import Callable
from typing import Any

from providers.sandbox import catalogue
from providers.sandbox.actions import ACTIONS, ActionCall
from providers.sandbox.control import add_provider_calls
from providers.sandbox.manners import MANNERS, Manner, with_wrong_types
from providers.sandbox.scenarios import PROVIDER_SCENARIOS
from providers.sandbox.state import ProviderRefusal, ProviderWorld
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.fake_server import FakeServer
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response
from smmbot.lib.sandbox.oddities import with_unknown_fields
from smmbot.lib.wsgi_server import NeverAnswer

RATE_LIMIT = 10  # calls a second for one key
_PATH = re.compile(r"/([a-z]+)/api/v2/?")


class FakeProviders(FakeServer):
    """Each provider has accounts, and each account a key and a world of its own. A scenario's path is
    `/<slug>/<action>`."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        latency_s: float = 0.0,
        rate_limit: int | None = RATE_LIMIT,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """on_change: told after every write."""
        super().__init__(
            clock=clock or Clock(), scenarios=PROVIDER_SCENARIOS, latency_s=latency_s, rate_limit=rate_limit
        )
        self.worlds: dict[tuple[str, str], ProviderWorld] = {}
        self.on_change = on_change
        add_provider_calls(self)

    def add_account(self, slug: str, key: str) -> ProviderWorld:
        """A new account with the provider's catalogue and no orders; takes the place of one with that key."""
        self.worlds[slug, key] = ProviderWorld(slug, self.clock)
        return self.worlds[slug, key]

    def world(self, slug: str, key: str | None = None) -> ProviderWorld:
        """Without a key the provider's first account."""
        if key is not None:
            return self.worlds[slug, key]
        return next(world for (name, _), world in self.worlds.items() if name == slug)

    def reset(self) -> None:
        self.clear()
        for slug, key in list(self.worlds):
            self.add_account(slug, key)

    def key_of(self, request: SandboxRequest) -> str:
        return request.form.get("key", "")

    def body_for_journal(self, request: SandboxRequest) -> Any:
        return {name: value for name, value in request.form.items() if name != "key"}

    def too_many(self, request: SandboxRequest) -> SandboxResponse:
        return json_response({"error": "Too many requests"}, 429)

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        match = _PATH.fullmatch(request.path)
        if match is None or match[1] not in catalogue.SLUGS:
            return SandboxResponse(404, b"Not Found", "text/plain")
        slug, key = match[1], self.key_of(request)
        action = request.form.get("action", "")
        path = f"/{slug}/{action}"
        manner = MANNERS[slug]
        world = self.worlds.get((slug, key))
        try:
            if world is None or self.scenarios.take("bad_key", path=path, api_key=key):
                raise ProviderRefusal("Invalid API key", status=401)
            refused = self.refusal(request, path=path, api_key=key)
            if refused is not None:
                return refused
            if request.method != "POST" or action not in ACTIONS:
                raise ProviderRefusal("Incorrect request")
            return self._perform(request, world, path, manner)
        except ProviderRefusal as refusal:
            return json_response({"error": refusal.message}, manner.error_status(refusal))

    def _perform(
        self, request: SandboxRequest, world: ProviderWorld, path: str, manner: Manner
    ) -> SandboxResponse:
        key, action = self.key_of(request), request.form["action"]

        def takes(name: str) -> bool:
            return self.scenarios.take(name, path=path, api_key=key) is not None

        if takes("error_in_200"):
            return json_response({"error": "Something went wrong"})
        call = ActionCall(
            world,
            manner,
            request.form,
            refuses_refill=action == "refill" and takes("refuses_refill"),
            rejects_refills=action == "refill" and takes("rejects_refills"),
            refuses_cancel=action == "cancel" and takes("refuses_cancel"),
            unknown_orders=takes("unknown_orders"),
            mixed_list=action == "refill" and takes("mixed_list"),
        )
        data = ACTIONS[action](call)
        if call.written:
            self._note_write(call, path, key)
        if action in ("refill", "cancel") and takes("time_out_after_write"):
            raise NeverAnswer
        if takes("wrong_types"):
            data = with_wrong_types(data)
        if takes("unknown_fields"):
            data = with_unknown_fields(data)
        return json_response(data, headers=self._limit_headers(manner))

    def _note_write(self, call: ActionCall, path: str, key: str) -> None:
        form = {name: value for name, value in call.form.items() if name != "key"}
        self.journal.note_write(
            {"path": path, "body": form, "changed": call.written, "key": key[-4:], "time": self.clock.now()}
        )
        self.on_change()

    def _limit_headers(self, manner: Manner) -> tuple[tuple[str, str], ...]:
        if not manner.headers_with_limit or self.gate.limit is None:
            return ()
        return (("X-RateLimit-Limit", str(self.gate.limit)),)
