"""Ways to start a sandbox."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from botcore.sandbox.composition import DEFAULT_API_KEY, Sandbox
from botcore.sandbox.running import RunningSandbox
from panel.sandbox.fake_panel import RATE_LIMIT
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.wsgi_server import serve


def build_sandbox(
    *,
    api_keys: Iterable[str],
    clock: Clock,
    state_file: Path | None = None,
    latency_s: float = 0.0,
    rate_limit: int | None = RATE_LIMIT,
) -> Sandbox:
    """latency_s: added to every API call; rate_limit: of the panel, calls a second for one key (None lifts
    the providers' limit too); state_file: keeps the data over a restart."""
    return Sandbox(
        api_keys=api_keys, clock=clock, state_file=state_file, latency_s=latency_s, rate_limit=rate_limit
    )


@contextmanager
def running_sandbox(
    *,
    api_keys: Iterable[str] = (DEFAULT_API_KEY,),
    clock: Clock | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    state_file: Path | None = None,
    latency_s: float = 0.0,
    rate_limit: int | None = RATE_LIMIT,
) -> Iterator[RunningSandbox]:
    """Serves a sandbox for the time of the block. Raises PortTakenError."""
    keys = list(api_keys)
    sandbox = build_sandbox(
        api_keys=keys,
        clock=clock or Clock(),
        state_file=state_file,
        latency_s=latency_s,
        rate_limit=rate_limit,
    )
    with serve(sandbox, host, port) as server:
        try:
            yield RunningSandbox(server.url, keys[0], sandbox)
        finally:
            sandbox.close()
