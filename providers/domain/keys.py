"""A provider's key, and when to stop showing it: some lock out an address after a few wrong ones, and with it
every other tenant of this server."""

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from providers.models import SmmProvider

REFUSALS_TO_STOP = 3


def change_key(*, provider: SmmProvider, api_key: str, api_url: str | None = None) -> SmmProvider:
    """Store a new key (and address); the refusals of the old one are forgotten. An empty key leaves the
    provider with its group alone."""
    provider.api_key = api_key.strip()
    if api_url is not None:
        provider.api_url = api_url
    provider.key_refusals, provider.key_refused_at = 0, None
    provider.save(update_fields=["api_key", "api_url", "key_refusals", "key_refused_at"])
    return provider


def note_refused(provider: SmmProvider) -> None:
    """The third refusal in a row stops the asking."""
    now = timezone.now()
    _rows(provider).update(
        key_refusals=F("key_refusals") + 1,
        key_refused_at=Case(
            When(key_refusals__gte=REFUSALS_TO_STOP - 1, then=Coalesce(F("key_refused_at"), Value(now))),
            default=F("key_refused_at"),
        ),
    )
    provider.refresh_from_db(fields=["key_refusals", "key_refused_at"])


def note_accepted(provider: SmmProvider) -> None:
    """Without a query while all is well."""
    if provider.key_refusals or provider.key_refused_at:
        _rows(provider).update(key_refusals=0, key_refused_at=None)
        provider.key_refusals, provider.key_refused_at = 0, None


def _rows(provider: SmmProvider) -> QuerySet[SmmProvider]:
    return SmmProvider.objects.filter(tenant_id=provider.tenant_id, pk=provider.pk)
