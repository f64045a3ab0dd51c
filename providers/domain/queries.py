from providers.models import SmmProvider


def providers_of(tenant_id: int) -> list[SmmProvider]:
    """All of a tenant's providers, also those not synced, by name: what `matching.match` looks through."""
    return list(SmmProvider.objects.filter(tenant_id=tenant_id).order_by("name", "pk"))


def get_provider(*, tenant_id: int, provider_id: int) -> SmmProvider:
    """Raises SmmProvider.DoesNotExist, also for another tenant's."""
    return SmmProvider.objects.get(tenant_id=tenant_id, pk=provider_id)
