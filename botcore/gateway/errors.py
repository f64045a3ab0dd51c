class GatewayError(Exception):
    """A gateway did not do what it was asked.

    permanent: trying again is useless. retry_after_s: its own wish. is_unclear: it may have been done all the same,
    so a send is looked up before anybody repeats it.
    """

    code = "gateway_error"

    def __init__(
        self,
        detail: str = "",
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        is_unclear: bool = False,
    ) -> None:
        super().__init__(detail or self.code)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.is_unclear = is_unclear


class GatewayUnreachable(GatewayError):
    """The gateway itself is down or slow."""

    code = "gateway_unreachable"


class GatewayRefused(GatewayError):
    """The gateway does not take our key: the operator's to mend. Nothing was done, and trying later helps."""

    code = "gateway_refused"


class GatewayNotActivated(GatewayError):
    """The gateway wants its licence activated first (Evolution from 2.4): the operator's to mend."""

    code = "gateway_not_activated"


class SessionMissing(GatewayError):
    """The gateway knows no such session (any more): it is made anew and the number scanned again."""

    code = "session_missing"


class SessionNotConnected(GatewayError):
    """The number is not linked or lost its connection: wait until it is open again."""

    code = "session_not_connected"


class RecipientNotOnWhatsApp(GatewayError):
    """Nobody has this number on WhatsApp."""

    code = "recipient_not_on_whatsapp"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True)


class ReachoutBlocked(GatewayError):
    """WhatsApp lets this number open no new chats for now (its error 463). Chats that are there go on."""

    code = "reachout_blocked"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True)


class SendUnclear(GatewayError):
    """Nobody can find out any more whether a message went out: people decide whether it is sent again."""

    code = "send_unclear"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True, is_unclear=True)


class RateLimited(GatewayError):
    """WhatsApp, or the gateway, wants us to go slower. Nothing was done."""

    code = "rate_limited"


class BadRequest(GatewayError):
    """The gateway does not understand what we ask: a fault of ours, or of its version."""

    code = "bad_request"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True)


class BadWebhook(GatewayError):
    """A webhook that is not what the gateway sends: a body that says nothing, or one of a shape we do not know."""

    code = "bad_webhook"


class Unsupported(GatewayError):
    """This driver cannot do this; the caller asked without looking at its capabilities."""

    code = "unsupported"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True)
