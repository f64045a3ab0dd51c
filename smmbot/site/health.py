"""Two questions an orchestrator asks: does the process live, and can it do its work?"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from smmbot.celery import app
from smmbot.lib import heartbeat
from smmbot.lib.logs import get_logger
from smmbot.lib.redis_client import get_redis

logger = get_logger(__name__)

# Beat ticks every 10 s through the broker and a worker.
MAX_TICK_AGE_S = 60


class NotReady(Exception):
    """A part does not do its work; the text is ours and safe to show."""


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis, broker, and a tick that went round beat and a worker lately. 503 names what is missing."""
    answers = checks()
    is_ready = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"ready": is_ready, "checks": answers}, status=200 if is_ready else 503)


def checks() -> dict[str, str]:
    """Each part by name: `ok`, or what is wrong with it, safe to show."""
    return {name: _ask(name, check) for name, check in _CHECKS.items()}


def _ask(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as reason:
        return str(reason)
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with it, it is not ready
        logger.warning("not ready", extra={"check": name, "error": type(error).__name__})
        return "does not answer"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    get_redis().ping()


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _beat() -> None:
    try:
        age = heartbeat.age_s()
    except RedisError as error:
        raise NotReady("unknown: Redis does not answer") from error
    if age is None:
        raise NotReady("no tick yet: are beat and a worker running?")
    if age > MAX_TICK_AGE_S:
        raise NotReady(f"last tick {age:.0f} s ago: are beat and a worker running?")


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "broker": _broker,
    "beat": _beat,
}
