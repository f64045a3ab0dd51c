"""Webhooks as gateways send them: from threads of their own, with a habit of retrying, and with bad days."""

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import requests

from smmbot.lib.sandbox.scenarios import ScenarioBoard

WEBHOOK_SCENARIOS: Final = {
    "webhook_twice": "webhooks go out twice",
    "webhook_lost": "webhooks are not sent at all",
    "webhook_disorder": "a webhook is held back until the next has gone out",
    "webhook_wrong_body": "webhooks hold something that is no JSON, signed all the same",
    "webhook_forged": "webhooks carry another secret",
    "webhook_slow": "webhooks go out after delay_s (1 second)",
}
_WRONG_BODY: Final = b'{"event": "messages'
_SLOW_S: Final = 1.0
_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class RetryHabit:
    """waits_s: before the second try, the third, …; no answer at all is always retried. timeout_s: for an answer."""

    waits_s: tuple[float, ...]
    timeout_s: float
    is_retried: Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Delivery:
    """session, event: what it speaks of, for scenarios (`api_key`, `path`) and the journal. sign: the headers."""

    url: str
    session: str
    event: str
    body: bytes
    sign: Callable[[bytes, bool], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Post:
    delivery: Delivery
    headers: Mapping[str, str]
    tries: int = 0


class WebhookSender:
    """pace: what its waits are multiplied with; 0 tries again at once. workers: so many go out side by side, and
    then in no certain order."""

    def __init__(
        self, habit: RetryHabit, scenarios: ScenarioBoard, *, pace: float = 1.0, workers: int = 1
    ) -> None:
        self._habit, self._scenarios, self._pace = habit, scenarios, pace
        self._queue: list[tuple[float, int, _Post]] = []
        self._held: list[_Post] = []
        self._numbers = itertools.count()
        self._at_work = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._journal: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._threads = [
            threading.Thread(target=self._work, name=f"webhooks-{at}", daemon=True) for at in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def post(self, delivery: Delivery) -> None:
        """Returns at once. The body and its headers are the same at every try."""
        takes = self._taker(delivery)
        if takes("webhook_lost"):
            self._note(delivery, 0, None, "lost")
            return
        if takes("webhook_wrong_body"):
            delivery = replace(delivery, body=_WRONG_BODY)
        post = _Post(delivery, delivery.sign(delivery.body, bool(takes("webhook_forged"))))
        slow = takes("webhook_slow")
        wait_s = 0.0 if slow is None else (_SLOW_S if slow.delay_s is None else slow.delay_s)
        with self._changed:
            if takes("webhook_disorder"):
                self._held.append(post)
                return
            for _ in range(2 if takes("webhook_twice") else 1):
                self._push(post, wait_s)
            self._release()

    def settle(self, timeout_s: float = 10.0) -> bool:
        """Waits until everything has gone out, retries too; False when that took too long."""
        until = time.monotonic() + timeout_s
        with self._changed:
            self._release()
            while self._queue or self._at_work:
                if not self._changed.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                    return False
        return True

    def deliveries(self) -> list[dict[str, Any]]:
        """Every try, oldest first: session, event, tries (from 1), status (None: no answer), note."""
        with self._changed:
            return list(self._journal)

    def clear(self) -> None:
        with self._changed:
            self._queue.clear()
            self._held.clear()
            self._journal.clear()

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=self._habit.timeout_s)

    def _taker(self, delivery: Delivery) -> Callable[[str], Any]:
        return lambda name: self._scenarios.take(name, path=delivery.event, api_key=delivery.session)

    def _release(self) -> None:
        held, self._held = self._held, []
        for post in held:
            self._push(post, 0.0)

    def _push(self, post: _Post, wait_s: float) -> None:
        heapq.heappush(self._queue, (time.monotonic() + wait_s, next(self._numbers), post))
        self._changed.notify_all()

    def _work(self) -> None:
        with requests.Session() as http:
            http.trust_env = False
            while (post := self._next()) is not None:
                status = self._send(http, post)
                with self._changed:
                    self._at_work -= 1
                    self._after(post, status)
                    self._changed.notify_all()

    def _next(self) -> _Post | None:
        with self._changed:
            while not self._is_closed:
                wait_s = None if not self._queue else self._queue[0][0] - time.monotonic()
                if wait_s is not None and wait_s <= 0:
                    self._at_work += 1
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(wait_s)
        return None

    def _send(self, http: requests.Session, post: _Post) -> int | None:
        try:
            answer = http.post(
                post.delivery.url,
                data=post.delivery.body,
                headers={"Content-Type": "application/json", **post.headers},
                timeout=self._habit.timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        return answer.status_code

    def _after(self, post: _Post, status: int | None) -> None:
        self._note(post.delivery, post.tries + 1, status, "")
        if status is not None and (200 <= status < 300 or not self._habit.is_retried(status)):
            return
        if post.tries < len(self._habit.waits_s):
            self._push(replace(post, tries=post.tries + 1), self._habit.waits_s[post.tries] * self._pace)

    def _note(self, delivery: Delivery, tries: int, status: int | None, note: str) -> None:
        self._journal.append(
            {
                "session": delivery.session,
                "event": delivery.event,
                "tries": tries,
                "status": status,
                "note": note,
            }
        )
