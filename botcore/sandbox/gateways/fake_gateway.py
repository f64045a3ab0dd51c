"""The frame of a fake gateway: sessions of the fake WhatsApp, an API of its own before them, webhooks behind them."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from botcore.sandbox.gateways.control import add_gateway_calls
from botcore.sandbox.gateways.sessions import Session, SessionEvent, Sessions
from botcore.sandbox.gateways.webhook_sender import WEBHOOK_SCENARIOS, Delivery, RetryHabit, WebhookSender
from botcore.sandbox.gateways.world import World
from smmbot.lib.sandbox.fake_server import FakeServer
from smmbot.lib.sandbox.faults import FAULTS
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response
from smmbot.lib.wsgi_server import NeverAnswer, serve

GATEWAY_SCENARIOS: Final = {
    **FAULTS,
    **WEBHOOK_SCENARIOS,
    "wrong_body": "performs the call, then answers 200 with JSON of another shape",
    "no_whatsapp": "the gateway cannot reach WhatsApp: never a code to scan",
    "reachout_blocked": "WhatsApp refuses to open a chat (463)",
}

API_KEY: Final = "sandbox-gateway-key"


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where a session's webhooks go, as the gateway was told. secret: whatever the gateway proves itself with."""

    url: str
    secret: str


class FakeGateway(FakeServer):
    """A subclass is one kind of gateway: its API in `call`, its webhooks in `tells`, `target` and `sign`.

    world: give several gateways one, and they all stand before the same WhatsApp. pace: what the waits between tries
    of a webhook are multiplied with, 0 for none.
    """

    name: ClassVar[str]
    habit: ClassVar[RetryHabit]
    default_key: ClassVar[str] = API_KEY
    scenario_names: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        *,
        api_key: str = "",
        world: World | None = None,
        pace: float = 1.0,
        latency_s: float = 0.0,
        workers: int = 1,
    ) -> None:
        self.world = world or World()
        super().__init__(
            clock=self.world.clock,
            scenarios={**GATEWAY_SCENARIOS, **self.scenario_names},
            latency_s=latency_s,
        )
        self.api_key = api_key or self.default_key
        self.sender = WebhookSender(self.habit, self.scenarios, pace=pace, workers=workers)
        self.sessions = Sessions(self.world, self._tell, self._can_reach_whatsapp)
        add_gateway_calls(self)

    @abstractmethod
    def call(self, request: SandboxRequest) -> SandboxResponse:
        """One call of the gateway's API: key, route, act, answer."""

    @abstractmethod
    def tells(self, session: Session, event: SessionEvent) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """What the gateway tells of it: the event's name on its wire, and the whole body."""

    @abstractmethod
    def target(self, session: Session) -> WebhookTarget | None:
        """Where this session's webhooks go; None while nobody said."""

    @abstractmethod
    def sign(self, body: bytes, secret: str) -> Mapping[str, str]:
        """The headers that go with a webhook."""

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        self.tick()
        key = self.key_of(request)
        refused = self.refusal(request, path=request.path, api_key=key)
        if refused is not None:
            return refused
        response = self.call(request)
        if request.method != "GET" and self.scenarios.take(
            "time_out_after_write", path=request.path, api_key=key
        ):
            raise NeverAnswer
        if self.scenarios.take("wrong_body", path=request.path, api_key=key):
            return json_response([{"nobody": ["expects", None, {"this": 7}]}])
        return response

    def tick(self) -> None:
        """Lets time do its work: codes that ran out are replaced."""
        self.sessions.tick()

    def reset(self) -> None:
        self.clear()
        self.sender.clear()
        self.sessions.clear()
        self.world.clear()

    def close(self) -> None:
        self.sender.close()

    def too_many(self, request: SandboxRequest) -> SandboxResponse:
        return json_response({"message": "Too many requests"}, 429)

    def _can_reach_whatsapp(self) -> bool:
        return self.scenarios.take("no_whatsapp", path="", api_key="") is None

    def _tell(self, session: Session, event: SessionEvent) -> None:
        target = self.target(session)
        if target is None:
            return
        for name, body in self.tells(session, event):
            self.sender.post(
                Delivery(
                    url=target.url,
                    session=session.name,
                    event=name,
                    body=json.dumps(body, ensure_ascii=False).encode(),
                    sign=lambda sent, forged: self.sign(sent, "forged" if forged else target.secret),
                )
            )


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """url: `http://host:port`, what an operator enters as the gateway's address."""

    url: str
    gateway: FakeGateway

    @property
    def api_key(self) -> str:
        return self.gateway.api_key

    @property
    def world(self) -> World:
        return self.gateway.world

    @property
    def sessions(self) -> Sessions:
        return self.gateway.sessions

    def scenario(self, name: str, **options: Any) -> None:
        """A bad day: times, path (of the call, or a webhook's event), delay_s, api_key (of a webhook its session)."""
        self.gateway.scenarios.turn_on(name, **options)

    def settle(self) -> bool:
        """Waits until all webhooks have gone out."""
        return self.gateway.sender.settle()


@contextmanager
def running_gateway(
    gateway: FakeGateway, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[RunningGateway]:
    """Serves it for the time of the block. Raises PortTakenError."""
    try:
        with serve(gateway, host, port) as server:
            yield RunningGateway(server.url, gateway)
    finally:
        gateway.close()
