"""The phone of anybody in the demo: what the sandbox delivered to it, so that no WhatsApp is needed to sign up."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from botcore.sandbox import phone_inbox
from smmbot.ui.htmx import render_screen


@require_safe
@login_not_required
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    digits = phone_inbox.digits_of(request.GET.get("phone", ""))
    context: dict[str, Any] = {
        "digits": digits,
        "chats": phone_inbox.chats(digits=digits) if digits else [],
        "recent": [] if digits else phone_inbox.recent(),
    }
    part = "botcore/sandbox_phone/_chats.html"
    return render_screen(request, "botcore/sandbox_phone/index.html", part, context)
