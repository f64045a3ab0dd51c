import pytest

from botcore.models import SandboxMessage
from botcore.sandbox.demo_tenant import Actor
from tenants.enums import Role
from tenants.models import TenantAdmin, User


@pytest.fixture
def heard():
    """The texts that have reached a chat, oldest first."""

    def texts(chat):
        rows = SandboxMessage.objects.filter(session__name=chat.number.session_name, chat_wa_id=chat.wa_id)
        return list(rows.order_by("pk").values_list("text", flat=True))

    return texts


@pytest.fixture
def staff_admin(tenant):
    """A staff admin, whom the demo's tenant has none of."""
    actor = Actor("staff_admin", "Ada", "15550100003", "99900000000003", role=Role.STAFF_ADMIN)
    user = User.objects.create_user(f"+{actor.phone}", name=actor.name)
    TenantAdmin.objects.create(tenant=tenant, user=user, role=actor.role)
    return actor
