from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest
from django.urls import path
from django.utils.http import urlencode

from botcore.domain import (
    approvals,
    config,
    conversations,
    log_queries,
    log_words,
    logs,
    reruns,
    status_moves,
)
from botcore.domain.approvals import Decided
from botcore.domain.log_queries import LogFilter
from botcore.domain.reruns import Rerun
from botcore.domain.status_moves import Move
from botcore.enums import SupportStatus
from botcore.models import MessageLog
from botcore.schemas.logs import (
    BulkStatusIn,
    BulkStatusOut,
    DecidedOut,
    EscalationOut,
    LiveOrderOut,
    LogChange,
    LogExportQuery,
    LogOut,
    LogQuery,
    MovedLogOut,
    RerunIn,
    RerunsOut,
    SupportStatusIn,
    WholeLogOut,
)
from botcore.views.logs import csv_answer
from panel.clients.types import PanelOrder
from panel.domain import connections
from panel.errors import PanelError, PanelNotConfigured, PanelNotFound, PanelRateLimited, PanelUrlRefused
from smmbot.api.answers import Media, listed
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, endpoint, methods, ok
from smmbot.api.errors import ApiProblem, bad_request, conflict, translates
from smmbot.api.pagination import count
from tenants.permissions import Permission

# By page number up to here; further down `next` goes on by place, which costs the same at any depth.
DEEPEST_ROW = 10_000
# A live order that cannot be shown is a conflict with how things stand, but for these.
_NOT_SHOWN: Mapping[type[PanelError], int] = {
    PanelNotFound: HTTPStatus.NOT_FOUND,
    PanelRateLimited: HTTPStatus.TOO_MANY_REQUESTS,
}

translates(PanelNotConfigured, status=409, message="No panel is connected. Connect it in Bot Settings.")
translates(PanelUrlRefused, status=409, message="The panel's address is not one we may call.")


@endpoint("GET", needs=Permission.VIEW_LOGS, query=LogQuery, out=listed(LogOut))
def list_logs(request: ApiRequest) -> ApiResult:
    """Requests, newest first, by any of the filters. For what has come since, ask with `after`."""
    query: LogQuery = request.query
    wanted = _wanted(request)
    rows = log_queries.find(tenant_id=request.tenant_id, wanted=wanted)
    if query.after is not None:
        newer = rows.filter(serial__gt=query.after)
        found = list(log_queries.with_facts(newer).order_by("serial")[: query.size + 1])
        has_more, found = len(found) > query.size, found[: query.size]
    elif query.before is not None:
        page = log_queries.page(
            tenant_id=request.tenant_id, wanted=wanted, before=query.before, size=query.size
        )
        found, has_more = list(page.rows), page.older is not None
    else:
        if query.start > DEEPEST_ROW:
            raise bad_request(
                "too_deep",
                f"Pages end at row {DEEPEST_ROW}. Narrow the filters, or follow `next`, which goes on to the end.",
            )
        found = list(log_queries.newest_first(rows)[query.start : query.start + query.size + 1])
        has_more, found = len(found) > query.size, found[: query.size]
    total = count(rows)
    return ok(
        {
            "results": [log_out(log) for log in found],
            "total": total,
            "total_is_exact": total < log_queries.COUNT_TO,
            "next": _next(request.http, query, found[-1].serial) if has_more else None,
        }
    )


@endpoint("GET", needs=Permission.VIEW_LOGS, out=WholeLogOut)
def get_log(request: ApiRequest, log_id: int) -> ApiResult:
    """One request with its history, what its provider was asked, and what was said around it."""
    return ok(_whole(log_queries.get_log(tenant_id=request.tenant_id, log_id=log_id)))


@endpoint("GET", needs=Permission.VIEW_LOGS, answers=(200, 404, 409), out=LiveOrderOut)
def show_order(request: ApiRequest, log_id: int) -> ApiResult:
    """Ask the panel for the request's order as it is now."""
    log = log_queries.get_log(tenant_id=request.tenant_id, log_id=log_id)
    if log.order_id is None:
        raise conflict("log_without_order", "This request is about no order.")
    try:
        order = connections.client_of(tenant_id=request.tenant_id).get_order(log.order_id)
    except PanelError as error:
        words = log_words.of_panel_error(error, order_id=log.order_id)
        raise ApiProblem(
            _NOT_SHOWN.get(type(error), HTTPStatus.CONFLICT),
            error.code,
            words,
            retry_after_s=getattr(error, "retry_after_s", None),
        ) from error
    return ok(live_order_out(order, asked_at=request.now))


