"""What GOWA's failures mean: `{"code", "message", "results"}`.

Codes and statuses of src/pkg/error/*.go and src/ui/rest/middleware/*.go, release 9. Errors that have no class of their
own there come as 500 INTERNAL_SERVER_ERROR with whatsmeow's text, or the text of a missing device.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from botcore.gateway import whatsmeow
from botcore.gateway.answers import json_of
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    SessionMissing,
    SessionNotConnected,
)
from smmbot.lib.http import HttpAnswer

_BY_CODE: Final[Mapping[str, type[GatewayError]]] = {
    "DEVICE_NOT_FOUND": SessionMissing,
    "NOT_FOUND": SessionMissing,
    # Said with a 401, of the number and not of our password.
    "AUTHENTICATION_ERROR": SessionNotConnected,
    "INVALID_WA_CLI": SessionNotConnected,
    # No code could be had: it does not reach WhatsApp, or the link is there and about to open.
    "QR_CHANNEL_ERROR": SessionNotConnected,
    "SESSION_SAVED_ERROR": SessionNotConnected,
    "WA_REACHOUT_TIMELOCK": ReachoutBlocked,
    "DEVICE_ID_REQUIRED": BadRequest,
    "VALIDATION_ERROR": BadRequest,
    "ALREADY_LOGGED_IN": BadRequest,
}
_INVALID_JID: Final = "INVALID_JID"
_NO_DEVICE: Final = ("device ", " not found")
_NOT_CONNECTED: Final = (
    "client not initialized",
    "client is not initialized",
    "is not logged in",
    "timeout waiting for QR code",
    "QR channel closed",
)


def failure_of(answer: HttpAnswer, *, is_write: bool) -> GatewayError:
    """is_write: what was asked may have been done, where the answer does not say that it was not."""
    code, said = _told(json_of(answer))
    if code in _BY_CODE:
        return _BY_CODE[code]()
    if code == _INVALID_JID:
        return whatsmeow.error_of(said) or BadRequest("not an address")
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return GatewayRefused()
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited()
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return GatewayUnreachable("unavailable")
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.GATEWAY_TIMEOUT:
            return GatewayUnreachable("no answer in time", is_unclear=is_write)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _by_text(said) or GatewayError(f"status {status}", is_unclear=is_write)
    return BadRequest(f"status {answer.status}")


def _by_text(said: str) -> GatewayError | None:
    if said.startswith(_NO_DEVICE[0]) and said.endswith(_NO_DEVICE[1]):
        return SessionMissing()
    if any(phrase in said for phrase in _NOT_CONNECTED):
        return SessionNotConnected()
    return whatsmeow.error_of(said)


def _told(body: Any) -> tuple[str, str]:
    if not isinstance(body, Mapping):
        return "", ""
    return str(body.get("code") or ""), str(body.get("message") or "")
