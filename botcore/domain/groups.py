"""Groups appear by themselves; their names and sizes follow the gateway, their flags the tenant."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from botcore import wake
from botcore.enums import NumberState
from botcore.errors import UnknownGroupProvider
from botcore.gateway.errors import GatewayError
from botcore.gateway.registry import driver_for
from botcore.gateway.types import GroupInfo
from botcore.models import Chat, Group, InboxMessage, WhatsAppNumber
from botcore.wake import Wake
from providers.models import SmmProvider
from smmbot.lib.logs import get_logger
from tenants.domain import audit, jobs
from tenants.domain.jobs import JobFailed, Progress
from tenants.enums import AuditSource
from tenants.models import Job, User

logger = get_logger(__name__)

SYNC: Final = "groups.sync"
BULK_LIMIT: Final = 500
# A group that a message brought is asked its name for so long; after that a sync finds it.
NAMED_WITHIN: Final = timedelta(minutes=15)


class GroupFlag(StrEnum):
    """What a group's team may switch, by the word they say. The value is the column."""

    SUPPORT = "support_enabled"
    MARKETING = "marketing_enabled"
    SILENT = "silent_mode"


class Shown(StrEnum):
    """Which groups a list shows; the value stands in the address."""

    ALL = "all"
    ON = "on"
    OFF = "off"
    HIDDEN = "hidden"


_IS_ON = Q(support_enabled=True) | Q(marketing_enabled=True)
_SHOWN: Mapping[Shown, Q] = {
    Shown.ALL: Q(is_hidden=False),
    Shown.ON: Q(is_hidden=False) & _IS_ON,
    Shown.OFF: Q(is_hidden=False) & ~_IS_ON,
    Shown.HIDDEN: Q(is_hidden=True),
}


def remember(*, tenant_id: int, info: GroupInfo) -> Group:
    """Store a group as the gateway sees it. Its flags are the tenant's and stay as they are."""
    group, _ = Group.objects.update_or_create(tenant_id=tenant_id, wa_id=info.wa_id, defaults=_facts(info))
    return group


def set_flag(*, group: Group, flag: GroupFlag, is_on: bool) -> None:
    """Switch a flag; it acts on the very next message, and brings a hidden group back to the list."""
    setattr(group, flag.value, is_on)
    group.is_hidden = False
    group.save(update_fields=[flag.value, "is_hidden"])


def whitelisted(*, tenant_id: int) -> QuerySet[Group]:
    """Groups in which the bot responds or broadcasts."""
    return Group.objects.filter(tenant_id=tenant_id, is_hidden=False).filter(_IS_ON).order_by("name", "pk")


def listed(*, tenant_id: int, shown: Shown = Shown.ALL, text: str = "") -> QuerySet[Group]:
    """Groups by name, those without one last. Each knows its last_message_at and the provider_id mapped to it.

    The last message costs one step in an index a chat, and is asked for only where the row is shown.
    """
    newest = InboxMessage.objects.filter(chat=OuterRef("pk")).order_by("-pk").values("received_at")[:1]
    last = (
        Chat.objects.filter(group=OuterRef("pk"))
        .annotate(last=Subquery(newest))
        .order_by(F("last").desc(nulls_last=True))
        .values("last")[:1]
    )
    provider = SmmProvider.objects.filter(
        tenant_id=OuterRef("tenant_id"), group_wa_id=OuterRef("wa_id")
    ).order_by("pk")
    return (
        _found(tenant_id, text)
        .filter(_SHOWN[shown])
        .annotate(last_message_at=Subquery(last), provider_id=Subquery(provider.values("pk")[:1]))
        .annotate(is_nameless=ExpressionWrapper(Q(name=""), output_field=BooleanField()))
        .order_by("is_nameless", Lower("name"), "pk")
    )


def counts(*, tenant_id: int, text: str = "") -> dict[str, int]:
    """How many groups each list has."""
    each: dict[str, Any] = {shown.value: Count("pk", filter=which) for shown, which in _SHOWN.items()}
    return _found(tenant_id, text).aggregate(**each)


