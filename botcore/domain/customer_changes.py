"""Customers verified by hand and by the list: what the panel says of a username, and the import in the background."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from botcore import wake
from botcore.domain import config
from botcore.errors import NotOnPanel, PanelSilent
from botcore.models import WhatsAppNumber
from botcore.wake import Wake
from panel.domain import connections, probe
from panel.errors import PanelError, PanelNotConfigured
from smmbot.lib.logs import get_logger
from tenants.domain import audit, customer_import, customers, jobs
from tenants.domain.customer_import import Planned, Rules
from tenants.domain.customer_list import Parsed, Wanted
from tenants.domain.customers import Removed
from tenants.domain.jobs import JobFailed, Progress
from tenants.enums import AuditSource, JobState
from tenants.errors import JobRunning
from tenants.models import Job, TenantUser, User

logger = get_logger(__name__)

IMPORT: Final = "customers.import"
ACTIVE: Final = "active"
# The report names so many lines that were left out.
REPORTED: Final = 200


def verify_by_hand(
    *,
    tenant_id: int,
    phone: str,
    lid: str = "",
    panel_username: str,
    without_panel: bool,
    by: User,
    source: AuditSource,
    now: datetime,
) -> tuple[TenantUser, bool]:
    """Link a person to a username without a code, after the panel was asked for it. phone, lid: digits alone.
    without_panel: go on when the panel cannot be asked. Returns the link, and whether it is new.

    Raises NotOnPanel, PanelSilent, CannotVerify.
    """
    try:
        name, is_checked = on_panel(tenant_id=tenant_id, username=panel_username), True
    except PanelSilent:
        if not without_panel:
            raise
        name, is_checked = panel_username, False
    return customers.verify_by_hand(
        tenant_id=tenant_id,
        phone=phone,
        lid=lid,
        panel_username=name,
        allows_several=allows_several(tenant_id=tenant_id),
        bots=_bots(tenant_id),
        is_checked=is_checked,
        by=by,
        source=source,
        now=now,
    )


def on_panel(*, tenant_id: int, username: str) -> str:
    """The username as the panel spells it, asked for as a verification does. Raises NotOnPanel, PanelSilent."""
    try:
        panel = connections.client_of(tenant_id=tenant_id)
        user = panel.find_user(username)
        if user is None and username != username.lower():
            user = panel.find_user(username.lower())
    except PanelNotConfigured as error:
        raise PanelSilent("No panel is connected yet, so the username could not be checked.") from error
    except PanelError as error:
        logger.info("username not checked", extra={"tenant_id": tenant_id, "code": error.code})
        raise PanelSilent(
            f"The username could not be checked on your panel. {probe.words_of(error.code)}"
        ) from error
    if user is None or user.username.casefold() != username.casefold():
        raise NotOnPanel(f"Your panel has no user “{username}”. Check the spelling.")
    if user.status.casefold() != ACTIVE:
        raise NotOnPanel(
            f"“{user.username}” is not active on your panel ({user.status}). Activate the account there first.",
            "username_inactive",
        )
    return user.username


def allows_several(*, tenant_id: int) -> bool:
    return bool(config.load(tenant_id=tenant_id)["several_usernames_per_number"])


# --- the import --------------------------------------------------------------------------------------------------


def dry_run(*, tenant_id: int, rows: Sequence[Wanted]) -> list[Planned]:
    """What would become of each line. Stores nothing."""
    return customer_import.plan(tenant_id=tenant_id, wanted=rows, rules=_rules(tenant_id))


def start_import(*, tenant_id: int, parsed: Parsed, by: User, source: AuditSource, now: datetime) -> Job:
    """Import in the background. The lines nobody could read go into the report. Raises JobRunning."""
    return jobs.start(
        tenant_id=tenant_id,
        kind=IMPORT,
        by=by,
        now=now,
        enqueue=lambda job_id: wake.up(Wake.IMPORT_CUSTOMERS, tenant_id=tenant_id, row_id=job_id),
        params={
            "rows": [[one.line, one.phone, one.username] for one in parsed.rows],
            "problems": [[one.line, one.why] for one in parsed.problems[:REPORTED]],
            "unreadable": len(parsed.problems),
            "source": source.value,
        },
    )


def run_import(*, tenant_id: int, progress: Progress) -> None:
    params, batch = progress.params, f"import-{progress.job.pk}"
    wanted = [Wanted(line, phone, username) for line, phone, username in params["rows"]]
    progress.total(len(wanted))
    total: Counter[str] = Counter(unreadable=params.get("unreadable", 0))
    left_out: list[dict[str, Any]] = [
        {"line": line, "username": "", "why": why} for line, why in params.get("problems", ())
    ]
    try:
        for done in customer_import.add(
            tenant_id=tenant_id, wanted=wanted, rules=_rules(tenant_id), batch=batch
        ):
            total += customer_import.counts(done)
            room = max(0, REPORTED - len(left_out))
            left_out += [_reported(one) for one in done if one.is_conflict][:room]
            progress.step(len(done))
    finally:  # whatever stops it, what was added is on the record and can be taken back
        if total["added"]:
            audit.record(
                tenant_id=tenant_id,
                user_id=progress.job.created_by_id,
                action="customers.import",
                subject=f"batch {batch}",
                after={name: total[name] for name in ("added", "already", "conflicts")},
                source=AuditSource(params.get("source", AuditSource.SYSTEM)),
                now=timezone.now(),
            )
    if not wanted:
        raise JobFailed("No line could be used. Mend the list and import it again.")
    progress.finish(
        {
            "text": _told(total),
            "batch": batch,
            "added": total["added"],
            "already": total["already"],
            "conflicts": total["conflicts"],
            "unreadable": total["unreadable"],
            "left_out": sorted(left_out, key=lambda one: one["line"]),
        }
    )


def latest_import(*, tenant_id: int) -> Job | None:
    """The newest import, whatever became of it; one whose worker is gone is given up."""
    job = jobs.latest(tenant_id=tenant_id, kind=IMPORT)
    return jobs.get(tenant_id=tenant_id, job_id=job.pk) if job else None


def undo(*, tenant_id: int, batch: str, by: User, source: AuditSource, now: datetime) -> Removed:
    """Take a batch back. Raises NothingToUndo; JobRunning while it is still being added."""
    job = latest_import(tenant_id=tenant_id)
    is_running = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    if job is not None and is_running and batch == f"import-{job.pk}":
        raise JobRunning(job.pk)
    return customers.undo_batch(tenant_id=tenant_id, batch=batch, by=by, source=source, now=now)


def _reported(one: Planned) -> dict[str, Any]:
    return {"line": one.wanted.line, "username": one.wanted.username, "why": one.why}


def _told(total: Counter[str]) -> str:
    added = total["added"]
    words = [f"{added} customer{'' if added == 1 else 's'} added"]
    if total["already"]:
        words.append(f"{total['already']} verified already")
    if out := total["conflicts"] + total["unreadable"]:
        words.append(f"{out} left out")
    return f"{', '.join(words)}."


def _rules(tenant_id: int) -> Rules:
    return customer_import.rules_of(
        tenant_id=tenant_id, allows_several=allows_several(tenant_id=tenant_id), bots=_bots(tenant_id)
    )


def _bots(tenant_id: int) -> frozenset[str]:
    numbers = WhatsAppNumber.objects.filter(tenant_id=tenant_id).only("phone", "lid")
    return frozenset().union(*(number.own_digits for number in numbers))
