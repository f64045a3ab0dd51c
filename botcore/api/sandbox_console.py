"""Play a chat with the bot: nothing of it reaches WhatsApp, and each message tells how it was handled."""

from django.urls import path

from botcore.errors import (
    NobodyThere,
    NoSuchPlaygroundPanel,
    PlaygroundClosed,
    PlaygroundNotStored,
    PlaygroundTooFast,
)
from botcore.models import WhatsAppNumber
from botcore.sandbox.playground import chats, shadow
from botcore.sandbox.playground.chats import Bubble
from botcore.sandbox.playground.places import PLACES, Part, Place, place_of
from botcore.sandbox.playground.say import say
from botcore.sandbox.playground.shadow import PanelChoice
from botcore.sandbox.playground.trace import Handling, handling
from botcore.schemas.sandbox_console import (
    BubbleOut,
    ClearedOut,
    HandlingOut,
    SandboxChatOut,
    SandboxChatQuery,
    SandboxMessageIn,
    TalkOut,
)
from smmbot.api.answers import listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, endpoint, methods, ok
from smmbot.api.errors import not_found, translates
from tenants.permissions import Permission

translates(NobodyThere, status=400)
translates(NoSuchPlaygroundPanel, status=409)
translates(PlaygroundClosed, status=403)
translates(PlaygroundTooFast, status=429)
translates(PlaygroundNotStored, status=503)


@endpoint(
    "POST", needs=Permission.MANAGE_BOT, body=SandboxMessageIn, answers=(202, 400, 409, 429), out=HandlingOut
)
def say_something(request: ApiRequest) -> ApiResult:
    """Say something in the sandbox. The answer takes a moment: ask for the message by its id."""
    asked: SandboxMessageIn = request.body
    tenant, place = request.caller.tenant, place_of(asked.chat)
    message = say(
        tenant=tenant,
        place=place,
        part=place.part(asked.actor),
        text=asked.text,
        panel=PanelChoice(asked.panel) if asked.panel else _used_last(request),
        play_as=asked.play_as.strip(),
        quoted_id=asked.quoted_id,
        now=request.now,
    )
    with shadow.inside(tenant) as (_, number):
        return accepted(handling_out(handling(number=number, message_id=message.pk)))


@endpoint("GET", needs=Permission.MANAGE_BOT, answers=(200, 404), out=HandlingOut)
def get_message(request: ApiRequest, message_id: int) -> ApiResult:
    """Read a message with its answers, its requests and how it was handled, step by step."""
    with shadow.inside(request.caller.tenant) as (_, number):
        return ok(handling_out(handling(number=number, message_id=message_id)))


@endpoint("GET", needs=Permission.MANAGE_BOT, out=listed(SandboxChatOut))
def list_chats(request: ApiRequest) -> ApiResult:
    """List the sandbox's chats, who can be played in each, and what the bot said there last."""
    with shadow.inside(request.caller.tenant) as (_, number):
        rows = [chat_out(line) for line in chats.lines(number=number, part=PLACES["direct"].parts[0])]
    return ok(whole(rows))


@endpoint("GET", needs=Permission.MANAGE_BOT, query=SandboxChatQuery, answers=(200, 400, 404), out=TalkOut)
def get_chat(request: ApiRequest, chat: str) -> ApiResult:
    """Read a chat's newest messages, the oldest first."""
    place, part = _named(request, chat)
    with shadow.inside(request.caller.tenant) as (_, number):
        return ok(_talk_out(number, place, part, request))


@endpoint(
    "DELETE", needs=Permission.MANAGE_BOT, query=SandboxChatQuery, answers=(200, 400, 404), out=ClearedOut
)
def clear_chat(request: ApiRequest, chat: str) -> ApiResult:
    """Empty a chat; the bot forgets its requests and their cool-downs."""
    place, part = _named(request, chat)
    with shadow.inside(request.caller.tenant) as (_, number):
        return ok({"deleted": chats.clear(number=number, place=place, part=part)})


def _named(request: ApiRequest, chat: str) -> tuple[Place, Part]:
    if chat not in PLACES:
        raise not_found("chat_not_found", f"There is no such chat: {', '.join(PLACES)}.")
    asked: SandboxChatQuery = request.query
    return PLACES[chat], PLACES[chat].part(asked.actor) if asked.actor else PLACES[chat].parts[0]


def _used_last(request: ApiRequest) -> PanelChoice:
    tenant = request.caller.tenant
    chosen = shadow.panels_of(tenant=tenant, shadow=shadow.shadow_of(tenant)).chosen
    if chosen is None:
        raise NoSuchPlaygroundPanel
    return chosen


def _talk_out(number: WhatsAppNumber, place: Place, part: Part, request: ApiRequest) -> TalkOut:
    talk = chats.talk(number=number, place=place, part=part, now=request.now)
    return {
        "chat": place.key,
        "actor": part.key,
        "is_pending": talk.is_pending,
        "messages": [bubble_out(one) for one in talk.bubbles],
    }


def chat_out(line: chats.ChatLine) -> SandboxChatOut:
    return {
        "chat": line.place.key,
        "name": line.place.name,
        "actors": [{"actor": one.key, "name": one.actor.name, "is": one.what} for one in line.place.parts],
        "last_said": line.text,
        "last_said_at": line.at,
    }


def bubble_out(bubble: Bubble) -> BubbleOut:
    return {
        "wa_id": bubble.wa_id,
        "from": bubble.name,
        "is_bot": bubble.is_bot,
        "text": bubble.text,
        "at": bubble.at,
        "message_id": bubble.message_id,
        "quotes": bubble.quoted[1] if bubble.quoted else None,
        "note": bubble.note,
    }


def handling_out(one: Handling) -> HandlingOut:
    return {
        "id": one.message.pk,
        "wa_id": one.message.wa_message_id,
        "text": one.message.text,
        "from": one.message.sender_name,
        "state": one.message.state,
        "received_at": one.message.received_at,
        "handled_ms": one.handled_ms,
        "delivered_ms": one.delivered_ms,
        "panel_calls": one.panel_calls,
        "panel_ms": one.panel_ms,
        "tokens": one.tokens,
        "cost_usd": str(one.cost_usd),
        "answers": [
            {"wa_id": reply.wa_message_id, "text": reply.text, "state": reply.state, "to": reply.chat.wa_id}
            for reply in one.replies
        ],
        "passed_on": [
            {"provider": row.provider.name, "order_id": row.order_id, "action": row.action}
            for row in one.passed_on
        ],
        "logs": [
            {
                "serial": log.serial,
                "action": log.action,
                "outcome": log.outcome,
                "order_id": log.order_id,
                "support_status": log.support_status,
                "took_ms": log.took_ms,
            }
            for log in one.logs
        ],
        "trace": [
            {
                "title": step.title,
                "text": step.text,
                "at_ms": step.at_ms,
                "ms": step.ms,
                "facts": dict(step.facts),
            }
            for step in one.steps
        ],
    }


urlpatterns = [
    path("sandbox/messages", methods(say_something), name="api_sandbox_messages"),
    path("sandbox/messages/<int:message_id>", methods(get_message), name="api_sandbox_message"),
    path("sandbox/chats", methods(list_chats), name="api_sandbox_chats"),
    path("sandbox/chats/<str:chat>", methods(get_chat, clear_chat), name="api_sandbox_chat"),
]
