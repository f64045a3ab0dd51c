from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.urls import path

from botcore.api.logs import log_out
from botcore.domain.overview import Activity, Bot, Course, Waiting
from botcore.domain.setup import Setup, StepName, StepState
from botcore.enums import Action
from botcore.schemas.logs import LogOut
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.site import overview
from smmbot.site.api.health import NumberHealthOut, number_out
from tenants.permissions import Permission


class BotOut(TypedDict):
    """number: the one that speaks for the account."""

    is_online: bool
    uptime_s: int
    number: NumberHealthOut | None
    numbers_live: int
    chat_mode: str
    ai_provider: str
    verified_users: int
    groups: int
    groups_on: int


class CourseOut(TypedDict):
    """change_percent: against yesterday by this time."""

    today: int
    yesterday: int
    yesterday_by_now: int
    change_percent: int | None
    by_hour: Sequence[int]
    yesterday_by_hour: Sequence[int]


class ActionCountOut(TypedDict):
    action: Annotated[str, one_of(Action)]
    count: int


class ActivityOut(TypedDict):
    day_began: datetime
    messages: CourseOut
    actions: CourseOut
    by_action: list[ActionCountOut]


class WaitingOut(TypedDict):
    """Counted to 500."""

    open: int
    escalated: int
    money_decisions: int
    provider_replies: int
    oldest: list[LogOut]


class StepOut(TypedDict):
    """found: what is so; fix: what to do, empty when all is well."""

    name: Annotated[str, one_of(StepName)]
    title: str
    state: Annotated[str, one_of(StepState)]
    found: str
    fix: str
    details: list[str]


class SetupOut(TypedDict):
    is_complete: bool
    done: int
    panel_checked_at: datetime | None
    steps: list[StepOut]


class OverviewOut(TypedDict):
    bot: BotOut
    activity: ActivityOut
    waiting: WaitingOut
    setup: SetupOut


def bot_out(bot: Bot) -> BotOut:
    return {
        "is_online": bot.is_online,
        "uptime_s": int(bot.uptime_s),
        "number": number_out(bot.number) if bot.number else None,
        "numbers_live": bot.live,
        "chat_mode": bot.chat_mode,
        "ai_provider": bot.ai_provider,
        "verified_users": bot.verified_users,
        "groups": bot.groups,
        "groups_on": bot.groups_on,
    }


def course_out(course: Course) -> CourseOut:
    return {
        "today": course.total,
        "yesterday": course.total_yesterday,
        "yesterday_by_now": course.by_now,
        "change_percent": course.change_percent,
        "by_hour": course.today,
        "yesterday_by_hour": course.yesterday,
    }


def activity_out(activity: Activity) -> ActivityOut:
    return {
        "day_began": activity.start,
        "messages": course_out(activity.messages),
        "actions": course_out(activity.actions),
        "by_action": [{"action": action.value, "count": count} for action, count in activity.by_action],
    }


def waiting_out(waiting: Waiting) -> WaitingOut:
    return {
        "open": waiting.open,
        "escalated": waiting.escalated,
        "money_decisions": waiting.money,
        "provider_replies": waiting.provider_replies,
        "oldest": [log_out(log) for log in waiting.oldest],
    }


def setup_out(found: Setup) -> SetupOut:
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


@endpoint("GET", needs=Permission.BOT_OVERVIEW, out=OverviewOut)
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
