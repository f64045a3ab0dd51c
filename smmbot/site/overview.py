"""The first page after the sign-in: how the bot is, what happens today, what waits, and what is left to set up."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.commands import settings
from botcore.domain import config, overview, setup
from botcore.domain.config import Config
from botcore.domain.overview import Activity, Bot, Waiting
from botcore.domain.setup import Setup
from botcore.enums import ChatMode
from botcore.errors import InvalidConfigValue
from smmbot.lib.utc_offset import format_offset
from smmbot.ui.htmx import go_to, is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, needs
from tenants.enums import AuditSource
from tenants.errors import TooManyTries
from tenants.models import Tenant
from tenants.permissions import Permission, may

SAME: Final = "mark"
_FIGURES, _CHART, _DOCTOR = (
    "site/overview/_figures.html",
    "site/overview/_chart.html",
    "site/overview/_doctor.html",
)


@dataclass(frozen=True, slots=True)
class Everything:
    """What the page shows, and the API beside it."""

    config: Config
    bot: Bot
    activity: Activity
    waiting: Waiting
    setup: Setup


def read(*, tenant: Tenant, now: datetime) -> Everything:
    saved = config.load(tenant_id=tenant.pk)
    bot = overview.bot(tenant_id=tenant.pk, config=saved, now=now)
    return Everything(
        saved,
        bot,
        overview.activity(tenant_id=tenant.pk, config=saved, now=now),
        overview.waiting(tenant_id=tenant.pk, now=now),
        setup.look(tenant_id=tenant.pk, config=saved, bot=bot, now=now),
    )


@require_safe
@needs(Permission.VIEW_LOGS)
def index(request: TenantRequest) -> HttpResponseBase:
    """Staff work in Message Logs alone; they are sent there."""
    if not may(request.role, Permission.BOT_OVERVIEW):
        return redirect("logs")
    now = timezone.now()
    shown = read(tenant=request.tenant, now=now)
    return render_screen(
        request,
        "site/overview/index.html",
        _DOCTOR,
        _figures(shown.bot, shown.activity, shown.waiting)
        | _chart(shown.activity, shown.config, now)
        | _doctor(shown.setup),
    )


@require_safe
@needs(Permission.BOT_OVERVIEW)
def figures(request: TenantRequest) -> HttpResponseBase:
    """What may have changed in the last half minute; nothing when it has not."""
    if not is_partial(request):
        return redirect("overview")
    now = timezone.now()
    saved = config.load(tenant_id=request.tenant.pk)
    context = _figures(
        overview.bot(tenant_id=request.tenant.pk, config=saved, now=now),
        overview.activity(tenant_id=request.tenant.pk, config=saved, now=now),
        overview.waiting(tenant_id=request.tenant.pk, now=now),
    )
    if request.GET.get(SAME) == context[SAME]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render_part(request, _FIGURES, context)


@require_safe
@needs(Permission.BOT_OVERVIEW)
def chart(request: TenantRequest) -> HttpResponseBase:
    if not is_partial(request):
        return redirect("overview")
    now = timezone.now()
    saved = config.load(tenant_id=request.tenant.pk)
    activity = overview.activity(tenant_id=request.tenant.pk, config=saved, now=now)
    return render_part(request, _CHART, _chart(activity, saved, now))


@require_safe
@needs(Permission.BOT_OVERVIEW)
def live_setup(request: TenantRequest) -> HttpResponseBase:
    """The steps again after the panel was asked, if it had to be. The page asks for it beside itself."""
    if not is_partial(request):
        return redirect("overview")
    setup.ask_panel(tenant_id=request.tenant.pk, now=timezone.now())
    return render_part(request, _DOCTOR, _doctor(_look(request)) | {"was_asked": True})


@require_POST
@needs(Permission.BOT_OVERVIEW)
def check(request: TenantRequest) -> HttpResponseBase:
    """Look at everything now, the panel too."""
    try:
        setup.ask_panel(tenant_id=request.tenant.pk, now=timezone.now(), anew=True)
    except TooManyTries:
        messages.warning(request, "The panel was asked several times just now. Give it a few minutes.")
    if not is_partial(request):
        return go_to(request, reverse("overview"))
    return render_part(request, _DOCTOR, _doctor(_look(request)) | {"was_asked": True, "is_open": True})


@require_POST
@needs(Permission.MANAGE_BOT)
def choose_mode(request: TenantRequest) -> HttpResponseBase:
    try:
        settings.change(
            tenant_id=request.tenant.pk,
            values={"chat_mode": request.POST.get("mode", "")},
            by=request.user.pk,
            source=AuditSource.DASHBOARD,
            now=timezone.now(),
            is_meant=True,
        )
    except InvalidConfigValue:
        messages.error(request, "Choose Manual, AI or Custom.")
    else:
        messages.success(request, "Chosen. It counts from the next message on.")
    if not is_partial(request):
        return go_to(request, reverse("overview"))
    return render_part(request, _DOCTOR, _doctor(_look(request)) | {"was_asked": True})


def _look(request: TenantRequest) -> Setup:
    now, saved = timezone.now(), config.load(tenant_id=request.tenant.pk)
    bot = overview.bot(tenant_id=request.tenant.pk, config=saved, now=now)
    return setup.look(tenant_id=request.tenant.pk, config=saved, bot=bot, now=now)


def _figures(bot: Bot, activity: Activity, waiting: Waiting) -> dict[str, Any]:
    seen = (
        bot.is_online,
        bot.number and (bot.number.state, bot.number.state_reason),
        int(bot.uptime_s // 60),
        (bot.chat_mode, bot.ai_provider, bot.verified_users, bot.groups_on),
        (activity.messages.total, activity.actions.total, activity.messages.by_now, activity.actions.by_now),
        (waiting.open, waiting.escalated, waiting.money, waiting.provider_replies),
        [(log.pk, log.support_status) for log in waiting.oldest],
    )
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:12]
    return {
        "bot": bot,
        "mode": ChatMode(bot.chat_mode).label,
        "uptime": uptime(bot.uptime_s),
        "activity": activity,
        "waiting": waiting,
        "count_to": overview.COUNT_TO,
        SAME: mark,
    }


def _chart(activity: Activity, saved: Config, now: datetime) -> dict[str, Any]:
    hour = now.astimezone(saved.zone).hour
    hours = [
        (f"{at:02}:00", messages_, actions, before, at > hour)
        for at, (messages_, actions, before) in enumerate(
            zip(activity.messages.today, activity.actions.today, activity.messages.yesterday, strict=True)
        )
    ]
    return {
        "activity": activity,
        "hours": hours,
        "most": activity.by_action[0][1] if activity.by_action else 0,
        "has_hours": bool(
            activity.messages.total + activity.actions.total + activity.messages.total_yesterday
        ),
        "zone_name": format_offset(saved.zone),  # type: ignore[arg-type]  # an offset, as the setting's kind reads it
        "chart_data": {
            "messages": activity.messages.today,
            "actions": activity.actions.today,
            "yesterday": activity.messages.yesterday,
            "hour": hour,
        },
    }


def _doctor(found: Setup) -> dict[str, Any]:
    return {"setup": found, "modes": ChatMode.choices}


def uptime(seconds: float) -> str:
    """`3 d 4 h`, `14 h 32 min`, `5 min`."""
    minutes = int(seconds) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
