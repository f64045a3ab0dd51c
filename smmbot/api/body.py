"""What a request brings, read into strict schemas: unknown fields are refused, nothing is guessed."""

import json
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.request import RawPostDataException
from pydantic import BaseModel, ConfigDict, ValidationError

from smmbot.api.errors import ApiProblem, bad_request

MAX_BYTES = 256 * 1024

S = TypeVar("S", bound="Schema")


class Schema(BaseModel):
    """Base of every input. Fields are what the API's reference shows."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def demand_json(request: HttpRequest) -> None:
    """Where no session and no CSRF token guards a call: only our own pages, and scripts, can send this content type.
    A form of another site cannot, nor can its scripts unasked; no content type at all they can send. Raises ApiProblem
    415."""
    if request.content_type != "application/json":
        raise ApiProblem(415, "not_json", "Send Content-Type: application/json.")


def read_body(request: HttpRequest, schema: type[S]) -> S:
    """Read JSON. Raises ApiProblem 400, 413 or 415."""
    if request.content_type not in ("application/json", ""):
        raise ApiProblem(415, "not_json", "Send JSON, with Content-Type: application/json.")
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise ApiProblem(413, "too_large", f"Send at most {MAX_BYTES // 1024} KB.")
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError, RawPostDataException) as error:
        raise bad_request("not_json", "This is not JSON.") from error
    if not isinstance(data, dict):
        raise bad_request("not_an_object", "Send a JSON object.")
    return _validated(schema, data)


def read_query(request: HttpRequest, schema: type[S]) -> S:
    """Read the query string; an empty value counts as not given. Raises ApiProblem 400."""
    return _validated(schema, {name: value for name, value in request.GET.items() if value != ""})


def _validated(schema: type[S], data: dict[str, Any]) -> S:
    if _has_nul(data):
        raise bad_request("invalid", "Text must not hold NUL characters.")
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        fields = {".".join(map(str, one["loc"])): str(one["msg"]) for one in error.errors()}
        names = ", ".join(fields)
        raise bad_request("invalid", f"Please check: {names}.", **fields) from error


def _has_nul(data: dict[str, Any]) -> bool:
    """However deep: PostgreSQL stores no such text."""
    left: list[Any] = [data]
    while left:
        value = left.pop()
        if isinstance(value, str) and "\x00" in value:
            return True
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
    return False
