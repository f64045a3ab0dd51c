"""The fake PerfectPanel: a WSGI app that speaks Admin API v2, its nastiness included."""

import re
from collections.abc import Callable, Iterable

from panel.sandbox import order_calls, people_calls
from panel.sandbox.call import Data, PanelCall
from panel.sandbox.control import add_panel_calls
from panel.sandbox.scenarios import PANEL_SCENARIOS, with_wrong_types
from panel.sandbox.seed import seed_world
from panel.sandbox.state import PanelWorld
from panel.sandbox.wire import (
    BAD_KEY,
    BASE_PATH,
    OUT_OF_ORDER,
    PAGE_NOT_FOUND,
    TOO_MANY_REQUESTS,
    PanelRefusal,
)
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.fake_server import FakeServer
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response
from smmbot.lib.sandbox.oddities import with_unknown_fields
from smmbot.lib.wsgi_server import NeverAnswer

RATE_LIMIT = 5  # calls a second for one key, as the real panel has it

ROUTES: tuple[tuple[str, str, Callable[..., Data]], ...] = (
    ("GET", r"/orders", order_calls.list_orders),
    ("GET", r"/orders/(\d{1,12})", order_calls.show_order),
    ("POST", r"/orders/resend", order_calls.resend),
    ("POST", r"/orders/request-cancel", order_calls.request_cancel),
    ("POST", r"/orders/cancel", order_calls.cancel),
    ("POST", r"/orders/change-status", order_calls.change_status),
    ("POST", r"/orders/(\d{1,12})/set-partial", order_calls.set_partial),
    ("GET", r"/users", people_calls.list_users),
    ("GET", r"/payments", people_calls.list_payments),
    ("GET", r"/tickets", people_calls.list_tickets),
    ("GET", r"/tickets/(\d{1,12})", people_calls.show_ticket),
    ("POST", r"/tickets/(\d{1,12})/reply", people_calls.reply_to_ticket),
    ("POST", r"/tickets/add", people_calls.add_ticket),
)
_COMPILED = [(method, re.compile(pattern), function) for method, pattern, function in ROUTES]


class FakePanel(FakeServer):
    """One process, several panels: each API key has a world of its own. The first key is the one that
    control calls mean when they name none."""

    def __init__(
        self,
        *,
        api_keys: Iterable[str],
        clock: Clock | None = None,
        latency_s: float = 0.0,
        rate_limit: int | None = RATE_LIMIT,
        on_panel: Callable[[str, PanelWorld], None] = lambda api_key, world: None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """on_panel: told of every panel that is added, and of all of them again after a reset. on_change:
        told after every write."""
        super().__init__(
            clock=clock or Clock(), scenarios=PANEL_SCENARIOS, latency_s=latency_s, rate_limit=rate_limit
        )
        self.worlds: dict[str, PanelWorld] = {}
        self.on_change = on_change
        self._on_panel = on_panel
        self._first_keys = list(dict.fromkeys(api_keys))
        for api_key in self._first_keys:
            self.add_panel(api_key)
        add_panel_calls(self)

    def world(self, api_key: str | None = None) -> PanelWorld:
        return next(iter(self.worlds.values())) if api_key is None else self.worlds[api_key]

    def add_panel(self, api_key: str) -> PanelWorld:
        """A panel with the seed's data; the one there is when the key is known."""
        if api_key not in self.worlds:
            world = PanelWorld(self.clock)
            seed_world(world)
            self._attach(api_key, world)
        return self.worlds[api_key]

    def reset(self) -> None:
        self.clear()
        self.worlds.clear()
        for api_key in self._first_keys:
            self.add_panel(api_key)

    def dump(self) -> Data:
        return {api_key: world.dump() for api_key, world in list(self.worlds.items())}

    def load(self, state: Data) -> None:
        """What `dump` gave; panels the state does not know keep their seed. Raises when it is no such
        state."""
        loaded: dict[str, PanelWorld] = {}
        for api_key, one in state.items():
            loaded[api_key] = PanelWorld(self.clock)
            loaded[api_key].load(one)
        for api_key, world in loaded.items():
            self._attach(api_key, world)

    def key_of(self, request: SandboxRequest) -> str:
        return request.header("X-Api-Key")

    def too_many(self, request: SandboxRequest) -> SandboxResponse:
        return PanelRefusal(TOO_MANY_REQUESTS, "Too many requests.", status=429).response()

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        if request.path != BASE_PATH and not request.path.startswith(BASE_PATH + "/"):
            return SandboxResponse(404, b"Not Found", "text/plain")
        api_key = self.key_of(request)
        world = self.worlds.get(api_key)
        if world is None:
            return PanelRefusal(BAD_KEY, "Incorrect API key.", status=401).response()
        path = request.path.removeprefix(BASE_PATH)
        refused = self.refusal(request, path=path, api_key=api_key)
        if refused is not None:
            return refused
        try:
            return self._perform(request, world, path, api_key)
        except PanelRefusal as refusal:
            return refusal.response()

    def _perform(
        self, request: SandboxRequest, world: PanelWorld, path: str, api_key: str
    ) -> SandboxResponse:
        def takes(name: str) -> bool:
            return self.scenarios.take(name, path=path, api_key=api_key) is not None

        function, arguments = _route(request.method, path)
        if takes("error_in_200"):
            raise PanelRefusal(OUT_OF_ORDER, "Something went wrong.")
        is_write = request.method == "POST"
        call = PanelCall(
            world=world,
            path=path,
            query=request.query,
            json=request.json if is_write else None,
            now=self.clock.now(),
            ignores_filter=not is_write and takes("ignores_filter"),
            refuses_cancel=is_write and takes("refuses_cancel"),
            skips_all=is_write and takes("skipped_ids"),
        )
        with world.lock:
            data = function(call, *arguments)
        if call.written is not None:
            self._note_write(call, api_key)
        if is_write and takes("time_out_after_write"):
            raise NeverAnswer
        if takes("wrong_types"):
            data = {**data, "data": with_wrong_types(data["data"])}
        if takes("unknown_fields"):
            data = with_unknown_fields(data)
        return json_response(data)

    def _note_write(self, call: PanelCall, api_key: str) -> None:
        self.journal.note_write(
            {
                "path": call.path,
                "body": call.json,
                "changed": call.written,
                "key": api_key[-4:],
                "time": call.now,
            }
        )
        self.on_change()

    def _attach(self, api_key: str, world: PanelWorld) -> None:
        self.worlds[api_key] = world
        self._on_panel(api_key, world)


def _route(method: str, path: str) -> tuple[Callable[..., Data], tuple[str, ...]]:
    """Raises PanelRefusal for a path the API does not have."""
    for known_method, pattern, function in _COMPILED:
        match = pattern.fullmatch(path)
        if match is not None and known_method == method:
            return function, match.groups()
    raise PanelRefusal(PAGE_NOT_FOUND, "Page not found.")
