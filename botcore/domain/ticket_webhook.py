"""The tenant's key for its ticket webhook: whoever sends it may tell us of a ticket."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from botcore.models import BotConfig
from smmbot.lib import crypto
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import Tenant

# A row beside the settings, and none of them: nobody may choose it, and !config does not show it.
_ROW = "ticket_webhook_key"
_PREFIX = "whk_"
HEADER = "X-Webhook-Key"


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """url: where tickets are sent to, with the key in HEADER. masked_key: empty when there is none yet."""

    url: str
    masked_key: str
    made_at: datetime | None


def info(*, tenant: Tenant) -> WebhookInfo:
    row = _row(tenant.pk)
    url = f"{settings.PUBLIC_URL}/webhooks/tickets/{tenant.slug}"
    if row is None:
        return WebhookInfo(url, "", None)
    return WebhookInfo(url, crypto.mask(crypto.decrypt(row.value)), row.updated_at)


@transaction.atomic
def regenerate(*, tenant_id: int, by: int | None, source: AuditSource, now: datetime) -> str:
    """Make a new key and return it; it is shown this once. The old one is void at once."""
    had_one = _row(tenant_id) is not None
    key = _PREFIX + secrets.token_urlsafe(32)
    BotConfig.objects.update_or_create(tenant_id=tenant_id, key=_ROW, defaults={"value": crypto.encrypt(key)})
    audit.record(
        tenant_id=tenant_id,
        user_id=by,
        action="ticket_webhook.regenerate_key",
        before={"key": "set" if had_one else "not set"},
        after={"key": "changed"},
        source=source,
        now=now,
    )
    return key


def is_right(*, tenant_id: int, key: str) -> bool:
    """Compare in constant time."""
    row = _row(tenant_id)
    wanted = crypto.decrypt(row.value) if row else secrets.token_urlsafe(32)
    return secrets.compare_digest(wanted.encode(), key.encode()) and row is not None


def _row(tenant_id: int) -> BotConfig | None:
    row: BotConfig | None = BotConfig.objects.filter(tenant_id=tenant_id, key=_ROW).first()
    return row
