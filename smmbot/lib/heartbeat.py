"""When the last periodic tick went round beat, broker and worker."""

import time

from smmbot.lib.redis_client import get_redis, key


def tick() -> None:
    get_redis().set(key("beat-tick"), int(time.time()))


def age_s() -> float | None:
    """Seconds since the last tick, None when there never was one."""
    raw = get_redis().get(key("beat-tick"))
    return None if raw is None else max(0.0, time.time() - int(str(raw)))
