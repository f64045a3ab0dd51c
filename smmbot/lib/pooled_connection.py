"""The thread's database connection, while the thread waits for somebody else's server."""

from django.db import connection


def give_back() -> None:
    """Give the connection back to the process's pool; the next query takes one again.

    A process has a few connections and many threads: those that wait must not keep them from the rest. Nothing
    happens without a pool, and inside a transaction.
    """
    if "pool" in connection.settings_dict["OPTIONS"] and not connection.in_atomic_block:
        connection.close()
