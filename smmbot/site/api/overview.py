from typing import Any

from django.urls import path

from botcore.domain.overview import Activity, Bot, Course, Waiting
from botcore.domain.setup import Setup
from botcore.models import MessageLog
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.site import overview
from tenants.permissions import Permission


def bot_out(bot: Bot) -> dict[str, Any]:
    number = bot.number
    return {
        "is_online": bot.is_online,
        "uptime_s": int(bot.uptime_s),
        "number": None
        if number is None
        else {"id": number.pk, "name": str(number), "state": number.state, "since": number.state_at},
        "numbers_live": bot.live,
        "chat_mode": bot.chat_mode,
        "ai_provider": bot.ai_provider,
        "verified_users": bot.verified_users,
        "groups": bot.groups,
        "groups_on": bot.groups_on,
    }


def course_out(course: Course) -> dict[str, Any]:
    return {
        "today": course.total,
        "yesterday": course.total_yesterday,
        "yesterday_by_now": course.by_now,
        "change_percent": course.change_percent,
        "by_hour": course.today,
        "yesterday_by_hour": course.yesterday,
    }


def activity_out(activity: Activity) -> dict[str, Any]:
    return {
        "day_began": activity.start,
        "messages": course_out(activity.messages),
        "actions": course_out(activity.actions),
        "by_action": [{"action": action.value, "count": count} for action, count in activity.by_action],
    }


def oldest_out(log: MessageLog) -> dict[str, Any]:
    return {
        "id": log.pk,
        "serial": log.serial,
        "action": log.action,
        "order_id": log.order_id,
        "provider": log.provider,
        "support_status": log.support_status,
        "is_priority": log.is_priority,
        "created_at": log.created_at,
    }


def waiting_out(waiting: Waiting) -> dict[str, Any]:
    return {
        "open": waiting.open,
        "escalated": waiting.escalated,
        "money_decisions": waiting.money,
        "provider_replies": waiting.provider_replies,
        "oldest": [oldest_out(log) for log in waiting.oldest],
    }


def setup_out(found: Setup) -> dict[str, Any]:
    return {
        "is_complete": found.is_complete,
        "done": found.done,
        "panel_checked_at": found.panel_checked_at,
        "steps": [
            {
                "name": step.name.value,
                "title": step.title,
                "state": step.state.value,
                "found": step.found,
                "fix": step.fix,
                "details": list(step.more),
            }
            for step in found.steps
        ],
    }


@endpoint("GET", needs=Permission.BOT_OVERVIEW)
def show(request: ApiRequest) -> ApiResult:
    """How the bot is, what happened today, what waits, and what is left to set up.

    Days begin at the account's time zone. What waits is counted to 500. The panel is not called: POST
    /api/v1/config/validate-panel does that.
    """
    shown = overview.read(tenant=request.caller.tenant, now=request.now)
    return ok(
        {
            "bot": bot_out(shown.bot),
            "activity": activity_out(shown.activity),
            "waiting": waiting_out(shown.waiting),
            "setup": setup_out(shown.setup),
        }
    )


urlpatterns = [path("overview", methods(show), name="api_overview")]
