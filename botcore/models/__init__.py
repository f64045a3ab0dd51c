from botcore.models.bot_config import BotConfig
from botcore.models.chat import Chat
from botcore.models.group import Group
from botcore.models.message import InboxMessage, OutboxMessage
from botcore.models.message_log import LogStatusChange, MessageLog, SerialCounter
from botcore.models.message_template import MessageTemplate
from botcore.models.order_act import OrderAct
from botcore.models.sandbox_message import SandboxMessage, SandboxSession
from botcore.models.whatsapp_number import WhatsAppNumber

__all__ = [
    "BotConfig",
    "Chat",
    "Group",
    "InboxMessage",
    "LogStatusChange",
    "MessageLog",
    "MessageTemplate",
    "OrderAct",
    "OutboxMessage",
    "SandboxMessage",
    "SandboxSession",
    "SerialCounter",
    "WhatsAppNumber",
]
