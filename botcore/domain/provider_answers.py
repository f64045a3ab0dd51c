"""The closed loop: a provider's answer finds the requests it is about, the log, and the customer who asked."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from botcore.domain import outbox, replies, support_status, team_notices
from botcore.domain.answer_rules import classify
from botcore.domain.config import Config
from botcore.domain.replies import Answer
from botcore.enums import Action, ProviderAnswer, SupportStatus
from botcore.models import Chat, InboxMessage, MessageLog, OutboxMessage, ProviderRequest, WhatsAppNumber
from providers.models import SmmProvider

# An answer after that long is about something else.
OPEN_FOR = timedelta(days=14)
_OID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{2,99}")
_TOLD = {
    ProviderAnswer.DONE: "is done",
    ProviderAnswer.IN_PROGRESS: "is being worked on",
    ProviderAnswer.REFUSED: "was refused",
    ProviderAnswer.NEEDS_INFO: "needs more information from us",
}


def is_provider_group(*, tenant_id: int, wa_id: str) -> bool:
    return SmmProvider.objects.filter(tenant_id=tenant_id, group_wa_id=wa_id).exclude(group_wa_id="").exists()


@transaction.atomic
def take(*, message: InboxMessage, chat: Chat, config: Config, now: datetime) -> list[ProviderRequest]:
    """Read a message in a provider's group as an answer. Returns the requests it settled; none when it is about none.

    It is about the orders of the message it quotes, or about those whose provider OID it names.
    """
    found = _requests_meant(message, chat)
    if not found:
        return []
    answer = classify(message.text)
    for request in found:
        request.answer, request.answer_text, request.answered_at = answer, message.text[:2000], now
    ProviderRequest.objects.bulk_update(found, ["answer", "answer_text", "answered_at"])
    _write_to_logs(found, answer, message.text, now)
    if config["tell_provider_answers"] and answer in _TOLD:
        _tell_customers(found, answer, now)
    if answer in (ProviderAnswer.NEEDS_INFO, ProviderAnswer.REFUSED, ProviderAnswer.UNCLEAR):
        _tell_team(found, answer, chat.number, now)
    return found


def _requests_meant(message: InboxMessage, chat: Chat) -> list[ProviderRequest]:
    rows = (
        ProviderRequest.objects.select_for_update(of=("self",))
        .select_related("message__chat", "provider")
        .filter(
            tenant_id=message.tenant_id,
            sent_as__chat__wa_id=chat.wa_id,
            created_at__gte=timezone.now() - OPEN_FOR,
        )
        .order_by("-pk")
    )
    if message.quoted_id:
        quoted = list(rows.filter(sent_as__wa_message_id=message.quoted_id))
        named = _named(quoted, message.text)
        if quoted:
            return named or quoted
    tokens = set(_OID.findall(message.text))
    newest: dict[str, ProviderRequest] = {}
    for request in rows.filter(provider_oid__in=tokens) if tokens else ():
        newest.setdefault(request.provider_oid, request)
    return list(newest.values())


def _named(requests: Sequence[ProviderRequest], text: str) -> list[ProviderRequest]:
    """Of the orders of one message, those the answer names: "3155 done, 3154 rejected" is not about all."""
    tokens = set(_OID.findall(text))
    return [request for request in requests if request.provider_oid in tokens]


def _write_to_logs(
    found: Sequence[ProviderRequest], answer: ProviderAnswer, text: str, now: datetime
) -> None:
    """The rows of these orders keep the provider's words; what is done is resolved."""
    logs = MessageLog.objects.select_for_update().filter(
        tenant_id=found[0].tenant_id, order_id__in=[request.order_id for request in found]
    )
    open_logs = [
        row for row in logs if row.support_status not in support_status.CLOSED and _is_about(row, found)
    ]
    for row in open_logs:
        row.facts = {**row.facts, "provider_answer": answer.value, "provider_said": text[:500]}
        row.is_priority = row.is_priority or answer == ProviderAnswer.REFUSED
    MessageLog.objects.bulk_update(open_logs, ["facts", "is_priority"])
    if answer == ProviderAnswer.DONE:
        for row in open_logs:
            support_status.set_for_log(
                tenant_id=row.tenant_id,
                log_id=row.pk,
                status=SupportStatus.RESOLVED,
                by_user_id=None,
                now=now,
            )


