"""The words of providers."""

import re

from django.db import models

_SEPARATORS = re.compile(r"[\s_.\-]+")


def spaced(text: str) -> str:
    """Lower case, with one blank for every separator: `neworder.error.link_duplicate`, `In-Progress`."""
    return _SEPARATORS.sub(" ", text.lower()).strip()


class ProviderKind(models.TextChoices):
    USER_API_V2 = "user_api_v2", "Standard SMM API v2"


class RefillState(models.TextChoices):
    """Where a refill stands. Providers write it as free text."""

    PENDING = "pending", "Pending"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    REJECTED = "rejected", "Rejected"
    CANCELED = "canceled", "Canceled"
    ERROR = "error", "Error"
    UNKNOWN = "unknown", "Unknown"

    @property
    def is_final(self) -> bool:
        """No need to ask again. A word unknown to us is not final."""
        return self in _FINAL_REFILLS


_FINAL_REFILLS = frozenset(
    {RefillState.COMPLETED, RefillState.REJECTED, RefillState.CANCELED, RefillState.ERROR}
)
_REFILL_WORDS = {
    RefillState.PENDING: ("pending", "awaiting", "waiting", "queued", "new", "requested", "submitted"),
    RefillState.IN_PROGRESS: ("in progress", "inprogress", "processing", "progress", "started", "running"),
    RefillState.COMPLETED: ("completed", "complete", "done", "success", "successful", "finished", "refilled"),
    RefillState.REJECTED: ("rejected", "reject", "refused", "declined", "denied"),
    RefillState.CANCELED: ("canceled", "cancelled", "cancel"),
    RefillState.ERROR: ("error", "fail", "failed"),
}
_REFILL_STATES = {word: state for state, words in _REFILL_WORDS.items() for word in words}


def read_refill_state(raw: str) -> RefillState:
    """Read a refill's status in any spelling."""
    return _REFILL_STATES.get(spaced(raw), RefillState.UNKNOWN)


class RefusalKind(models.TextChoices):
    """Why a provider said no, as far as its words tell."""

    INVALID_KEY = "invalid_key", "The key is refused"
    RATE_LIMITED = "rate_limited", "Too many calls"
    NOT_ENOUGH_FUNDS = "not_enough_funds", "Not enough balance at the provider"
    REFILL_NOT_FOUND = "refill_not_found", "No such refill"
    INCORRECT_ORDER = "incorrect_order", "No such order at the provider"
    INCORRECT_SERVICE = "incorrect_service", "No such service at the provider"
    GUARANTEE_EXPIRED = "guarantee_expired", "The guarantee has ended"
    ALREADY_REQUESTED = "already_requested", "Asked for already"
    CANCEL_NOT_AVAILABLE = "cancel_not_available", "Cannot be canceled"
    REFILL_NOT_AVAILABLE = "refill_not_available", "Cannot be refilled"
    NOT_SUPPORTED = "not_supported", "The provider has no such call"
    OTHER = "other", "In words of the provider's own"
    # The next two are said by us, not by the provider.
    UNCLEAR = "unclear", "The answer says neither yes nor no"
    NOT_ASKED = "not_asked", "Not asked: an earlier call failed"


class MessageAction(models.TextChoices):
    """What a provider's group is asked for. The values are those of the bot's actions, where it has them."""

    REFILL = "refill", "Refill"
    CANCEL = "cancel", "Cancel"
    SPEED_UP = "speed_up", "Speed up"
    REFUND = "refund", "Refund"
    PARTIAL = "partial", "Partial refund"
    FAKE_COMPLETE = "fake_complete", "Fake complete"
    ESCALATION = "escalation", "Escalation"