@endpoint("PATCH", needs=Permission.RESOLVE_LOGS, body=LogChange, out=LogOut)
def change_log(request: ApiRequest, log_id: int) -> ApiResult:
    """Set the team's note on a request."""
    logs.set_memo(
        tenant_id=request.tenant_id,
        log_id=log_id,
        memo=request.body.memo,
        by_user_id=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return ok(log_out(log_queries.get_log(tenant_id=request.tenant_id, log_id=log_id)))


@endpoint("PATCH", needs=Permission.RESOLVE_LOGS, body=SupportStatusIn, out=MovedLogOut)
def set_support_status(request: ApiRequest, log_id: int) -> ApiResult:
    """Set a request's support status; `escalated` also notifies the provider's group."""
    done = status_moves.move_one(
        tenant_id=request.tenant_id,
        log_id=log_id,
        status=request.body.status,
        by_user_id=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    log = log_queries.get_log(tenant_id=request.tenant_id, log_id=log_id)
    return ok({**log_out(log), "escalation": _escalation_out(done)})


@endpoint("POST", needs=Permission.RESOLVE_LOGS, body=BulkStatusIn, out=BulkStatusOut)
def set_bulk_status(request: ApiRequest) -> ApiResult:
    """Set the support status of several requests; `unknown` names the ids there are none of."""
    done = status_moves.move(
        tenant_id=request.tenant_id,
        log_ids=request.body.ids,
        status=request.body.status,
        by_user_id=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return ok(
        {
            "status": done.status.value,
            "changed": sorted(log.pk for log in done.moved.changed),
            "unchanged": list(done.moved.unchanged),
            "unknown": list(done.moved.unknown),
            "escalation": _escalation_out(done),
        }
    )


@endpoint("POST", needs=Permission.RESOLVE_LOGS, body=RerunIn, answers=(202,), out=RerunsOut)
def rerun_logs(request: ApiRequest) -> ApiResult:
    """Run requests again in the background; what was carried out is never done twice."""
    done = reruns.rerun(
        tenant_id=request.tenant_id,
        log_ids=request.body.ids,
        by_user_id=request.caller.user.pk,
        source=request.caller.source,
        now=request.now,
    )
    return accepted({"results": [{"id": pk, "result": verdict.value} for pk, verdict in done.by_log.items()]})


@endpoint("POST", needs=Permission.APPROVE_MONEY, is_fresh=True, out=DecidedOut)
def approve_log(request: ApiRequest, log_id: int) -> ApiResult:
    """Pay a request back at the panel; `verdict` says what came of it."""
    return _decide(request, log_id, approvals.approve)


@endpoint("POST", needs=Permission.APPROVE_MONEY, out=DecidedOut)
def refuse_log(request: ApiRequest, log_id: int) -> ApiResult:
    """Turn a request for money down; the customer is told."""
    return _decide(request, log_id, approvals.refuse)


@endpoint("GET", needs=Permission.VIEW_LOGS, query=LogExportQuery, out=Media("text/csv"))
def export_logs(request: ApiRequest) -> ApiResult:
    """The filtered requests as CSV, all of them."""
    return ApiResult(
        response=csv_answer(
            tenant_id=request.tenant_id,
            user_id=request.caller.user.pk,
            wanted=_wanted(request),
            zone=config.load(tenant_id=request.tenant_id).zone,
            source=request.caller.source,
            now=request.now,
        )
    )


def log_out(log: MessageLog) -> LogOut:
    group = log.chat.group if log.chat else None
    return {
        "id": log.pk,
        "serial": log.serial,
        "created_at": log.created_at,
        "source": log.source,
        "action": log.action,
        "outcome": log.outcome,
        "order_id": log.order_id,
        "provider": log.provider,
        "provider_oid": log.provider_oid,
        "customer": log.panel_username,
        "contact": {"id": log.contact.pk, "name": log.contact.name} if log.contact else None,
        "chat": {"id": log.chat.pk, "kind": log.chat.kind, "group": group.pk if group else None}
        if log.chat
        else None,
        "support_status": log.support_status,
        "is_priority": log.is_priority,
        "awaits_decision": approvals.is_waiting(log),
        "memo": log.memo,
        "facts": log.facts,
        "took_ms": log.took_ms,
    }


def live_order_out(order: PanelOrder, *, asked_at: datetime) -> LiveOrderOut:
    return {
        "order_id": order.order_id,
        "status": order.status,
        "service": order.service_name,
        "link": order.link,
        "quantity": order.quantity,
        "start_count": order.start_count,
        "remains": order.remains,
        "charge": str(order.charge.value) if order.charge else None,
        "charge_currency": order.charge.currency if order.charge else "",
        "customer": order.username,
        "provider": order.provider,
        "provider_oid": order.external_id,
        "ordered_at": order.created,
        "asked_at": asked_at,
    }


def _whole(log: MessageLog) -> WholeLogOut:
    lines = conversations.around(chat=log.chat, message=log.message) if log.chat and log.message else []
    return {
        **log_out(log),
        "text": log.message.text if log.message else "",
        "may_rerun": reruns.may_rerun(log) is Rerun.STARTED,
        "history": [
            {
                "before": change.before,
                "after": change.after,
                "by": str(change.by_user) if change.by_user else None,
                "source": change.source,
                "at": change.created_at,
            }
            for change in log_queries.history(log=log)
        ],
        "decisions": [
            {"state": one.state, "by": str(one.by_user) if one.by_user else None, "at": one.updated_at}
            for one in log_queries.decisions(log=log)
        ],
        "provider_requests": [
            {
                "provider": one.provider.name,
                "action": one.action,
                "sent_at": one.sent_as.sent_at,
                "answer": one.answer,
                "answer_text": one.answer_text,
                "answered_at": one.answered_at,
            }
            for one in log_queries.provider_requests(log=log)
        ],
        "conversation": [
            {
                "at": line.at,
                "who": line.who,
                "text": line.text,
                "is_ours": line.is_ours,
                "is_asked": line.is_asked,
                "note": line.note,
            }
            for line in lines
        ],
    }


def _escalation_out(done: Move) -> EscalationOut | None:
    """Order ids passed to their provider's group, and those without one; None unless something was escalated."""
    if done.status != SupportStatus.ESCALATED or done.escalated is None:
        return None
    return {"sent": sorted(done.escalated.sent), "unsent": sorted(done.escalated.unsent)}


def _decide(request: ApiRequest, log_id: int, act: Callable[..., Decided]) -> ApiResult:
    decided = act(
        tenant_id=request.tenant_id,
        log_id=log_id,
        by_user_id=request.caller.user.pk,
        now=request.now,
        source=request.caller.source,
    )
    log = log_queries.get_log(tenant_id=request.tenant_id, log_id=log_id)
    told: DecidedOut = {
        "verdict": decided.verdict.value,
        "order_status": decided.order.status if decided.order else None,
        "log": log_out(log),
    }
    return ok(told)


def _wanted(request: ApiRequest) -> LogFilter:
    zone = config.load(tenant_id=request.tenant_id).zone
    wanted: LogFilter = request.query.wanted(zone)
    return wanted


def _next(http: HttpRequest, query: LogQuery, last_serial: int) -> str:
    """By number as asked, while that is allowed; then by place."""
    params = {name: str(http.GET[name]) for name in http.GET if http.GET[name]}
    if query.after is not None:
        params["after"] = str(last_serial)
    elif query.before is not None or query.start + query.size > DEEPEST_ROW:
        for name in ("page", "offset"):
            params.pop(name, None)
        params["before"] = str(last_serial)
    elif query.offset is not None or query.limit is not None:
        params["offset"] = str(query.start + query.size)
    else:
        params["page"] = str((query.page or 1) + 1)
    return f"{http.path}?{urlencode(params)}"


urlpatterns = [
    path("logs", methods(list_logs), name="api_logs"),
    path("logs/bulk-status", methods(set_bulk_status), name="api_logs_bulk_status"),
    path("logs/rerun", methods(rerun_logs), name="api_logs_rerun"),
    path("logs/export", methods(export_logs), name="api_logs_export"),
    path("logs/<int:log_id>", methods(get_log, change_log), name="api_log"),
    path("logs/<int:log_id>/order", methods(show_order), name="api_log_order"),
    path("logs/<int:log_id>/support-status", methods(set_support_status), name="api_log_status"),
    path("logs/<int:log_id>/approve", methods(approve_log), name="api_log_approve"),
    path("logs/<int:log_id>/refuse", methods(refuse_log), name="api_log_refuse"),
]
