"""The closed loop: a provider's answer finds the requests it is about, the log, and the customer who asked."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from botcore.domain import notices, support_status, team_notices
from botcore.domain.answer_rules import classify
from botcore.domain.config import Config
from botcore.domain.replies import Answer
from botcore.enums import TEAM_ACTIONS, Action, ProviderAnswer, SupportStatus
from botcore.models import Chat, InboxMessage, MessageLog, ProviderRequest, WhatsAppNumber

# An answer after that long is about something else.
OPEN_FOR = timedelta(days=14)
_OID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{2,99}")
_TOLD = {
    ProviderAnswer.DONE: "is done",
    ProviderAnswer.IN_PROGRESS: "is being worked on",
    ProviderAnswer.REFUSED: "was refused",
    ProviderAnswer.NEEDS_INFO: "needs more information from us",
}
_FOR_THE_TEAM = (ProviderAnswer.NEEDS_INFO, ProviderAnswer.REFUSED, ProviderAnswer.UNCLEAR)
_FINAL = (ProviderAnswer.DONE, ProviderAnswer.REFUSED)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the provider said of one order, with the open log rows it is about."""

    request: ProviderRequest
    answer: ProviderAnswer
    rows: tuple[MessageLog, ...]


@transaction.atomic
def take(*, message: InboxMessage, chat: Chat, config: Config, now: datetime) -> list[ProviderRequest]:
    """Read a message in a provider's group as an answer. Returns the requests it answers; none when it is about none.

    It is about the orders of the message it quotes (our request or our reminder), or about those whose provider OID
    it names. Each order named gets the verdict of the words beside it.
    """
    found = _requests_meant(message, chat)
    if not found:
        return []
    answers = answers_by_oid(message.text, {request.provider_oid for request in found})
    for request in found:
        request.answer = answers[request.provider_oid]
        request.answer_text, request.answered_at = message.text[:2000], now
    ProviderRequest.objects.bulk_update(found, ["answer", "answer_text", "answered_at"])
    verdicts = _with_rows(found)
    _write_to_logs(verdicts, message.text, now)
    if config["tell_provider_answers"]:
        _tell_customers(verdicts, config, now)
    for answer in _FOR_THE_TEAM:
        if about := [request for request in found if request.answer == answer]:
            _tell_team(about, answer, chat.number, now)
    return found


def latest(*, tenant_id: int, action: Action, order_ids: Sequence[int]) -> dict[int, ProviderAnswer]:
    """The provider's newest word in its group on this action, for the orders it said one on."""
    rows = (
        ProviderRequest.objects.filter(tenant_id=tenant_id, action=action, order_id__in=order_ids)
        .exclude(answer="")
        .order_by("order_id", "-pk")
        .distinct("order_id")
    )
    return {row.order_id: ProviderAnswer(row.answer) for row in rows}


def answers_by_oid(text: str, oids: set[str]) -> dict[str, ProviderAnswer]:
    """Read what is said of each order: "3155 done, 3154 rejected" is two answers, "3155, 3154: done" is one.

    An id's words are those up to the next id; an id with none of its own shares those of the ids after it, the last
    ones those before the first.
    """
    places = [match for match in _OID.finditer(text) if match[0] in oids]
    if len({match[0] for match in places}) < 2:
        return dict.fromkeys(oids, classify(text))
    answers: dict[str, ProviderAnswer] = {}
    verdict = classify(text[: places[0].start()])
    for at in range(len(places) - 1, -1, -1):
        end = places[at + 1].start() if at + 1 < len(places) else len(text)
        own = classify(text[places[at].end() : end])
        verdict = verdict if own == ProviderAnswer.UNCLEAR else own
        answers[places[at][0]] = verdict
    return {oid: answers.get(oid, ProviderAnswer.UNCLEAR) for oid in oids}


def _requests_meant(message: InboxMessage, chat: Chat) -> list[ProviderRequest]:
    """Requests still waiting for a final word, asked in this group. What is settled stays so when it is named again."""
    rows = (
        ProviderRequest.objects.select_for_update(of=("self",))
        .select_related("message__chat__group", "provider")
        .filter(
            tenant_id=message.tenant_id,
            sent_as__chat__wa_id=chat.wa_id,
            created_at__gte=timezone.now() - OPEN_FOR,
        )
        .exclude(answer__in=_FINAL)
        .order_by("-pk")
    )
    named = set(_OID.findall(message.text))
    if message.quoted_id and (quoted := _quoted(rows, message.quoted_id)):
        return [request for request in quoted if request.provider_oid in named] or quoted
    return list(rows.filter(provider_oid__in=named)) if named else []


