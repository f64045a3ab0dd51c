"""The tenant behind a tenant's Sandbox page: made on first use, and like its owner's before every message.

Its number is the sandbox driver's, its people and groups are the demo's; settings and texts are copies of the owner's.
Its panel is the sandbox's, or the owner's own, which it only reads.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Subquery

from botcore.errors import NoSuchPlaygroundPanel, PlaygroundClosed
from botcore.models import BotConfig, MessageTemplate, WhatsAppNumber
from botcore.sandbox.composition import PROVIDERS_PREFIX, provider_key
from botcore.sandbox.demo_tenant import ensure_demo_providers, furnish
from botcore.sandbox.playground.places import PARTS, Part
from panel.models import PanelConnection
from tenants.domain.identities import resolve_person
from tenants.enums import IdentityKind, VerifiedBy
from tenants.models import Tenant, TenantUser
from tenants.scoping import sandbox_scope


class PanelChoice(StrEnum):
    SANDBOX = "sandbox"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Panels:
    """What can be played on. own: address of the tenant's panel; chosen: None when there is nothing to play on."""

    has_sandbox: bool
    own: str
    chosen: PanelChoice | None
    play_as: str


def shadow_of(tenant: Tenant) -> Tenant:
    """The tenant behind this one's Sandbox page, made when there is none; this one's scope is open. Raises
    PlaygroundClosed."""
    if not tenant.is_active or tenant.is_platform or tenant.sandbox_of_id is not None:
        raise PlaygroundClosed
    found = Tenant.objects.filter(sandbox_of=tenant).first()
    shadow = found or _make(tenant)
    if not shadow.is_active:
        raise PlaygroundClosed
    return shadow


@contextmanager
def inside(tenant: Tenant) -> Iterator[tuple[Tenant, WhatsAppNumber]]:
    """Step over into the tenant's own playground: it and its number. Raises PlaygroundClosed."""
    shadow = shadow_of(tenant)
    with sandbox_scope(shadow):
        yield shadow, WhatsAppNumber.objects.get(tenant=shadow, is_default=True)


@transaction.atomic
def _make(tenant: Tenant) -> Tenant:
    shadow, is_new = Tenant.objects.get_or_create(
        sandbox_of=tenant,
        defaults={
            "name": f"{tenant.name[:90]} sandbox",
            "slug": f"sandbox-{tenant.pk}-{secrets.token_hex(3)}",
        },
    )
    if is_new:
        with sandbox_scope(shadow):
            furnish(shadow, password=None)
            _providers(shadow)
    return shadow


def _providers(shadow: Tenant) -> None:
    """SMM Cost by its API, Boostlab by its group."""
    url = settings.SANDBOX_PANEL_URL.rstrip("/")
    ensure_demo_providers(
        tenant=shadow,
        smmcost_url=f"{url}{PROVIDERS_PREFIX}/smmcost" if url else "",
        smmcost_key=provider_key("smmcost", settings.SANDBOX_PANEL_KEY) if url else "",
    )


def follow_settings(*, tenant: Tenant, shadow: Tenant) -> None:
    """Give the playground its owner's settings and texts as they are now; the owner's scope is open."""
    wanted = {model: _texts(model, tenant) for model in (BotConfig, MessageTemplate)}
    with sandbox_scope(shadow):
        for model, texts in wanted.items():
            _replace(model, shadow, texts)


def _texts(model: type[BotConfig] | type[MessageTemplate], tenant: Tenant) -> dict[str, str]:
    return dict(model.objects.filter(tenant=tenant).values_list("key", "value"))


def _replace(
    model: type[BotConfig] | type[MessageTemplate], shadow: Tenant, wanted: Mapping[str, str]
) -> None:
    here = _texts(model, shadow)
    if here == wanted:
        return
    with transaction.atomic():
        model.objects.filter(tenant=shadow).exclude(key__in=wanted).delete()
        changed = [(key, value) for key, value in wanted.items() if here.get(key) != value]
        model.objects.bulk_create(
            [cast(Any, model)(tenant=shadow, key=key, value=value) for key, value in changed],
            update_conflicts=True,
            unique_fields=["tenant", "key"],
            update_fields=["value"],
        )


