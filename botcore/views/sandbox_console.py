"""The Sandbox page: a chat with the bot, played, and how each message was handled beside it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from botcore.errors import (
    NobodyThere,
    NoSuchPlaygroundPanel,
    PlaygroundClosed,
    PlaygroundNotStored,
    PlaygroundTooFast,
)
from botcore.forms.sandbox_console import PlaceForm, SayForm
from botcore.models import InboxMessage
from botcore.sandbox.playground import chats, shadow
from botcore.sandbox.playground.examples import examples_of
from botcore.sandbox.playground.places import PLACES, Part, Place, place_of
from botcore.sandbox.playground.say import say
from botcore.sandbox.playground.shadow import PanelChoice
from botcore.sandbox.playground.trace import Handling, handling
from smmbot.ui.htmx import go_to, is_partial, render_part, render_screen
from tenants.decorators import TenantRequest, needs
from tenants.permissions import Permission

_FOLDER = "botcore/sandbox_console"
PAGE, LIVE, TRACE, CLOSED = (f"{_FOLDER}/{name}.html" for name in ("page", "_live", "_trace", "closed"))
# Looks at what is not answered yet: fast at first, then slower, then no more. Afterwards twice again, for what
# follows an answer.
_FAST_LOOKS, _LOOKS, _AFTER = 12, 60, 2
_CANNOT_SAY = (NobodyThere, NoSuchPlaygroundPanel, PlaygroundTooFast, PlaygroundNotStored)


@dataclass(frozen=True, slots=True)
class _Here:
    """The chat on the screen and as whom one looks at it."""

    place: Place
    part: Part

    @property
    def query(self) -> str:
        return urlencode({"chat": self.place.key, "as": self.part.key})


@require_safe
@needs(Permission.MANAGE_BOT)
def index(request: TenantRequest) -> HttpResponseBase:
    """The page; for htmx the conversation alone, with what changed beside it."""
    here = _here(request.GET.get("chat", ""), request.GET.get("as", ""))
    try:
        context = _context(request, here, chosen=_whole(request.GET.get("message")))
    except PlaygroundClosed:
        return render_screen(request, CLOSED, CLOSED, {}, status=403)
    context["form"] = SayForm(initial={"text": request.GET.get("text", "")[:200]})
    return render_screen(request, PAGE, LIVE, context)


@require_POST
@needs(Permission.MANAGE_BOT)
def send(request: TenantRequest) -> HttpResponseBase:
    form = SayForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, form.said)
    got = form.got()
    try:
        place = place_of(got["chat"])
        here = _Here(place, place.part(got["actor"]))
        message = say(
            tenant=request.tenant,
            place=here.place,
            part=here.part,
            text=got["text"],
            panel=PanelChoice(got["panel"]),
            play_as=got["play_as"],
            quoted_id=got["quoted"],
            now=timezone.now(),
        )
    except _CANNOT_SAY as error:
        return _refused(request, form, error.message)
    except PlaygroundClosed:
        return render_screen(request, CLOSED, CLOSED, {}, status=403)
    if not is_partial(request):
        return go_to(request, f"{reverse('sandbox')}?{here.query}")
    return render_part(request, LIVE, _context(request, here, chosen=message.pk))


@require_safe
@needs(Permission.MANAGE_BOT)
def trace(request: TenantRequest, message_id: int) -> HttpResponseBase:
    """How one message was handled."""
    try:
        with shadow.inside(request.tenant) as (_, number):
            found = handling(number=number, message_id=message_id)
    except (InboxMessage.DoesNotExist, PlaygroundClosed) as error:
        raise Http404 from error
    if is_partial(request):
        return render_part(request, TRACE, {"handling": found})
    place = _place_at(found.message.chat.wa_id)
    same = (one for one in place.parts if one.actor.phone == found.message.sender_phone)
    here = _Here(place, next(same, place.parts[0]))
    return go_to(request, f"{reverse('sandbox')}?{here.query}&message={message_id}")


@require_POST
@needs(Permission.MANAGE_BOT)
def clear(request: TenantRequest) -> HttpResponseBase:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    here = _here(form.cleaned_data["chat"], form.cleaned_data["actor"])
    try:
        with shadow.inside(request.tenant) as (_, number):
            chats.clear(number=number, place=here.place, part=here.part)
    except PlaygroundClosed:
        return render_screen(request, CLOSED, CLOSED, {}, status=403)
    messages.success(request, "This chat is empty again, and the bot has forgotten its requests.")
    return go_to(request, f"{reverse('sandbox')}?{here.query}")


def _refused(request: TenantRequest, form: SayForm, said: str) -> HttpResponse:
    """Beside the composer; what was written stays in it."""
    if is_partial(request):
        answer = render_part(request, f"{_FOLDER}/_problem.html", {"said": said}, status=422)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#sandbox-problem", "innerHTML"
        return answer
    here = _here(request.POST.get("chat", ""), request.POST.get("actor", ""))
    context = _context(request, here) | {"form": form, "said": said}
    return render_screen(request, PAGE, LIVE, context, status=422)


def _context(request: TenantRequest, here: _Here, *, chosen: int | None = None) -> dict[str, Any]:
    """What the page, and a look at it, shows. chosen: the message whose handling is open; else the newest."""
    looks = min(_whole(request.GET.get("looks")) or 0, _LOOKS)
    after = min(_whole(request.GET.get("after")) or 0, _AFTER)
    with shadow.inside(request.tenant) as (played, number):
        lines = chats.lines(number=number, part=here.part)
        talk = chats.talk(number=number, place=here.place, part=here.part, lines=lines, now=timezone.now())
        open_id = chosen or (talk.newest.pk if talk.newest else None)
        found = _handling(number, open_id)
    context: dict[str, Any] = {
        "place": here.place,
        "part": here.part,
        "here": here.query,
        "talk": talk,
        "lines": lines,
        "handling": found,
        "chosen": chosen,
        "looks": looks + 1,
        "after": after,
        "delay": _delay(talk, looks, after, asked=is_partial(request)),
        "gave_up": talk.is_pending and looks >= _LOOKS,
        "is_live": is_partial(request),
    }
    if not talk.is_pending:
        context["after"], context["looks"] = after + 1, 0
    if not is_partial(request):
        context |= {
            "panels": shadow.panels_of(tenant=request.tenant, shadow=played),
            "examples": examples_of(here.place, here.part),
            "places": PLACES.values(),
        }
    return context


def _delay(talk: chats.Talk, looks: int, after: int, *, asked: bool) -> str:
    """When to look again; empty for not at all."""
    if talk.is_pending:
        if looks >= _LOOKS:
            return ""
        return "250ms" if looks < _FAST_LOOKS else "1500ms"
    return "900ms" if asked and after < _AFTER else ""


def _handling(number: Any, message_id: int | None) -> Handling | None:
    if message_id is None:
        return None
    try:
        return handling(number=number, message_id=message_id)
    except InboxMessage.DoesNotExist:
        return None


def _here(chat: str, actor: str) -> _Here:
    """What the address names; the customer's own chat where it names nothing that is there."""
    place = PLACES.get(chat) or PLACES["direct"]
    return _Here(place, next((one for one in place.parts if one.key == actor), place.parts[0]))


def _place_at(wa_id: str) -> Place:
    return next((place for place in PLACES.values() if place.group == wa_id), PLACES["direct"])


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
