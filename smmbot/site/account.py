"""The account's name and the zone its times are shown in. It spans areas: the zone is one of the bot's settings."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from botcore.commands import settings as bot_settings
from botcore.domain import config
from smmbot.lib.utc_offset import OFFSETS
from smmbot.ui.forms import StyledForm, posted
from smmbot.ui.htmx import go_to
from tenants.decorators import TenantRequest, needs, who
from tenants.domain import tenant_settings
from tenants.enums import AuditSource
from tenants.models import Tenant, User
from tenants.permissions import Permission

ZONE = "scheduler_timezone"


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    time_zone: str


class AccountForm(StyledForm):
    name = forms.CharField(
        label="Name of the account",
        max_length=100,
        help_text="Your panel’s name. Staff see it when you add them.",
    )
    time_zone = forms.ChoiceField(
        choices=[(offset, offset) for offset in OFFSETS],
        help_text="Times here and in the bot’s answers, quiet hours and days in reports follow it.",
    )


def read(tenant: Tenant) -> Account:
    return Account(tenant.name, config.load(tenant_id=tenant.pk).text(ZONE))


@transaction.atomic
def change(
    *, tenant: Tenant, name: str | None, time_zone: str | None, by: User, now: datetime, source: AuditSource
) -> Account:
    """None: stays. Raises InvalidConfigValue for a zone that is none."""
    if time_zone is not None:
        bot_settings.change(tenant_id=tenant.pk, values={ZONE: time_zone}, by=by.pk, source=source, now=now)
    if name is not None:
        tenant_settings.rename(tenant=tenant, name=name, by=by, now=now, source=source)
    return read(tenant)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_STAFF)
def index(request: TenantRequest) -> HttpResponseBase:
    account = read(request.tenant)
    form = AccountForm(posted(request), initial={"name": account.name, "time_zone": account.time_zone})
    if request.method == "POST" and form.is_valid():
        change(
            tenant=request.tenant,
            **form.cleaned_data,
            **who(request),
        )
        messages.success(request, "Saved.")
        return go_to(request, reverse("settings"))
    return render(
        request, "tenants/settings/general.html", {"form": form}, status=422 if form.errors else 200
    )
