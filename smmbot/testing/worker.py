"""A worker inside the test: takes wake-ups off the queues in Redis and runs their tasks, one after another."""

import asyncio
import base64
import contextvars
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections
from django.test import TestCase

from botcore import wake
from botcore.enums import Queue
from smmbot.celery import app
from smmbot.lib.redis_client import get_redis

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wakeup:
    """A task on a queue. name: without `botcore.`; row_id: what it is for; tenant_id: 0 where only
    the row is named."""

    queue: str
    name: str
    tenant_id: int
    row_id: int

    @property
    def task_name(self) -> str:
        return self.name if "." in self.name else f"botcore.{self.name}"

    @property
    def args(self) -> tuple[int, ...]:
        return (self.tenant_id, self.row_id) if self.tenant_id else (self.row_id,)


class Worker:
    """What the code under test put on the queues is all this knows: a wake-up that is missing is work not done."""

    def __init__(self) -> None:
        app.loader.import_default_modules()  # finds the tasks, as a worker does when it starts

    def run(self) -> list[Wakeup]:
        """Run what waits, and what that wakes, until the queues are empty. Returns it in order."""
        done = []
        while (task := self.take()) is not None:
            outside(partial(app.tasks[task.task_name], *task.args))
            done.append(task)
        return done

    def waiting(self) -> list[Wakeup]:
        """What lies on the queues; it stays there."""
        found = []
        for queue in Queue:
            for raw in reversed(get_redis().lrange(_list_of(queue), 0, -1)):
                found.append(_read(queue, raw))
        return found

    def lose(self) -> None:
        """All wake-ups and their marks are gone, as when the broker is."""
        for name in get_redis().scan_iter(f"{settings.REDIS_KEY_PREFIX}:*", count=1000):
            get_redis().delete(name)

    def forgive_broker(self) -> None:
        """The moment for which a process leaves a broker alone that failed is over."""
        wake._away_until = 0.0

    def take(self) -> Wakeup | None:
        """Take the next task off the queues, to be run by the caller."""
        for queue in Queue:
            raw = get_redis().rpop(_list_of(queue))
            if raw is not None:
                return _read(queue, raw)
        return None


def outside(do: Callable[[], T]) -> T:
    """Call as a process of its own would: with no tenant open, and what waits for the commit done at the end."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return contextvars.Context().run(_alone, do)


def _alone(do: Callable[[], T]) -> T:
    """Beside a browser's event loop Django gives every context a connection of its own, and nobody else closes it."""
    try:
        return do()
    finally:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            connections.close_all()


def _list_of(queue: Queue) -> str:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    return f"{prefix}{queue}"


def _read(queue: Queue, raw: Any) -> Wakeup:
    message = json.loads(raw)
    args, _, _ = json.loads(base64.b64decode(message["body"]))
    name = message["headers"]["task"].removeprefix("botcore.")
    tenant_id, row_id = args if len(args) == 2 else (0, *args)
    return Wakeup(queue.value, name, tenant_id, row_id)
