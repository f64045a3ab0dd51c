class BotError(Exception):
    """Base of what can go wrong in the bot; `code` is stable."""

    code = "bot_error"


class LeaseLost(BotError):
    """Another worker took this message over: what was done here must not be committed."""

    code = "lease_lost"


class UnknownConfigKey(BotError):
    """No setting has this name."""

    code = "config_key_unknown"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class InvalidConfigValue(BotError):
    """The value does not fit its setting; `allowed` says in words what would."""

    code = "config_value_invalid"

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(f"{key}: {allowed}")
        self.key = key
        self.allowed = allowed


class SettingNotPossible(BotError):
    """The value is right, but what it needs is not there; `message` may be shown."""

    code = "setting_not_possible"

    def __init__(self, key: str, message: str) -> None:
        super().__init__(key)
        self.key, self.message = key, message


class UnknownTemplateKey(BotError):
    """No reply has this key."""

    code = "template_key_unknown"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class UnknownVariables(BotError):
    """A template uses variables its reply does not have; `known` lists those it has."""

    code = "template_variables_unknown"

    def __init__(self, unknown: list[str], known: tuple[str, ...]) -> None:
        super().__init__(", ".join(unknown))
        self.unknown = unknown
        self.known = known


class NumberError(BotError):
    """A WhatsApp number cannot do this now; `message` may be shown."""

    code = "number_error"
    message = "That did not work. Please try again."


class TooManyNumbers(NumberError):
    code = "too_many_numbers"

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.message = f"You have {limit} numbers, the most one account may have. Remove one first."


class NumberLeaving(NumberError):
    code = "number_leaving"
    message = "This number is being removed."


class GatewayNotOffered(NumberError):
    code = "gateway_not_offered"
    message = "This gateway takes no numbers at the moment. Choose another one."


class NoPairingCode(NumberError):
    """Its gateway links by QR code alone."""

    code = "no_pairing_code"
    message = "This number can be linked by QR code only."


class NotPairing(NumberError):
    """The number waits for no such step now."""

    code = "not_pairing"
    message = "This number does not wait for that any more. Reload the page."


class NotSandbox(NumberError):
    """Only the sandbox has a phone that we can play."""

    code = "not_sandbox"
    message = "Only a sandbox number can be scanned from here. Use the phone."


class NoCodeToScan(NumberError):
    code = "no_code_to_scan"
    message = "There is no code to scan right now. Ask for a new one."


class PhoneCannot(NumberError):
    """The sandbox phone is not where this could happen to it."""

    code = "phone_cannot"
    message = "The sandbox phone cannot do this now. Reload the page."


class UnknownGroupProvider(BotError):
    """No provider of the tenant has this id."""

    code = "provider_not_found"
    message = "This provider does not exist any more. Reload the page."


class TemplateTooLong(BotError):
    """A template longer than a WhatsApp message may be."""

    code = "template_too_long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} > {limit}")
        self.length = length
        self.limit = limit


class PlaygroundClosed(BotError):
    """The Sandbox page serves customers' tenants that are active, nobody else."""

    code = "sandbox_closed"
    message = "The sandbox is not open for this account."


class NoSuchPlaygroundPanel(BotError):
    """The panel chosen for the sandbox is not there."""

    code = "sandbox_panel_missing"
    message = "This panel is not connected. Choose another one, or connect yours under Bot Settings, Panel."


class NobodyThere(BotError):
    """This person is not in this chat of the sandbox."""

    code = "sandbox_not_in_chat"
    message = "This person is not in this chat."


class PlaygroundTooFast(BotError):
    """More messages in a minute than the sandbox takes from one tenant."""

    code = "sandbox_too_fast"
    message = "That was a little fast: the sandbox takes 60 messages a minute. Wait a moment and try again."

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(self.code)
        self.retry_after_s = retry_after_s


class PlaygroundNotStored(BotError):
    """The intake did not take the message just now."""

    code = "sandbox_not_stored"
    message = "The message was not taken. Nothing is lost: send it again."


class NotOnPanel(BotError):
    """The panel answered, and this username cannot be linked."""

    code = "username_unknown"

    def __init__(self, message: str, code: str = "username_unknown") -> None:
        super().__init__(message)
        self.message, self.code = message, code


class PanelSilent(BotError):
    """The panel could not be asked; the person may decide to go on without it. message: why."""

    code = "panel_not_asked"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
