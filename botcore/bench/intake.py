"""The webhook's intake against a bare view with one INSERT, on one server, by turns."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from botcore.bench import views
from botcore.bench.errors import BenchError
from botcore.bench.ground import CHATS_OF_ONE, Ground
from botcore.bench.line import Line
from botcore.bench.tenant import BenchTenant, forget_messages
from botcore.bench.urls import INSERT_PATH

LINES = 8  # as many as the server has threads
ROUNDS = 16
TEXT = "please check my order 54321, it is slow"


def intake_ratio(ground: Ground) -> float:
    """The median of the ratios of neighbouring rounds."""
    tenant = ground.number
    views.make_table()
    try:
        with ExitStack() as stack:
            lines = [stack.enter_context(closing(Line(ground.port))) for _ in range(LINES)]
            pool = stack.enter_context(ThreadPoolExecutor(LINES))
            ground.on_step("intake")
            ratios = [_ratio(ground, tenant, lines, pool, is_odd=bool(at % 2)) for at in range(ROUNDS + 2)]
    finally:
        views.drop_table()
    return statistics.median(ratios[2:])


def _ratio(
    ground: Ground, tenant: BenchTenant, lines: Sequence[Line], pool: ThreadPoolExecutor, *, is_odd: bool
) -> float:
    """One round of each. is_odd: the bare view first, so that neither has the better place."""

    def intake() -> float:
        rate = _rate(lines, pool, _messages(tenant))
        # A worker would have taken the wake-up marks away by now; every message shall pay for its own wake-up.
        ground.processes.forget_queues()
        forget_messages(tenant)
        return rate

    def bare() -> float:
        rate = _rate(lines, pool, [_with_path(tenant, request) for request in _messages(tenant)])
        views.empty_table()
        return rate

    order: list[Callable[[], float]] = [bare, intake] if is_odd else [intake, bare]
    rates = {turn: turn() for turn in order}
    return rates[intake] / rates[bare]


def _messages(tenant: BenchTenant) -> list[bytes]:
    """One for each chat."""
    return [tenant.message(chat, TEXT)[1] for chat in range(CHATS_OF_ONE)]


def _with_path(tenant: BenchTenant, request: bytes) -> bytes:
    return request.replace(tenant.path.encode(), INSERT_PATH.encode(), 1)


def _rate(lines: Sequence[Line], pool: ThreadPoolExecutor, requests: Sequence[bytes]) -> float:
    """Requests a second, all lines together."""

    def ask(line: Line, own: Sequence[bytes]) -> None:
        for request in own:
            status = line.ask(request)
            if status != 200:
                raise BenchError(f"The web server answered {status}.")

    started = time.perf_counter()
    turns = [pool.submit(ask, line, requests[at :: len(lines)]) for at, line in enumerate(lines)]
    for turn in turns:
        turn.result()
    return len(requests) / (time.perf_counter() - started)