def _is_about(row: MessageLog, found: Sequence[ProviderRequest]) -> bool:
    """The answer is about what was asked of the provider; an escalation asked about everything that is open.

    Never about money that waits for the team's decision: a refill that is done settles no refund.
    """
    asked = {request.action for request in found if request.order_id == row.order_id}
    return bool(asked & {row.action, Action.ESCALATION}) and "awaiting" not in row.facts


def _tell_customers(found: Sequence[ProviderRequest], answer: ProviderAnswer, now: datetime) -> None:
    """Each customer's chat hears of its own orders, in one message, without the provider's name or words."""
    by_message: dict[int, list[ProviderRequest]] = defaultdict(list)
    for request in found:
        if request.message_id is not None:
            by_message[request.message_id].append(request)
    for requests in by_message.values():
        asked = requests[0].message
        if asked is None:
            continue
        answers = [
            Answer(
                "provider_update_to_customer",
                {"action": request.get_action_display().lower(), "update": _TOLD[answer]},
                request.order_id,
            )
            for request in requests
        ]
        outbox.queue_to_chat(
            chat=asked.chat, text=replies.render(answers), quoted_id=asked.wa_message_id, now=now
        )


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


def tenants_waiting() -> list[int]:
    """Tenants with requests no provider has answered yet. Call it across tenants."""
    rows = ProviderRequest.objects.filter(answered_at__isnull=True, alerted_at__isnull=True)
    return sorted(set(rows.values_list("tenant_id", flat=True)))


def follow_up(*, tenant_id: int, config: Config, now: datetime) -> int:
    """Remind providers that keep silent, once; then alert the team, once. Returns how many requests were touched."""
    wait = timedelta(hours=config["provider_reminder_hours"])
    silent = ProviderRequest.objects.filter(
        tenant_id=tenant_id, answered_at__isnull=True, created_at__gte=now - OPEN_FOR
    ).select_related("provider", "sent_as__chat", "sent_as__number")
    return _remind(silent.filter(reminded_at__isnull=True, created_at__lt=now - wait), now) + _alert(
        silent.filter(reminded_at__lt=now - wait, alerted_at__isnull=True), now
    )


def _remind(rows: QuerySet[ProviderRequest], now: datetime) -> int:
    """One polite line a message sent, quoting it. Claimed first: two of us remind once."""
    by_sent: dict[OutboxMessage, list[ProviderRequest]] = defaultdict(list)
    for request in rows[:500]:
        by_sent[request.sent_as].append(request)
    count = 0
    for sent, requests in by_sent.items():
        with transaction.atomic():
            claimed = ProviderRequest.objects.filter(
                pk__in=[request.pk for request in requests], reminded_at__isnull=True
            ).update(reminded_at=now)
            if claimed:
                oids = ",".join(request.provider_oid for request in requests)
                outbox.queue_to_chat(
                    chat=sent.chat, text=f"{oids} any update, please?", quoted_id=sent.wa_message_id, now=now
                )
        count += claimed
    return count


def _alert(rows: QuerySet[ProviderRequest], now: datetime) -> int:
    by_provider: dict[SmmProvider, list[ProviderRequest]] = defaultdict(list)
    for request in rows[:500]:
        by_provider[request.provider].append(request)
    count = 0
    for provider, requests in by_provider.items():
        with transaction.atomic():
            claimed = ProviderRequest.objects.filter(
                pk__in=[request.pk for request in requests], alerted_at__isnull=True
            ).update(alerted_at=now)
            if claimed:
                orders = ", ".join(str(request.order_id) for request in requests[:30])
                team_notices.tell(
                    tenant_id=provider.tenant_id,
                    number=requests[0].sent_as.number,
                    text=f"{provider.name} does not answer, even when reminded.\nOrders: {orders}",
                    now=now,
                )
        count += claimed
    return count
