"""What providers mean when they say no. They word it freely, so a part of the message is enough."""

from providers.enums import RefusalKind, spaced

# Contained in what `spaced` makes of the message; the first that fits decides.
_REFUSAL_WORDS: tuple[tuple[RefusalKind, tuple[str, ...]], ...] = (
    (RefusalKind.RATE_LIMITED, ("too many request", "rate limit", "too many call")),
    (
        RefusalKind.INVALID_KEY,
        (
            "api key",
            "invalid key",
            "incorrect key",
            "wrong key",
            "unauthori",
            "not authori",
            "unauthenticated",
        ),
    ),
    (
        RefusalKind.NOT_ENOUGH_FUNDS,
        ("not enough funds", "not enough balance", "insufficient funds", "insufficient balance"),
    ),
    (
        RefusalKind.ALREADY_REQUESTED,
        (
            "already request",
            "already been",
            "already refill",
            "already in ",
            "already cancel",
            "already exist",
            "already sent",
            "already submitted",
            "another one is running",
            "refill is running",
            "refill is in progress",
            "refill in progress",
            "duplicate",
        ),
    ),
    (
        RefusalKind.GUARANTEE_EXPIRED,
        (
            "guarantee expired",
            "guarantee has",
            "warranty expired",
            "warranty has",
            "refill period",
            "expired",
        ),
    ),
    (
        RefusalKind.REFILL_NOT_FOUND,
        ("refill not found", "incorrect refill", "invalid refill", "no such refill", "refill does not exist"),
    ),
    (
        RefusalKind.INCORRECT_ORDER,
        (
            "incorrect order",
            "invalid order",
            "wrong order",
            "order not found",
            "orders not found",
            "unknown order",
            "no such order",
            "order does not exist",
            "order doesn't exist",
        ),
    ),
    (
        RefusalKind.INCORRECT_SERVICE,
        ("incorrect service", "invalid service", "service not found", "unknown service"),
    ),
    (
        RefusalKind.CANCEL_NOT_AVAILABLE,
        (
            "be cancel",
            "cannot cancel",
            "can't cancel",
            "can not cancel",
            "for cancel",
            "cancel is",
            "cancel not",
            "cancellation",
        ),
    ),
    (
        RefusalKind.REFILL_NOT_AVAILABLE,
        (
            "is not available",
            "not eligible",
            "refill not available",
            "refill unavailable",
            "refill is disabled",
            "refill disabled",
            "refill not allowed",
            "refill is not",
            "refillable",
            "be refilled",
            "no refill",
        ),
    ),
    (
        RefusalKind.NOT_SUPPORTED,
        (
            "incorrect request",
            "bad request",
            "invalid request",
            "incorrect action",
            "invalid action",
            "unknown action",
            "not supported",
            "unsupported",
        ),
    ),
)


def read_refusal_kind(message: str) -> RefusalKind:
    """OTHER for a message nothing is known of."""
    text = spaced(message)
    for kind, parts in _REFUSAL_WORDS:
        if any(part in text for part in parts):
            return kind
    return RefusalKind.OTHER
