"""Another tenant who owns a row of every kind that could leak into the demo tenant's conversations.

The same people write to both; here they are somebody else. Its settings, logs and acts would change an answer, if
they were read in the wrong place.
"""

from typing import Any

from django.utils import timezone

from botcore.enums import Action, ActState, SupportStatus
from botcore.models import Group
from botcore.sandbox.demo_tenant import ACTORS, SUPPORT_GROUP
from botcore.tests import factories as bot_factories
from panel.models import PanelConnection
from providers.models import SmmProvider
from tenants.enums import Role
from tenants.models import ApiKey, Job, Tenant, User
from tenants.scoping import all_tenants
from tenants.tests import factories as people_factories

# factory-boy carries no types.
bot: Any = bot_factories
people: Any = people_factories

# Anna's and Rahul's orders, on which everything has happened already next door.
ORDERS = (54321, 54322, 54329, 54330)


def make_neighbour(*, panel_url: str) -> Tenant:
    tenant: Tenant = people.TenantFactory(name="Neighbour", slug="neighbour")
    _people(tenant)
    with all_tenants("a second tenant beside the first"):
        SmmProvider.objects.create(tenant=tenant, name="Next door", host="next-door.example")
        Job.objects.create(
            tenant=tenant, kind="groups.sync", created_at=timezone.now(), updated_at=timezone.now()
        )
        PanelConnection.objects.create(tenant=tenant, base_url=panel_url, api_key="neighbour-admin-key")
        Group.objects.create(tenant=tenant, wa_id=SUPPORT_GROUP, name="Next door", support_enabled=True)
    number = bot.NumberFactory(tenant=tenant, is_default=True)
    chat = bot.ChatFactory(number=number, wa_id=f"{ACTORS['customer'].phone}@s.whatsapp.net")
    message = bot.InboxMessageFactory(chat=chat, state="handled", wa_message_id="NEIGHBOUR-1")
    for serial, order_id in enumerate(ORDERS, start=1):
        for action in (Action.REFILL, Action.CANCEL, Action.SPEED_UP):
            bot.OrderActFactory(message=message, order_id=order_id, action=action, state=ActState.REQUESTED)
        bot.MessageLogFactory(
            tenant=tenant,
            serial=serial,
            order_id=order_id,
            action=Action.REFILL,
            provider="next-door.example",
            facts={"status": "completed"},
            support_status=SupportStatus.OPEN,
        )
    for name, value in (
        ("show_charge_to_customers", "false"),
        ("show_provider_to_customers", "false"),
        ("refill_mode", "off"),
        ("verification_enabled", "false"),
        ("scheduler_timezone", "UTC+9"),
    ):
        bot.BotConfigFactory(tenant=tenant, key=name, value=value)
    return tenant


def _people(tenant: Tenant) -> None:
    """Anna is blocked next door, Sam owns her username there, Rahul is its owner."""
    anna, sam, rahul = ACTORS["customer"], ACTORS["stranger"], ACTORS["rahul"]
    blocked = people.ContactFactory(tenant=tenant, phone=anna.phone, lid=anna.lid)
    people.TenantUserFactory(tenant=tenant, contact=blocked, panel_username="joko88", is_blocked=True)
    impostor = people.ContactFactory(tenant=tenant, phone=sam.phone, lid=sam.lid)
    people.TenantUserFactory(tenant=tenant, contact=impostor, panel_username=anna.username)
    people.ContactFactory(tenant=tenant, phone=rahul.phone, lid=rahul.lid)
    owner = User.objects.create_user(f"+{rahul.phone}", name="Rahul")
    people.TenantAdminFactory(tenant=tenant, user=owner, role=Role.OWNER)
    with all_tenants("a second tenant beside the first"):
        ApiKey.objects.create(
            tenant=tenant,
            name="Next door",
            prefix="smk_next",
            digest="0" * 64,
            role=Role.OWNER,
            created_by=owner,
            created_at=timezone.now(),
        )
