"""Adding, changing and removing a provider, and asking whether its key works. Every change is recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from providers.clients.types import Balance
from providers.clients.url import normalise_api_url
from providers.domain import requests
from providers.domain.matching import normalise_host
from providers.domain.messages import check_formats
from providers.errors import BadMessageFormat, ProviderUrlRefused
from providers.models import SmmProvider
from tenants.domain import audit
from tenants.enums import AuditSource
from tenants.models import User

SECRETS = frozenset({"api_key"})
_TEXTS = ("name", "alias")
_AS_THEY_ARE = ("is_active", "sync_interval", "group_wa_id")


class InvalidProvider(Exception):
    """fields: what is wrong, a sentence by field."""

    code = "invalid_provider"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)


class ProviderExists(InvalidProvider):
    """Another provider of the tenant has this host already."""

    code = "provider_exists"


@transaction.atomic
def add(
    *, tenant_id: int, values: Mapping[str, Any], by: User, source: AuditSource, now: datetime
) -> SmmProvider:
    """values: fields of SmmProvider by name; no host: that of the API address. Raises InvalidProvider."""
    provider = SmmProvider(tenant_id=tenant_id)
    given = dict(values)
    if not given.get("host"):
        given["host"] = given.get("api_url") or ""
    _apply(provider, given)
    _save(provider)
    audit.record_on(
        provider, "provider.add", user_id=by.pk, source=source, now=now, after=_told(provider, given)
    )
    return provider


@transaction.atomic
def change(
    *, provider: SmmProvider, values: Mapping[str, Any], by: User, source: AuditSource, now: datetime
) -> SmmProvider:
    """values: only what changes. A new key or address forgets the refusals of the old. Raises InvalidProvider."""
    before = _told(provider, values)
    is_keyed = bool({"api_key", "api_url"} & set(values))
    was = (provider.api_url, provider.api_key)
    _apply(provider, values)
    if is_keyed and was != (provider.api_url, provider.api_key):
        provider.key_refusals, provider.key_refused_at = 0, None
    _save(provider)
    after = _told(provider, values)
    if "api_key" in values and was[1] != provider.api_key:
        before, after = {**before, "api_key": "the old one"}, {**after, "api_key": "changed"}
    changed = {name for name in after if before.get(name) != after[name]}
    if changed:
        audit.record_on(
            provider,
            "provider.change",
            user_id=by.pk,
            source=source,
            now=now,
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
        )
    return provider


@transaction.atomic
def remove(*, provider: SmmProvider, by: User, source: AuditSource, now: datetime) -> None:
    """Forget a provider and what it was asked in its group; the message logs keep its name."""
    audit.record_on(
        provider,
        "provider.remove",
        user_id=by.pk,
        source=source,
        now=now,
        before={"host": provider.host, "alias": provider.alias},
    )
    provider.delete()


def check_key(*, provider: SmmProvider) -> Balance:
    """Ask the provider for the balance, which shows that address and key are right, and keep it.

    Call it outside transactions: it waits for the provider. Raises ProviderError.
    """
    balance = requests.check_key(provider=provider)
    SmmProvider.objects.filter(tenant_id=provider.tenant_id, pk=provider.pk).update(
        balance=balance.amount, balance_currency=balance.currency, balance_at=timezone.now()
    )
    return balance


def _apply(provider: SmmProvider, values: Mapping[str, Any]) -> None:
    wrong: dict[str, str] = {}
    for name in _TEXTS:
        if name in values:
            setattr(provider, name, str(values[name]).strip())
    for name in _AS_THEY_ARE:
        if name in values:
            setattr(provider, name, values[name])
    if "host" in values:
        provider.host = normalise_host(values["host"])
        if "." not in provider.host:
            wrong["host"] = (
                "Write the provider's site as your panel names it on orders, such as provider.com."
            )
    if "other_hosts" in values:
        hosts = [(one, normalise_host(one)) for one in values["other_hosts"]]
        provider.other_hosts = list(dict.fromkeys(host for _, host in hosts if host))
        if bad := [text for text, host in hosts if not host]:
            wrong["other_hosts"] = f"Not a site: {', '.join(bad)}."
    if "message_formats" in values:
        try:
            provider.message_formats = check_formats(values["message_formats"])
        except (BadMessageFormat, ValueError):
            wrong["message_formats"] = (
                "Every message must hold {oids}, where the order numbers go, and no other braces."
            )
    _apply_account(provider, values, wrong)
    if not provider.name:
        wrong["name"] = "Give it a name."
    if wrong:
        raise InvalidProvider(wrong)


def _apply_account(provider: SmmProvider, values: Mapping[str, Any], wrong: dict[str, str]) -> None:
    before = provider.api_url
    if "api_url" in values:
        try:
            provider.api_url = normalise_api_url(values["api_url"]) if values["api_url"] else ""
        except ProviderUrlRefused:
            wrong["api_url"] = (
                "Enter the public https address of the provider, such as https://provider.com/api/v2."
            )
    if "api_key" in values:
        provider.api_key = str(values["api_key"]).strip()
    elif (
        provider.api_key and provider.api_url and urlsplit(before).netloc != urlsplit(provider.api_url).netloc
    ):
        # Whoever can change the address must not be handed the key by it.
        wrong["api_key"] = "The address leads elsewhere now. Enter the key for it."
    if provider.api_key and not provider.api_url:
        wrong.setdefault("api_url", "A key needs the address it is for.")


def _save(provider: SmmProvider) -> None:
    try:
        with transaction.atomic():
            provider.save()
    except IntegrityError as error:
        if "one_provider_per_host" not in str(error):
            raise
        raise ProviderExists(
            {"host": f"You have a provider with the site {provider.host} already."}
        ) from error
    if provider.group_wa_id:
        # A group stands for one provider: what is written there must never be another's.
        others = SmmProvider.objects.filter(tenant_id=provider.tenant_id, group_wa_id=provider.group_wa_id)
        others.exclude(pk=provider.pk).update(group_wa_id="")


def _told(provider: SmmProvider, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the record may say of these fields: never a key."""
    return {name: getattr(provider, name) for name in values if name not in SECRETS}


# What to say when a provider does not answer as it should, by the error's code.
WHAT_TO_DO = {
    "provider_unauthorized": "The provider refuses this key. Copy it again from the provider's API page.",
    "provider_rate_limited": "The provider is asked too often at the moment. Try again in a minute.",
    "provider_down": "The provider does not answer. Try again later; nothing is lost meanwhile.",
    "provider_protocol_error": "The address answers, but not as an SMM API. Check the address.",
    "provider_url_refused": "This address cannot be called. Enter the public https address of the provider.",
    "provider_not_configured": "Enter the API address and the key first.",
}


def what_to_do(code: str) -> str:
    return WHAT_TO_DO.get(code, "The provider did not accept the question. Check address and key.")
