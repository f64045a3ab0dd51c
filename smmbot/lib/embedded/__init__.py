"""The PostgreSQL and Redis that a checkout starts by itself when DATABASE_URL and REDIS_URL are not set.

Whoever needs them calls `ensure_running()`; the first call starts one supervisor process for the checkout,
which stops both servers and itself shortly after the last process that asked has ended, however it ended.
Data, logs and sockets are in `.data/`. Nothing listens on the network: only this operating system user can
connect.
"""

from smmbot.lib.embedded.control import Status, ensure_running, status, stop, wait_stopped
from smmbot.lib.embedded.errors import EmbeddedServerError
from smmbot.lib.embedded.paths import broker_url, data_dir, database_url, redis_url

__all__ = [
    "EmbeddedServerError",
    "Status",
    "broker_url",
    "data_dir",
    "database_url",
    "ensure_running",
    "redis_url",
    "status",
    "stop",
    "wait_stopped",
]
