"""How many statements one `check` costs the database."""

import sys
import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.bench.ground import Ground
from botcore.bench.tenant import ORDER_ID
from botcore.commands.drain import drain_chat
from botcore.domain.inbox import NumberRef, receive
from botcore.gateway.types import Address, MessageReceived
from botcore.models import Chat
from tenants.scoping import all_tenants, tenant_scope

_RUN = "import django; django.setup(); from botcore.bench import drains; drains.count()"


def queries_per_check(ground: Ground) -> float:
    """Counted in a process of its own, whose wake-ups go to the bench's own queues."""
    ground.use_panel(latency_ms=0)
    chat_ids = [str(chat_id) for chat_id in ground.tenants[0].chat_ids]
    return max(map(int, ground.processes.run(["-c", _RUN, *chat_ids]).split()))


def count() -> None:
    """Print the number of statements, BEGIN and COMMIT among them, for a `check` in each of these chats (argv)."""
    for chat_id in sys.argv[1:]:
        sys.stdout.write(f"{_statements(int(chat_id))}\n")


def _statements(chat_id: int) -> int:
    with all_tenants("the bench was told the chat, not the tenant"):
        chat = Chat.objects.get(pk=chat_id)
    address = Address.parse(chat.wa_id)
    message = MessageReceived(
        chat=address,
        sender=address,
        message_id=uuid.uuid4().hex,
        sent_at=timezone.now(),
        text=f"check {ORDER_ID}",
    )
    with tenant_scope(chat.tenant_id):
        receive(number=NumberRef(chat.number_id, chat.tenant_id), event=message)
        with CaptureQueriesContext(connection) as statements:
            drain_chat(tenant_id=chat.tenant_id, chat_id=chat_id)
    return len(statements)
