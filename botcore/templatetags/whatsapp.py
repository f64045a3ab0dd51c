"""WhatsApp's own markup as HTML: *bold*, _italic_, ~strike~, `mono`. Whatever else is in the text stays text."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# As WhatsApp reads them: no letter outside, no space inside, on one line.
_MARKS = tuple(
    (
        re.compile(
            rf"(?<![\w{re.escape(mark)}]){re.escape(mark)}(?=\S)([^\n{re.escape(mark)}]*\S){re.escape(mark)}(?!\w)"
        ),
        tag,
    )
    for mark, tag in (("*", "strong"), ("_", "em"), ("~", "s"))
)
_BLOCK = re.compile(r"```(.+?)```", re.DOTALL)
_MONO = re.compile(r"`([^`\n]+)`")
# Neither a letter nor a mark: stands where a piece of code is kept out of the other marks' reach.
_KEPT = re.compile("\x00(\\d+)\x00")


@register.filter
def whatsapp(text: str | None) -> SafeString:
    """`{{ text|whatsapp }}` inside an element that keeps line breaks (class wa-text)."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(f"<code>{match[1]}</code>")
        return f"\x00{len(kept) - 1}\x00"

    html = str(escape((text or "").replace("\x00", "")))
    html = _MONO.sub(keep, _BLOCK.sub(keep, html))
    for pattern, tag in _MARKS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return mark_safe(_KEPT.sub(lambda match: kept[int(match[1])], html))  # noqa: S308 -- escaped above
