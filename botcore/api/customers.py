from typing import Any

from django.urls import path

from botcore.api.logs import log_out
from botcore.domain import customer_changes, customer_queries
from botcore.domain.customer_queries import Batch
from botcore.errors import NotOnPanel, PanelSilent
from botcore.schemas.customers import (
    BatchOut,
    BulkBlockIn,
    BulkBlockOut,
    BulkRemoveOut,
    CustomerIds,
    CustomerIn,
    CustomerOut,
    CustomersQuery,
    ExportQuery,
    ImportIn,
    ImportPlan,
    UndoIn,
    UndoneOut,
    UsernameIn,
    WholeCustomerOut,
)
from botcore.views.customers import csv_answer
from smmbot.api.answers import Media, listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, created, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from smmbot.api.pagination import paged
from tenants.api.jobs import job_out
from tenants.domain import customer_import, customer_list, customers
from tenants.domain.customer_list import Parsed, Problem, Wanted
from tenants.enums import AuditSource
from tenants.errors import CannotVerify, NothingToUndo, StillBlocked
from tenants.models import TenantUser
from tenants.permissions import Permission
from tenants.schemas.jobs import JobOut

translates(CannotVerify, status=409)
translates(StillBlocked, status=409)
translates(NothingToUndo, status=404)
translates(NotOnPanel, status=409)
translates(PanelSilent, status=409)


def customer_out(customer: TenantUser) -> CustomerOut:
    """customer: of `customer_queries.with_facts`. open_requests: counted to 100."""
    row = customer_queries.row_of(customer)
    return {
        "id": customer.pk,
        "username": customer.panel_username,
        "name": customer.contact.name,
        "phone": row.phones[0] if row.phones else None,
        "lid": row.lids[0] if row.lids else None,
        "verified_by": customer.verified_by,
        "verified_at": customer.verified_at,
        "last_active_at": customer.last_active_at,
        "is_blocked": customer.is_blocked,
        "open_requests": row.open_requests,
        "batch": customer.batch,
    }


def whole_customer_out(customer: TenantUser) -> WholeCustomerOut:
    row = customer_queries.row_of(customer)
    mine, others = customer_queries.siblings(customer=customer)
    return {
        **customer_out(customer),
        "phones": list(row.phones),
        "lids": list(row.lids),
        "first_seen_at": customer.contact.created_at,
        "is_person_blocked": any(one.is_blocked for one in (customer, *mine)),
        "other_usernames": [
            {"id": one.pk, "username": one.panel_username, "is_blocked": one.is_blocked} for one in mine
        ],
        "other_people": [
            {"id": one.pk, "name": str(one.contact), "is_blocked": one.is_blocked} for one in others
        ],
        "requests": [log_out(log) for log in customer_queries.recent_requests(customer=customer)],
        "history": [
            {"at": event.at, "said": event.said, "by": event.by or None}
            for event in customer_queries.history(customer=customer)
        ],
    }


def batch_out(batch: Batch) -> BatchOut:
    return {
        "batch": batch.name,
        "verified_by": batch.how,
        "customers": batch.count,
        "blocked": batch.blocked,
        "at": batch.at,
    }


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, query=CustomersQuery, out=listed(CustomerOut))
def list_customers(request: ApiRequest) -> ApiResult:
    """The verified customers, the newest first; those active this week by when they last were."""
    rows = customer_queries.listed(
        tenant_id=request.tenant_id, shown=request.query.show, text=request.query.q, now=request.now
    )
    return ok(paged(request.http, rows, request.query, customer_out))


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, body=CustomerIn, answers=(201, 200), out=CustomerOut)
def verify_customer(request: ApiRequest) -> ApiResult:
    """Verify a customer by hand: 201, or 200 when they were already."""
    wanted = _wanted(request.body.phone, request.body.username)
    return _verify(
        request,
        phone=wanted.phone,
        panel_username=wanted.username,
        without_panel=request.body.without_panel,
    )


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, out=WholeCustomerOut)
def get_customer(request: ApiRequest, customer_id: int) -> ApiResult:
    """One verified customer with the latest requests and how they came to be verified."""
    return ok(whole_customer_out(_customer(request, customer_id)))


