"""The closed loop: a provider's answer finds the requests it is about, the log, and the customer who asked."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from botcore.domain import notices, support_status, team_notices
from botcore.domain.answer_parts import answers_by_oid, ids_in
from botcore.domain.config import Config
from botcore.domain.replies import Answer
from botcore.enums import REQUESTS, Action, ProviderAnswer, SupportStatus
from botcore.models import Chat, InboxMessage, MessageLog, ProviderRequest, WhatsAppNumber

# An answer after that long is about something else.
OPEN_FOR = timedelta(days=14)
LONGEST = 4000
_TOLD = {
    ProviderAnswer.DONE: "is done",
    ProviderAnswer.IN_PROGRESS: "is being worked on",
    ProviderAnswer.REFUSED: "was refused",
    ProviderAnswer.NEEDS_INFO: "needs more information from us",
}
# The provider has agreed; that the money is back only the panel can say.
_AGREED = "was accepted. Your balance follows as soon as the panel shows it"
_PAYS_BACK = (Action.CANCEL, Action.REFUND, Action.PARTIAL)
_FOR_THE_TEAM = (ProviderAnswer.NEEDS_INFO, ProviderAnswer.REFUSED, ProviderAnswer.UNCLEAR)
_FINAL = (ProviderAnswer.DONE, ProviderAnswer.REFUSED)
# Where one order waits for several things, the word that tells which of them is meant.
_SPOKEN_OF = {
    Action.REFILL: re.compile(r"re-?fill", re.IGNORECASE),
    Action.CANCEL: re.compile(r"cancel", re.IGNORECASE),
    Action.SPEED_UP: re.compile(r"speed|sped|boost|push|fast", re.IGNORECASE),
    Action.REFUND: re.compile(r"refund", re.IGNORECASE),
    Action.PARTIAL: re.compile(r"partial", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the provider said of one order, with the open log rows it is about. is_news: it said no such thing yet."""

    request: ProviderRequest
    answer: ProviderAnswer
    rows: tuple[MessageLog, ...]
    is_news: bool


@dataclass(frozen=True, slots=True)
class _Meant:
    """requests: those a message is about, newest first. known: ids of ours it may speak of besides.

    unclear: requests named without a word on which of an order's several requests is meant.
    """

    requests: list[ProviderRequest]
    known: frozenset[str] = frozenset()
    unclear: frozenset[int] = frozenset()


@transaction.atomic
def take(*, message: InboxMessage, chat: Chat, config: Config, now: datetime) -> list[ProviderRequest]:
    """Read a message in a provider's group as an answer. Returns the requests it answers; none when it is about none.

    It is about the orders whose provider OID it names, or else about those of the message it quotes (our request or
    our reminder). Each order named gets the verdict of the words beside it.
    """
    text = message.text[:LONGEST]
    meant = _meant(message, text, chat, now)
    answers = answers_by_oid(text, {request.provider_oid for request in meant.requests}, meant.known)
    found, news = [], set()
    for request in meant.requests:
        answer = answers[request.provider_oid]
        if request.pk in meant.unclear and answer in _FINAL:
            answer = ProviderAnswer.UNCLEAR
        # What is settled stays so when it is named again; only a "no" may become a "done".
        if request.answer in _FINAL and (request.answer, answer) != (
            ProviderAnswer.REFUSED,
            ProviderAnswer.DONE,
        ):
            continue
        if (request.answer, request.answer_text) != (answer, text[:2000]):
            news.add(request.pk)
        request.answer, request.answer_text, request.answered_at = answer, text[:2000], now
        found.append(request)
    if not found:
        return []
    ProviderRequest.objects.bulk_update(found, ["answer", "answer_text", "answered_at"])
    verdicts = _with_rows(found, news)
    _write_to_logs(verdicts, text, now)
    if config["tell_provider_answers"]:
        _tell_customers(verdicts, config, now)
    for answer in _FOR_THE_TEAM:
        if about := [request for request in found if request.answer == answer and request.pk in news]:
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


