"""What Evolution API's answers mean. Its status codes do not tell "try again" from "give up"; its texts do.

An error is `{"status": 400, "error": "Bad Request", "response": {"message": …}}`, where the message is a text, a list
of texts, a list in a list (a body its schema refuses) or a list of objects (nobody has this number). One route leaks
a raw error object instead.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from botcore.gateway.answers import json_of
from botcore.gateway.errors import (
    BadRequest,
    GatewayError,
    GatewayNotActivated,
    GatewayRefused,
    GatewayUnreachable,
    RateLimited,
    ReachoutBlocked,
    RecipientNotOnWhatsApp,
    SessionMissing,
    SessionNotConnected,
)
from smmbot.lib.http import HttpAnswer

# Baileys' words: the line to WhatsApp is down, so nothing went out. A session that was never connected has no client,
# which shows as a TypeError of JavaScript.
_NOT_CONNECTED: Final = (
    "connection closed",
    "connection lost",
    "connection terminated",
    "precondition required",
    "is not connected",
    "reading 'onwhatsapp'",
    "reading 'sendmessage'",
    "reading 'user'",
    "reading 'ws'",
)
# Before it sends, it asks WhatsApp for the keys of all devices: there it stopped.
_STOPPED_BEFORE: Final = ("no sessions", "sessionerror", "timed out", "request time-out")
_TOO_FAST: Final = ("rate-overlimit", "too many requests")
_NO_GROUP: Final = ("item-not-found", "not-authorized", "forbidden", "group not found", "not-acceptable")
_SCHEMA: Final = (
    "requires property",
    "is not of a type",
    "is not one of enum values",
    "does not match pattern",
    "is required",
    "invalid integration",
    "cannot be empty",
    "cannot post",
    "cannot get",
    "cannot delete",
)
_DEEPEST: Final = 6


class NameTaken(GatewayError):
    """A session of this name is there already."""


class Untold(GatewayError):
    """It refused before anything was sent and wrote its reason as "[object Object]": of a group it cannot read."""


def message_of(body: Any) -> str:
    """All texts of an error, flattened to one."""
    found = body.get("response", body) if isinstance(body, Mapping) else body
    return "; ".join(dict.fromkeys(_texts(found, _DEEPEST)))


def error_of(answer: HttpAnswer, *, is_write: bool) -> GatewayError:
    """What went wrong. is_write: something may have been done, where the text does not say that nothing was."""
    body = json_of(answer)
    text = message_of(body).lower()
    if answer.status == HTTPStatus.FORBIDDEN and "already in use" in text:
        return NameTaken()
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) and not _says(text, _NO_GROUP):
        return GatewayRefused("it does not take our key")
    if "not allowed by cors" in text:
        return GatewayRefused("its CORS_ORIGIN must be *")
    if _is_not_activated(answer, body):
        return GatewayNotActivated("its licence is not activated")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or _says(text, _TOO_FAST):
        return RateLimited(retry_after_s=_retry_after(answer))
    if "463" in text.replace(":", " ").split():
        return ReachoutBlocked()
    if _says(text, _NOT_CONNECTED) or _boom_status(body) == HTTPStatus.PRECONDITION_REQUIRED:
        return SessionNotConnected()
    if answer.status == HTTPStatus.NOT_FOUND and ("does not exist" in text or "not found" in text):
        return SessionMissing() if "instance" in text else not_in_group()
    if _is_stranger(body):
        return RecipientNotOnWhatsApp()
    if text == "[object object]":
        return Untold()
    if _says(text, _STOPPED_BEFORE):
        return GatewayError("WhatsApp did not answer before it was sent")
    if _says(text, _NO_GROUP):
        return not_in_group()
    if _says(text, _SCHEMA):
        return BadRequest("it does not understand what we ask")
    if answer.status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        return GatewayUnreachable(f"status {answer.status}", is_unclear=is_write)
    return GatewayError(f"status {answer.status}", is_unclear=is_write)


def not_in_group() -> GatewayError:
    return GatewayError("the number is not in this group", permanent=True)


def _is_not_activated(answer: HttpAnswer, body: Any) -> bool:
    code = body.get("code") if isinstance(body, Mapping) else None
    return answer.status == HTTPStatus.SERVICE_UNAVAILABLE and code == "LICENSE_REQUIRED"


def _is_stranger(body: Any) -> bool:
    """`{"response": {"message": [{"jid": …, "exists": false}]}}`"""
    response = body.get("response") if isinstance(body, Mapping) else None
    message = response.get("message") if isinstance(response, Mapping) else None
    return isinstance(message, list) and any(
        isinstance(one, Mapping) and one.get("exists") is False for one in message
    )


def _boom_status(body: Any) -> int | None:
    """Of the raw error object that one route leaks."""
    output = body.get("output") if isinstance(body, Mapping) and body.get("isBoom") else None
    status = output.get("statusCode") if isinstance(output, Mapping) else None
    return status if isinstance(status, int) else None


def _retry_after(answer: HttpAnswer) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text[:6]) if text.isdecimal() else None


def _says(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one, depth - 1)
    elif depth and isinstance(value, list):
        for one in value:
            yield from _texts(one, depth - 1)
