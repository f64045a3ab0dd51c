"""Wake-ups: a task put on a queue so that work already committed is taken up at once.

Losing one loses nothing: the sweeper finds rows left behind. So a broker that is away never fails the caller, and
a wake-up for somebody already woken is not sent again: a mark in Redis stands until the task begins.
"""

import time
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis, key

logger = get_logger(__name__)

_MARK_LIVES_S = 10
# After a failure the broker is left alone for a moment: a webhook must not wait for it again and again.
_PAUSE_S = 2.0
_away_until = 0.0


def chat(*, tenant_id: int, chat_id: int) -> None:
    from botcore.tasks import drain_chat  # noqa: PLC0415 -- tasks import what wakes them

    _publish(drain_chat, tenant_id, chat_id)


def sender(*, tenant_id: int, number_id: int) -> None:
    from botcore.tasks import send_due  # noqa: PLC0415 -- tasks import what wakes them

    _publish(send_due, tenant_id, number_id)


def waiting(*, tenant_id: int, message_id: int) -> None:
    from botcore.tasks import run_waiting  # noqa: PLC0415 -- tasks import what wakes them

    _publish(run_waiting, tenant_id, message_id)


def sender_after_commit(*, tenant_id: int, number_id: int) -> None:
    transaction.on_commit(partial(sender, tenant_id=tenant_id, number_id=number_id))


def waiting_after_commit(*, tenant_id: int, message_id: int) -> None:
    transaction.on_commit(partial(waiting, tenant_id=tenant_id, message_id=message_id))


def begun(task_name: str, row_id: int) -> None:
    """Take the mark away: what is committed from now on needs a wake-up of its own. Call it before looking."""
    try:
        get_redis().delete(_mark(task_name, row_id))
    except RedisError:
        logger.warning("wake-up mark not taken away")


def _publish(task: "Task[Any, Any]", tenant_id: int, row_id: int) -> None:
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        if get_redis().set(_mark(task.name, row_id), 1, nx=True, ex=_MARK_LIVES_S):
            task.apply_async((tenant_id, row_id))
    except (OperationalError, RedisError, OSError):
        _away_until = time.monotonic() + _PAUSE_S
        logger.warning("broker away; the sweeper will find the work", extra={"task": task.name})


def _mark(task_name: str, row_id: int) -> str:
    return key("wake", task_name, row_id)
