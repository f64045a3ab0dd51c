"""A tenant's own words."""

from django.urls import path

from botcore.domain import config, templates
from botcore.domain.config import Config
from botcore.domain.templates import Preview, Template
from botcore.errors import TemplateTooLong, UnknownTemplateKey, UnknownVariables
from botcore.forms.message_templates import unknown_words
from botcore.schemas.message_templates import PreviewIn, PreviewOut, TemplateIn, TemplateOut, TemplatesQuery
from smmbot.api.answers import listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from tenants.permissions import Permission

translates(
    UnknownTemplateKey,
    status=404,
    message="There is no template of this key. GET /api/v1/templates lists them.",
)


@endpoint("GET", needs=Permission.MANAGE_BOT, query=TemplatesQuery, out=listed(TemplateOut))
def list_templates(request: ApiRequest) -> ApiResult:
    """List all templates with their variables, the saved and the built-in text."""
    query: TemplatesQuery = request.query
    rows = [
        template_out(one)
        for one in templates.all_of(tenant_id=request.tenant_id)
        if one.has_words(query.q) and (one.is_changed or not query.changed)
    ]
    return ok(whole(rows))


@endpoint("GET", needs=Permission.MANAGE_BOT, answers=(200, 404), out=TemplateOut)
def show_template(request: ApiRequest, key: str) -> ApiResult:
    """One template."""
    return ok(template_out(templates.get(tenant_id=request.tenant_id, key=key)))


@endpoint("POST", needs=Permission.MANAGE_BOT, body=PreviewIn, answers=(200, 404), out=PreviewOut)
def preview_template(request: ApiRequest, key: str) -> ApiResult:
    """Show how a text reaches customers in each mode, with sample values. Nothing is stored."""
    template = templates.get(tenant_id=request.tenant_id, key=key)
    asked: PreviewIn = request.body
    text = template.value if asked.value is None else asked.value.replace("\r\n", "\n")
    return ok(preview_out(key, templates.previews(template, text), config.load(tenant_id=request.tenant_id)))


@endpoint("PATCH", needs=Permission.MANAGE_BOT, body=TemplateIn, answers=(200, 400, 404), out=TemplateOut)
def save_template(request: ApiRequest, key: str) -> ApiResult:
    """Save a text; the next message in Custom mode uses it. Unknown variables are refused with the known ones."""
    asked: TemplateIn = request.body
    return ok(template_out(_change(request, key, asked.value)))


@endpoint("POST", needs=Permission.MANAGE_BOT, answers=(200, 404), out=TemplateOut)
def reset_template(request: ApiRequest, key: str) -> ApiResult:
    """Go back to the built-in text."""
    return ok(template_out(_change(request, key, "")))


def _change(request: ApiRequest, key: str, value: str) -> Template:
    try:
        return templates.change(
            tenant_id=request.tenant_id,
            key=key,
            value=value,
            by=request.caller.user.pk,
            source=request.caller.source,
            now=request.now,
        )
    except UnknownVariables as error:
        words = unknown_words(error.unknown, error.known)
        raise bad_request(error.code, words, value=words) from error
    except TemplateTooLong as error:
        words = f"This is {error.length} characters; one message takes {error.limit}."
        raise bad_request(error.code, words, value=words) from error


def template_out(template: Template) -> TemplateOut:
    return {
        "key": template.key,
        "title": template.title,
        "subject": template.subject,
        "value": template.value,
        "default": template.default,
        "text": template.value or template.default,
        "is_changed": template.is_changed,
        "variables": list(template.variables),
    }


def preview_out(key: str, preview: Preview, saved: Config) -> PreviewOut:
    return {
        "key": key,
        "chat_mode": saved["chat_mode"],
        "value": preview.text,
        "manual": preview.manual,
        "ai": preview.manual,
        "custom": preview.custom,
        "unknown": preview.unknown,
        "length": len(preview.text),
        "limit": preview.limit,
    }


urlpatterns = [
    path("templates", methods(list_templates), name="api_templates"),
    path("templates/<str:key>", methods(show_template, save_template), name="api_template"),
    path("templates/<str:key>/preview", methods(preview_template), name="api_template_preview"),
    path("templates/<str:key>/reset", methods(reset_template), name="api_template_reset"),
]
