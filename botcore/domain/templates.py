"""A tenant's own words, key by key. Absent or empty: the built-in text. A change acts on the next message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from botcore.domain import config
from botcore.domain.replies.texts import TEXTS
from botcore.errors import UnknownTemplateKey, UnknownVariables
from botcore.models import MessageTemplate

# A setting and a template alike: one value, kept as the setting.
SIGNATURE = "ticket_signature"
_VARIABLE = re.compile(r"\{(\w+)\}")
# What somebody may have meant as one: `{order-id}` would reach the customer as it stands.
_MEANT_AS_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
# Replies to the team and parts of lists keep their built-in words.
_NOT_OFFERED = re.compile(
    r"^(config_|users_|groups_|group_flag|resolve_|broadcast_|approval_|force_complete_|refill_verify|provider_status|bot_status|usage$|enable_or|account_|staff_added$)"
)
# Variables every reply about an order may use, whatever its built-in text uses.
_OF_ORDERS = frozenset(
    {"order_id", "service", "status", "link", "quantity", "start_count", "remains", "charge", "provider"}
)


@dataclass(frozen=True, slots=True)
class Template:
    """A key with what its text may use. value: the tenant's own, empty when there is none."""

    key: str
    default: str
    variables: tuple[str, ...]
    value: str = ""


def variables_of(key: str) -> tuple[str, ...]:
    """The variables a template of this key may use. Raises UnknownTemplateKey."""
    if key not in TEXTS or _NOT_OFFERED.match(key):
        raise UnknownTemplateKey(key)
    used = set(_VARIABLE.findall(TEXTS[key].full))
    return tuple(sorted(used | _OF_ORDERS if "order_id" in used else used))


def keys() -> list[str]:
    return [key for key in TEXTS if not _NOT_OFFERED.match(key)]


def own_texts(*, tenant_id: int) -> Mapping[str, str]:
    """The tenant's non-empty templates."""
    rows = MessageTemplate.objects.filter(tenant_id=tenant_id).exclude(value="")
    found = {key: value for key, value in rows.values_list("key", "value") if value.strip()}
    signature = config.load(tenant_id=tenant_id).text(SIGNATURE)
    return found | ({SIGNATURE: signature} if signature != config.key_of(SIGNATURE).default else {})


def all_of(*, tenant_id: int) -> list[Template]:
    own = own_texts(tenant_id=tenant_id)
    return [Template(key, TEXTS[key].full, variables_of(key), own.get(key, "")) for key in keys()]


def save(*, tenant_id: int, key: str, value: str) -> None:
    """Store a template. Raises UnknownTemplateKey, UnknownVariables."""
    known = variables_of(key)
    unknown = sorted(set(_MEANT_AS_VARIABLE.findall(value)) - set(known))
    if unknown:
        raise UnknownVariables(unknown, known)
    if key == SIGNATURE:
        config.set_value(tenant_id=tenant_id, name=SIGNATURE, value=value)
        return
    MessageTemplate.objects.update_or_create(tenant_id=tenant_id, key=key, defaults={"value": value})


def reset(*, tenant_id: int, key: str) -> None:
    """Go back to the built-in text. Raises UnknownTemplateKey."""
    variables_of(key)
    if key == SIGNATURE:
        config.set_value(tenant_id=tenant_id, name=SIGNATURE, value="")
        return
    MessageTemplate.objects.filter(tenant_id=tenant_id, key=key).delete()
