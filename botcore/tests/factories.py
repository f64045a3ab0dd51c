"""Rows of the bot, each for the tenant of what it belongs to."""

import uuid

import factory
from django.utils import timezone

from botcore.enums import Action, ActState, ChatKind, InboxState, NumberState, OutboxState
from botcore.models import (
    BotConfig,
    Chat,
    Group,
    InboxMessage,
    MessageLog,
    OrderAct,
    OutboxMessage,
    SandboxSession,
    WhatsAppNumber,
)
from tenants.tests.factories import TenantRowFactory

_OF_CHAT = factory.SelfAttribute("chat.tenant_id")


class NumberFactory(TenantRowFactory):
    """A linked number with its session at the sandbox gateway."""

    class Meta:
        model = WhatsAppNumber
        skip_postgeneration_save = True

    driver = "sandbox"
    phone = factory.Sequence(lambda n: f"1555030{n:04d}")
    state = NumberState.OPEN

    @factory.post_generation
    def session(self, create, extracted, **kwargs):
        SandboxSession.objects.create(name=self.session_name, state=self.state, phone=self.phone)


class GroupFactory(TenantRowFactory):
    class Meta:
        model = Group

    wa_id = factory.Sequence(lambda n: f"12036309{n:010d}@g.us")
    name = factory.Sequence(lambda n: f"Group {n}")


class ChatFactory(TenantRowFactory):
    class Meta:
        model = Chat

    tenant_id = factory.SelfAttribute("number.tenant_id")
    kind = ChatKind.USER
    wa_id = factory.Sequence(lambda n: f"1555040{n:04d}@s.whatsapp.net")


class InboxMessageFactory(TenantRowFactory):
    class Meta:
        model = InboxMessage

    tenant_id = _OF_CHAT
    number = factory.SelfAttribute("chat.number")
    wa_message_id = factory.Sequence(lambda n: f"IN{n}")
    sender_phone = factory.LazyAttribute(lambda row: row.chat.wa_id.partition("@")[0])
    text = "hello"
    sent_at = factory.LazyFunction(timezone.now)
    received_at = factory.LazyFunction(timezone.now)
    state = InboxState.RECEIVED


class OutboxMessageFactory(TenantRowFactory):
    class Meta:
        model = OutboxMessage

    tenant_id = _OF_CHAT
    number = factory.SelfAttribute("chat.number")
    text = factory.Sequence(lambda n: f"reply {n}")
    state = OutboxState.QUEUED
    next_attempt_at = factory.LazyFunction(timezone.now)
    created_at = factory.LazyFunction(timezone.now)


class MessageLogFactory(TenantRowFactory):
    class Meta:
        model = MessageLog

    serial = factory.Sequence(lambda n: 100_000 + n)
    action = Action.ORDER
    outcome = "order_status"
    created_at = factory.LazyFunction(timezone.now)


class OrderActFactory(TenantRowFactory):
    class Meta:
        model = OrderAct

    tenant_id = factory.SelfAttribute("message.tenant_id")
    action = Action.REFILL
    state = ActState.QUEUED
    outcome = "refill_submitted"
    run_token = factory.LazyFunction(uuid.uuid4)
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class BotConfigFactory(TenantRowFactory):
    class Meta:
        model = BotConfig
