"""The library's own tables, in a schema of their own in our database: nobody else here knows whatsmeow's SQL."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from django.db import connection, transaction

SCHEMA: Final = "whatsmeow"
# What libpq tries by itself; the library's driver has to be told, and wants TLS unless it is.
_TLS: Final = "require"


def make_schema() -> None:
    """The tables are the library's to make. Raises DatabaseError when the user may not."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")


def database_url() -> str:
    """The database as the library's driver (lib/pq) reads it: a socket's folder, the schema and TLS as parameters."""
    given: dict[str, Any] = connection.get_connection_params()
    host = str(given.get("host") or "")
    connection.ensure_connection()
    options = {
        "search_path": SCHEMA,
        "application_name": "whatsapp",
        "sslmode": given.get("sslmode") or (_TLS if _is_encrypted() else "disable"),
        **{name: str(given[name]) for name in ("sslrootcert", "sslcert", "sslkey") if given.get(name)},
    }
    if options["sslmode"] in ("prefer", "allow"):
        options["sslmode"] = _TLS if _is_encrypted() else "disable"
    if host.startswith("/"):
        options["host"] = host
        host = ""
    login = quote(str(given.get("user") or ""), safe="")
    if given.get("password"):
        login += f":{quote(str(given['password']), safe='')}"
    port = f":{given['port']}" if given.get("port") and host else ""
    name = quote(str(given.get("dbname") or ""), safe="")
    return f"postgres://{login}@{host}{port}/{name}?{urlencode(options)}"


def has_keys(device: str) -> bool:
    """Whether the link of this device still stands here; without its keys the library ends the process."""
    return bool(device) and bool(_rows("SELECT 1 FROM {}.whatsmeow_device WHERE jid = %s", device))


def forget(device: str) -> None:
    """Delete the keys of a link, and all that hangs on them: it cannot be used any more."""
    if device and _is_made():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {SCHEMA}.whatsmeow_device WHERE jid = %s", [device])  # noqa: S608 -- ours


def sent_with(secret: bytes) -> str:
    """The id of the message with this secret, empty when the library never began to send it."""
    rows = _rows("SELECT message_id FROM {}.whatsmeow_message_secrets WHERE key = %s", secret)
    return str(rows[0][0]) if rows else ""


def drop() -> None:
    """Forget all links."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _rows(statement: str, value: str | bytes) -> list[tuple[Any, ...]]:
    if not _is_made():
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(SCHEMA), [value])
        return list(cursor.fetchall())


def _is_made() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{SCHEMA}.whatsmeow_device"])
        return bool(cursor.fetchone()[0])


def _is_encrypted() -> bool:
    raw: Any = connection.connection
    return bool(raw.pgconn.ssl_in_use)
