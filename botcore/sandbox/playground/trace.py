"""How a message was handled, in steps that somebody who does not write software can read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from botcore.domain.template_words import title_of
from botcore.enums import Action, ActState, ChatMode, InboxState
from botcore.models import InboxMessage, MessageLog, OutboxMessage, ProviderRequest, WhatsAppNumber
from tenants.enums import Role

Tone = Literal["", "good", "warn", "bad", "model"]
Detail = Mapping[str, Any]
_HTTP_ERRORS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """title, text: in words; at_ms: since the run began; ms: how long it took, where that was measured; facts: the
    step as it was recorded."""

    icon: str
    title: str
    text: str = ""
    tone: Tone = ""
    at_ms: float | None = None
    ms: float | None = None
    facts: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handling:
    """One message from text to delivered answer. handled_ms: until the bot had decided; delivered_ms: until the first
    answer had arrived; both None while it is under way."""

    message: InboxMessage
    steps: Sequence[Step]
    replies: Sequence[OutboxMessage]
    passed_on: Sequence[ProviderRequest]
    logs: Sequence[MessageLog]
    handled_ms: int | None
    delivered_ms: int | None
    panel_calls: int
    panel_ms: float
    tokens: int
    cost_usd: Decimal

    @property
    def is_open(self) -> bool:
        return self.message.state in (InboxState.RECEIVED, InboxState.WAITING)


def handling(*, number: WhatsAppNumber, message_id: int) -> Handling:
    """Raises InboxMessage.DoesNotExist for a message that is not this playground's."""
    message: InboxMessage = InboxMessage.objects.select_related("chat", "contact").get(
        number=number, pk=message_id
    )
    replies = list(OutboxMessage.objects.filter(inbox=message).select_related("chat").order_by("pk"))
    told: list[Detail] = [one for one in message.trace or () if isinstance(one, dict)]
    calls = [one for one in told if one.get("stage") == "call"]
    sent = [reply.sent_at for reply in replies if reply.sent_at]
    return Handling(
        message=message,
        steps=[step_of(one) for one in told],
        replies=replies,
        passed_on=list(
            ProviderRequest.objects.filter(message=message)
            .select_related("provider", "sent_as")
            .order_by("pk")
        ),
        logs=list(MessageLog.objects.filter(message=message).order_by("serial")),
        handled_ms=_ms_between(message, message.handled_at),
        delivered_ms=_ms_between(message, min(sent, default=None)),
        panel_calls=len(calls),
        panel_ms=round(sum(_number(one.get("ms")) for one in calls), 1),
        tokens=sum(int(_number(one.get("tokens"))) for one in told),
        cost_usd=sum((_money(one.get("cost_usd")) for one in told), Decimal(0)),
    )


def step_of(told: Detail) -> Step:
    """A step in words; one that nobody has words for stands as it was recorded."""
    stage = str(told.get("stage", ""))
    facts = {name: value for name, value in told.items() if name not in ("stage", "at_ms")}
    icon, title, text, tone = _WORDS.get(stage, _plain)(told)
    at = told.get("at_ms")
    return Step(icon, title, text, tone, at, told.get("ms"), facts)


_Worded = tuple[str, str, str, Tone]


def _plain(told: Detail) -> _Worded:
    name = str(told.get("stage", "step")).replace("_", " ").capitalize()
    facts = [
        f"{key.replace('_', ' ')}: {_short(value)}"
        for key, value in told.items()
        if key not in ("stage", "at_ms", "ms")
    ]
    return "point", name, ", ".join(facts), ""


def _parse(told: Detail) -> _Worded:
    command = str(told.get("command") or "")
    if told.get("result") == "NotACommand":
        return "message-2", "Read as free text", "No command was found in it.", ""
    if told.get("result") == "BadArguments":
        return "message-2", f"Read as “{command}”", "Something is missing or too much in it.", "warn"
    return "message-2", f"Read as “{command}”", "", ""


def _person(told: Detail) -> _Worded:
    role, names = told.get("role"), [str(name) for name in told.get("usernames") or ()]
    if role:
        return "user-shield", f"From the team: {Role(role).label.lower()}", "", ""
    if names:
        return "user-check", "A verified customer", f"Username on the panel: {', '.join(names)}", ""
    return "user", "Somebody unknown", "Not verified with any username of the panel.", ""


def _orders(told: Detail) -> _Worded:
    asked, found, allowed = (int(_number(told.get(name))) for name in ("asked", "found", "allowed"))
    text = f"{found} of {asked} found on the panel, {allowed} may be shown to this person."
    return "shield-check", "Orders checked", text, "" if allowed == asked else "warn"


def _call(told: Detail) -> _Worded:
    status = told.get("status")
    title = f"{told.get('method', '')} {told.get('path', '')}".strip()
    is_bad = not status or int(_number(status)) >= _HTTP_ERRORS
    said = [f"answered {status}" if status else "no answer"]
    if int(_number(told.get("attempt"))) > 1:
        said.append(f"try {told['attempt']}")
    if _number(told.get("waited_ms")) >= 1:
        said.append(f"waited {round(_number(told['waited_ms']))} ms for its turn")
    return "world", title, ", ".join(said), "bad" if is_bad else ""


def _eligible(told: Detail) -> _Worded:
    orders, refused = int(_number(told.get("orders"))), int(_number(told.get("refused")))
    text = f"{_count(orders, 'order')} by the rules, {refused} refused."
    return "shield-check", f"May there be a {_action(told)}?", text, "" if orders else "warn"