def _meant(message: InboxMessage, text: str, chat: Chat, now: datetime) -> _Meant:
    """Requests asked in this group, settled ones too: a word about one of those must not fall on its neighbours."""
    rows = (
        ProviderRequest.objects.select_for_update(of=("self",))
        .select_related("message__chat__group", "provider")
        .filter(
            tenant_id=message.tenant_id,
            sent_as__chat__wa_id=chat.wa_id,
            created_at__gte=now - OPEN_FOR,
        )
        .order_by("-pk")
    )
    quoted = _quoted(rows, message.quoted_id) if message.quoted_id else []
    ids = ids_in(text)
    named = list(rows.filter(provider_oid__in=ids)) if ids else []
    if not named:
        return _Meant(quoted)
    of_quote = {request.provider_oid for request in quoted}
    in_quote = [request for request in named if request in quoted]
    others = [request for request in named if request.provider_oid not in of_quote]
    known = frozenset(request.provider_oid for request in (*named, *quoted))
    waiting = [request for request in others if request.answer != ProviderAnswer.DONE]
    kept, unclear = _of_one_action(waiting, text)
    return _Meant([*in_quote, *kept], known, unclear)


def _of_one_action(
    requests: Sequence[ProviderRequest], text: str
) -> tuple[list[ProviderRequest], frozenset[int]]:
    """Where an order waits for several things, keep those the text speaks of; all of them, as unclear, when it does not
    tell. An escalation asks about everything that is open."""
    by_oid: dict[str, list[ProviderRequest]] = defaultdict(list)
    for request in requests:
        by_oid[request.provider_oid].append(request)
    kept: list[ProviderRequest] = []
    unclear: set[int] = set()
    for held in by_oid.values():
        actions = {request.action for request in held} - {Action.ESCALATION}
        spoken_of = {one for one in actions if one in _SPOKEN_OF and _SPOKEN_OF[Action(one)].search(text)}
        if len(actions) > 1 and len(spoken_of) == 1:
            kept += [request for request in held if request.action in spoken_of]
            continue
        kept += held
        if len(actions) > 1:
            unclear |= {request.pk for request in held}
    return kept, frozenset(unclear)


def _quoted(rows: QuerySet[ProviderRequest], quoted_id: str) -> list[ProviderRequest]:
    return list(rows.filter(Q(sent_as__wa_message_id=quoted_id) | Q(reminder__wa_message_id=quoted_id)))


def _with_rows(found: Sequence[ProviderRequest], news: Collection[int]) -> list[_Verdict]:
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
            request.pk in news,
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
    """Each message that asked hears of its own orders, at once, without the provider's name or words.

    Who asked twice hears of it once, under the newer message.
    """
    news: dict[InboxMessage, dict[int, Answer]] = defaultdict(dict)
    told: set[tuple[int, int, str]] = set()
    for verdict in verdicts:
        if verdict.answer not in _TOLD or not verdict.is_news:
            continue
        order_id = verdict.request.order_id
        for asked, action in _asked_by(verdict):
            if (asked.chat_id, order_id, action) in told:
                continue
            told.add((asked.chat_id, order_id, action))
            spoken = {"action": action.label.lower(), "update": _update(verdict.answer, action)}
            news[asked][order_id] = Answer("provider_update_to_customer", spoken, order_id)
    for asked, answers in news.items():
        notices.tell(
            chat=asked.chat,
            answers=list(answers.values()),
            config=config,
            now=now,
            quoted_id=asked.wa_message_id,
        )


def _update(answer: ProviderAnswer, action: Action) -> str:
    return _AGREED if answer == ProviderAnswer.DONE and action in _PAYS_BACK else _TOLD[answer]


def _asked_by(verdict: _Verdict) -> list[tuple[InboxMessage, Action]]:
    """The customers' messages behind it, with what they asked for. An escalation was the staff's own message."""
    request = verdict.request
    if request.action != Action.ESCALATION:
        return [(request.message, Action(request.action))] if request.message else []
    rows = sorted(verdict.rows, key=lambda row: -row.pk)
    return [(row.message, Action(row.action)) for row in rows if row.action in REQUESTS and row.message]


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
