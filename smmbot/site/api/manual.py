from collections.abc import Sequence
from typing import Annotated

from django.urls import path

from botcore.enums import SupportStatus
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.site import manual
from tenants.enums import Role
from tenants.permissions import Permission


class CommandOut(TypedDict):
    """usage: with what it takes; say: as it is written in a chat; also: other words for it."""

    usage: str
    say: str
    summary: str
    also: Sequence[str]
    access: str
    is_for_groups: bool


class SheetOut(TypedDict):
    """text: all of it as one WhatsApp message."""

    key: str
    title: str
    lead: str
    commands: list[CommandOut]
    text: str


class RightOut(TypedDict):
    """A row of the role table."""

    label: str
    permission: Annotated[str, one_of(Permission)]
    roles: list[Annotated[str, one_of(Role)]]


class StatusOut(TypedDict):
    status: Annotated[str, one_of(SupportStatus)]
    meaning: str


class StepOfVerificationOut(TypedDict):
    title: str
    text: str


class ManualOut(TypedDict):
    sheets: list[SheetOut]
    rights: list[RightOut]
    statuses: list[StatusOut]
    verification: list[StepOfVerificationOut]


@endpoint("GET", needs=Permission.VIEW_LOGS, out=ManualOut)
def show(request: ApiRequest) -> ApiResult:
    """What can be said to the bot, who may do what, and what the statuses mean."""
    told: ManualOut = {
        "sheets": [sheet_out(one) for one in manual.sheets()],
        "rights": [
            {
                "label": row.label,
                "permission": row.permission.value,
                "roles": [role.value for role, may in zip(Role, row.allowed, strict=True) if may],
            }
            for row in manual.role_rows()
        ],
        "statuses": [{"status": status.value, "meaning": text} for status, text in manual.STATUSES],
        "verification": [{"title": title, "text": text} for title, text in manual.VERIFICATION],
    }
    return ok(told)


def sheet_out(sheet: manual.Sheet) -> SheetOut:
    return {
        "key": sheet.key,
        "title": sheet.title,
        "lead": sheet.lead,
        "commands": [
            {
                "usage": line.usage,
                "say": line.say,
                "summary": line.summary,
                "also": line.also,
                "access": line.access,
                "is_for_groups": line.is_for_groups,
            }
            for line in sheet.lines
        ],
        "text": sheet.text,
    }


urlpatterns = [path("help", methods(show), name="api_help")]