def get_group(*, tenant_id: int, group_id: int) -> Group:
    """With what a row of a list shows, hidden or not. Raises Group.DoesNotExist, also for another tenant's."""
    shown = Group.objects.filter(tenant_id=tenant_id, pk=group_id).values_list("is_hidden", flat=True).get()
    return listed(tenant_id=tenant_id, shown=Shown.HIDDEN if shown else Shown.ALL).get(pk=group_id)


@transaction.atomic
def switch(
    *, group: Group, flags: Mapping[GroupFlag, bool], by: User, source: AuditSource, now: datetime
) -> None:
    """Switch flags from a screen or a script; like `set_flag`, for several at once and on the record."""
    before = {flag.value: bool(getattr(group, flag.value)) for flag in flags}
    after = {flag.value: is_on for flag, is_on in flags.items()}
    changed = [name for name, is_on in after.items() if before[name] != is_on]
    if not changed and not group.is_hidden:
        return
    for name in changed:
        setattr(group, name, after[name])
    group.is_hidden = False
    group.save(update_fields=[*changed, "is_hidden"])
    if changed:
        audit.record_on(
            group,
            "group.switch",
            user_id=by.pk,
            source=source,
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


@transaction.atomic
def switch_many(
    *,
    tenant_id: int,
    group_ids: Iterable[int],
    flags: Mapping[GroupFlag, bool],
    by: User,
    source: AuditSource,
    now: datetime,
) -> int:
    """Switch flags of several groups. Returns how many changed."""
    rows = Group.objects.filter(tenant_id=tenant_id, pk__in=list(group_ids)[:BULK_LIMIT]).exclude(
        **{flag.value: is_on for flag, is_on in flags.items()}
    )
    groups = list(rows.select_for_update().order_by("pk"))
    for group in groups:
        switch(group=group, flags=flags, by=by, source=source, now=now)
    return len(groups)


@transaction.atomic
def hide(*, group: Group, by: User, source: AuditSource, now: datetime) -> None:
    """Take it off the list until it is synced again. What nobody sees does nothing: its flags go off."""
    if group.is_hidden:
        return
    before = {flag.value: bool(getattr(group, flag.value)) for flag in GroupFlag}
    for flag in GroupFlag:
        setattr(group, flag.value, False)
    group.is_hidden = True
    group.save(update_fields=["is_hidden", *(flag.value for flag in GroupFlag)])
    audit.record_on(
        group, "group.hide", user_id=by.pk, source=source, now=now, before=before, after={"is_hidden": True}
    )


@transaction.atomic
def hide_many(
    *, tenant_id: int, group_ids: Iterable[int], by: User, source: AuditSource, now: datetime
) -> int:
    rows = Group.objects.filter(
        tenant_id=tenant_id, pk__in=list(group_ids)[:BULK_LIMIT], is_hidden=False
    ).order_by("pk")
    groups = list(rows.select_for_update())
    for group in groups:
        hide(group=group, by=by, source=source, now=now)
    return len(groups)


@transaction.atomic
def show(*, group: Group, by: User, source: AuditSource, now: datetime) -> None:
    """Bring a hidden group back, with everything off."""
    if group.is_hidden:
        group.is_hidden = False
        group.save(update_fields=["is_hidden"])
        audit.record_on(
            group,
            "group.show",
            user_id=by.pk,
            source=source,
            now=now,
            before={"is_hidden": True},
            after={"is_hidden": False},
        )


@transaction.atomic
def map_provider(
    *, group: Group, provider_id: int | None, by: User, source: AuditSource, now: datetime
) -> SmmProvider | None:
    """Say whose group this is, None: nobody's. One group stands for one provider and one provider has one group.

    Raises UnknownGroupProvider.
    """
    rows = SmmProvider.objects.select_for_update().filter(tenant_id=group.tenant_id)
    provider = None
    if provider_id is not None and (provider := rows.filter(pk=provider_id).first()) is None:
        raise UnknownGroupProvider
    held = list(rows.filter(group_wa_id=group.wa_id).order_by("pk"))
    if [one.pk for one in held] == ([provider.pk] if provider else []):
        return provider
    moved_from = provider.group_wa_id if provider else ""
    for one in held:
        one.group_wa_id = ""
        one.save(update_fields=["group_wa_id"])
    if provider is not None:
        provider.group_wa_id = group.wa_id
        provider.save(update_fields=["group_wa_id"])
    audit.record_on(
        group,
        "group.provider",
        user_id=by.pk,
        source=source,
        now=now,
        before={
            "provider": ", ".join(map(str, held)),
            **({"group_before": moved_from} if moved_from else {}),
        },
        after={"provider": str(provider) if provider else ""},
    )
    return provider


def start_sync(*, tenant_id: int, by: User | None, now: datetime) -> Job:
    """Ask every live number for its groups, in the background. Raises JobRunning."""
    return jobs.start(
        tenant_id=tenant_id,
        kind=SYNC,
        by=by,
        now=now,
        enqueue=lambda job_id: wake.up(Wake.SYNC_GROUPS, tenant_id=tenant_id, row_id=job_id),
    )


def sync(*, tenant_id: int, progress: Progress) -> None:
    """Store the groups as the gateways list them now; hidden ones come back, with everything off."""
    numbers = list(WhatsAppNumber.objects.filter(tenant_id=tenant_id, state=NumberState.OPEN).order_by("pk"))
    if not numbers:
        raise JobFailed("No WhatsApp number is live, so there is nobody to ask. Link a number first.")
    infos, silent = _ask(numbers)
    if not infos and silent:
        raise JobFailed("WhatsApp did not answer. Nothing was changed; please try again in a minute.")
    progress.total(len(infos))
    known = dict(Group.objects.filter(tenant_id=tenant_id).values_list("wa_id", "is_hidden"))
    for info in infos.values():
        Group.objects.update_or_create(
            tenant_id=tenant_id, wa_id=info.wa_id, defaults=_facts(info) | {"is_hidden": False}
        )
        progress.step()
    added = sum(wa_id not in known for wa_id in infos)
    returned = sum(known.get(wa_id, False) for wa_id in infos)
    progress.finish(
        {
            "seen": len(infos),
            "added": added,
            "returned": returned,
            "text": _told(len(infos), added, returned, silent),
        }
    )


def nameless(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant id, group id) of new groups: a message tells a group's address, never its name."""
    rows = Group.objects.filter(name="", is_hidden=False, created_at__gt=now - NAMED_WITHIN)
    return list(rows.filter(tenant__is_active=True).values_list("tenant_id", "pk")[:limit])


def ask_name(*, tenant_id: int, group_id: int) -> None:
    """Ask a live number that is in the group for its name and size."""
    chat = (
        Chat.objects.filter(tenant_id=tenant_id, group=group_id, number__state=NumberState.OPEN)
        .select_related("number")
        .order_by("pk")
        .first()
    )
    if chat is None:
        return
    try:
        info = driver_for(chat.number).group(chat.number.session_name, chat.wa_id)
    except GatewayError as error:
        logger.info("group not named", extra={"group_id": group_id, "code": error.code})
        return
    remember(tenant_id=tenant_id, info=info)


def _ask(numbers: list[WhatsAppNumber]) -> tuple[dict[str, GroupInfo], list[str]]:
    """The groups of all numbers by id, and the numbers whose gateway did not answer."""
    infos: dict[str, GroupInfo] = {}
    silent = []
    for number in numbers:
        try:
            infos |= {info.wa_id: info for info in driver_for(number).groups(number.session_name)}
        except GatewayError as error:
            logger.warning("groups not listed", extra={"number_id": number.pk, "code": error.code})
            silent.append(str(number))
    return infos, silent


def _told(seen: int, added: int, returned: int, silent: list[str]) -> str:
    words = [f"{seen} group{'' if seen == 1 else 's'} found"]
    words.append(f"{added} new" if added else "none new")
    if returned:
        words.append(f"{returned} shown again")
    text = ", ".join(words) + "."
    return f"{text} Not answered: {', '.join(silent)}." if silent else text


def _facts(info: GroupInfo) -> dict[str, object]:
    """A gateway that leaves out the name or the members has not said that there are none."""
    facts: dict[str, object] = {}
    if info.name:
        facts["name"] = info.name[:200]
    if info.participants:
        facts["member_count"] = len(info.participants)
    return facts


def _found(tenant_id: int, text: str) -> QuerySet[Group]:
    rows = Group.objects.filter(tenant_id=tenant_id)
    return rows.filter(Q(name__icontains=text) | Q(wa_id__startswith=text)) if text else rows
