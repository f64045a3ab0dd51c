"""Who is in a group, as its gateway tells."""

from botcore.gateway.registry import driver_for
from botcore.models import WhatsAppNumber
from tenants.domain.customers import Member


def of_group(*, number: WhatsAppNumber, wa_id: str) -> list[Member]:
    """The group's members without the bot's own number. Raises GatewayError."""
    info = driver_for(number).group(number.session_name, wa_id)
    return [
        Member(phone=person.address.phone, lid=person.address.lid)
        for person in info.participants
        if person.address and not {person.address.phone, person.address.lid} & number.own_digits
    ]
