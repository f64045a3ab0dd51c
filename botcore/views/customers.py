"""Customers: who is verified, and what the team does about it."""

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from botcore.domain import config, customer_changes, customer_export, customer_queries
from botcore.domain.customer_queries import COUNT_TO, Shown
from botcore.errors import NotOnPanel, PanelSilent
from botcore.forms.customers import (
    BLOCK,
    REMOVE,
    BulkForm,
    CustomersFilter,
    ImportForm,
    ListForm,
    UsernameForm,
    VerifyForm,
)
from smmbot.lib import csv_text
from smmbot.ui.htmx import go_to, is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, confirm_first, needs, who
from tenants.domain import customer_import, customers
from tenants.domain.customer_import import Planned
from tenants.domain.customer_list import Parsed
from tenants.enums import AuditSource, JobState
from tenants.errors import CannotVerify, JobRunning, NothingToUndo, StillBlocked
from tenants.models import TenantUser
from tenants.permissions import Permission

_TABS = (
    (Shown.ALL, "All"),
    (Shown.ACTIVE, "Active this week"),
    (Shown.BLOCKED, "Blocked"),
    (Shown.CODE, "By code"),
    (Shown.STAFF, "By hand"),
    (Shown.BULK, "By group"),
    (Shown.IMPORT, "Imported"),
)
# A dry run names so many lines that are left out.
_SHOWN_PROBLEMS = 200


