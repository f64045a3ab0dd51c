"""Choices of the bot's rows. Values are stored and spoken: they keep the specification's spelling."""

from enum import StrEnum

from django.db.models import IntegerChoices, TextChoices


class Queue(StrEnum):
    """Celery's queues, and what each keeps apart."""

    INTERACTIVE = "interactive"  # somebody waits in a chat
    OUTBOUND = "outbound"  # sending: paced, and slow when a gateway is
    PANEL = "panel"  # tickets, watches, what was put off
    SYNC = "sync"  # catalogues: long and heavy
    MARKETING = "marketing"  # may always wait


class NumberState(TextChoices):
    """Where a WhatsApp number stands with its gateway."""

    NEW = "new", "Not linked yet"
    CONNECTING = "connecting", "Connecting"
    QR = "qr", "Waiting for the QR scan"
    PASSKEY = "passkey", "Waiting for a passkey"
    PASSKEY_CONFIRM = "passkey_confirm", "Waiting for the passkey's confirmation"
    OPEN = "open", "Live"
    CLOSED = "closed", "Connection lost"
    LOGGED_OUT = "logged_out", "Logged out"
    BANNED = "banned", "Banned by WhatsApp"


class PhoneAct(StrEnum):
    """What may happen to the phone behind a sandbox number."""

    DROP = "drop"
    RECOVER = "recover"
    LOG_OUT = "log_out"
    BAN = "ban"
    TYPE_CODE = "type_code"
    HIDDEN_MEMBER = "hidden_member"


class GatewayProblem(TextChoices):
    """Why a gateway serves nobody at the moment."""

    UNREACHABLE = "unreachable", "Does not answer"
    REFUSED = "refused", "Refuses its key"
    NOT_ACTIVATED = "not_activated", "Its licence is not activated"


class DeliveryState(TextChoices):
    """How far a sent message came, in order; `failed` ends it."""

    ACCEPTED = "accepted", "Accepted by WhatsApp"
    DELIVERED = "delivered", "Delivered"
    READ = "read", "Read"
    FAILED = "failed", "Failed"


class ChatKind(TextChoices):
    USER = "user", "Direct message"
    GROUP = "group", "Group"


class InboxState(TextChoices):
    """The life of a received message."""

    RECEIVED = "received", "Received"  # waits for its chat's drain
    WAITING = "waiting", "Working on it"  # acknowledged; runs in the background from run_at on
    HANDLED = "handled", "Handled"
    IGNORED = "ignored", "Not for the bot"
    FAILED = "failed", "Failed"  # given up after several crashes; staff see it


class OutboxState(TextChoices):
    """The life of a reply."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    UNCLEAR = "unclear", "Perhaps sent"  # the gateway did not answer: looked up, never repeated blindly
    SUPPRESSED = "suppressed", "Silent mode"
    DEAD = "dead", "Not delivered"


class OutboxPriority(IntegerChoices):
    """What goes first when a number may not send all at once."""

    SUPPORT = 10, "Support"
    NOTICE = 50, "Notice"
    MARKETING = 90, "Marketing"


class Action(TextChoices):
    """What a log row is about."""

    ORDER = "order", "Order status"
    REFILL = "refill", "Refill"
    REFILL_STATUS = "refill_status", "Refill status"
    CANCEL = "cancel", "Cancel"
    SPEED_UP = "speed_up", "Speed up"
    BALANCE = "balance", "Balance"
    SERVICES = "services", "Services"
    TICKET = "ticket", "Ticket"
    VERIFICATION = "verification", "Verification"
    MY_USERNAME = "my_username", "My username"
    HELP = "help", "Help"
    REFUND = "refund", "Refund"
    PARTIAL = "partial", "Partial refund"
    FAKE_COMPLETE = "fake_complete", "Fake complete"
    REFILL_VERIFY = "refill_verify", "Refill verify"
    PROVIDER_STATUS = "provider_status", "Provider status"
    RESOLVE = "resolve", "Resolve"
    BOT_STATUS = "bot_status", "Bot status"
    BROADCAST = "broadcast", "Broadcast"
    GROUP_FLAG = "group_flag", "Group switch"
    CONFIG = "config", "Configuration"
    USERS = "users", "Users"
    GROUPS = "groups", "Groups"
    ESCALATION = "escalation", "Escalation"
    APPROVAL = "approval", "Decision on a refund"
    FORCE_COMPLETE = "force_complete", "Force complete"  # the team's own; customers complain: FAKE_COMPLETE
    WATCH = "watch", "Order watch"
    FREE_TEXT = "free_text", "Free text"
    UNHANDLED = "unhandled", "Unhandled"


# What asks somebody to do something to an order.
REQUESTS = frozenset(
    {Action.REFILL, Action.CANCEL, Action.SPEED_UP, Action.REFUND, Action.PARTIAL, Action.FAKE_COMPLETE}
)

# Mostly the team's own commands: their rows are a record, not a request that waits for somebody.
TEAM_ACTIONS = frozenset(
    {
        Action.REFILL_VERIFY,
        Action.PROVIDER_STATUS,
        Action.RESOLVE,
        Action.BOT_STATUS,
        Action.BROADCAST,
        Action.GROUP_FLAG,
        Action.CONFIG,
        Action.USERS,
        Action.GROUPS,
        Action.APPROVAL,
        Action.FORCE_COMPLETE,
        Action.WATCH,
    }
)


class LogSource(TextChoices):
    CHAT = "chat", "Chat"
    TICKET = "ticket", "Ticket"
    API = "api", "API"


class SupportStatus(TextChoices):
    """The five states of a request, exactly as the specification spells them."""

    OPEN = "open", "open"
    ESCALATED = "escalated", "escalated"
    TICKET_CREATED = "ticket created", "ticket created"
    RESOLVED = "resolved", "resolved"
    IGNORED = "ignored", "ignored"


class ActState(TextChoices):
    """How far an act on an order came. Only `claimed` is not an answer."""

    CLAIMED = "claimed", "Started"  # after a crash: unknown, never repeated blindly
    DONE = "done", "Confirmed by the panel"
    REQUESTED = "requested", "Accepted, not confirmed yet"
    QUEUED = "queued", "With the staff"
    REFUSED = "refused", "Refused by the panel"
    RETRY = "retry", "Not performed, to be tried again"
    UNKNOWN = "unknown", "With the staff: unclear whether it reached the panel"


class ApprovalState(TextChoices):
    """How far the team's decision on a request that moves money came."""

    RUNNING = "running", "Being carried out"  # after a crash: unclear, never repeated blindly
    DONE = "done", "Carried out"
    REFUSED = "refused", "Refused by the team"
    FAILED = "failed", "Nothing was done"
    UNCLEAR = "unclear", "Unclear whether it reached the panel"


class ProviderAnswer(TextChoices):
    """What a provider's words about a request come to."""

    DONE = "done", "Done"
    IN_PROGRESS = "in_progress", "In progress"
    REFUSED = "refused", "Refused"
    NEEDS_INFO = "needs_info", "Needs information"
    UNCLEAR = "unclear", "Unclear"


class ChatMode(TextChoices):
    """How replies are worded."""

    MANUAL = "manual", "Manual"
    AI = "ai", "AI"
    CUSTOM = "custom", "Custom"


class ActionMode(TextChoices):
    """How an action is carried out; the values of every `<action>_mode` key."""

    AUTO = "auto", "Automatic: panel or provider, else group, else staff"
    API = "api", "Panel or provider call only"
    FORWARD = "forward", "Provider's group only"
    APPROVE = "approve", "A staff member approves first"
    OFF = "off", "Switched off"
