from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from botcore.domain import log_queries, logs, status_moves, support_status
from botcore.domain.log_queries import LogFilter
from botcore.enums import Action, ApprovalState, ChatKind, LogSource, SupportStatus
from smmbot.api.answers import TypedDict, one_of
from smmbot.api.body import Schema
from smmbot.api.pagination import PageQuery

BIGGEST_ID = 2**63 - 1
LogId = Annotated[int, Field(ge=1, le=BIGGEST_ID)]


def _in_any_spelling(value: Any) -> Any:
    """`Ticket_Created` is `ticket created`."""
    return support_status.read_status(value) or value if isinstance(value, str) else value


def _on_the_calendar(value: date | None) -> date | None:
    if value is not None and not 2000 <= value.year <= 2999:
        raise ValueError("Give a day between 2000 and 2999.")
    return value


Status = Annotated[SupportStatus, BeforeValidator(_in_any_spelling)]
Day = Annotated[date, AfterValidator(_on_the_calendar)]


class LogChoice(Schema):
    """Which rows. Days are those of the tenant's time zone."""

    date: Day | None = Field(None, description="One day: 2026-11-22.")
    date_from: Day | None = Field(None, description="From this day on.")
    date_to: Day | None = Field(None, description="Up to this day, it included.")
    action: Action | None = None
    status: Status | None = None
    priority: bool | None = None
    awaits_decision: bool = Field(False, description="Only money that waits for the team's decision.")
    provider: str = Field("", max_length=200, description="Host, as the panel names it.")
    group: int | None = Field(None, ge=1, le=BIGGEST_ID, description="A group's id.")
    customer: str = Field("", max_length=100, description="Panel username, or a phone that begins with +.")
    q: str = Field("", max_length=100, description="Order id, #serial, provider's order id, or username.")

    def wanted(self, zone: tzinfo) -> LogFilter:
        since, until = _span(self.date or self.date_from, self.date or self.date_to, zone)
        return LogFilter(
            since=since,
            until=until,
            action=self.action or "",
            status=self.status or "",
            is_priority=self.priority,
            awaits_decision=self.awaits_decision,
            provider=self.provider,
            group_id=self.group,
            customer=self.customer,
            q=self.q,
        )


def _span(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    return (
        log_queries.day(first, zone)[0] if first else None,
        log_queries.day(last, zone)[0] + timedelta(days=1) if last else None,
    )


class LogQuery(LogChoice, PageQuery):
    before: int | None = Field(
        None, ge=1, le=BIGGEST_ID, description="Rows older than this serial; how `next` goes on far down."
    )
    after: int | None = Field(
        None,
        ge=0,
        le=BIGGEST_ID,
        description="Rows newer than this serial, the oldest of them first: for asking what has come since.",
    )


class LogExportQuery(LogChoice):
    pass


class SupportStatusIn(Schema):
    status: Status


class BulkStatusIn(Schema):
    ids: list[LogId] = Field(min_length=1, max_length=status_moves.AT_ONCE)
    status: Status


class LogChange(Schema):
    memo: str = Field(max_length=logs.MAX_MEMO, description="The team's own note; empty takes it away.")


class RerunIn(Schema):
    ids: list[LogId] = Field(min_length=1, max_length=status_moves.AT_ONCE)


class LogContactOut(TypedDict):
    id: int
    name: str


class LogChatOut(TypedDict):
    """group: its id; None in a direct chat."""

    id: int
    kind: Annotated[str, one_of(ChatKind)]
    group: int | None


class LogOut(TypedDict):
    id: int
    serial: int
    created_at: datetime
    source: Annotated[str, one_of(LogSource)]
    action: Annotated[str, one_of(Action)]
    outcome: str
    order_id: int | None
    provider: str
    provider_oid: str
    customer: str
    contact: LogContactOut | None
    chat: LogChatOut | None
    support_status: Annotated[str, one_of(SupportStatus)]
    is_priority: bool
    awaits_decision: bool
    memo: str
    facts: dict[str, Any]
    took_ms: int


class StatusChangeOut(TypedDict):
    before: str
    after: Annotated[str, one_of(SupportStatus)]
    by: str | None
    source: str
    at: datetime


class ProviderRequestOut(TypedDict):
    provider: str
    action: Annotated[str, one_of(Action)]
    sent_at: datetime | None
    answer: str
    answer_text: str
    answered_at: datetime | None


class DecisionOut(TypedDict):
    """What the team decided on a request for money, and how far that came."""

    state: Annotated[str, one_of(ApprovalState)]
    by: str | None
    at: datetime


class LineOut(TypedDict):
    """One message of the conversation. is_ours: the bot's, or a person's on the linked phone; is_asked: the request
    itself; note: what is to be known of it, such as that it was not delivered."""

    at: datetime
    who: str
    text: str
    is_ours: bool
    is_asked: bool
    note: str


class WholeLogOut(LogOut):
    """may_rerun: POST /api/v1/logs/rerun would start it."""

    text: str
    may_rerun: bool
    history: list[StatusChangeOut]
    decisions: list[DecisionOut]
    provider_requests: list[ProviderRequestOut]
    conversation: list[LineOut]


class LiveOrderOut(TypedDict):
    """An order as the panel shows it now. status: the panel's own word where it is none of ours; charge: as text,
    None where the panel did not say; provider: None for a manual service."""

    order_id: int
    status: str
    service: str
    link: str
    quantity: int | None
    start_count: int | None
    remains: int | None
    charge: str | None
    charge_currency: str
    customer: str
    provider: str | None
    provider_oid: str | None
    ordered_at: datetime | None
    asked_at: datetime


class EscalationOut(TypedDict):
    """Order ids passed to their provider's group, and those without one."""

    sent: list[int]
    unsent: list[int]


class MovedLogOut(LogOut):
    """escalation: None unless it was escalated."""

    escalation: EscalationOut | None


class BulkStatusOut(TypedDict):
    """Ids by what became of them."""

    status: Annotated[str, one_of(SupportStatus)]
    changed: list[int]
    unchanged: list[int]
    unknown: list[int]
    escalation: EscalationOut | None


class RerunOut(TypedDict):
    id: int
    result: str


class RerunsOut(TypedDict):
    results: list[RerunOut]


class DecidedOut(TypedDict):
    verdict: str
    order_status: str | None
    log: LogOut
