"""How many statements one `check` costs the database. `python -m botcore.bench.drains <tenant id> <chat id> …`."""

import sys

import django

from botcore.bench.ground import Ground

CHATS = 5


def queries_per_check(ground: Ground) -> float:
    """Counted in a process of its own, which puts its wake-ups on the bench's own queues."""
    ground.use_panel(latency_ms=0)
    tenant = ground.tenant
    chat_ids = [str(chat_id) for chat_id in tenant.chat_ids[:CHATS]]
    counted = ground.processes.run(["-m", "botcore.bench.drains", str(tenant.tenant_id), *chat_ids])
    return max(int(line) for line in counted.split())
