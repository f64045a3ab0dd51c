from botcore.models.approval import Approval
from botcore.models.bot_config import BotConfig
from botcore.models.chat import Chat
from botcore.models.confirmation import Confirmation
from botcore.models.embedded_send import EmbeddedSend
from botcore.models.embedded_session import EmbeddedSession
from botcore.models.ended_session import EndedSession
from botcore.models.gateway import Gateway
from botcore.models.group import Group
from botcore.models.group_member import GroupMember
from botcore.models.kept_webhook import KeptWebhook
from botcore.models.llm_usage import LlmUsage
from botcore.models.message import InboxMessage, OutboxMessage
from botcore.models.message_log import LogStatusChange, MessageLog, SerialCounter
from botcore.models.message_template import MessageTemplate
from botcore.models.order_act import OrderAct
from botcore.models.order_watch import OrderWatch
from botcore.models.platform_llm import PlatformLlm
from botcore.models.provider_request import ProviderRequest
from botcore.models.sandbox_message import SandboxMessage, SandboxSession
from botcore.models.team_notice import TeamNotice
from botcore.models.whatsapp_number import WhatsAppNumber

__all__ = [
    "Approval",
    "BotConfig",
    "Chat",
    "Confirmation",
    "EmbeddedSend",
    "EmbeddedSession",
    "EndedSession",
    "Gateway",
    "Group",
    "GroupMember",
    "InboxMessage",
    "KeptWebhook",
    "LlmUsage",
    "LogStatusChange",
    "MessageLog",
    "MessageTemplate",
    "OrderAct",
    "OrderWatch",
    "OutboxMessage",
    "PlatformLlm",
    "ProviderRequest",
    "SandboxMessage",
    "SandboxSession",
    "SerialCounter",
    "TeamNotice",
    "WhatsAppNumber",
]
