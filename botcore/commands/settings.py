"""Changing settings from screens and the API: checked as a whole, stored together, written into the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from botcore.commands import families  # noqa: F401 -- the table of commands, whose words no alias may take
from botcore.commands.registry import build_parser
from botcore.domain import config
from botcore.domain.config import Config
from botcore.errors import InvalidConfigValue, SettingNotPossible
from panel.domain import connections
from panel.domain.probe import capabilities_of
from smmbot.lib import ssrf
from tenants.domain import audit
from tenants.enums import AuditSource

# A secret is for one address: where that changes, the secret does not follow. The key it belongs to, by address.
_SECRET_OF = {"llm_base_url": "llm_api_key"}
_TICKET_AI: Final = "ticket_ai_enabled"


def check(name: str, value: str) -> str:
    """The value as it will be stored. Raises UnknownConfigKey, InvalidConfigValue."""
    value = config.canonical(name, value)
    if name == "command_aliases":
        _check_aliases(value)
    if name in _SECRET_OF and value:
        _check_address(name, value)
    return value


@transaction.atomic
def change(
    *,
    tenant_id: int,
    values: Mapping[str, str],
    by: int | None,
    source: AuditSource,
    now: datetime,
    is_meant: bool = False,
) -> Sequence[str]:
    """Store those that differ from what counts now and return their names. They act on the next message.

    is_meant: each was chosen by itself, not sent along with its tab; the default is stored too then. Raises
    UnknownConfigKey, InvalidConfigValue, SettingNotPossible; then nothing is stored.
    """
    before = config.load(tenant_id=tenant_id)
    wanted = {name: check(name, value) for name, value in values.items()}
    changed = {
        name: value
        for name, value in wanted.items()
        if value != before.text(name) or (is_meant and value and not before.is_stored(name))
    }
    for address, secret in _SECRET_OF.items():
        moved = address in changed and _origin(changed[address]) != _origin(before.text(address))
        if moved and secret not in wanted and before.text(secret):
            changed[secret] = ""
    for name, value in changed.items():
        config.set_value(tenant_id=tenant_id, name=name, value=value)
        _record(tenant_id, name, before, value, by, source, now)
    if changed.get(_TICKET_AI) == "true" and (why := _why_no_ticket_ai(tenant_id)):
        raise SettingNotPossible(_TICKET_AI, why)
    return list(changed)


@transaction.atomic
def reset(*, tenant_id: int, name: str, by: int | None, source: AuditSource, now: datetime) -> bool:
    """Back to the default. Returns whether it differed. Raises UnknownConfigKey."""
    before = config.load(tenant_id=tenant_id)
    if not before.is_changed(name):
        return False
    config.reset(tenant_id=tenant_id, name=name)
    _record(tenant_id, name, before, config.key_of(name).default, by, source, now)
    if name in _SECRET_OF and before.text(_SECRET_OF[name]):
        reset(tenant_id=tenant_id, name=_SECRET_OF[name], by=by, source=source, now=now)
    return True


def _record(
    tenant_id: int,
    name: str,
    before: Config,
    value: str,
    by: int | None,
    source: AuditSource,
    now: datetime,
) -> None:
    old = before.text(name)
    if config.key_of(name).is_secret:
        old, value = "set" if old else "not set", "changed" if value else "removed"
    audit.record(
        tenant_id=tenant_id,
        user_id=by,
        action="config.set",
        subject=name,
        before={"value": old},
        after={"value": value},
        source=source,
        now=now,
    )


def _why_no_ticket_ai(tenant_id: int) -> str:
    """It reads tickets and words answers: what of that is not there yet; empty when all is."""
    panel = connections.in_use(tenant_id=tenant_id)
    if panel is None:
        return "Ticket AI answers your panel's tickets. Connect a panel first: Bot Settings, Panel."
    if not panel.probe.get("authorised"):
        return "Ticket AI needs a panel that takes your key. Validate yours first: Bot Settings, Panel."
    for right in capabilities_of(panel.probe):
        if right.name == "tickets" and not right.has:
            return f"Ticket AI cannot read tickets with your key. {right.missing}"
    if not config.load(tenant_id=tenant_id).llm.is_configured:
        return "Ticket AI needs a language model for its words. Enter one first: Bot Settings, AI."
    return ""


def _check_aliases(value: str) -> None:
    try:
        build_parser(config.key_of("command_aliases").kind.parse(value))
    except ValueError as error:
        raise InvalidConfigValue(
            "command_aliases", "words no other command uses, for commands that exist"
        ) from error


def _check_address(name: str, value: str) -> None:
    """What the text alone shows; every call looks again at where it leads."""
    try:
        ssrf.parse_target(value, allow_private=ssrf.private_allowed(None))
    except ssrf.UrlRefused as error:
        raise InvalidConfigValue(name, "a public https address, or nothing") from error


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    return parts.scheme.lower(), parts.netloc.lower()