def panels_of(*, tenant: Tenant, shadow: Tenant) -> Panels:
    """What there is to play on; the owner's scope is open."""
    own = PanelConnection.objects.filter(tenant=tenant, is_active=True).first()
    has_sandbox = bool(settings.SANDBOX_PANEL_URL)
    with sandbox_scope(shadow):
        active = (
            PanelConnection.objects.filter(tenant=shadow, is_active=True)
            .annotate(play_as=_played_name(shadow))
            .first()
        )
    reads_own = active is not None and active.is_read_only
    play_as = active.play_as or "" if active is not None and reads_own else ""
    if own is not None and (reads_own or not has_sandbox):
        chosen: PanelChoice | None = PanelChoice.OWN
    else:
        chosen = PanelChoice.SANDBOX if has_sandbox else None
    return Panels(has_sandbox, own.base_url if own else "", chosen, play_as)


def choose_panel(
    *, tenant: Tenant, shadow: Tenant, choice: PanelChoice, part: Part, play_as: str = ""
) -> None:
    """Play on this panel from now on. The tenant's own is never connected in any other way than read-only.

    play_as: the username the customer has on the own panel. Raises NoSuchPlaygroundPanel.
    """
    if choice == PanelChoice.OWN:
        own = PanelConnection.objects.filter(tenant=tenant, is_active=True).first()
        if own is None:
            raise NoSuchPlaygroundPanel
        kind, base_url, api_key = own.kind, own.base_url, own.api_key
    else:
        kind = PanelConnection.Kind.PERFECTPANEL.value
        base_url, api_key = settings.SANDBOX_PANEL_URL.rstrip("/"), settings.SANDBOX_PANEL_KEY
    if not base_url:
        raise NoSuchPlaygroundPanel
    is_read_only = choice == PanelChoice.OWN
    with sandbox_scope(shadow), transaction.atomic():
        rows = list(PanelConnection.objects.select_for_update().filter(tenant=shadow))
        row = next((one for one in rows if one.is_read_only == is_read_only), None)
        now_is = row and (row.kind, row.base_url, row.api_key, row.is_active)
        if now_is != (kind, base_url, api_key, True):
            PanelConnection.objects.filter(tenant=shadow, is_active=True).update(is_active=False)
            row = row or PanelConnection(tenant=shadow, is_read_only=is_read_only)
            row.kind, row.base_url, row.api_key, row.is_active = kind, base_url, api_key, True
            row.save()
            if is_read_only:  # whose usernames the sandbox's customers have is known to its own panel alone
                _forget_names(shadow)
            else:
                _providers(shadow)
        _name_customer(shadow, part, play_as if is_read_only else part.actor.username)


def _name_customer(shadow: Tenant, part: Part, username: str) -> None:
    """The username a customer is verified with: their own on the sandbox panel, any on a panel that is only read."""
    if not part.is_customer:
        return
    actor = part.actor
    contact = resolve_person(tenant_id=shadow.pk, phone=actor.phone, lid=actor.lid, name=actor.name).contact
    links = TenantUser.objects.filter(tenant=shadow, contact=contact)
    if [link.panel_username for link in links] == ([username] if username else []):
        return
    links.delete()
    if username:
        TenantUser.objects.create(
            tenant=shadow, contact=contact, panel_username=username, verified_by=VerifiedBy.STAFF
        )


def _forget_names(shadow: Tenant) -> None:
    phones = [f"+{part.actor.phone}" for part in PARTS.values() if part.is_customer]
    TenantUser.objects.filter(
        tenant=shadow, contact__identities__kind=IdentityKind.PHONE, contact__identities__value__in=phones
    ).delete()


def _played_name(shadow: Tenant) -> Subquery:
    """The username the first customer plays as on the own panel."""
    actor = PARTS["customer"].actor
    links = TenantUser.objects.filter(
        tenant=shadow,
        contact__identities__kind=IdentityKind.PHONE,
        contact__identities__value=f"+{actor.phone}",
    )
    return Subquery(links.order_by("pk").values("panel_username")[:1])
