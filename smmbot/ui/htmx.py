"""One address, two answers: the whole page, or the part of it that htmx asked for."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def is_partial(request: HttpRequest) -> bool:
    """Does htmx ask for a part? Not when it restores a page from the history: it needs the whole then."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def render_screen(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page, or its part for htmx. The page includes the part: both show the same."""
    if is_partial(request):
        return render_part(request, part, context, status=status)
    response = render(request, page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_part(
    request: HttpRequest, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A part alone, with what is to be told beside it."""
    html = render_to_string(part, context, request)
    if told := list(messages.get_messages(request)):
        html += render_to_string("components/toasts.html", {"messages": told, "is_beside": True}, request)
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the whole page there, whoever asks."""
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})
