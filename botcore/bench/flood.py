"""A flood of webhooks with the workers and Redis killed on the way: is every message answered once, and in order?

Bursts of connection noise with a few messages among them, some of it twice, in disorder, as gateways send after an
outage. A Redis of its own, so that it may be killed.
"""

import json
import random
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from celery import Celery
from django.conf import settings
from django.db import connection

from botcore.bench.errors import BenchError
from botcore.bench.ground import Ground
from botcore.bench.line import Line
from botcore.bench.processes import BenchProcesses
from botcore.bench.tenant import PREFIX, BenchTenant, forget_messages
from smmbot.lib.embedded import binaries, data_dir

EVENTS: Final = 20_000
MESSAGES_PER_CENT: Final = 5
REPEATS_PER_CENT: Final = 20
BURST: Final = 500
LINES: Final = 8
SWEEP_EVERY_S: Final = 1.0
# Without news of any answer for so long the rest is lost.
GIVE_UP_AFTER_S: Final = 60.0
SEED: Final = 5
# A chat that a killed worker held is free again after so long.
CHAT_LEASE_S: Final = 5

_ANSWERS: Final = """
SELECT message.chat_id, message.wa_message_id, message.sent_at, message.received_at, message.handled_at,
    (SELECT count(*) FROM botcore_outboxmessage AS reply WHERE reply.inbox_id = message.id AND reply.state = 'sent'),
    (
        SELECT count(*) FROM botcore_sandboxmessage AS heard JOIN botcore_outboxmessage AS reply
        ON heard.client_ref = 'outbox-' || reply.id WHERE reply.inbox_id = message.id
    )
FROM botcore_inboxmessage AS message WHERE message.tenant_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """lost: messages never answered; doubled: answered more than once; swapped: answered after a later one of the
    same chat, though it had come in before that; refused: webhooks that did not get their 200."""

    messages: int
    lost: int
    doubled: int
    swapped: int
    refused: int
    events_per_s: float
    drained_s: float

    @property
    def wrong(self) -> int:
        return self.lost + self.doubled + self.swapped + self.refused


def flood_wrong(ground: Ground) -> float:
    return _flood(ground).wrong


def flood_events_per_s(ground: Ground) -> float:
    return _flood(ground).events_per_s


def flood_drained_s(ground: Ground) -> float:
    return _flood(ground).drained_s


@cache
def _flood(ground: Ground) -> Verdict:
    """Once for all figures of one run."""
    tenants = ground.tenants
    ground.use_panel(latency_ms=0)
    verdict = run(tenants, events=EVENTS, on_step=ground.on_step)
    for tenant in tenants:
        forget_messages(tenant)
    return verdict


def run(
    tenants: Sequence[BenchTenant],
    *,
    events: int,
    burst: int = BURST,
    on_step: Callable[[str], None] = lambda _: None,
    env: Mapping[str, str] | None = None,
) -> Verdict:
    """Play the flood. env: for the processes, where they are to use another database. Raises BenchError."""
    with ExitStack() as stack:
        redis = stack.enter_context(_killable_redis())
        processes = _processes(redis, env or {})
        stack.callback(processes.stop)
        on_step("flood: processes")
        port = processes.start_web()
        processes.start_workers()
        requests, message_ids = _requests(tenants, events, burst)
        pool = stack.enter_context(ThreadPoolExecutor(LINES + 1))
        sweeper = _Sweeper(redis.url, processes.prefix)
        stack.callback(sweeper.stop)
        pool.submit(sweeper.run)
        on_step(f"flood: {len(requests)} webhooks, {len(message_ids)} messages")
        started = time.perf_counter()
        refused = 0
        with ExitStack() as lines_of:
            lines = [lines_of.enter_context(closing(Line(port))) for _ in range(LINES)]
            bursts = [requests[at : at + burst] for at in range(0, len(requests), burst)]
            for at, part in enumerate(bursts):
                refused += _burst(pool, lines, part)
                _misfortune(at, len(bursts), processes, redis)
            # The last word of all is that the numbers are live: what is still to be said may go out.
            refused += _burst(pool, lines, [_live(tenant) for tenant in tenants])
        sent = time.perf_counter()
        on_step("flood: the rest is worked off")
        rows = _wait(tenants, message_ids)
        return _judge(
            rows,
            message_ids,
            refused=refused,
            events_per_s=len(requests) / (sent - started),
            drained_s=time.perf_counter() - sent,
        )


class _Redis:
    """A redis-server that may die."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(  # noqa: S603 -- our own server
            [str(binaries.redis_server()), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise BenchError("The flood's Redis did not come up.")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def _killable_redis() -> Iterator[_Redis]:
    redis = _Redis()
    redis.start()
    try:
        yield redis
    finally:
        redis.kill()


def _processes(redis: _Redis, env: Mapping[str, str]) -> BenchProcesses:
    return BenchProcesses(
        prefix=f"{PREFIX}{secrets.token_hex(4)}",
        log_dir=data_dir() / "log" / "bench",
        cwd=settings.BASE_DIR,
        env={"REDIS_URL": redis.url, "CHAT_LEASE_S": str(CHAT_LEASE_S), "SWEEP_AFTER_S": "1", **env},
    )


def _requests(tenants: Sequence[BenchTenant], events: int, size: int) -> tuple[list[bytes], set[str]]:
    """The whole flood in its order: messages of every chat among noise; some of it again, all of it shuffled within
    its burst."""
    dice = random.Random(SEED)  # noqa: S311 -- the same flood every time
    fresh: list[bytes] = []
    message_ids: set[str] = set()
    for at in range(events * (100 - REPEATS_PER_CENT) // 100):
        tenant = tenants[at % len(tenants)]
        if dice.randrange(100) < MESSAGES_PER_CENT:
            message_id, request = tenant.message(dice.randrange(len(tenant.chat_ids)), "check 54321")
            message_ids.add(message_id)
        else:
            state = {
                "state": dice.choice(("connecting", "closed")),
                "reason": dice.choice(("408", "428", "")),
            }
            request = tenant.request(tenant.path, _noise(tenant, state))
        fresh.append(request)
    flood: list[bytes] = []
    for at in range(0, len(fresh), size):
        burst = fresh[at : at + size]
        again = dice.choices(
            fresh[: at + len(burst)], k=len(burst) * REPEATS_PER_CENT // (100 - REPEATS_PER_CENT)
        )
        burst += again
        dice.shuffle(burst)
        flood += burst
    return flood, message_ids


def _live(tenant: BenchTenant) -> bytes:
    return tenant.request(tenant.path, _noise(tenant, {"state": "open"}))


def _noise(tenant: BenchTenant, what: dict[str, str]) -> bytes:
    return json.dumps({"event": "session.status", "session": tenant.session_name, **what}).encode()


def _burst(pool: ThreadPoolExecutor, lines: Sequence[Line], requests: Sequence[bytes]) -> int:
    """Post them side by side. Returns how many did not get their 200."""

    def ask(line: Line, own: Sequence[bytes]) -> int:
        return sum(line.ask(request) != 200 for request in own)

    turns = [pool.submit(ask, line, requests[at :: len(lines)]) for at, line in enumerate(lines)]
    return sum(turn.result() for turn in turns)


def _misfortune(burst: int, bursts: int, processes: BenchProcesses, redis: _Redis) -> None:
    """After a third the workers are killed, after two thirds Redis; each comes back with the next burst."""
    if burst == bursts // 3:
        processes.kill_workers()
    elif burst == bursts // 3 + 1:
        processes.start_workers()
    elif burst == bursts * 2 // 3:
        redis.kill()
    elif burst == bursts * 2 // 3 + 1:
        redis.start()


class _Sweeper:
    """What beat does every few seconds, on the flood's own Redis."""

    def __init__(self, url: str, prefix: str) -> None:
        self._app = Celery("flood", broker=url, set_as_current=False)
        self._app.conf.broker_transport_options = {"global_keyprefix": f"{prefix}:celery:"}
        self._is_stopped = False

    def run(self) -> None:
        while not self._is_stopped:
            try:
                self._app.send_task("botcore.sweep", queue="interactive", expires=10, retry=False)
            except Exception:  # noqa: BLE001 -- Redis is away: the next round comes
                time.sleep(SWEEP_EVERY_S)
            time.sleep(SWEEP_EVERY_S)

    def stop(self) -> None:
        self._is_stopped = True


_Row = tuple[int, str, object, object, object, int, int]


def _rows(tenants: Sequence[BenchTenant]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [[tenant.tenant_id for tenant in tenants]])
        return list(cursor.fetchall())


def _wait(tenants: Sequence[BenchTenant], message_ids: set[str]) -> list[_Row]:
    """Until all are answered, or nothing has moved for long."""
    answered, moved_at = -1, time.monotonic()
    while True:
        rows = _rows(tenants)
        count = sum(bool(row[5]) for row in rows)
        if count >= len(message_ids) or time.monotonic() - moved_at > GIVE_UP_AFTER_S:
            return rows
        if count != answered:
            answered, moved_at = count, time.monotonic()
        time.sleep(0.5)


def _judge(
    rows: Sequence[_Row], message_ids: set[str], *, refused: int, events_per_s: float, drained_s: float
) -> Verdict:
    answered = {row[1] for row in rows if row[5]}
    return Verdict(
        messages=len(message_ids),
        lost=len(message_ids - answered),
        doubled=sum(row[5] > 1 or row[6] > 1 for row in rows),
        swapped=_swapped(rows),
        refused=refused,
        events_per_s=events_per_s,
        drained_s=drained_s,
    )


def _swapped(rows: Sequence[_Row]) -> int:
    """Pairs of one chat, of which the one that was sent and came in first was answered last."""
    by_chat: dict[int, list[_Row]] = {}
    for row in rows:
        by_chat.setdefault(row[0], []).append(row)
    return sum(
        first[2] < second[2] and first[3] < second[3] and first[4] > second[4]  # type: ignore[operator]
        for chat in by_chat.values()
        for first in chat
        for second in chat
        if first[4] is not None and second[4] is not None
    )
