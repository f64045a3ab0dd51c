"""Tags of all screens."""

import re
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tenants.domain import phones
from tenants.enums import Role
from tenants.permissions import Permission, may

register = template.Library()
_CODE = re.compile(r"`([^`]+)`")
_ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "icons"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of static/vendor/icons, drawn in the text's colour and hidden from readers: the words say it."""
    return _icon(name, extra)


@cache
def _icon(name: str, extra: str) -> SafeString:
    lines = (_ICONS / f"{name}.svg").read_text().split(">", 1)[1].rsplit("</svg>", 1)[0]
    body = "".join(line.strip() for line in lines.splitlines())
    return mark_safe(  # noqa: S308 -- our own files
        f'<svg class="icon {extra}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{body}</svg>'
    )


@register.simple_tag(takes_context=True)
def local_time(context: Any, moment: datetime | None, form: str = "j M Y, H:i") -> SafeString | str:
    """A moment at the tenant's offset (`zone` of the context, called if need be; else UTC), with the exact one
    behind it."""
    if moment is None:
        return "–"
    given = context.get("zone")
    zone: tzinfo = (given() if callable(given) else given) or timezone.get_current_timezone()
    here = moment.astimezone(zone)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date(here, form))


@register.filter
def ago(moment: datetime | None) -> str:
    """`5 min`, `3 h`, `12 d`: one unit is enough to see what is old."""
    if moment is None:
        return "–"
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return "just now"


@register.filter
def spoken_phone(phone: str) -> str:
    """`+447911123456` as people read it: `+44 7911 123456`."""
    return phones.spoken(str(phone or ""))


@register.filter
def code_words(text: str) -> SafeString:
    """What stands between backticks, set as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", conditional_escape(text)))  # noqa: S308 -- escaped first


@register.filter
def may_do(role: Role | None, permission: str) -> bool:
    """`{% if role|may_do:"manage_bot" %}`: the one table, asked in a template."""
    return may(role, Permission(permission))


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: Any) -> str:
    """The address's query string with these changes; None takes a parameter out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}" if params else "?"
