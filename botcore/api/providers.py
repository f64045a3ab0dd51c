from typing import Any

from django.urls import path

from botcore.domain import provider_checks
from botcore.schemas.providers import ProviderIn, ProviderOut, ProviderPatch
from providers.domain import managing, queries
from providers.domain.managing import InvalidProvider, ProviderExists
from providers.models import SmmProvider
from smmbot.api.answers import Nothing, listed, whole
from smmbot.api.auth import demand_fresh
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, created, endpoint, methods, ok
from smmbot.api.errors import ApiProblem, bad_request
from smmbot.lib.crypto import mask
from tenants.api.jobs import job_out
from tenants.permissions import Permission
from tenants.schemas.jobs import JobOut


def provider_out(provider: SmmProvider) -> ProviderOut:
    """The key is masked."""
    return {
        "id": provider.pk,
        "name": provider.name,
        "alias": provider.alias,
        "host": provider.host,
        "other_hosts": provider.other_hosts,
        "panel_url": provider.api_url,
        "api_key": mask(provider.api_key),
        "key_refused_at": provider.key_refused_at,
        "group_wa_id": provider.group_wa_id,
        "is_active": provider.is_active,
        "sync_interval": provider.sync_interval,
        "balance": None if provider.balance is None else str(provider.balance),
        "balance_currency": provider.balance_currency,
        "balance_at": provider.balance_at,
        "message_formats": provider.message_formats,
        "created_at": provider.created_at,
    }


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, out=listed(ProviderOut))
def list_providers(request: ApiRequest) -> ApiResult:
    """All providers, by name."""
    rows = queries.providers_of(request.tenant_id)
    return ok(whole([provider_out(one) for one in rows]))


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, body=ProviderIn, answers=(201,), out=ProviderOut)
def add_provider(request: ApiRequest) -> ApiResult:
    """Add a provider. An API key needs a fresh login."""
    values = _values(request, request.body.model_dump())
    return created(
        provider_out(
            _saved(lambda who: managing.add(tenant_id=request.tenant_id, values=values, **who), request)
        )
    )


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, out=ProviderOut)
def show_provider(request: ApiRequest, provider_id: int) -> ApiResult:
    """One provider."""
    return ok(provider_out(_provider(request, provider_id)))


@endpoint("PATCH", needs=Permission.MANAGE_CUSTOMERS, body=ProviderPatch, out=ProviderOut)
def change_provider(request: ApiRequest, provider_id: int) -> ApiResult:
    """Change a provider. Address and API key need a fresh login."""
    provider = _provider(request, provider_id)
    given = request.body.model_dump(include=request.body.model_fields_set)
    if not given or None in given.values():
        raise bad_request("invalid", "Send at least one field to change, and no nulls.")
    values = _values(request, given)
    return ok(
        provider_out(_saved(lambda who: managing.change(provider=provider, values=values, **who), request))
    )


@endpoint("DELETE", needs=Permission.MANAGE_CUSTOMERS, is_fresh=True, out=Nothing)
def remove_provider(request: ApiRequest, provider_id: int) -> ApiResult:
    """Forget a provider; the message logs keep its name."""
    provider = _provider(request, provider_id)
    managing.remove(provider=provider, **request.who)
    return ok()


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, answers=(202,), out=JobOut)
def check_provider(request: ApiRequest, provider_id: int) -> ApiResult:
    """Ask the provider, in the background, whether address and key work."""
    provider = _provider(request, provider_id)
    return accepted(
        job_out(provider_checks.start(provider=provider, by=request.caller.user, now=request.now))
    )


def _values(request: ApiRequest, given: dict[str, Any]) -> dict[str, Any]:
    """By the model's names. Keys, and the address a key is sent to, want a password given lately."""
    values = {("api_url" if name == "panel_url" else name): value for name, value in given.items()}
    is_new = request.http.method == "POST"
    touches_account = bool(values.get("api_key")) if is_new else bool({"api_key", "api_url"} & set(values))
    if touches_account:
        demand_fresh(request.caller)
    return values


def _saved(save: Any, request: ApiRequest) -> SmmProvider:
    try:
        provider: SmmProvider = save(request.who)
    except ProviderExists as error:
        raise ApiProblem(409, error.code, " ".join(error.fields.values()), fields=error.fields) from error
    except InvalidProvider as error:
        raise bad_request(error.code, " ".join(error.fields.values()), **error.fields) from error
    return provider


def _provider(request: ApiRequest, provider_id: int) -> SmmProvider:
    return queries.get_provider(tenant_id=request.tenant_id, provider_id=provider_id)


urlpatterns = [
    path("providers", methods(list_providers, add_provider), name="api_providers"),
    path(
        "providers/<int:provider_id>",
        methods(show_provider, change_provider, remove_provider),
        name="api_provider",
    ),
    path("providers/<int:provider_id>/check", methods(check_provider), name="api_provider_check"),
]
