class GatewayError(Exception):
    """A gateway did not do what it was asked. permanent: trying again is useless; retry_after_s: its own wish."""

    code = "gateway_error"

    def __init__(
        self, detail: str = "", *, permanent: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail or self.code)
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class GatewayUnreachable(GatewayError):
    """The gateway itself is down or slow. Whether a send went out is unknown."""

    code = "gateway_unreachable"


class SessionNotConnected(GatewayError):
    """The number is not linked or lost its connection: wait until it is open again."""

    code = "session_not_connected"


class BadWebhook(GatewayError):
    """A webhook that is not what the gateway sends: wrong signature, or a body that says nothing."""

    code = "bad_webhook"


class Unsupported(GatewayError):
    """This driver cannot do this; the caller asked without looking at its capabilities."""

    code = "unsupported"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, permanent=True)
