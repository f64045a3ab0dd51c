"""Templates: a list of all texts, and beside it the one that is being written."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from botcore.domain import config, templates
from botcore.domain.template_words import SUBJECTS
from botcore.domain.templates import Template
from botcore.errors import UnknownTemplateKey
from botcore.forms.message_templates import TemplateForm
from smmbot.ui.htmx import go_to, is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, needs
from tenants.enums import AuditSource
from tenants.permissions import Permission

PAGE, EDITOR, LIST = (
    "botcore/message_templates/page.html",
    "botcore/message_templates/_editor.html",
    "botcore/message_templates/_list.html",
)


@require_safe
@needs(Permission.MANAGE_BOT)
def index(request: TenantRequest) -> HttpResponseBase:
    """The list; searching replaces the list alone."""
    return render_screen(request, PAGE, LIST, _listed(request))


@needs(Permission.MANAGE_BOT)
def edit(request: TenantRequest, key: str) -> HttpResponseBase:
    template = _template(request, key)
    data = request.POST if request.method == "POST" else None
    form = TemplateForm(data, template=template)
    if data is None or not form.is_valid():
        text = form["value"].value() or ""
        return _show(request, template, form, text, status=200 if data is None else 422)
    saved = _change(request, key, form.cleaned_data["value"])
    messages.success(request, _told(request, saved, template))
    if is_partial(request):
        return _show(request, saved, TemplateForm(template=saved), saved.value, with_list=True)
    return go_to(request, reverse("message_template", args=[key]))


@require_POST
@needs(Permission.MANAGE_BOT)
def preview(request: TenantRequest, key: str) -> HttpResponseBase:
    """How the text looks that is being written; nothing is stored."""
    template = _template(request, key)
    text = request.POST.get("value", "")[: templates.LONGEST * 2].replace("\r\n", "\n")
    context = {"template": template, **_previewed(request, template, text)}
    return render_part(request, "botcore/message_templates/_preview.html", context)


@require_POST
@needs(Permission.MANAGE_BOT)
def reset(request: TenantRequest, key: str) -> HttpResponseBase:
    template = _template(request, key)
    saved = _change(request, key, "")
    messages.success(request, f"“{template.title}” is the built-in text again, from the next message on.")
    if is_partial(request):
        return _show(request, saved, TemplateForm(template=saved), "", with_list=True)
    return go_to(request, reverse("message_template", args=[key]))


def _show(
    request: TenantRequest,
    template: Template,
    form: TemplateForm,
    text: str,
    *,
    status: int = 200,
    with_list: bool = False,
) -> HttpResponse:
    """The editor alone for htmx, with its line of the list where that changed."""
    context: dict[str, Any] = {"template": template, "form": form, **_previewed(request, template, text)}
    if not is_partial(request):
        context |= _listed(request)
    context["with_line"] = with_list
    return render_screen(request, PAGE, EDITOR, context, status=status)


def _previewed(request: TenantRequest, template: Template, text: str) -> dict[str, Any]:
    return {
        "chat_mode": config.load(tenant_id=request.tenant.pk)["chat_mode"],
        "preview": templates.previews(template, text),
    }


def _listed(request: TenantRequest) -> dict[str, Any]:
    asked = request.GET.get("q", "").strip()[:100]
    everything = templates.all_of(tenant_id=request.tenant.pk)
    only_changed = request.GET.get("changed") == "1"
    found = [one for one in everything if one.has_words(asked) and (one.is_changed or not only_changed)]
    return {
        "asked": asked,
        "only_changed": only_changed,
        "subjects": _by_subject(found),
        "changed_count": sum(one.is_changed for one in everything),
        "count": len(everything),
        "chat_mode": config.load(tenant_id=request.tenant.pk)["chat_mode"],
    }


def _by_subject(found: Sequence[Template]) -> list[tuple[str, list[Template]]]:
    by_subject = {title: [one for one in found if one.subject == title] for title in SUBJECTS}
    return [(title, rows) for title, rows in by_subject.items() if rows]


def _told(request: TenantRequest, saved: Template, before: Template) -> str:
    if saved.value == before.value:
        return "Nothing was changed."
    if config.load(tenant_id=request.tenant.pk)["chat_mode"] == "custom" or saved.key == templates.SIGNATURE:
        return f"“{saved.title}” is saved. The next message uses it."
    return f"“{saved.title}” is saved. It is used as soon as the chat mode is Custom."


def _change(request: TenantRequest, key: str, value: str) -> Template:
    return templates.change(
        tenant_id=request.tenant.pk,
        key=key,
        value=value,
        by=request.user.pk,
        source=AuditSource.DASHBOARD,
        now=timezone.now(),
    )


def _template(request: TenantRequest, key: str) -> Template:
    try:
        return templates.get(tenant_id=request.tenant.pk, key=key)
    except UnknownTemplateKey as error:
        raise Http404 from error