@endpoint("DELETE", needs=Permission.MANAGE_CUSTOMERS, is_fresh=True, out=CustomerOut)
def remove_customer(request: ApiRequest, customer_id: int) -> ApiResult:
    """Take the verification away; 409 while the customer is blocked."""
    customer = _customer(request, customer_id)
    answer = customer_out(customer)
    customers.remove_one(customer=customer, **request.who)
    return ok(answer)


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, body=UsernameIn, answers=(201, 200), out=CustomerOut)
def link_username(request: ApiRequest, customer_id: int) -> ApiResult:
    """Link another username to the same person: 201, or 200 when it was already."""
    customer = _customer(request, customer_id)
    phone, lid = customers.digits_of(tenant_id=request.tenant_id, contact_id=customer.contact_id)
    wanted: UsernameIn = request.body
    return _verify(
        request, phone=phone, lid=lid, panel_username=wanted.username, without_panel=wanted.without_panel
    )


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, body=BulkBlockIn, out=BulkBlockOut)
def block_customers(request: ApiRequest) -> ApiResult:
    """Block several people with all their usernames, or serve them again. Acts on the next message."""
    found, unknown = _several(request)
    changed = customers.set_blocked(
        tenant_id=request.tenant_id,
        contact_ids=list(found.values()),
        is_blocked=request.body.is_blocked,
        **request.who,
    )
    return ok({"changed": changed, "unknown": unknown})


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, is_fresh=True, body=CustomerIds, out=BulkRemoveOut)
def remove_customers(request: ApiRequest) -> ApiResult:
    """Take several verifications away; those of blocked customers stay."""
    found, unknown = _several(request)
    done = customers.remove_many(tenant_id=request.tenant_id, customer_ids=list(found), **request.who)
    return ok({"removed": done.count, "kept": list(done.kept), "unknown": unknown})


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, out=CustomerOut)
def block_customer(request: ApiRequest, customer_id: int) -> ApiResult:
    """Block the person behind this username, with all their usernames. Acts on the next message."""
    return _set_blocked(request, customer_id, is_blocked=True)


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, out=CustomerOut)
def unblock_customer(request: ApiRequest, customer_id: int) -> ApiResult:
    """Serve the person again."""
    return _set_blocked(request, customer_id, is_blocked=False)


@endpoint(
    "POST",
    needs=Permission.MANAGE_CUSTOMERS,
    body=ImportIn,
    answers=(202, 200),
    out={202: JobOut, 200: ImportPlan},
)
def import_customers(request: ApiRequest) -> ApiResult:
    """Import customers in the background: 202 with the job. dry_run: what would become of each row."""
    parsed = _parsed(request.body)
    if not request.body.dry_run:
        if not parsed.rows:
            raise bad_request("list_unreadable", "No row can be used: " + parsed.problems[0].why)
        job = customer_changes.start_import(tenant_id=request.tenant_id, parsed=parsed, **request.who)
        return accepted(job_out(job))
    planned = customer_changes.dry_run(tenant_id=request.tenant_id, rows=parsed.rows)
    counts = customer_import.counts(planned)
    left_out = customer_import.left_out(planned, parsed.problems)
    return ok(
        {
            "added": counts["added"],
            "already": counts["already"],
            "conflicts": counts["conflicts"],
            "invalid": len(parsed.problems),
            "left_out": [
                {"row": one.line, "username": one.username, "code": one.code, "why": one.why}
                for one in left_out
            ],
        }
    )


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, out=listed(BatchOut))
def list_batches(request: ApiRequest) -> ApiResult:
    """The newest imports and !verify-users of which something is left to take back."""
    found = customer_queries.batches(tenant_id=request.tenant_id)
    return ok(whole([batch_out(one) for one in found]))


