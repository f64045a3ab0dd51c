"""How the rows of the logs read."""

import re
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from botcore.domain.replies import formatting
from botcore.enums import Action, ActState, ProviderAnswer, SupportStatus
from botcore.models import Chat, MessageLog
from panel.enums import status_label

register = template.Library()

# Keys of MessageLog.facts, in the order in which they are shown.
_FACTS = {
    "service": "Service",
    "status": "Status then",
    "remains": "Remains then",
    "act": "What was done",
    "live": "Live count then",
    "drop": "Drop",
    "provider_answer": "Provider's answer",
    "provider_said": "In its words",
    "verdict": "Verdict",
}
_TONES = {
    SupportStatus.OPEN: "open",
    SupportStatus.ESCALATED: "escalated",
    SupportStatus.TICKET_CREATED: "ticket",
    SupportStatus.RESOLVED: "resolved",
    SupportStatus.IGNORED: "ignored",
}


_MARKS = tuple(
    (
        re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^{mark}\n]+?)(?<=\S){mark}(?![\w{mark}])"),
        rf"<{tag}>\1</{tag}>",
    )
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"), ("`", "code"))
)


@register.filter
def as_whatsapp(text: str) -> SafeString:
    """A message as the app shows it: *bold*, _italic_, ~struck~ and `code`; all else as it was written."""
    html = str(escape(text))
    for pattern, tagged in _MARKS:
        html = pattern.sub(tagged, html)
    return mark_safe(html)  # noqa: S308 -- escaped first


@register.filter
def outcome_words(outcome: str) -> str:
    """`refill_not_eligible`: `Refill not eligible`."""
    return outcome.replace("_", " ").capitalize()


@register.filter
def gist(log: MessageLog) -> str:
    """What came of it, in a few words: of a question about an order, the answer."""
    if log.outcome == "order_status" and log.facts.get("status"):
        return status_label(str(log.facts["status"]))
    words = outcome_words(log.outcome)
    return "" if words == action_words(log.action) else words


@register.filter
def status_words(status: str) -> str:
    """`ticket created`: `Ticket created`."""
    return status.capitalize()


@register.filter
def tone(status: str) -> str:
    """The colour class of a support status."""
    return _TONES[SupportStatus(status)] if status in SupportStatus.values else "ignored"


@register.filter
def action_words(action: str) -> str:
    return str(Action(action).label) if action in Action.values else action


@register.filter
def chat_name(chat: Chat | None) -> str:
    """Of a group its name; every direct message is called the same: whose it is stands beside it."""
    if chat is None:
        return "–"
    if chat.group is not None:
        return chat.group.name or chat.group.wa_id
    return "Direct message"


@register.filter
def facts_of(log: MessageLog) -> list[tuple[str, str]]:
    """(name, value) of what the answer was made of."""
    return [
        (label, _readable(name, log.facts[name]))
        for name, label in _FACTS.items()
        if log.facts.get(name) not in (None, "")
    ]


def _readable(name: str, value: Any) -> str:
    if name == "status":
        return status_label(str(value))
    if name == "act":
        return str(ActState(value).label) if value in ActState.values else str(value)
    if name == "provider_answer":
        return str(ProviderAnswer(value).label) if value in ProviderAnswer.values else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(value) if name in ("service", "provider_said") else outcome_words(str(value))


@register.filter
def order_status(status: str) -> str:
    """As panels show it: `in_progress` is `In progress`."""
    return status_label(status)


@register.filter
def counted(number: int | None) -> str:
    return formatting.count(number) or "not reported yet"


@register.filter
def amount(money: Any) -> str:
    return formatting.money(money) or "–"
