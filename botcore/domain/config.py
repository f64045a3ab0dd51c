"""The registry of a tenant's settings: name, kind, default, secrecy, help. Stored as text in bot_config.

One declaration makes the settings form, `!config` and the API alike. A change acts on the next message, because
every message reads its settings afresh (one query).
"""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from botcore.enums import Action, ActionMode
from botcore.errors import InvalidConfigValue, UnknownConfigKey
from botcore.models import BotConfig
from smmbot.lib import crypto, utc_offset


@dataclass(frozen=True, slots=True)
class ConfigKind:
    """How a setting's text is read. parse raises ValueError; allowed: the right form, in words."""

    parse: Callable[[str], Any]
    allowed: str


@dataclass(frozen=True, slots=True)
class ConfigKey:
    name: str
    kind: ConfigKind
    default: str
    help: str
    is_secret: bool = False


def _whole(minimum: int) -> ConfigKind:
    def parse(text: str) -> int:
        number = int(text)
        if number < minimum:
            raise ValueError(text)
        return number

    return ConfigKind(parse, f"a whole number, {minimum} or more")


def _one_of(*values: str) -> ConfigKind:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(text)
        return text.lower()

    return ConfigKind(parse, "one of " + ", ".join(values))


def _bool(text: str) -> bool:
    known = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _web_address(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise ValueError(text)
    return text


def _percent(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not 0 <= number <= 100:  # not a number compares as false
        raise ValueError(text)
    return number


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or number < 0:
        raise ValueError(text)
    return number


def _aliases(text: str) -> dict[str, tuple[str, ...]]:
    """{command: [word, …]}; plain words, never patterns."""
    read = json.loads(text)
    if not isinstance(read, dict) or len(text) > LONGEST_ALIASES:
        raise ValueError(text)
    found = {}
    for name, words in read.items():
        if not isinstance(words, list) or not all(
            isinstance(word, str) and _is_wordy(word) for word in words
        ):
            raise ValueError(text)
        found[name] = tuple(words)
    return found


def _is_wordy(word: str) -> bool:
    """Letters, marks and digits of any script, two at least: nothing that could be meant as a pattern."""
    return len(word.strip()) > 1 and all(
        char in " -'’" or unicodedata.category(char)[0] in "LMN" for char in word
    )


LONGEST_ALIASES = 4000
_AMOUNT = ConfigKind(_amount, "an amount in USD, 0 or more")
_ALIASES = ConfigKind(_aliases, 'a list of words by command, such as {"refill": ["dobara"]}')
_TEXT = ConfigKind(str, "text")
_PERCENT = ConfigKind(_percent, "a number from 0 to 100")
_BOOL = ConfigKind(_bool, "true or false")
_MODE = _one_of(*ActionMode.values)
_OFFSET = ConfigKind(utc_offset.parse_offset, "a UTC offset such as UTC, UTC+6, UTC-5 or UTC+5:30")
_URL = ConfigKind(_web_address, "a web address, or empty")

KEYS: Mapping[str, ConfigKey] = {
    key.name: key
    for key in (
        ConfigKey("chat_mode", _one_of("manual", "ai", "custom"), "manual", "How replies are worded."),
        ConfigKey("cooldown_seconds", _whole(0), "60", "Pause before the same request on the same order."),
        ConfigKey("refill_cooldown_seconds", _whole(0), "43200", "The same, for refills."),
        ConfigKey("cancel_cooldown_seconds", _whole(0), "43200", "The same, for cancellations."),
        ConfigKey("speedup_cooldown_seconds", _whole(0), "3600", "The same, for speed-ups."),
        ConfigKey(
            "balance_cooldown_seconds",
            _whole(0),
            "60",
            "Pause before a customer may ask for the balance again.",
        ),
        ConfigKey("refill_mode", _MODE, "auto", "How a refill is carried out."),
        ConfigKey("cancel_mode", _MODE, "auto", "How a cancellation is carried out."),
        ConfigKey("speedup_mode", _MODE, "auto", "How a speed-up is carried out."),
        ConfigKey(
            "refund_mode",
            _MODE,
            "approve",
            "How a refund is carried out. auto and api pay failed orders back at once; the rest waits for you.",
        ),
        ConfigKey(
            "partial_mode",
            _MODE,
            "approve",
            "How a customer's partial refund is carried out. auto and api pay running orders' rest at once.",
        ),
        ConfigKey(
            "fakecomplete_mode", _MODE, "auto", "How a complaint that nothing was delivered is carried out."
        ),
        ConfigKey(
            "staff_may_force_complete", _BOOL, "false", "Staff, too, may set an order to Completed by hand."
        ),
        ConfigKey(
            "refill_drop_threshold_percent",
            _PERCENT,
            "3",
            "A measured drop below this share of the quantity is no reason for a refill.",
        ),
        ConfigKey("count_source", _one_of("none", "sandbox"), "none", "Where live counts come from."),
        ConfigKey("watch_limit", _whole(0), "10", "Orders one customer may have watched at a time."),
        ConfigKey(
            "verification_enabled", _BOOL, "true", "Customers prove their panel username before they may ask."
        ),
        ConfigKey("verification_max_attempts", _whole(1), "3", "Wrong codes before a pause."),
        ConfigKey("verification_cooldown_seconds", _whole(0), "300", "The pause after too many wrong codes."),
        ConfigKey(
            "verification_ticket_subject",
            _TEXT,
            "Your WhatsApp verification code",
            "Subject of the panel ticket with the code.",
        ),
        ConfigKey(
            "several_usernames_per_number",
            _BOOL,
            "false",
            "One WhatsApp number may be linked to several panel usernames.",
        ),
        ConfigKey("ticket_signature", _TEXT, "Support Team", "Stands under every reply to a panel ticket."),
        ConfigKey(
            "ticket_reply_staff_name",
            _TEXT,
            "aisupport",
            "The panel's staff login that tickets are written under; it must exist there.",
        ),
        ConfigKey(
            "private_replies_in_dm",
            _BOOL,
            "true",
            "Balance and username asked in a group go to the asker alone.",
        ),
        ConfigKey(
            "broadcast_to_silent_groups", _BOOL, "true", "!broadcast reaches groups in silent mode too."
        ),
        ConfigKey(
            "tell_provider_answers", _BOOL, "true", "Customers hear what became of a request at the provider."
        ),
        ConfigKey(
            "provider_reminder_hours",
            _whole(1),
            "6",
            "A silent provider is reminded after this time, then you.",
        ),
        ConfigKey("llm_daily_soft_usd", _AMOUNT, "0", "You are warned above this spending a day; 0: never."),
        ConfigKey(
            "llm_daily_hard_usd", _AMOUNT, "0", "Above this spending a day replies stay plain; 0: no limit."
        ),
        ConfigKey(
            "takeover_minutes", _whole(0), "30", "Free text waits this long after a person wrote in a chat."
        ),
        ConfigKey("free_text_limit", _whole(0), "5", "Free-text answers in one chat in ten minutes."),
        ConfigKey("command_aliases", _ALIASES, "{}", 'Your own words for commands: {"refill": ["dobara"]}'),
        ConfigKey("show_provider_to_customers", _BOOL, "true", "Name the provider in answers to customers."),
        ConfigKey("show_charge_to_customers", _BOOL, "true", "Name the charge in answers to customers."),
        ConfigKey("services_url", _URL, "", "Where the service list is; empty: the panel's own page."),
        ConfigKey(
            "llm_base_url", _URL, "", "An OpenAI-compatible service of your own; empty: the platform's."
        ),
        ConfigKey("llm_api_key", _TEXT, "", "Its key.", is_secret=True),
        ConfigKey("llm_model", _TEXT, "", "Its model; empty: the platform's."),
        ConfigKey("scheduler_timezone", _OFFSET, "UTC", "The zone in which times are shown."),
    )
}

_COOLDOWNS = {
    Action.REFILL: "refill_cooldown_seconds",
    Action.CANCEL: "cancel_cooldown_seconds",
    Action.SPEED_UP: "speedup_cooldown_seconds",
    Action.BALANCE: "balance_cooldown_seconds",
}
_MODES = {
    Action.REFILL: "refill_mode",
    Action.CANCEL: "cancel_mode",
    Action.SPEED_UP: "speedup_mode",
    Action.REFUND: "refund_mode",
    Action.PARTIAL: "partial_mode",
    Action.FAKE_COMPLETE: "fakecomplete_mode",
}


class Config:
    """The settings of one tenant as they stand now, each in its own type."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """The setting as written, the default when it is not. Raises UnknownConfigKey."""
        key = key_of(name)
        stored = self._values.get(name, "").strip()
        if stored and key.is_secret:
            stored = crypto.decrypt(stored)
        return stored or key.default

    def __getitem__(self, name: str) -> Any:
        key = key_of(name)
        try:
            return key.kind.parse(self.text(name))
        except ValueError:  # written before the rule was; the default is safe
            return key.kind.parse(key.default)

    def cooldown_s(self, action: Action) -> int:
        return int(self[_COOLDOWNS.get(action, "cooldown_seconds")])

    def mode(self, action: Action) -> ActionMode:
        return ActionMode(self[_MODES[action]])

    @property
    def ai_provider(self) -> str:
        """Who words replies in AI mode, `OpenAI GPT-4o-mini`; empty when nobody does."""
        if not (self["llm_api_key"] or settings.LLM_API_KEY):
            return ""
        host = urlsplit(self["llm_base_url"] or settings.LLM_BASE_URL).hostname or ""
        maker = "OpenAI" if host.endswith("openai.com") else host
        model = str(self["llm_model"] or settings.LLM_MODEL)
        return f"{maker} {'GPT' + model[3:] if model.startswith('gpt') else model}"

    @property
    def zone(self) -> tzinfo:
        zone: tzinfo = self["scheduler_timezone"]
        return zone


def load(*, tenant_id: int) -> Config:
    return Config(dict(BotConfig.objects.filter(tenant_id=tenant_id).values_list("key", "value")))


def as_annotation() -> Subquery:
    """All settings of the row's tenant, to be read beside the row; `from_annotation` makes a Config of them."""
    return Subquery(
        BotConfig.objects.filter(tenant_id=OuterRef("tenant_id"))
        .values("tenant_id")
        .annotate(settings=JSONBAgg(JSONObject(key="key", value="value")))
        .values("settings")
    )


def from_annotation(rows: Sequence[Mapping[str, str]] | None) -> Config:
    return Config({row["key"]: row["value"] for row in rows or ()})


def set_value(*, tenant_id: int, name: str, value: str) -> None:
    """Store one setting, a secret encrypted. Raises UnknownConfigKey, InvalidConfigValue."""
    key = key_of(name)
    value = value.strip()
    try:
        key.kind.parse(value)
    except ValueError as error:
        raise InvalidConfigValue(name, key.kind.allowed) from error
    stored = crypto.encrypt(value) if key.is_secret and value else value
    BotConfig.objects.update_or_create(tenant_id=tenant_id, key=name, defaults={"value": stored})


def shown(name: str, value: str) -> str:
    """The value as it may be shown: a secret masked, nothing as a dash."""
    if not value:
        return "–"
    return crypto.mask(value) if key_of(name).is_secret else value


def key_of(name: str) -> ConfigKey:
    try:
        return KEYS[name]
    except KeyError as error:
        raise UnknownConfigKey(name) from error
