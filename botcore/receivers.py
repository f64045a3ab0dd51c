"""What happens to people is told to them on WhatsApp."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone

from botcore.domain import closing, config, platform, templates
from botcore.domain.replies import Answer, render
from botcore.enums import ChatMode, NumberState
from botcore.models import WhatsAppNumber
from tenants import signals
from tenants.enums import OtpPurpose, Role
from tenants.models import Otp, Tenant, User
from tenants.scoping import all_tenants

MINUTES = 10


@receiver(signals.otp_issued)
def send_code(otp: Otp, code: str, **_: Any) -> None:
    """A staff code comes from the tenant's own number, if it is live; all others from the platform's."""
    team = otp.tenant if otp.purpose == OtpPurpose.STAFF else None
    text = _text("staff_otp" if team else "account_otp", team, code=code, minutes=MINUTES)
    platform.send(phone=otp.phone, text=text, now=timezone.now(), sender=_number_of(team))


@receiver(signals.signup_refused)
def tell_of_account(phone: str, **_: Any) -> None:
    text = _text("account_exists", None, url=f"{settings.PUBLIC_URL}/login")
    platform.send(phone=phone, text=text, now=timezone.now())


@receiver(signals.credentials_issued)
def send_credentials(user: User, tenant: Tenant, role: Role, password: str, **_: Any) -> None:
    """Once a person has a password of their own they are only told of the new team."""
    text = _text(
        "staff_credentials" if password else "staff_added",
        tenant,
        url=f"{settings.PUBLIC_URL}/login",
        tenant=tenant.name,
        role=role.label,
        password=password or None,
    )
    platform.send(phone=str(user.phone), text=text, now=timezone.now(), sender=_number_of(tenant))


@receiver(signals.tenant_closing)
def let_go(tenant: Tenant, **_: Any) -> None:
    closing.forget_sessions(tenant_id=tenant.pk)


def _number_of(tenant: Tenant | None) -> WhatsAppNumber | None:
    if tenant is None:
        return None
    with all_tenants("the row names its tenant"):
        rows = WhatsAppNumber.objects.filter(tenant=tenant, state=NumberState.OPEN)
        return rows.order_by("-is_default", "pk").first()


def _text(key: str, team: Tenant | None, /, **params: Any) -> str:
    """In the tenant's own words where it has some."""
    own: Mapping[str, str] = {}
    if team is not None:
        with all_tenants("the row names its tenant"):
            if config.load(tenant_id=team.pk)["chat_mode"] == ChatMode.CUSTOM:
                own = templates.own_texts(tenant_id=team.pk)
    return render([Answer(key, params)], own)
