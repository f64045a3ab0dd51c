"""The calls below `/_sandbox/` by which a test or a demo plays with a sandbox server. JSON in and out."""

from collections.abc import Callable
from typing import Any

from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response
from smmbot.lib.sandbox.journal import Journal
from smmbot.lib.sandbox.scenarios import ScenarioBoard, UnknownScenarioError

CONTROL_PREFIX = "/_sandbox/"

Body = dict[str, Any]
Call = Callable[[Body], Any]


class BadControlCallError(Exception):
    """The caller asked for something that cannot be; the text is the answer's."""


class Control:
    """`calls` may be extended by the server: (method, name) to a function of the body (of the query for GET
    and DELETE) whose value is the answer."""

    def __init__(
        self, *, clock: Clock, scenarios: ScenarioBoard, journal: Journal, reset: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._scenarios = scenarios
        self._journal = journal
        self._reset = reset
        self.calls: dict[tuple[str, str], Call] = {
            ("GET", "clock"): lambda body: self._clock_now(),
            ("POST", "clock"): self._move_clock,
            ("GET", "scenario"): lambda body: self._scenario_listing(),
            ("POST", "scenario"): self._switch_scenario,
            ("DELETE", "scenario"): self._clear_scenarios,
            ("GET", "requests"): lambda body: {"requests": journal.requests()},
            ("GET", "writes"): lambda body: {"writes": journal.writes()},
            ("POST", "reset"): self._start_again,
        }

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        name = request.path.removeprefix(CONTROL_PREFIX).strip("/")
        call = self.calls.get((request.method, name))
        if call is None:
            return json_response({"error": f"no control call {request.method} {name}"}, 404)
        body: Any = request.query
        if request.method == "POST":
            body = request.json if request.body else {}
        if not isinstance(body, dict):
            return json_response({"error": "the body must be a JSON object"}, 400)
        try:
            return json_response(call(body))
        except (
            BadControlCallError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            ArithmeticError,
        ) as error:
            return json_response({"error": str(error)}, 400)

    def _clock_now(self) -> Body:
        return {"now": self._clock.now(), "is_frozen": self._clock.is_frozen}

    def _move_clock(self, body: Body) -> Body:
        if "now" in body:
            self._clock.set(float(body["now"]))
        if "advance_s" in body:
            self._clock.advance(float(body["advance_s"]))
        if body.get("run"):
            self._clock.run()
        return self._clock_now()

    def _scenario_listing(self) -> Body:
        return {"on": self._scenarios.listing(), "known": self._scenarios.known}

    def _switch_scenario(self, body: Body) -> Body:
        asked = dict(body)
        name = str(asked.pop("name", ""))
        is_on = asked.pop("on", True)
        try:
            if is_on:
                self._scenarios.turn_on(name, **asked)
            else:
                self._scenarios.turn_off(name)
        except UnknownScenarioError as error:
            raise BadControlCallError(f"no scenario {error.name!r}") from error
        return self._scenario_listing()

    def _clear_scenarios(self, body: Body) -> Body:
        self._scenarios.clear()
        return self._scenario_listing()

    def _start_again(self, body: Body) -> Body:
        self._reset()
        return self._clock_now()
