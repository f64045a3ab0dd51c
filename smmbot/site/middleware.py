"""Every request has an id: taken from the proxy when it looks like one, told back, and on every log line."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from smmbot.lib.logs import bind, clear

_LOOKS_LIKE_AN_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _LOOKS_LIKE_AN_ID.fullmatch(given) else uuid.uuid4().hex
        # Not undone at the end: Django logs a failed response after the middleware; the next request begins anew.
        clear()
        bind(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
