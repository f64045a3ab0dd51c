"""The phone of anybody in the demo, for scripts: the code of a sign-up arrives there."""

from django.conf import settings
from django.urls import path

from botcore.sandbox import phone_inbox
from botcore.sandbox.phone_inbox import PhoneChat
from botcore.schemas.sandbox_phone import PhoneChatOut, PhoneQuery
from smmbot.api.answers import listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.errors import not_found


@endpoint("GET", is_public=True, query=PhoneQuery, answers=(200, 404), out=listed(PhoneChatOut))
def list_chats(request: ApiRequest) -> ApiResult:
    """Read what a sandbox phone received, the newest chat first. In the demo alone: elsewhere 404."""
    if not settings.DEMO:
        raise not_found("no_such_address", "Phones are played in the demo alone.")
    digits = phone_inbox.digits_of(request.query.phone)
    return ok(whole([chat_out(one) for one in phone_inbox.chats(digits=digits)] if digits else []))


def chat_out(chat: PhoneChat) -> PhoneChatOut:
    return {
        "name": chat.name,
        "phone": chat.phone,
        "messages": [{"text": one.text, "at": one.created_at} for one in chat.messages],
    }


urlpatterns = [path("sandbox-phone", methods(list_chats), name="api_sandbox_phone")]
