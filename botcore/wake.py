"""Wake-ups: a task put on a queue so that work already committed is taken up at once.

Losing one loses nothing: the sweeper finds rows left behind. So a broker that is away never fails the caller, and
a wake-up for somebody already woken is not sent again: a mark in Redis stands until the task begins.

Tasks go by name: the modules that wake are below those that work (botcore/tasks.py).
"""

import time
from enum import Enum
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from botcore.enums import Queue
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key

logger = get_logger(__name__)

_MARK_LIVES_S = 10
# After a failure the broker is left alone for a moment: a webhook must not wait for it again and again.
_PAUSE_S = 2.0
_away_until = 0.0


class Wake(Enum):
    """What can be woken: the task's name and its queue. Each takes a tenant's id and a row's id."""

    DRAIN_CHAT = ("botcore.drain_chat", Queue.INTERACTIVE)
    RUN_WAITING = ("botcore.run_waiting", Queue.PANEL)
    SEND_DUE = ("botcore.send_due", Queue.OUTBOUND)

    @property
    def task_name(self) -> str:
        return self.value[0]

    @property
    def queue(self) -> Queue:
        return self.value[1]


def up(what: Wake, *, tenant_id: int, row_id: int) -> None:
    """Wake now; the row must be committed."""
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        if get_redis().set(_mark(what, row_id), 1, nx=True, ex=_MARK_LIVES_S):
            current_app.send_task(what.task_name, (tenant_id, row_id), queue=what.queue)
    except (OperationalError, RedisError, OSError):
        _away_until = time.monotonic() + _PAUSE_S
        logger.warning("broker away; the sweeper will find the work", extra={"task": what.task_name})


def after_commit(what: Wake, *, tenant_id: int, row_id: int) -> None:
    transaction.on_commit(partial(up, what, tenant_id=tenant_id, row_id=row_id))


def begun(what: Wake, row_id: int) -> None:
    """Take the mark away: what is committed from now on needs a wake-up of its own. Call it before looking."""
    try:
        get_redis().delete(_mark(what, row_id))
    except RedisError:
        logger.warning("wake-up mark not taken away")


def _mark(what: Wake, row_id: int) -> str:
    return key("wake", what.task_name, row_id)
