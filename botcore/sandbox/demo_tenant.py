"""The demo's tenant: an owner, a member of staff, three verified customers, a linked number, two groups.

Beside it the platform: its number, which sends codes, and an administrator. All of them sign in with PASSWORD.
"""

from dataclasses import dataclass

from django.db import transaction

from botcore.enums import NumberState
from botcore.models import Group, SandboxSession, WhatsAppNumber
from panel.models import PanelConnection
from providers.models import SmmProvider
from tenants.domain import platform_tenant
from tenants.domain.identities import resolve_person
from tenants.enums import Role, VerifiedBy
from tenants.models import Tenant, TenantAdmin, TenantUser, User
from tenants.scoping import tenant_scope

SLUG = "demo"
PASSWORD = "sandbox-demo"
ADMIN_PHONE, PLATFORM_PHONE, PLATFORM_LID = "+15550100009", "15550100099", "77700000000099"
NUMBER_PHONE, NUMBER_LID = "15550100000", "77700000000000"
SUPPORT_GROUP = "120363000000000001@g.us"
QUIET_GROUP = "120363000000000002@g.us"
PROVIDER_GROUP = "120363000000000101@g.us"
GROUPS = {"Support": SUPPORT_GROUP, "News": QUIET_GROUP, "Boostlab": PROVIDER_GROUP}


_GROUP_NAMES = {
    SUPPORT_GROUP: "Demo Panel support",
    QUIET_GROUP: "Demo Panel news",
    PROVIDER_GROUP: "Boostlab x Demo Panel",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a phone in the sandbox. phone and lid: digits alone."""

    key: str
    name: str
    phone: str
    lid: str
    username: str = ""
    role: Role | None = None


ACTORS = {
    actor.key: actor
    for actor in (
        Actor("customer", "Anna", "15550100011", "99900000000011", username="anna_media"),
        Actor("rahul", "Rahul", "15550100012", "99900000000012", username="rahul.smm"),
        Actor("joko", "Joko", "15550100013", "99900000000013", username="joko88"),
        Actor("stranger", "Sam", "15550100014", "99900000000014"),
        Actor("owner", "Olivia", "15550100001", "99900000000001", role=Role.OWNER),
        Actor("staff", "Stefan", "15550100002", "99900000000002", role=Role.STAFF),
        Actor("supplier", "Boostlab support", "15550100021", "99900000000021"),
    )
}


@transaction.atomic
def ensure_demo_tenant(*, panel_url: str, panel_key: str) -> Tenant:
    """Make the demo tenant, or bring an existing one back to where the demo needs it. Flags and texts stay."""
    _platform()
    tenant, _ = Tenant.objects.get_or_create(slug=SLUG, defaults={"name": "Demo Panel"})
    with tenant_scope(tenant.pk):
        furnish(tenant)
        PanelConnection.objects.update_or_create(
            tenant=tenant, is_active=True, defaults={"base_url": panel_url, "api_key": panel_key}
        )
    return tenant


def furnish(tenant: Tenant, *, password: str | None = PASSWORD) -> WhatsAppNumber:
    """Give a tenant, whose scope is open, the linked number, the people and the groups of the demo; password: of people
    who are new, None lets nobody sign in."""
    number = _number(tenant)
    _people(tenant, password)
    _groups(tenant)
    return number


def ensure_demo_providers(*, tenant: Tenant, smmcost_url: str, smmcost_key: str) -> None:
    """Two suppliers: one is asked through its API, the other in its WhatsApp group."""
    with tenant_scope(tenant.pk):
        SmmProvider.objects.update_or_create(
            tenant=tenant,
            host="smmcost.example",
            defaults={"name": "SMM Cost", "api_url": smmcost_url, "api_key": smmcost_key},
        )
        SmmProvider.objects.update_or_create(
            tenant=tenant,
            host="boostlab.example",
            defaults={"name": "Boostlab", "alias": "Server 2", "group_wa_id": PROVIDER_GROUP},
        )


def _platform() -> None:
    tenant = platform_tenant.get()
    with tenant_scope(tenant.pk):
        number, _ = WhatsAppNumber.objects.update_or_create(
            tenant=tenant,
            driver="sandbox",
            phone=PLATFORM_PHONE,
            defaults={"name": "Platform", "lid": PLATFORM_LID, "state": NumberState.OPEN, "is_default": True},
        )
    SandboxSession.objects.update_or_create(
        name=number.session_name,
        defaults={"state": NumberState.OPEN, "phone": PLATFORM_PHONE, "lid": PLATFORM_LID},
    )
    if not User.objects.filter(phone=ADMIN_PHONE).exists():
        User.objects.create_superuser(ADMIN_PHONE, PASSWORD, name="Platform admin")


def _number(tenant: Tenant) -> WhatsAppNumber:
    number, _ = WhatsAppNumber.objects.update_or_create(
        tenant=tenant,
        driver="sandbox",
        phone=NUMBER_PHONE,
        defaults={"name": "Demo number", "lid": NUMBER_LID, "state": NumberState.OPEN, "is_default": True},
    )
    SandboxSession.objects.update_or_create(
        name=number.session_name,
        defaults={
            "state": NumberState.OPEN,
            "phone": NUMBER_PHONE,
            "lid": NUMBER_LID,
            "groups": [
                {
                    "id": wa_id,
                    "name": name,
                    "participants": [
                        {"phone": actor.phone, "lid": actor.lid, "is_admin": actor.role is not None}
                        for actor in _members(wa_id)
                    ],
                }
                for wa_id, name in _GROUP_NAMES.items()
            ],
        },
    )
    return number


def _people(tenant: Tenant, password: str | None) -> None:
    for actor in ACTORS.values():
        contact = resolve_person(
            tenant_id=tenant.pk, phone=actor.phone, lid=actor.lid, name=actor.name
        ).contact
        if actor.username:
            TenantUser.objects.get_or_create(
                tenant=tenant,
                contact=contact,
                panel_username=actor.username,
                defaults={"verified_by": VerifiedBy.STAFF},
            )
        if actor.role is not None:
            phone = f"+{actor.phone}"
            user = User.objects.filter(phone=phone).first() or User.objects.create_user(
                phone, password, name=actor.name
            )
            TenantAdmin.objects.get_or_create(tenant=tenant, user=user, defaults={"role": actor.role})


def _groups(tenant: Tenant) -> None:
    for wa_id in (SUPPORT_GROUP, QUIET_GROUP):
        Group.objects.get_or_create(
            tenant=tenant,
            wa_id=wa_id,
            defaults={
                "name": _GROUP_NAMES[wa_id],
                "support_enabled": wa_id == SUPPORT_GROUP,
                "member_count": len(_members(wa_id)),
            },
        )


def _members(wa_id: str) -> list[Actor]:
    """The supplier is in its own group with the owner alone; everybody else is in the tenant's groups."""
    if wa_id == PROVIDER_GROUP:
        return [ACTORS["supplier"], ACTORS["owner"]]
    return [actor for actor in ACTORS.values() if actor.key != "supplier"]
