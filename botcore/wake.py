"""Wake-ups: a task put on a queue so that work already committed is taken up at once.

Losing one loses nothing: the sweeper finds rows left behind. So a broker that is away never fails the caller, and
a wake-up for somebody already woken is not sent again: a mark in Redis stands until the task begins.

Tasks go by name: the modules that wake are below those that work (botcore/tasks.py).
"""

import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from botcore.enums import Queue
from smmbot.lib.celery_envelope import Envelope
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import LuaScript, get_redis, key

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
    CLEAR_UNCLEAR = ("botcore.clear_unclear", Queue.OUTBOUND)
    POLL_WATCHES = ("botcore.poll_watches", Queue.PANEL)  # row id: the tenant's
    LINK_NUMBER = ("botcore.link_number", Queue.OUTBOUND)
    LINK_STEP = ("botcore.link_step", Queue.OUTBOUND)
    LOG_OUT_NUMBER = ("botcore.log_out_number", Queue.OUTBOUND)
    REMOVE_NUMBER = ("botcore.remove_number", Queue.SYNC)
    CHECK_NUMBER = ("botcore.check_number", Queue.SYNC)
    END_SESSION = ("botcore.end_session", Queue.SYNC)  # row id: the ended session's
    NAME_GROUP = ("botcore.name_group", Queue.SYNC)
    SYNC_GROUPS = ("botcore.sync_groups", Queue.SYNC)  # row id: the job's
    IMPORT_CUSTOMERS = ("botcore.import_customers", Queue.SYNC)  # row id: the job's
    CHECK_PROVIDER = ("botcore.check_provider", Queue.SYNC)  # row id: the job's
    CHECK_PANEL = ("botcore.check_panel", Queue.PANEL)  # row id: the job's
    CHECK_MODEL = ("botcore.check_model", Queue.PANEL)  # row id: the job's

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
        if settings.BROKER_IS_OUR_REDIS:
            _line.pass_through(_Wanted(what, tenant_id, row_id))
        elif get_redis().set(_mark(what, row_id), 1, nx=True, ex=_MARK_LIVES_S):
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


@dataclass(slots=True)
class _Wanted:
    what: Wake
    tenant_id: int
    row_id: int
    is_taken: bool = False


class _Line:
    """Threads that wake at the same time share one round trip: who comes first takes along all who wait."""

    def __init__(self) -> None:
        self.begin()
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        self._turn = threading.Lock()
        self._waiting: deque[_Wanted] = deque()

    def pass_through(self, wanted: _Wanted) -> None:
        """Returns when it is on the queue. Raises RedisError; then those taken along are lost too."""
        self._waiting.append(wanted)
        with self._turn:
            if wanted.is_taken:
                return
            group = []
            while self._waiting:
                group.append(self._waiting.popleft())
                group[-1].is_taken = True
            _put(group)


_line = _Line()

_MARK_AND_PUT = LuaScript(
    """
for at = 1, #KEYS, 2 do
  if redis.call('SET', KEYS[at], 1, 'NX', 'EX', ARGV[1]) then
    redis.call('LPUSH', KEYS[at + 1], ARGV[(at + 1) / 2 + 1])
  end
end
"""
)


def _put(group: list[_Wanted]) -> None:
    """Mark and enqueue in one step, so that a mark never stands without its task."""
    prefix = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"])
    keys: list[str] = []
    messages: list[str] = []
    for wanted in group:
        what = wanted.what
        keys += [_mark(what, wanted.row_id), prefix + what.queue]
        messages.append(_envelope(what).write((wanted.tenant_id, wanted.row_id)))
    _MARK_AND_PUT(keys, [_MARK_LIVES_S, *messages])


@cache
def _envelope(what: Wake) -> Envelope:
    return Envelope(current_app, task_name=what.task_name, queue=what.queue)


def _mark(what: Wake, row_id: int) -> str:
    return key("wake", what.task_name, row_id)
