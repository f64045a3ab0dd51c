"""Message Logs: the screen the team lives in."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import (
    approvals,
    config,
    conversations,
    log_export,
    log_queries,
    log_words,
    logs,
    reruns,
    status_moves,
)
from botcore.domain.log_queries import LogFilter
from botcore.domain.reruns import Rerun
from botcore.enums import SupportStatus
from botcore.forms.logs import BulkStatusForm, LogFilterForm, MemoForm, PickedForm, StatusForm
from botcore.models import MessageLog
from panel.domain import connections
from panel.errors import PanelError, PanelNotConfigured
from smmbot.lib import csv_text
from smmbot.ui.htmx import go_to, is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, needs
from tenants.enums import AuditSource
from tenants.permissions import Permission

_PLACES = ("before", "after")
# Tells the list behind a drawer, or beside the row, that its rows are not what it shows any more.
_CHANGED = "logs-changed"


# --- the table ---------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.VIEW_LOGS)
def index(request: TenantRequest) -> HttpResponseBase:
    return _list(request)


@require_safe
@needs(Permission.VIEW_LOGS)
def newer(request: TenantRequest) -> HttpResponseBase:
    """Asked every few seconds: has anything come since? Cheap where nothing has."""
    tenant_id = request.tenant.pk
    since = _number(request.GET.get("since")) or 0
    form = _filters(request)
    wanted = form.wanted(_zone(tenant_id))
    count = log_queries.count_new(tenant_id=tenant_id, wanted=wanted, after=since)
    if not count:
        return HttpResponse(status=204)
    context = {"count": count, "is_more": count >= log_queries.NEW_UP_TO, "list_query": _query(request)}
    return render_part(request, "botcore/logs/_new.html", context)


@require_safe
@needs(Permission.VIEW_LOGS)
def export(request: TenantRequest) -> HttpResponseBase:
    zone = _zone(request.tenant.pk)
    return csv_answer(
        tenant_id=request.tenant.pk,
        user_id=request.user.pk,
        wanted=_filters(request).wanted(zone),
        zone=zone,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )


def csv_answer(
    *, tenant_id: int, user_id: int, wanted: LogFilter, zone: tzinfo, source: AuditSource, now: datetime
) -> StreamingHttpResponse:
    log_export.record(tenant_id=tenant_id, user_id=user_id, wanted=wanted, source=source, now=now)
    lines = log_export.as_csv(tenant_id=tenant_id, wanted=wanted, zone=zone)
    return csv_text.download(lines, name="message-logs", at=now.astimezone(zone))


# --- what is done to several rows --------------------------------------------------------------------------------


@require_POST
@needs(Permission.RESOLVE_LOGS)
def bulk_status(request: TenantRequest) -> HttpResponseBase:
    form = BulkStatusForm(request.POST)
    if not form.is_valid():
        return _refuse_bulk(request, form.errors.get("ids") or ["Choose one of the five statuses."])
    done = status_moves.move(
        tenant_id=request.tenant.pk,
        log_ids=form.cleaned_data["ids"],
        status=SupportStatus(form.cleaned_data["status"]),
        by_user_id=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    level = messages.WARNING if log_words.left_something(done) else messages.SUCCESS
    messages.add_message(request, level, log_words.of_move(done))
    return _after_bulk(request)


@require_POST
@needs(Permission.RESOLVE_LOGS)
def bulk_rerun(request: TenantRequest) -> HttpResponseBase:
    form = PickedForm(request.POST)
    if not form.is_valid():
        return _refuse_bulk(request, form.errors["ids"])
    done = reruns.rerun(
        tenant_id=request.tenant.pk,
        log_ids=form.cleaned_data["ids"],
        by_user_id=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    is_good = done.count(Rerun.STARTED, Rerun.ALONGSIDE) == len(done.by_log)
    messages.add_message(
        request, messages.SUCCESS if is_good else messages.WARNING, log_words.of_reruns(done)
    )
    return _after_bulk(request)


def _after_bulk(request: TenantRequest) -> HttpResponseBase:
    if is_partial(request):
        return _list(request)
    return go_to(request, reverse("logs") + _query(request, keep_place=True))


def _refuse_bulk(request: TenantRequest, problems: Iterable[object]) -> HttpResponseBase:
    messages.error(request, " ".join(str(problem) for problem in problems))
    return _list(request, status=422)


# --- one row -----------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.VIEW_LOGS)
def show(request: TenantRequest, log_id: int) -> HttpResponseBase:
    return _detail(request, _get(request, log_id))


@require_POST
@needs(Permission.RESOLVE_LOGS)
def set_status(request: TenantRequest, log_id: int) -> HttpResponseBase:
    log = _get(request, log_id)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the five statuses.")
        return _detail(request, log, status=422)
    done = status_moves.move_one(
        tenant_id=request.tenant.pk,
        log_id=log_id,
        status=SupportStatus(form.cleaned_data["status"]),
        by_user_id=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    level = messages.WARNING if log_words.left_something(done) else messages.SUCCESS
    messages.add_message(request, level, log_words.of_move(done, serial=log.serial))
    if is_partial(request) and request.POST.get("from") == "row":
        return _changed(render_part(request, "botcore/logs/_nothing.html", {}))
    return _after_one(request, log_id)


@require_POST
@needs(Permission.RESOLVE_LOGS)
def set_memo(request: TenantRequest, log_id: int) -> HttpResponseBase:
    log = _get(request, log_id)
    form = MemoForm(request.POST)
    if not form.is_valid():
        return _detail(request, log, memo_form=form, status=422)
    logs.set_memo(
        tenant_id=request.tenant.pk,
        log_id=log_id,
        memo=form.cleaned_data["memo"],
        by_user_id=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    messages.success(
        request, f"Note on #{log.serial} " + ("saved." if form.cleaned_data["memo"] else "taken away.")
    )
    return _after_one(request, log_id)


@require_POST
@needs(Permission.RESOLVE_LOGS)
def rerun(request: TenantRequest, log_id: int) -> HttpResponseBase:
    log = _get(request, log_id)
    done = reruns.rerun(
        tenant_id=request.tenant.pk,
        log_ids=[log_id],
        by_user_id=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )
    verdict = done.by_log[log_id]
    level = messages.SUCCESS if verdict is Rerun.STARTED else messages.WARNING
    messages.add_message(request, level, f"#{log.serial}: {log_words.RERUN_WORDS[verdict]}")
    return _after_one(request, log_id)


@require_POST
@needs(Permission.APPROVE_MONEY, fresh=True)
def approve(request: TenantRequest, log_id: int) -> HttpResponseBase:
    """Pay back. The panel is asked while the person waits: every call of it has its end."""
    _get(request, log_id)
    try:
        decided = approvals.approve(
            tenant_id=request.tenant.pk,
            log_id=log_id,
            by_user_id=request.user.pk,
            now=timezone.now(),
            source=AuditSource.DASHBOARD,
        )
    except PanelNotConfigured:
        messages.error(request, "No panel is connected, so nothing was paid. Connect it under Bot Settings.")
        return _after_one(request, log_id)
    except PanelError:
        messages.error(request, "The panel's address is not one we may call, so nothing was paid.")
        return _after_one(request, log_id)
    messages.add_message(request, _level(decided), log_words.of_decision(decided))
    return _after_one(request, log_id)


@require_POST
@needs(Permission.APPROVE_MONEY)
def refuse(request: TenantRequest, log_id: int) -> HttpResponseBase:
    _get(request, log_id)
    decided = approvals.refuse(
        tenant_id=request.tenant.pk,
        log_id=log_id,
        by_user_id=request.user.pk,
        now=timezone.now(),
        source=AuditSource.DASHBOARD,
    )
    messages.add_message(request, _level(decided), log_words.of_decision(decided))
    return _after_one(request, log_id)


@require_safe
@needs(Permission.VIEW_LOGS)
def live_order(request: TenantRequest, log_id: int) -> HttpResponseBase:
    """The order as the panel shows it now: a part of the page that comes when the panel has answered."""
    log = _get(request, log_id)
    context: dict[str, Any] = {"log": log, "asked_at": timezone.now(), "zone": _zone(request.tenant.pk)}
    if log.order_id is not None:
        try:
            context["order"] = connections.client_of(tenant_id=request.tenant.pk).get_order(log.order_id)
        except PanelError as error:
            context["problem"] = log_words.of_panel_error(error, order_id=log.order_id)
    return render_part(request, "botcore/logs/_live_order.html", context)


# --- what they share ---------------------------------------------------------------------------------------------


def _zone(tenant_id: int) -> tzinfo:
    return config.load(tenant_id=tenant_id).zone


def _get(request: TenantRequest, log_id: int) -> MessageLog:
    try:
        return log_queries.get_log(tenant_id=request.tenant.pk, log_id=log_id)
    except MessageLog.DoesNotExist as error:
        raise Http404 from error


def _filters(request: TenantRequest) -> LogFilterForm:
    tenant_id = request.tenant.pk
    return LogFilterForm(
        request.GET,
        providers=log_queries.providers_seen(tenant_id=tenant_id),
        groups=log_queries.groups_seen(tenant_id=tenant_id),
    )


def _list(request: TenantRequest, *, status: int = 200) -> HttpResponse:
    tenant_id = request.tenant.pk
    zone, form = _zone(tenant_id), _filters(request)
    wanted = form.wanted(zone)
    newest = log_queries.last_serial(tenant_id=tenant_id)
    before, after = (_number(request.GET.get(name)) for name in _PLACES)
    page = log_queries.page(tenant_id=tenant_id, wanted=wanted, before=before, after=after)
    counts = log_queries.counts(tenant_id=tenant_id, wanted=wanted)
    context = {
        "zone": zone,
        "form": form,
        "page": page,
        "tabs": _tabs(counts),
        "current": wanted.status,
        "statuses": SupportStatus.values,
        "list_query": _query(request, keep_place=True),
        "filter_query": _query(request),
        "newest": newest,
        "is_first_page": before is None and after is None,
        "is_empty_table": not (form.is_narrowed or wanted.status or before or after),
        "awaiting": {approvals.AWAITING: approvals.FOR_APPROVAL},
    }
    return render_screen(
        request, "botcore/logs/index.html", "botcore/logs/_results.html", context, status=status
    )


def _tabs(counts: log_queries.Counts) -> list[tuple[str, str, str]]:
    """(value, label, count as shown) of each tab."""

    def shown(count: int) -> str:
        return f"{log_queries.COUNT_TO:,}+" if count >= log_queries.COUNT_TO else f"{count:,}"

    each = [(status, status.capitalize(), shown(count)) for status, count in counts.by_status.items()]
    return [("", "All", shown(counts.all)), *each]


def _detail(
    request: TenantRequest, log: MessageLog, *, memo_form: MemoForm | None = None, status: int = 200
) -> HttpResponse:
    is_waiting = approvals.is_waiting(log)
    context = {
        "zone": _zone(request.tenant.pk),
        "log": log,
        "lines": conversations.around(chat=log.chat, message=log.message) if log.chat and log.message else [],
        "history": log_queries.history(log=log),
        "decisions": log_queries.decisions(log=log),
        "requests": log_queries.provider_requests(log=log),
        "memo_form": memo_form or MemoForm(initial={"memo": log.memo}),
        "statuses": SupportStatus.values,
        "is_waiting": is_waiting,
        "may_rerun": reruns.may_rerun(log) is Rerun.STARTED,
    }
    return render_screen(
        request, "botcore/logs/detail.html", "botcore/logs/_detail.html", context, status=status
    )


def _after_one(request: TenantRequest, log_id: int) -> HttpResponseBase:
    if not is_partial(request):
        return go_to(request, reverse("log", args=[log_id]))
    return _changed(_detail(request, _get(request, log_id)))


def _changed(response: HttpResponse) -> HttpResponse:
    response["HX-Trigger"] = _CHANGED
    return response


def _level(decided: approvals.Decided) -> int:
    good = (approvals.Verdict.DONE, approvals.Verdict.ALREADY, approvals.Verdict.REFUSED)
    return messages.SUCCESS if decided.verdict in good else messages.WARNING


def _query(request: TenantRequest, *, keep_place: bool = False) -> str:
    """The filters of the address, to be carried on; `?` and all, or nothing."""
    kept = QueryDict(mutable=True)
    for name in request.GET:
        value = str(request.GET[name])
        if value and (name in LogFilterForm.base_fields or (keep_place and name in _PLACES)):
            kept[name] = value
    return f"?{kept.urlencode()}" if kept else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
