"""The words panels and providers have for where an order stands."""

from django.db import models


class OrderStatus(models.TextChoices):
    """Order statuses as the panel's API writes them, with the names customers read. Providers mean the same with
    other spellings."""

    PENDING = "pending", "Pending"
    PROCESSING = "processing", "Processing"
    IN_PROGRESS = "in_progress", "In Progress"
    COMPLETED = "completed", "Completed"
    PARTIAL = "partial", "Partial"
    CANCELED = "canceled", "Canceled"
    FAIL = "fail", "Fail"
    ERROR = "error", "Error"

    @property
    def is_final(self) -> bool:
        """Nothing more is delivered by itself. Still no promise: a provider may cancel a completed order."""
        return self in FINAL_STATUSES


FINAL_STATUSES = frozenset({OrderStatus.COMPLETED, OrderStatus.PARTIAL, OrderStatus.CANCELED})

_SPELLINGS = {
    "cancelled": OrderStatus.CANCELED,
    "inprogress": OrderStatus.IN_PROGRESS,
    "failed": OrderStatus.FAIL,
}


def read_status(raw: str) -> str:
    """Return the slug of a status in any spelling; a status unknown to us comes back as it was written."""
    slug = raw.strip().lower().replace(" ", "_").replace("-", "_")
    if slug in OrderStatus.values:
        return slug
    return _SPELLINGS[slug].value if slug in _SPELLINGS else raw.strip()


def status_label(status: str) -> str:
    """Return a status as customers read it; one unknown to us as the panel wrote it."""
    return str(OrderStatus(status).label) if status in OrderStatus.values else status


def is_final_status(status: str) -> bool:
    """A status unknown to us is not final."""
    return status in FINAL_STATUSES