def _claim(told: Detail) -> _Worded:
    said = [f"{_count(int(_number(told.get('new'))), 'new request')}"]
    if told.get("cooling"):
        said.append(f"{told['cooling']} asked for lately")
    if told.get("unclear"):
        said.append(f"{told['unclear']} begun before, with an unclear end")
    return "lock", "Claimed, so that nothing is done twice", ", ".join(said), ""


def _acted(told: Detail) -> _Worded:
    said = [f"{order}: {_state(value)}" for order, value in told.items() if order.isdigit()]
    return "bolt", "Done", ", ".join(said), "good"


def _read_only(told: Detail) -> _Worded:
    text = f"The {_action(told)} would go ahead here. On your own panel the sandbox only reads."
    return "lock", "Nothing was written", text, "warn"


def _routed(told: Detail) -> _Worded:
    passed, staff = int(_number(told.get("passed_on"))), int(_number(told.get("staff")))
    return (
        "route",
        f"{_action(told).capitalize()} passed on",
        f"{passed} to a provider, {staff} to your team.",
        "",
    )


def _decided(told: Detail) -> _Worded:
    state = str(told.get("state"))
    keys = [title_of(str(key)) for key in dict.fromkeys(told.get("answers") or ())]
    if state == InboxState.IGNORED:
        return "eye-off", "Left alone", "This is not for the bot, so it says nothing.", "warn"
    if state == InboxState.WAITING:
        return "hourglass", "Goes on in the background", "; ".join(keys), ""
    return "check", "Decided", "; ".join(keys) or "Nothing to say.", "good"


def _worded(told: Detail) -> _Worded:
    keys, own = list(told.get("keys") or ()), list(told.get("own") or ())
    if not keys:
        return "template", "Nothing to put into words", "", ""
    mode = ChatMode(told["mode"]).label if told.get("mode") in ChatMode.values else str(told.get("mode", ""))
    named = ", ".join(title_of(str(key)) for key in (own or keys))
    if own and len(own) == len(keys):
        return "template", "In your own words", f"Template: {named}. Chat mode: {mode}.", ""
    if own:
        return "template", "Partly in your own words", f"Template: {named}. Chat mode: {mode}.", ""
    return "template", "In the built-in words", f"Text: {named}. Chat mode: {mode}.", ""


def _model(told: Detail) -> _Worded:
    feature = str(told.get("feature", "model"))
    title = _FEATURES.get(feature, f"Model: {feature}")
    said = [f"{int(_number(told.get('tokens')))} tokens, ${_money(told.get('cost_usd')):f}"]
    if told.get("by_model") is False:
        said.insert(0, f"Its words were not used ({_spoken(told.get('reason'))}), the plain text stands.")
        return "brain", title, " ".join(said), "warn"
    return "brain", title, " ".join(said), "model"


_FEATURES = {
    "reword": "Reworded by the model",
    "console": "A kinder reply by the model",
    "mood": "How does the customer feel?",
}


def _free_text(told: Detail) -> _Worded:
    if told.get("silent"):
        return "eye-off", "The bot keeps quiet", _spoken(told["silent"]).capitalize() + ".", "warn"
    reason = _spoken(told.get("reason"))
    return (
        "brain",
        "Answered by the model",
        f"{int(_number(told.get('tokens')))} tokens. {reason}".strip(),
        "model",
    )


def _verification(told: Detail) -> _Worded:
    step = "Username given" if told.get("step") == "username" else "Code given"
    return "user-check", f"Verification: {step.lower()}", title_of(str(told.get("outcome", ""))), ""


def _error(told: Detail) -> _Worded:
    who = told.get("provider") or "The panel"
    if told.get("code") == "panel_read_only":
        return "lock", "Nothing was written", "On your own panel the sandbox only reads.", "warn"
    return "alert-triangle", f"{who} did not serve", _spoken(told.get("code")), "bad"


def _provider_answer(told: Detail) -> _Worded:
    orders = [str(order) for order in told.get("orders") or ()]
    if not orders:
        return "truck-delivery", "Not an answer to a request", "Nothing in it names an open request.", "warn"
    return "truck-delivery", "The provider's answer", f"About {', '.join(orders)}.", "good"


def _measured(told: Detail) -> _Worded:
    text = f"{told.get('live')} of {told.get('orders')} with a live count."
    return "trending-down", "Drop measured", text, ""


_WORDS: Mapping[str, Callable[[Detail], _Worded]] = {
    "parse": _parse,
    "person": _person,
    "orders": _orders,
    "call": _call,
    "eligible": _eligible,
    "claim": _claim,
    "acted": _acted,
    "read_only": _read_only,
    "routed": _routed,
    "decided": _decided,
    "worded": _worded,
    "model": _model,
    "free_text": _free_text,
    "verification": _verification,
    "panel_error": _error,
    "provider_error": _error,
    "act_error": _error,
    "provider_answer": _provider_answer,
    "measured": _measured,
}


def _action(told: Detail) -> str:
    value = told.get("action")
    return Action(value).label.lower() if value in Action.values else str(value)


def _state(value: object) -> str:
    return ActState(value).label.lower() if value in ActState.values else str(value)


def _spoken(code: object) -> str:
    return str(code or "").replace("_", " ")


def _short(value: object) -> str:
    return str(value)[:120]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0.0


def _money(value: object) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)


def _ms_between(message: InboxMessage, end: Any) -> int | None:
    return max(0, round((end - message.received_at).total_seconds() * 1000)) if end else None
