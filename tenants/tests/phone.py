"""A phone of the sandbox in a test's hand."""

import re

from botcore.models import SandboxMessage


def texts(phone):
    """What WhatsApp brought to this phone (E.164), the oldest first."""
    wa_id = f"{phone.lstrip('+')}@s.whatsapp.net"
    return list(SandboxMessage.objects.filter(chat_wa_id=wa_id).order_by("pk").values_list("text", flat=True))


def code(phone):
    """The newest code this phone got."""
    return re.findall(r"\b\d{6}\b", " ".join(texts(phone)))[-1]


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"
