"""A tenant's own words, key by key. Absent or empty: the built-in text. A change acts on the next message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from botcore.domain import config
from botcore.domain.replies import Answer, render
from botcore.domain.replies.texts import TEXTS
from botcore.domain.template_words import SAMPLES, subject_of, title_of
from botcore.errors import TemplateTooLong, UnknownTemplateKey, UnknownVariables
from botcore.models import MessageTemplate
from tenants.domain import audit
from tenants.enums import AuditSource

# A setting and a template alike: one value, kept as the setting.
SIGNATURE = "ticket_signature"
# What WhatsApp's own business interface takes in one message; beyond it the text may be cut off.
LONGEST = 4096
_VARIABLE = re.compile(r"\{(\w+)\}")
# What somebody may have meant as one: `{order-id}` would reach the customer as it stands.
_MEANT_AS_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
# Replies to the team and parts of lists keep their built-in words.
_NOT_OFFERED = re.compile(
    r"^(config_|users_|groups_|group_flag|resolve_|broadcast_|approval_|force_complete_|refill_verify|provider_status|bot_status|usage$|enable_or|account_|staff_added$|panel_read_only)"
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

    @property
    def title(self) -> str:
        return title_of(self.key)

    @property
    def subject(self) -> str:
        return subject_of(self.key)

    @property
    def is_changed(self) -> bool:
        return bool(self.value)

    @property
    def limit(self) -> int:
        """Characters it may have."""
        return config.LONGEST_TEXT if self.key == SIGNATURE else LONGEST

    @property
    def short_line(self) -> str:
        """The built-in line in lists of many orders, which templates do not change."""
        return TEXTS[self.key].line

    def has_words(self, asked: str) -> bool:
        """Whether every word of a search stands in it."""
        words = f"{self.key} {self.title} {self.subject} {self.value or self.default}".casefold()
        return all(word in words for word in asked.casefold().split())


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as customers get it, with sample values. custom: in Custom mode, the built-in words where the text is
    empty; manual: in Manual mode, and what a model rewrites in AI mode. unknown: why it could not be saved."""

    text: str
    custom: str
    manual: str
    unknown: list[str]
    limit: int


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


def get(*, tenant_id: int, key: str) -> Template:
    """Raises UnknownTemplateKey."""
    return Template(key, _default(key), variables_of(key), own_texts(tenant_id=tenant_id).get(key, ""))


def _default(key: str) -> str:
    return TEXTS[key].full if key in TEXTS else ""


def previews(template: Template, text: str) -> Preview:
    """How a text looks that is not saved yet, mode by mode."""
    return Preview(
        text=text,
        custom=preview(template.key, text),
        manual=preview(template.key, template.default),
        unknown=unknown_in(template.key, text),
        limit=template.limit,
    )


def preview(key: str, text: str) -> str:
    """The text with sample values; a variable that is not known stays visible. Raises UnknownTemplateKey."""
    known = variables_of(key)
    params = {name: f"{{{name}}}" for name in _VARIABLE.findall(text)}
    params |= {name: SAMPLES.get(name, f"{{{name}}}") for name in known}
    shown = text if text.strip() else _default(key)
    return render([Answer(key, params)], {key: shown})


def unknown_in(key: str, text: str) -> list[str]:
    """What the text uses, or means to use, that this reply does not have. Raises UnknownTemplateKey."""
    return sorted(set(_MEANT_AS_VARIABLE.findall(text)) - set(variables_of(key)))


@transaction.atomic
def change(
    *, tenant_id: int, key: str, value: str, by: int | None, source: AuditSource, now: datetime
) -> Template:
    """Store a template, or with an empty value go back to the built-in text; the record says what it was before.

    Raises UnknownTemplateKey, UnknownVariables, TemplateTooLong.
    """
    before = get(tenant_id=tenant_id, key=key)
    value = value.replace("\r\n", "\n").strip()
    if len(value) > before.limit:
        raise TemplateTooLong(len(value), before.limit)
    if value:
        save(tenant_id=tenant_id, key=key, value=value)
    else:
        reset(tenant_id=tenant_id, key=key)
    after = get(tenant_id=tenant_id, key=key)
    if after.value != before.value:
        audit.record(
            tenant_id=tenant_id,
            user_id=by,
            action="template.set" if after.value else "template.reset",
            subject=key,
            before={"value": before.value},
            after={"value": after.value},
            source=source,
            now=now,
        )
    return after


def save(*, tenant_id: int, key: str, value: str) -> None:
    """Store a template. Raises UnknownTemplateKey, UnknownVariables."""
    known = variables_of(key)
    unknown = unknown_in(key, value)
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
