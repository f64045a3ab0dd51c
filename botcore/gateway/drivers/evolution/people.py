"""People and groups as Evolution API writes them: which field holds the phone and which the LID differs by version."""

from collections.abc import Mapping
from typing import Any, Final

from botcore.gateway.types import Address, GroupInfo, Participant

_IDS: Final = ("id", "phoneNumber", "jid", "lid")


def one_of(*jids: Any) -> Address:
    """One person of all the ids they are known by; a group, where one of them is a group's."""
    found = [Address.parse(jid) for jid in jids if isinstance(jid, str)]
    if group := next((one.group for one in found if one.group), ""):
        return Address(group=group)
    return Address(
        phone=next((one.phone for one in found if one.phone), ""),
        lid=next((one.lid for one in found if one.lid), ""),
    )


def participant_address(data: Any) -> Address:
    """A member, as a text or as an object."""
    if isinstance(data, Mapping):
        return one_of(*(data.get(name) for name in _IDS if "@" in str(data.get(name))))
    return one_of(data)


def group_info(data: Mapping[str, Any]) -> GroupInfo:
    """Raises ValueError, KeyError, TypeError or AttributeError when it is none."""
    wa_id = Address.parse(str(data["id"])).group
    if not wa_id:
        raise ValueError("not a group")
    return GroupInfo(
        wa_id=wa_id,
        name=str(data.get("subject") or ""),
        participants=tuple(
            Participant(address=address, is_admin=bool(one.get("admin")))
            for one in data.get("participants") or ()
            if (address := participant_address(one))
        ),
    )
