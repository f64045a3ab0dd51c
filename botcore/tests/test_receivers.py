"""Codes and first passwords on their way to a phone."""

from botcore.models import OutboxMessage, SandboxMessage
from botcore.models.message import SECRET_PART
from smmbot.testing.worker import outside
from tenants.domain import otp
from tenants.enums import OtpPurpose
from tenants.models import Otp
from tenants.scoping import all_tenants


def test_code_is_forgotten_once_it_is_sent(tenant, worker, clock):
    outside(
        lambda: otp.issue(purpose=OtpPurpose.SIGNUP, phone="+15557770123", address="127.0.0.1", now=clock.now)
    )
    worker.run()
    with all_tenants("the platform's own messages"):
        sent = OutboxMessage.objects.get(part=SECRET_PART)
    assert (sent.state, sent.text) == ("sent", "")
    assert "Your code is" in SandboxMessage.objects.get(client_ref=f"outbox-{sent.pk}").text
    assert Otp.objects.get().sealed_code == ""