def _quoted(rows: QuerySet[ProviderRequest], quoted_id: str) -> list[ProviderRequest]:
    return list(rows.filter(Q(sent_as__wa_message_id=quoted_id) | Q(reminder__wa_message_id=quoted_id)))


def _with_rows(found: Sequence[ProviderRequest]) -> list[_Verdict]:
    rows = (
        MessageLog.objects.select_for_update(of=("self",))
        .select_related("message__chat__group")
        .filter(tenant_id=found[0].tenant_id, order_id__in=[request.order_id for request in found])
        .exclude(support_status__in=support_status.CLOSED)
    )
    of_order: dict[int | None, list[MessageLog]] = defaultdict(list)
    for row in rows:
        of_order[row.order_id].append(row)
    return [
        _Verdict(
            request,
            ProviderAnswer(request.answer),
            tuple(row for row in of_order[request.order_id] if _is_about(row, request)),
        )
        for request in found
    ]


def _is_about(row: MessageLog, request: ProviderRequest) -> bool:
    """The answer is about what was asked of the provider; an escalation asked about everything that is open.

    Never about money that waits for the team's decision: a refill that is done settles no refund.
    """
    return request.action in (row.action, Action.ESCALATION) and "awaiting" not in row.facts


def _write_to_logs(verdicts: Sequence[_Verdict], text: str, now: datetime) -> None:
    """The rows keep the provider's words; what is done is resolved."""
    told = {row.pk: (row, verdict.answer) for verdict in verdicts for row in verdict.rows}
    for row, answer in told.values():
        row.facts = {**row.facts, "provider_answer": answer.value, "provider_said": text[:500]}
        row.is_priority = row.is_priority or answer == ProviderAnswer.REFUSED
    MessageLog.objects.bulk_update([row for row, _ in told.values()], ["facts", "is_priority"])
    for row, answer in told.values():
        if answer == ProviderAnswer.DONE:
            support_status.set_for_log(
                tenant_id=row.tenant_id,
                log_id=row.pk,
                status=SupportStatus.RESOLVED,
                by_user_id=None,
                now=now,
            )


def _tell_customers(verdicts: Sequence[_Verdict], config: Config, now: datetime) -> None:
    """Each message that asked hears of its own orders, at once, without the provider's name or words."""
    news: dict[InboxMessage, dict[int, Answer]] = defaultdict(dict)
    for verdict in verdicts:
        for asked, action in _asked_by(verdict):
            if verdict.answer in _TOLD:
                news[asked][verdict.request.order_id] = Answer(
                    "provider_update_to_customer",
                    {"action": action.lower(), "update": _TOLD[verdict.answer]},
                    verdict.request.order_id,
                )
    for asked, answers in news.items():
        notices.tell(
            chat=asked.chat,
            answers=list(answers.values()),
            config=config,
            now=now,
            quoted_id=asked.wa_message_id,
        )


def _asked_by(verdict: _Verdict) -> list[tuple[InboxMessage, str]]:
    """The customers' messages behind it, with what they asked for. An escalation was the staff's own message."""
    request = verdict.request
    if request.action != Action.ESCALATION:
        return [(request.message, request.get_action_display())] if request.message else []
    rows = [row for row in verdict.rows if row.action not in TEAM_ACTIONS and row.action != Action.ORDER]
    return [(row.message, row.get_action_display()) for row in rows if row.message]


def _tell_team(
    found: Sequence[ProviderRequest], answer: ProviderAnswer, number: WhatsAppNumber, now: datetime
) -> None:
    orders = ", ".join(str(request.order_id) for request in found[:20])
    team_notices.tell(
        tenant_id=found[0].tenant_id,
        number=number,
        text=f"{found[0].provider.name} · {answer.label}\nOrders: {orders}\n“{found[0].answer_text[:300]}”",
        now=now,
    )