@endpoint("POST", needs=Permission.MANAGE_CUSTOMERS, body=UndoIn, out=UndoneOut)
def undo_batch(request: ApiRequest) -> ApiResult:
    """Take back what one batch added; blocked customers stay."""
    done = customer_changes.undo(tenant_id=request.tenant_id, batch=request.body.batch, **request.who)
    return ok({"removed": done.count, "kept": list(done.kept)})


@endpoint("GET", needs=Permission.MANAGE_CUSTOMERS, query=ExportQuery, out=Media("text/csv"))
def export_customers(request: ApiRequest) -> ApiResult:
    """The customers as CSV, streamed."""
    return ApiResult(
        response=csv_answer(
            tenant_id=request.tenant_id,
            user_id=request.caller.user.pk,
            shown=request.query.show,
            text=request.query.q,
            source=AuditSource.API,
            now=request.now,
        )
    )


def _verify(request: ApiRequest, **person: Any) -> ApiResult:
    made, is_new = customer_changes.verify_by_hand(tenant_id=request.tenant_id, **person, **request.who)
    answer = customer_out(_customer(request, made.pk))
    return created(answer) if is_new else ok(answer)


def _several(request: ApiRequest) -> tuple[dict[int, int], list[int]]:
    """(the person behind each customer there is, ids there are none of)."""
    rows = TenantUser.objects.filter(tenant_id=request.tenant_id, pk__in=request.body.ids)
    found = dict(rows.values_list("pk", "contact_id"))
    return found, sorted(set(request.body.ids) - found.keys())


def _set_blocked(request: ApiRequest, customer_id: int, *, is_blocked: bool) -> ApiResult:
    customer = _customer(request, customer_id)
    customers.set_blocked(
        tenant_id=request.tenant_id,
        contact_ids=[customer.contact_id],
        is_blocked=is_blocked,
        **request.who,
    )
    return ok(customer_out(_customer(request, customer_id)))


def _wanted(phone: str, username: str) -> Wanted:
    try:
        return customer_list.one(phone, username, line=1)
    except ValueError as error:
        field = "username" if "username" in str(error).lower() else "phone"
        raise bad_request("invalid", str(error), **{field: str(error)}) from error


def _parsed(body: ImportIn) -> Parsed:
    """Rows are counted from 1."""
    rows, problems = [], []
    for line, row in enumerate(body.rows, start=1):
        try:
            rows.append(
                customer_list.one(
                    row.phone, row.username, line=line, bare_is_international=body.bare_is_international
                )
            )
        except ValueError as error:
            problems.append(Problem(line, f"{row.phone}, {row.username}"[:80], str(error)))
    return Parsed(tuple(rows), tuple(problems))


def _customer(request: ApiRequest, customer_id: int) -> TenantUser:
    return customer_queries.get_customer(tenant_id=request.tenant_id, customer_id=customer_id)


urlpatterns = [
    path("customers", methods(list_customers, verify_customer), name="api_customers"),
    path("customers/import", methods(import_customers), name="api_customers_import"),
    path("customers/batches", methods(list_batches), name="api_customers_batches"),
    path("customers/undo", methods(undo_batch), name="api_customers_undo"),
    path("customers/export", methods(export_customers), name="api_customers_export"),
    path("customers/bulk-block", methods(block_customers), name="api_customers_bulk_block"),
    path("customers/bulk-remove", methods(remove_customers), name="api_customers_bulk_remove"),
    path("customers/<int:customer_id>", methods(get_customer, remove_customer), name="api_customer"),
    path("customers/<int:customer_id>/usernames", methods(link_username), name="api_customer_usernames"),
    path("customers/<int:customer_id>/block", methods(block_customer), name="api_customer_block"),
    path("customers/<int:customer_id>/unblock", methods(unblock_customer), name="api_customer_unblock"),
]
