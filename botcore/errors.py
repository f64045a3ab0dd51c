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
