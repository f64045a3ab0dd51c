"""Named bad days of a server: which are on, for which calls, and how often they still strike."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Scenario:
    """times: how many calls it still strikes, None without end; path: only calls whose path (below the
    API's base) starts so; delay_s: for the slow ones; api_key: only this key's calls."""

    name: str
    times: int | None = None
    path: str | None = None
    delay_s: float | None = None
    api_key: str | None = None

    def strikes(self, path: str, api_key: str) -> bool:
        return (
            self.times != 0
            and (self.path is None or path.startswith(self.path))
            and (self.api_key is None or self.api_key == api_key)
        )


class UnknownScenarioError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class ScenarioBoard:
    """known: name to one line on what it does. Several scenarios may be on, also one of them for several
    paths."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = dict(known)
        self._lock = threading.Lock()
        self._on: list[Scenario] = []

    def turn_on(
        self,
        name: str,
        *,
        times: int | None = None,
        path: str | None = None,
        delay_s: float | None = None,
        api_key: str | None = None,
    ) -> None:
        """Replaces the scenario of that name for the same path and key. Raises UnknownScenarioError."""
        if name not in self.known:
            raise UnknownScenarioError(name)
        with self._lock:
            self._drop(name, path, api_key)
            self._on.append(Scenario(name, times, path, delay_s, api_key))

    def turn_off(self, name: str) -> None:
        """For every path and key. Raises UnknownScenarioError."""
        if name not in self.known:
            raise UnknownScenarioError(name)
        with self._lock:
            self._on = [scenario for scenario in self._on if scenario.name != name]

    def clear(self) -> None:
        with self._lock:
            self._on = []

    def listing(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(scenario) for scenario in self._on if scenario.times != 0]

    def take(self, name: str, *, path: str, api_key: str) -> Scenario | None:
        """The scenario if it strikes this call, with one of its times used up."""
        if not self._on:
            return None
        with self._lock:
            for scenario in self._on:
                if scenario.name == name and scenario.strikes(path, api_key):
                    if scenario.times is not None:
                        scenario.times -= 1
                    return scenario
        return None

    def _drop(self, name: str, path: str | None, api_key: str | None) -> None:
        self._on = [s for s in self._on if (s.name, s.path, s.api_key) != (name, path, api_key)]