# --- the list ----------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.MANAGE_CUSTOMERS)
def index(request: TenantRequest) -> HttpResponseBase:
    tenant_id, now = request.tenant.pk, timezone.now()
    chosen = CustomersFilter(request.GET).chosen()
    which = {"shown": chosen["shown"], "text": chosen["text"], "now": now}
    counts = customer_queries.counts(tenant_id=tenant_id, text=chosen["text"], now=now)
    context = chosen | {
        "page": customer_queries.page(
            tenant_id=tenant_id, before=chosen["before"], after=chosen["after"], **which
        ),
        "tabs": [
            (shown, label, f"{COUNT_TO:,}+" if counts[shown] >= COUNT_TO else f"{counts[shown]:,}")
            for shown, label in _TABS
        ],
        "zone": _zone(tenant_id),
    }
    return render_screen(request, "botcore/customers/index.html", "botcore/customers/_list.html", context)


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def bulk(request: TenantRequest) -> HttpResponseBase:
    """The same for all selected customers. To remove, it is asked once more, and the password before that."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Select at least one customer, and say what to do.")
        return go_to(request, _came_from(request))
    act, ids = form.cleaned_data["act"], form.cleaned_data["ids"]
    if act == REMOVE and not request.signed_in.is_fresh(timezone.now()):
        return confirm_first(request)
    chosen = list(
        TenantUser.objects.filter(tenant_id=request.tenant.pk, pk__in=ids).order_by("panel_username", "pk")
    )
    if act == REMOVE and not form.cleaned_data["sure"]:
        return render(
            request, "botcore/customers/remove.html", {"chosen": chosen, "back": _came_from(request)}
        )
    if act == REMOVE:
        done = customers.remove_many(
            tenant_id=request.tenant.pk, customer_ids=[one.pk for one in chosen], **who(request)
        )
        _tell_removed(request, done.count, done.kept)
        return go_to(request, _back_to(request))
    is_blocked = act == BLOCK
    changed = customers.set_blocked(
        tenant_id=request.tenant.pk,
        contact_ids=[one.contact_id for one in chosen],
        is_blocked=is_blocked,
        **who(request),
    )
    said = "blocked. The bot does nothing for them from now on" if is_blocked else "unblocked"
    messages.success(
        request, f"{_counted(changed)} {said}." if changed else "Nothing to change: they were so already."
    )
    return go_to(request, _came_from(request))


@require_safe
@needs(Permission.MANAGE_CUSTOMERS)
def export(request: TenantRequest) -> HttpResponseBase:
    chosen = CustomersFilter(request.GET).chosen()
    return csv_answer(
        tenant_id=request.tenant.pk,
        user_id=request.user.pk,
        shown=chosen["shown"],
        text=chosen["text"],
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )


def csv_answer(
    *, tenant_id: int, user_id: int, shown: Shown, text: str, source: AuditSource, now: datetime
) -> StreamingHttpResponse:
    customer_export.record(
        tenant_id=tenant_id, user_id=user_id, shown=shown, text=text, source=source, now=now
    )
    zone = _zone(tenant_id)
    lines = customer_export.as_csv(tenant_id=tenant_id, shown=shown, text=text, zone=zone, now=now)
    return csv_text.download(lines, name="customers", at=now.astimezone(zone))


# --- one customer ------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.MANAGE_CUSTOMERS)
def show(request: TenantRequest, customer_id: int) -> HttpResponseBase:
    customer = _customer(request, customer_id)
    mine, others = customer_queries.siblings(customer=customer)
    context = {
        "customer": customer,
        "row": customer_queries.row_of(customer),
        "other_usernames": mine,
        "other_people": others,
        "is_blocked": customer.is_blocked or any(one.is_blocked for one in mine),
        "requests": customer_queries.recent_requests(customer=customer),
        "history": customer_queries.history(customer=customer),
        "allows_several": customer_changes.allows_several(tenant_id=request.tenant.pk),
        "zone": _zone(request.tenant.pk),
    }
    return render(request, "botcore/customers/detail.html", context)


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def block(request: TenantRequest, customer_id: int) -> HttpResponseBase:
    return _set_blocked(request, customer_id, is_blocked=True)


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def unblock(request: TenantRequest, customer_id: int) -> HttpResponseBase:
    return _set_blocked(request, customer_id, is_blocked=False)


def _set_blocked(request: TenantRequest, customer_id: int, *, is_blocked: bool) -> HttpResponseBase:
    customer = _customer(request, customer_id)
    customers.set_blocked(
        tenant_id=request.tenant.pk,
        contact_ids=[customer.contact_id],
        is_blocked=is_blocked,
        **who(request),
    )
    if is_blocked:
        messages.success(request, f"{customer} is blocked. The bot does nothing for them from now on.")
    else:
        messages.success(request, f"{customer} is unblocked and served again.")
    return go_to(request, reverse("customer", args=[customer.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS, fresh=True)
def remove(request: TenantRequest, customer_id: int) -> HttpResponseBase:
    customer = _customer(request, customer_id)
    if request.method == "POST":
        try:
            customers.remove_one(customer=customer, **who(request))
        except StillBlocked as error:
            messages.error(request, error.message)
            return go_to(request, reverse("customer", args=[customer.pk]))
        _tell_removed(request, 1, ())
        return go_to(request, reverse("customers"))
    context = {"chosen": [customer], "customer": customer, "back": reverse("customer", args=[customer.pk])}
    return render(request, "botcore/customers/remove.html", context)


# --- verify by hand ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS)
def verify(request: TenantRequest) -> HttpResponseBase:
    """A number and a username: no code is sent."""
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"].removeprefix("+")
        if done := _link(request, form, phone=phone, lid=""):
            return done
    return _verify_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS)
def link(request: TenantRequest, customer_id: int) -> HttpResponseBase:
    """Another username for the same person."""
    customer = _customer(request, customer_id)
    form = UsernameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone, lid = customers.digits_of(tenant_id=request.tenant.pk, contact_id=customer.contact_id)
        if done := _link(request, form, phone=phone, lid=lid):
            return done
    return _verify_page(request, form, customer)


def _link(request: TenantRequest, form: UsernameForm, *, phone: str, lid: str) -> HttpResponseBase | None:
    """Done and away, or None with what is wrong on the form."""
    try:
        made, is_new = customer_changes.verify_by_hand(
            tenant_id=request.tenant.pk,
            phone=phone,
            lid=lid,
            panel_username=form.cleaned_data["username"],
            without_panel=form.cleaned_data["anyway"],
            **who(request),
        )
    except NotOnPanel as error:
        form.add_error("username", error.message)
    except PanelSilent as error:
        form.silent = error.message  # type: ignore[attr-defined]  # the page offers to go on without it
    except CannotVerify as error:
        form.add_error("phone" if "phone" in form.fields else "username", error.message)
    else:
        said = "is verified: the bot serves them from now on." if is_new else "was verified already."
        messages.success(request, f"{made} {said}")
        return go_to(request, reverse("customer", args=[made.pk]))
    return None


def _verify_page(
    request: TenantRequest, form: UsernameForm, customer: TenantUser | None = None
) -> HttpResponse:
    silent = getattr(form, "silent", "")
    context = {"form": form, "customer": customer, "silent": silent}
    status = 422 if form.errors or silent else 200
    return render(request, "botcore/customers/verify.html", context, status=status)


# --- import ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_CUSTOMERS)
def import_list(request: TenantRequest) -> HttpResponseBase:
    """First a dry run: what would become of each line."""
    if request.method != "POST":
        context = _import_context(request)
        return render_screen(
            request,
            "botcore/customers/import.html",
            "botcore/customers/_imports.html",
            context | {"form": ListForm()},
        )
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        context = _import_context(request) | {"form": form}
        return render(request, "botcore/customers/import.html", context, status=422)
    planned = customer_changes.dry_run(tenant_id=request.tenant.pk, rows=form.parsed.rows)
    return render(request, "botcore/customers/dry_run.html", _dry_run_context(form.parsed, planned))


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def start_import(request: TenantRequest) -> HttpResponseBase:
    """Then for real, in the background."""
    form = ImportForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(problem) for problem in form.errors["rows"]))
        return go_to(request, reverse("customers_import"))
    try:
        customer_changes.start_import(
            tenant_id=request.tenant.pk, parsed=form.cleaned_data["rows"], **who(request)
        )
    except JobRunning:
        messages.warning(request, "Another import is running. Start this one when it has ended.")
    return go_to(request, reverse("customers_import"))


@require_POST
@needs(Permission.MANAGE_CUSTOMERS)
def undo(request: TenantRequest) -> HttpResponseBase:
    """Take back what one import, or one !verify-users, added."""
    batch = request.POST.get("batch", "").replace("\x00", "")[:40]
    try:
        done = customer_changes.undo(tenant_id=request.tenant.pk, batch=batch, **who(request))
    except NothingToUndo as error:
        messages.warning(request, error.message)
    except JobRunning:
        messages.warning(request, "This import is still running. Take it back when it has ended.")
    else:
        _tell_removed(request, done.count, done.kept)
    if is_partial(request):
        return render_part(request, "botcore/customers/_imports.html", _import_context(request))
    return go_to(request, reverse("customers_import"))


def _import_context(request: TenantRequest) -> dict[str, Any]:
    tenant_id = request.tenant.pk
    job = customer_changes.latest_import(tenant_id=tenant_id)
    return {
        "job": job,
        "is_running": job is not None and job.state in (JobState.QUEUED, JobState.RUNNING),
        "batches": customer_queries.batches(tenant_id=tenant_id),
        "zone": _zone(tenant_id),
    }


def _dry_run_context(parsed: Parsed, planned: Sequence[Planned]) -> dict[str, Any]:
    counts = customer_import.counts(planned)
    left_out = customer_import.left_out(planned, parsed.problems)
    new = [one.wanted for one in planned if not one.is_conflict]
    return {
        "added": counts["added"],
        "already": counts["already"],
        "conflicts": counts["conflicts"],
        "unreadable": len(parsed.problems),
        "left_out": left_out[:_SHOWN_PROBLEMS],
        "more_left_out": max(0, len(left_out) - _SHOWN_PROBLEMS),
        "sample": [one.wanted for one in planned if not one.is_conflict][:5],
        "rows": json.dumps([[one.line, one.phone, one.username] for one in new], separators=(",", ":")),
    }


# --- shared ------------------------------------------------------------------------------------------------------


def _tell_removed(request: TenantRequest, count: int, kept: Sequence[str]) -> None:
    if count:
        noun = "1 verification" if count == 1 else f"{count} verifications"
        messages.success(request, f"{noun} removed. Who needs one again proves the username anew.")
    if kept:
        names = ", ".join(kept[:5]) + (f" and {len(kept) - 5} more" if len(kept) > 5 else "")
        messages.warning(request, f"Left as they are, because they are blocked: {names}.")


def _counted(count: int) -> str:
    return "1 customer is" if count == 1 else f"{count} customers are"


def _came_from(request: TenantRequest) -> str:
    return _safe(request, request.headers.get("Referer", ""))


def _back_to(request: TenantRequest) -> str:
    return _safe(request, request.POST.get("back", ""))


def _safe(request: TenantRequest, back: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}) and reverse("customers") in back
    return back if is_ours else reverse("customers")


def _zone(tenant_id: int) -> tzinfo:
    return config.load(tenant_id=tenant_id).zone


def _customer(request: TenantRequest, customer_id: int) -> TenantUser:
    try:
        return customer_queries.get_customer(tenant_id=request.tenant.pk, customer_id=customer_id)
    except TenantUser.DoesNotExist as error:
        raise Http404 from error
