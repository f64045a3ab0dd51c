"""What WAHA's failures mean.

A NestJS exception as `{"statusCode", "message": text or list, "error"}`, a session that is not ready as 422
`{"error": "Session status is not as expected…", "status", "expected"}`, and all else as 500
`{"exception": {"message": "2 UNKNOWN: server returned error 463", …}, "request": <our own body>, …}`, the text being
whatsmeow's, by way of gRPC (waha src/api/exception.filter.ts, src/core/abc/manager.abc.ts; issues 1904, 2219).
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from botcore.gateway import whatsmeow
from botcore.gateway.answers import json_of
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    SessionMissing,
    SessionNotConnected,
)
from smmbot.lib.http import HttpAnswer

_ONE_SESSION_ONLY = "support only 'default' session"
# What a proxy says when WAHA does not answer it: it may have got the request.
_FROM_A_PROXY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)


def failure_of(answer: HttpAnswer, *, is_write: bool) -> GatewayError:
    """is_write: what was asked may have been done, where the answer does not say that it was not."""
    said = _text(json_of(answer))
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return GatewayRefused()
        case HTTPStatus.NOT_FOUND:
            return SessionMissing()
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(retry_after_s=_seconds(answer.headers.get("Retry-After", "")))
        case HTTPStatus.UNPROCESSABLE_ENTITY if _ONE_SESSION_ONLY in said:
            return BadRequest("this WAHA serves one session; from 2026.6.1 on it serves many")
        case HTTPStatus.UNPROCESSABLE_ENTITY:  # of the state a session is in; what it cannot read is a 400
            return SessionNotConnected()
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return GatewayUnreachable("unavailable")
        case status if status in _FROM_A_PROXY:
            return GatewayUnreachable("no answer behind its proxy", is_unclear=is_write)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            known = whatsmeow.error_of(said)
            return known or GatewayError(f"status {status}", is_unclear=is_write)
    return BadRequest(f"status {answer.status}")


def _text(body: Any) -> str:
    """What it says of itself; never the request, which it hands back with our customers' words in it."""
    if not isinstance(body, Mapping):
        return ""
    exception = body.get("exception")
    within = exception if isinstance(exception, Mapping) else {}
    return " ".join(str(text) for text in (body.get("message"), body.get("error"), *_both(within)) if text)


def _both(exception: Mapping[str, Any]) -> tuple[Any, Any]:
    return exception.get("message"), exception.get("details")


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() and len(text) < 6 else None
