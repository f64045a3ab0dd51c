"""What every endpoint of /api/v1 has in common, in this order: method, caller and CSRF, tenant scope, permission,
rate limit, input, the call, errors as JSON.

@endpoint("PATCH", needs=Permission.RESOLVE_LOGS, body=SupportStatusIn)
def set_support_status(request: ApiRequest, log_id: int) -> ApiResult: ...

urlpatterns = [path("logs/<int:log_id>/support-status", methods(set_support_status))]
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from smmbot.api import errors
from smmbot.api.answers import Out
from smmbot.api.auth import UNSAFE, Caller, caller_of, demand_fresh
from smmbot.api.body import Schema, demand_json, read_body, read_query
from smmbot.api.errors import ApiProblem
from smmbot.lib.logs import bind, get_logger
from smmbot.lib.ratelimit import RateLimited, SlidingWindowLimiter
from tenants.permissions import Permission, may
from tenants.scoping import tenant_scope

logger = get_logger(__name__)

# Calls a minute of one caller to all endpoints together.
CALLS_A_MINUTE = 300
_limiter = SlidingWindowLimiter()


@dataclass(frozen=True, slots=True)
class ApiResult:
    """What is answered. data: JSON; response: instead of it, for streams and cookies."""

    data: Any = None
    status: int = HTTPStatus.OK
    response: HttpResponseBase | None = None


def ok(data: Any = None) -> ApiResult:
    return ApiResult(data if data is not None else {})


def created(data: Any) -> ApiResult:
    return ApiResult(data, HTTPStatus.CREATED)


def accepted(data: Any) -> ApiResult:
    """For work that goes on in the background: the job, to be asked after."""
    return ApiResult(data, HTTPStatus.ACCEPTED)


@dataclass(frozen=True)
class ApiRequest:
    """One call. caller: who asks; body and query: as the endpoint declared them."""

    http: HttpRequest
    now: datetime
    _caller: Caller | None = None
    body: Any = None
    query: Any = None

    @property
    def caller(self) -> Caller:
        if self._caller is None:
            raise TypeError("A public endpoint has no caller.")
        return self._caller

    @property
    def tenant_id(self) -> int:
        return self.caller.tenant.pk

    @property
    def who(self) -> dict[str, Any]:
        """Who does it, from where and when, as what changes something in the domain asks for it."""
        return {"by": self.caller.user, "source": self.caller.source, "now": self.now}


Handler = Callable[..., ApiResult]


@dataclass(frozen=True, slots=True)
class Spec:
    """What an endpoint declares; the reference and the tests read it. out: see answers.py."""

    method: str
    handler: Handler
    needs: Permission | None
    is_public: bool
    is_fresh: bool
    body: type[Schema] | None
    query: type[Schema] | None
    summary: str
    tag: str
    answers: tuple[int, ...] = field(default=())
    takes_first_password: bool = False
    out: Out = None


class Endpoint:
    """One method of one address."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def __call__(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        spec, now = self.spec, timezone.now()
        if spec.is_public and spec.method in UNSAFE:
            demand_json(request)
        caller = None if spec.is_public else caller_of(request)
        if caller is not None:
            bind(tenant_id=caller.tenant.pk)
        with tenant_scope(caller.tenant.pk) if caller else nullcontext():
            if caller is not None:
                _permit(spec, caller)
                _limit(caller)
            call = ApiRequest(
                request,
                now,
                caller,
                body=read_body(request, spec.body) if spec.body else None,
                query=read_query(request, spec.query) if spec.query else None,
            )
            result = spec.handler(call, **kwargs)
        if result.response is not None:
            return result.response
        return JsonResponse(result.data, status=result.status, safe=False)


def endpoint(
    method: str,
    *,
    needs: Permission | None = None,
    is_public: bool = False,
    is_fresh: bool = False,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    answers: tuple[int, ...] = (200,),
    takes_first_password: bool = False,
    out: Out = None,
) -> Callable[[Handler], Endpoint]:
    """needs: a permission of the one table, None for every member of the team. is_public: no session. is_fresh: the
    password must have been given lately. takes_first_password: also for somebody who has yet to replace the password
    we sent. out: what is answered, see answers.py. The docstring's first line is the summary in the reference."""

    def decorate(handler: Handler) -> Endpoint:
        summary = (handler.__doc__ or handler.__name__).strip().splitlines()[0]
        tag = (
            handler.__module__.rpartition(".")[2]
            if ".api." in handler.__module__
            else handler.__module__.split(".")[0]
        )
        return Endpoint(
            Spec(
                method,
                handler,
                needs,
                is_public,
                is_fresh,
                body,
                query,
                summary,
                tag,
                answers,
                takes_first_password,
                out,
            )
        )

    return decorate


def methods(*endpoints: Endpoint) -> Callable[..., HttpResponseBase]:
    """The view of one address, by method."""
    table = {one.spec.method: one for one in endpoints}

    @csrf_exempt  # checked for cookies in caller_of; a bearer key needs none
    @login_not_required  # answered as JSON, not with a page
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS" or request.method not in table:
            allowed = ", ".join(table)
            problem = ApiProblem(405, "method_not_allowed", f"This address takes {allowed}.")
            answer: HttpResponseBase = problem.response()
            answer.headers["Allow"] = allowed
        else:
            answer = _answer(table[request.method], request, kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    view.endpoints = tuple(endpoints)  # type: ignore[attr-defined]
    return view


def _answer(one: Endpoint, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        return one(request, **kwargs)
    except ApiProblem as problem:
        return problem.response()
    except ObjectDoesNotExist as error:
        name = type(error).__qualname__.split(".")[0]
        return errors.not_found(
            f"{_snake(name)}_not_found", "There is no such row, or it is not yours."
        ).response()
    except Exception as error:
        if (known := errors.translate(error)) is not None:
            return known.response()
        logger.exception("endpoint failed", extra={"path": request.path})
        return ApiProblem(
            500, "internal_error", "Something went wrong on our side. Please try again."
        ).response()


@csrf_exempt  # as above: no page of ours, whoever asks and however
@login_not_required
def not_found(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return errors.not_found(
        "no_such_address", "There is nothing at this address. See /api/v1/openapi.json."
    ).response()


def _permit(spec: Spec, caller: Caller) -> None:
    if caller.must_choose_password and not spec.takes_first_password:
        raise ApiProblem(
            403,
            "password_change_needed",
            "Replace the password we sent you first: POST /api/v1/auth/password.",
        )
    if spec.needs is not None and not may(caller.role, spec.needs):
        raise ApiProblem(403, "not_allowed", f"Your role ({caller.role.label}) may not do this.")
    if spec.is_fresh:
        demand_fresh(caller)


def _limit(caller: Caller) -> None:
    try:
        _limiter.acquire(
            f"api:{caller.tenant.pk}:{caller.user.pk}", rate=CALLS_A_MINUTE, per_s=60, max_wait_s=0
        )
    except RateLimited as error:
        raise errors.too_many("Too many calls in one minute.", retry_after_s=error.retry_after_s) from error


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
