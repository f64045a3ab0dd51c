"""The one error shape of the API: {"error": {"code", "message", "fields"}}. Codes are stable, messages may change."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import JsonResponse


class ApiProblem(Exception):
    """Raise it in a view to answer with an error. fields: what is wrong with which field."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.fields, self.retry_after_s = dict(fields or {}), retry_after_s

    def response(self) -> JsonResponse:
        body = {"error": {"code": self.code, "message": self.message, "fields": self.fields}}
        answer = JsonResponse(body, status=self.status)
        if self.retry_after_s is not None:
            answer["Retry-After"] = str(max(1, round(self.retry_after_s)))
        return answer


def bad_request(code: str, message: str, /, **fields: str) -> ApiProblem:
    """fields: also those called `code` and `message`."""
    return ApiProblem(HTTPStatus.BAD_REQUEST, code, message, fields=fields)


def not_found(code: str, message: str) -> ApiProblem:
    """Missing, or another tenant's: the answer is the same."""
    return ApiProblem(HTTPStatus.NOT_FOUND, code, message)


def conflict(code: str, message: str) -> ApiProblem:
    return ApiProblem(HTTPStatus.CONFLICT, code, message)


def too_many(message: str, *, retry_after_s: float) -> ApiProblem:
    return ApiProblem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", message, retry_after_s=retry_after_s)


# Errors of the domain, by class and the answer they make: each area adds its own where its api.py is loaded.
_TRANSLATIONS: dict[type[Exception], tuple[int, str]] = {}


def translates(kind: type[Exception], *, status: int, message: str = "") -> None:
    """Answer this error of the domain with this status; its `code`, and its `message` unless one is given here."""
    _TRANSLATIONS[kind] = (status, message)


def translate(error: Exception) -> ApiProblem | None:
    """The answer to an error of the domain; None for one nobody declared."""
    for kind in type(error).__mro__:
        if kind in _TRANSLATIONS:
            status, message = _TRANSLATIONS[kind]
            return ApiProblem(
                status,
                getattr(error, "code", "error"),
                message or getattr(error, "message", "") or "That did not work.",
                retry_after_s=getattr(error, "retry_after_s", None),
            )
    return None
