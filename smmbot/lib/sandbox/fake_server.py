"""The frame of a sandbox server: control calls beside the API it plays, every API call in the journal."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from smmbot.lib.sandbox import faults
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.control import CONTROL_PREFIX, Control
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse
from smmbot.lib.sandbox.journal import Journal
from smmbot.lib.sandbox.rate_gate import RateGate
from smmbot.lib.sandbox.scenarios import ScenarioBoard
from smmbot.lib.wsgi_server import NeverAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FakeServer(ABC):
    """latency_s: added to every API call; rate_limit: API calls a second for one key, None without a
    limit."""

    def __init__(
        self,
        *,
        clock: Clock,
        scenarios: Mapping[str, str],
        latency_s: float = 0.0,
        rate_limit: int | None = None,
    ) -> None:
        self.clock = clock
        self.scenarios = ScenarioBoard(scenarios)
        self.journal = Journal()
        self.gate = RateGate(rate_limit)
        self.latency_s = latency_s
        self.control = Control(
            clock=clock, scenarios=self.scenarios, journal=self.journal, reset=lambda: self.reset()
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = SandboxRequest.read(environ)
        if request.path.startswith(CONTROL_PREFIX):
            response = self.control.answer(request)
        else:
            response = self._answer_and_note(request)
        return response.send(start_response)

    @abstractmethod
    def answer(self, request: SandboxRequest) -> SandboxResponse:
        """One API call. Raises NeverAnswer."""

    @abstractmethod
    def key_of(self, request: SandboxRequest) -> str:
        """The key the caller shows, empty without one."""

    @abstractmethod
    def reset(self) -> None:
        """Back to the start: data, clock, scenarios, journal."""

    @abstractmethod
    def too_many(self, request: SandboxRequest) -> SandboxResponse:
        """The answer beyond the rate limit."""

    def refusal(self, request: SandboxRequest, *, path: str, api_key: str) -> SandboxResponse | None:
        """What comes before the call is even looked at: the limit, the latency, a scenario. Raises
        NeverAnswer."""
        if not self.gate.lets_through(api_key) or self.scenarios.take(
            "rate_limited", path=path, api_key=api_key
        ):
            return self.too_many(request)
        if self.latency_s:
            time.sleep(self.latency_s)
        return faults.strike(self.scenarios, path=path, api_key=api_key)

    def clear(self) -> None:
        self.clock.reset()
        self.scenarios.clear()
        self.journal.clear()

    def _answer_and_note(self, request: SandboxRequest) -> SandboxResponse:
        status: int | None = None
        try:
            response = self.answer(request)
            status = response.status
        except NeverAnswer:
            raise
        except Exception:
            status = 500
            raise
        finally:
            self.journal.note_request(
                {
                    "method": request.method,
                    "path": request.path,
                    "query": request.query,
                    "body": self.body_for_journal(request),
                    "key": self.key_of(request)[-4:],
                    "time": self.clock.now(),
                    "status": status,
                }
            )
        return response

    def body_for_journal(self, request: SandboxRequest) -> Any:
        return request.json if request.body else None
