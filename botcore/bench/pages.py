"""A page of a tenant with a million log rows against the same page of one with ten thousand, by turns."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from django.db import connection
from django.utils import timezone

from botcore.bench.errors import BenchError
from botcore.bench.line import Line
from botcore.bench.tenant import PREFIX, bench_tenants
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm, Role
from tenants.models import Tenant, TenantAdmin, User
from tenants.scoping import all_tenants

MANY, FEW = 1_000_000, 10_000
CHATS = 50
TURNS, WARM_UP = 40, 5

# Like a panel's own: most rows are answered questions, some wait; a few providers; a year.
_FILL = """
INSERT INTO botcore_messagelog (
    tenant_id, serial, source, action, chat_id, contact_id, panel_username, order_id, provider, provider_oid,
    outcome, facts, support_status, is_priority, memo, took_ms, created_at
)
SELECT %(tenant)s, n, 'chat',
    (ARRAY['order','order','order','order','order','refill','refill','cancel','speed_up','balance'])[1 + n %% 10],
    chats.ids[1 + n %% array_length(chats.ids, 1)], chats.contacts[1 + n %% array_length(chats.contacts, 1)],
    'customer' || n %% 997, 1000000 + n, 'provider' || n %% 7 || '.example', (20000000 + n)::text,
    'order_status', '{"status": "completed", "service": "Followers", "remains": 0}'::jsonb,
    CASE WHEN n %% 1000 = 0 THEN 'escalated' WHEN n %% 500 = 1 THEN 'ticket created' WHEN n %% 20 = 2 THEN 'open'
         WHEN n %% 50 = 3 THEN 'ignored' ELSE 'resolved' END,
    n %% 100 = 7, '', 40, now() - (%(rows)s - n) * (interval '365 days' / %(rows)s)
FROM generate_series(1, %(rows)s) AS n, (
    SELECT (SELECT array_agg(id ORDER BY id) FROM botcore_chat WHERE tenant_id = %(tenant)s) AS ids,
           (SELECT array_agg(id ORDER BY id) FROM tenants_contact WHERE tenant_id = %(tenant)s) AS contacts
) AS chats
"""
_COUNTER = """
INSERT INTO botcore_serialcounter (tenant_id, last) VALUES (%s, %s)
ON CONFLICT (tenant_id) DO UPDATE SET last = EXCLUDED.last
"""


@dataclass(frozen=True, slots=True)
class Library:
    """A tenant with so many rows, and the cookies of its owner."""

    tenant_id: int
    rows: int
    cookies: str

    def page(self, path: str) -> bytes:
        head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nCookie: {self.cookies}\r\n\r\n"
        )
        return head.encode()


class HasLibraries(Protocol):
    """What the figures need of the ground."""

    @property
    def libraries(self) -> tuple[Library, Library]: ...
    @property
    def port(self) -> int: ...


@contextmanager
def libraries() -> Iterator[tuple[Library, Library]]:
    """The short one and the long one; gone after the block, their owners too."""
    phones: Final = [f"+1555091{index:04}" for index in range(2)]
    with bench_tenants(tenants=2, chats=CHATS) as made, all_tenants("owners of the bench's own tenants"):
        _forget(phones)
        try:
            few, many = (
                _fill(tenant.tenant_id, rows, phone)
                for tenant, rows, phone in zip(made, (FEW, MANY), phones, strict=True)
            )
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE botcore_messagelog")
            yield few, many
        finally:
            _forget(phones)


def page_ratio(path: str) -> Callable[[HasLibraries], float]:
    """How much longer this page takes with MANY rows than with FEW."""

    def take(ground: HasLibraries) -> float:
        few, many = ground.libraries
        line = Line(ground.port)
        times: dict[int, list[float]] = {FEW: [], MANY: []}
        try:
            for turn in range(WARM_UP + TURNS):
                for library in (few, many) if turn % 2 else (many, few):
                    started = time.perf_counter()
                    status = line.ask(library.page(path))
                    took = time.perf_counter() - started
                    if status != 200:
                        raise BenchError(f"{path} answered {status}.")
                    if turn >= WARM_UP:
                        times[library.rows].append(took)
        finally:
            line.close()
        return statistics.median(times[MANY]) / statistics.median(times[FEW])

    return take


def _fill(tenant_id: int, rows: int, phone: str) -> Library:
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"tenant": tenant_id, "rows": rows})
        cursor.execute(_COUNTER, [tenant_id, rows])
    tenant = Tenant.objects.get(pk=tenant_id)
    user = User.objects.create_user(phone, name=PREFIX)
    TenantAdmin.objects.create(tenant=tenant, user=user, role=Role.OWNER)
    _, tokens = sessions.begin(
        user=user,
        realm=Realm.TENANT,
        browser=Browser("127.0.0.1", "bench"),
        now=timezone.now(),
        tenant=tenant,
    )
    return Library(tenant_id, rows, f"access={tokens.access}; refresh={tokens.refresh}")


def _forget(phones: list[str]) -> None:
    User.objects.filter(phone__in=phones).delete()
