"""Chats that each send their next message when the last one is answered: how many answers a second come."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from django.db import connection

from botcore.bench.errors import BenchError
from botcore.bench.ground import Ground
from botcore.bench.line import Line
from botcore.bench.tenant import ORDER_ID, BenchTenant, forget_messages

WARM_UP_S, MEASURED_S = 2.0, 6.0
GIVE_UP_S = 30.0
# Often where the time of one answer is taken; seldom where they are only counted, for looking costs the database.
POLL_ONE_S, POLL_MANY_S = 0.003, 0.025
SENDERS = 8
TEXT = f"check {ORDER_ID}"

# Answered: the reply's row says so. By the unique index of the inbox, whatever else the tables hold.
_ANSWERED = """
SELECT message.wa_message_id
FROM unnest(%s::bigint[], %s::text[]) AS wanted (chat_id, wa_message_id)
JOIN botcore_inboxmessage AS message USING (chat_id, wa_message_id)
JOIN botcore_outboxmessage AS reply ON reply.inbox_id = message.id AND reply.state = 'sent'
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """per_s: a second, all chats together; took_ms: from sending the webhook to the reply's row saying sent."""

    per_s: float
    took_ms: tuple[float, ...]


def answered_per_s(chats: int, latency_ms: int) -> Callable[[Ground], float]:
    return lambda ground: conversations(ground, chats, latency_ms).per_s


def threads_hide_the_wait(ground: Ground) -> float:
    return conversations(ground, 100, 300).per_s / conversations(ground, 1, 300).per_s


def own_time_ms_median(ground: Ground) -> float:
    return statistics.median(conversations(ground, 1, 0).took_ms)


def own_time_ms_p95(ground: Ground) -> float:
    return statistics.quantiles(conversations(ground, 1, 0).took_ms, n=20)[-1]


@cache
def conversations(ground: Ground, chats: int, latency_ms: int) -> Answers:
    """Let the chats talk for a while; once for all figures of one run."""
    ground.use_panel(latency_ms=latency_ms)
    if ground.workers:
        ground.on_step(f"{chats} chats, panel {latency_ms} ms")
    with _Talk(ground.tenants, ground.port, check=ground.processes.check) as talk:
        answers = talk.run(chats)
    for tenant in ground.tenants:
        forget_messages(tenant)
    return answers


class _Talk:
    """Sends from a few threads, looks for the answers in this one."""

    def __init__(self, tenants: Sequence[BenchTenant], port: int, *, check: Callable[[], None]) -> None:
        self._tenants, self._port, self._check = tenants, port, check
        self._pool = ThreadPoolExecutor(SENDERS)
        self._local = threading.local()
        self._lines: list[Line] = []
        self._waiting: dict[str, tuple[int, float]] = {}  # message id to chat, time it was sent
        self._posts: set[Future[None]] = set()

    def run(self, chats: int) -> Answers:
        for chat in range(chats):
            self._send(chat)
        self._next_answers()  # by now every process is up
        warm_at = time.perf_counter() + WARM_UP_S
        while time.perf_counter() < warm_at:
            self._next_answers()
        first = last = time.perf_counter()  # the window begins and ends with an answer
        took: list[float] = []
        while last < first + MEASURED_S:
            took += self._next_answers()
            last = time.perf_counter()
        self._let_finish()
        return Answers(per_s=len(took) / (last - first), took_ms=tuple(took))

    def _next_answers(self, *, goes_on: bool = True) -> list[float]:
        """Wait until some are answered, send the next message in their chats, return how long they took, in ms."""
        until = time.perf_counter() + GIVE_UP_S
        while not (answered := self._answered()):
            self._check()
            for post in [post for post in self._posts if post.done()]:
                self._posts.remove(post)
                post.result()
            if time.perf_counter() > until:
                raise BenchError(f"No message was answered for {GIVE_UP_S:.0f} s.")
            time.sleep(POLL_ONE_S if len(self._waiting) == 1 else POLL_MANY_S)
        now = time.perf_counter()
        took = []
        for message_id in answered:
            chat, sent_at = self._waiting.pop(message_id)
            took.append((now - sent_at) * 1000)
            if goes_on:
                self._send(chat)
        return took

    def _let_finish(self) -> None:
        while self._waiting:
            self._next_answers(goes_on=False)

    def _answered(self) -> list[str]:
        chat_ids = [self._place(chat)[0].chat_ids[self._place(chat)[1]] for chat, _ in self._waiting.values()]
        with connection.cursor() as cursor:
            cursor.execute(_ANSWERED, [chat_ids, list(self._waiting)])
            return [row[0] for row in cursor.fetchall()]

    def _send(self, chat: int) -> None:
        tenant, place = self._place(chat)
        message_id, request = tenant.message(place, TEXT)
        self._waiting[message_id] = (chat, time.perf_counter())
        self._posts.add(self._pool.submit(self._post, request))

    def _place(self, chat: int) -> tuple[BenchTenant, int]:
        """Chats go round the tenants."""
        place, tenant = divmod(chat, len(self._tenants))
        return self._tenants[tenant], place

    def _post(self, request: bytes) -> None:
        line: Line | None = getattr(self._local, "line", None)
        if line is None:
            line = self._local.line = Line(self._port)
            self._lines.append(line)
        status = line.ask(request)
        if status != 200:
            raise BenchError(f"The web server answered {status}.")

    def __enter__(self) -> "_Talk":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for line in self._lines:
            line.close()
