"""Asking a provider, in the background, whether its address and key are right."""

from datetime import datetime

from botcore import wake
from botcore.wake import Wake
from providers.domain import managing, queries
from providers.errors import ProviderError
from providers.models import SmmProvider
from tenants.domain import jobs
from tenants.domain.jobs import JobFailed, Progress
from tenants.models import Job, User


def kind_of(provider: SmmProvider) -> str:
    return f"provider.check:{provider.pk}"


def start(*, provider: SmmProvider, by: User, now: datetime) -> Job:
    """Raises JobRunning."""
    tenant_id = provider.tenant_id
    return jobs.start(
        tenant_id=tenant_id,
        kind=kind_of(provider),
        by=by,
        now=now,
        params={"provider_id": provider.pk},
        enqueue=lambda job_id: wake.up(Wake.CHECK_PROVIDER, tenant_id=tenant_id, row_id=job_id),
    )


def run(*, tenant_id: int, progress: Progress) -> None:
    try:
        provider = queries.get_provider(tenant_id=tenant_id, provider_id=progress.params["provider_id"])
        balance = managing.check_key(provider=provider)
    except SmmProvider.DoesNotExist as error:
        raise JobFailed("The provider was removed meanwhile.") from error
    except ProviderError as error:
        raise JobFailed(managing.what_to_do(error.code)) from error
    amount = f"{balance.amount:f} {balance.currency}".strip()
    progress.finish({"text": f"The key works. Balance: {amount}.", "balance": str(balance.amount)})
