"""The registry of a tenant's settings: name, kind, default, secrecy, help. Stored as text in bot_config.

One declaration makes the settings form, `!config` and the API alike. A change acts on the next message, because
every message reads its settings afresh (one query).
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import F, Func, JSONField

from botcore.domain.llm import LlmSettings, llm_settings
from botcore.enums import Action, ActionMode
from botcore.errors import InvalidConfigValue, UnknownConfigKey
from botcore.models import BotConfig
from smmbot.lib import crypto, utc_offset


class Section(StrEnum):
    """The tabs of Bot Settings, in their order; the value stands in the address."""

    GENERAL = "general"
    PANEL = "panel"
    AI = "ai"
    VERIFICATION = "verification"
    ROUTING = "routing"
    SENDING = "sending"
    PRIVACY = "privacy"


class Form(StrEnum):
    """What a setting's value looks like, for screens and for the API's reference."""

    TEXT = "text"
    SWITCH = "switch"
    CHOICE = "choice"
    WHOLE = "whole number"
    NUMBER = "number"
    ADDRESS = "web address"
    OFFSET = "utc offset"
    WORDS = "words by command"


@dataclass(frozen=True, slots=True)
class ConfigKind:
    """How a setting's text is read. parse raises ValueError; allowed: the right form, in words; choices: all values,
    where they can be listed."""

    parse: Callable[[str], Any]
    allowed: str
    form: Form = Form.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigKey:
    name: str
    kind: ConfigKind
    default: str
    help: str
    is_secret: bool = False
    # Where people find it: its tab, the heading it stands under, its name and what its number counts.
    section: Section = Section.GENERAL
    group: str = ""
    label: str = ""
    unit: str = ""
    # Off while what it switches is not there yet: !config and the API take it, no form shows it.
    is_on_form: bool = True


def _whole(minimum: int, maximum: int = 1_000_000) -> ConfigKind:
    def parse(text: str) -> int:
        number = int(text)
        if not minimum <= number <= maximum:
            raise ValueError(text)
        return number

    return ConfigKind(parse, f"a whole number from {minimum} to {maximum}", Form.WHOLE)


def _one_of(*values: str) -> ConfigKind:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(text)
        return text.lower()

    return ConfigKind(parse, "one of " + ", ".join(values), Form.CHOICE, values)


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
    if text and (not _WEB_ADDRESS.fullmatch(text) or len(text) > LONGEST_TEXT):
        raise ValueError(text)
    return text


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT or any(unicodedata.category(char) == "Cc" for char in text if char != "\n"):
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
    if not number.is_finite() or not 0 <= number <= 1_000_000:
        raise ValueError(text)
    return number


def _above_zero(text: str) -> Decimal:
    number = _amount(text)
    if not number:
        raise ValueError(text)
    return number


def _aliases(text: str) -> dict[str, tuple[str, ...]]:
    """{command: [word, …]}; plain words, never patterns."""
    if len(text) > LONGEST_ALIASES:
        raise ValueError(text)
    try:
        read = json.loads(text)
    except RecursionError as error:
        raise ValueError(text) from error
    if not isinstance(read, dict):
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
LONGEST_TEXT = 500
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_HOURS = ConfigKind(_above_zero, "a number above 0", Form.NUMBER)
_AMOUNT = ConfigKind(_amount, "an amount in USD, 0 or more", Form.NUMBER)
_ALIASES = ConfigKind(_aliases, 'a list of words by command, such as {"refill": ["dobara"]}', Form.WORDS)
_TEXT = ConfigKind(_text, f"text of up to {LONGEST_TEXT} characters")
_PERCENT = ConfigKind(_percent, "a number from 0 to 100", Form.NUMBER)
_BOOL = ConfigKind(_bool, "true or false", Form.SWITCH, ("true", "false"))
_MODE = _one_of(*ActionMode.values)
_OFFSET = ConfigKind(
    utc_offset.parse_offset,
    "a UTC offset such as UTC, UTC+6, UTC-5 or UTC+5:30",
    Form.OFFSET,
    utc_offset.OFFSETS,
)
_URL = ConfigKind(_web_address, "a web address that begins with https://, or empty", Form.ADDRESS)

KEYS: Mapping[str, ConfigKey] = {
    key.name: key
    for key in (
        ConfigKey(
            "chat_mode",
            _one_of("manual", "ai", "custom"),
            "manual",
            "How replies are worded.",
            section=Section.GENERAL,
            group="How the bot answers",
            label="Chat mode",
        ),
        ConfigKey(
            "cooldown_seconds",
            _whole(0),
            "60",
            "Pause before the same request on the same order.",
            section=Section.GENERAL,
            group="Pauses between requests",
            label="Any request",
            unit="seconds",
        ),
        ConfigKey(
            "refill_cooldown_seconds",
            _whole(0),
            "43200",
            "The same, for refills.",
            section=Section.GENERAL,
            group="Pauses between requests",
            label="Refill",
            unit="seconds",
        ),
        ConfigKey(
            "cancel_cooldown_seconds",
            _whole(0),
            "43200",
            "The same, for cancellations.",
            section=Section.GENERAL,
            group="Pauses between requests",
            label="Cancel",
            unit="seconds",
        ),
        ConfigKey(
            "speedup_cooldown_seconds",
            _whole(0),
            "3600",
            "The same, for speed-ups.",
            section=Section.GENERAL,
            group="Pauses between requests",
            label="Speed up",
            unit="seconds",
        ),
        ConfigKey(
            "balance_cooldown_seconds",
            _whole(0),
            "60",
            "Pause before a customer may ask for the balance again.",
            section=Section.GENERAL,
            group="Pauses between requests",
            label="Balance",
            unit="seconds",
        ),
        ConfigKey(
            "refill_mode",
            _MODE,
            "auto",
            "How a refill is carried out.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Refill",
        ),
        ConfigKey(
            "cancel_mode",
            _MODE,
            "auto",
            "How a cancellation is carried out.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Cancel",
        ),
        ConfigKey(
            "speedup_mode",
            _MODE,
            "auto",
            "How a speed-up is carried out.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Speed up",
        ),
        ConfigKey(
            "refund_mode",
            _MODE,
            "approve",
            "How a refund is carried out. auto and api pay failed orders back at once; the rest waits for you.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Refund",
        ),
        ConfigKey(
            "partial_mode",
            _MODE,
            "approve",
            "How a customer's partial refund is carried out. auto and api pay running orders' rest at once.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Partial refund",
        ),
        ConfigKey(
            "fakecomplete_mode",
            _MODE,
            "auto",
            "How a complaint that nothing was delivered is carried out.",
            section=Section.ROUTING,
            group="What happens to a request",
            label="Fake complete",
        ),
        ConfigKey(
            "staff_may_force_complete",
            _BOOL,
            "false",
            "Staff, too, may set an order to Completed by hand.",
            section=Section.ROUTING,
            group="Team",
            label="Staff may force an order to Completed",
        ),
        ConfigKey(
            "refill_drop_threshold_percent",
            _PERCENT,
            "3",
            "A measured drop below this share of the quantity is no reason for a refill.",
            section=Section.ROUTING,
            group="Refill checks",
            label="Smallest drop that is refilled",
            unit="%",
        ),
        ConfigKey(
            "count_source",
            _one_of("none", "sandbox"),
            "none",
            "Where live counts come from.",
            section=Section.ROUTING,
            group="Refill checks",
            label="Source of live counts",
        ),
        ConfigKey(
            "watch_limit",
            _whole(0),
            "10",
            "Orders one customer may have watched at a time.",
            section=Section.GENERAL,
            group="Limits",
            label="Watched orders per customer",
            unit="orders",
        ),
        ConfigKey(
            "verification_enabled",
            _BOOL,
            "true",
            "Customers prove their panel username before they may ask.",
            section=Section.VERIFICATION,
            group="Who may ask",
            label="Customers verify themselves",
        ),
        ConfigKey(
            "verification_max_attempts",
            _whole(1),
            "3",
            "Wrong codes before a pause.",
            section=Section.VERIFICATION,
            group="Codes",
            label="Wrong codes before a pause",
            unit="tries",
        ),
        ConfigKey(
            "verification_cooldown_seconds",
            _whole(0),
            "300",
            "The pause after too many wrong codes.",
            section=Section.VERIFICATION,
            group="Codes",
            label="Pause after too many wrong codes",
            unit="seconds",
        ),
        ConfigKey(
            "verification_ticket_subject",
            _TEXT,
            "Your WhatsApp verification code",
            "Subject of the panel ticket with the code.",
            section=Section.VERIFICATION,
            group="Codes",
            label="Subject of the code's ticket",
        ),
        ConfigKey(
            "several_usernames_per_number",
            _BOOL,
            "false",
            "One WhatsApp number may be linked to several panel usernames.",
            section=Section.VERIFICATION,
            group="Who may ask",
            label="Several usernames per number",
        ),
        ConfigKey(
            "ticket_signature",
            _TEXT,
            "Support Team",
            "Stands under every reply to a panel ticket.",
            section=Section.PANEL,
            group="Panel tickets",
            label="Ticket signature",
        ),
        ConfigKey(
            "ticket_reply_staff_name",
            _TEXT,
            "aisupport",
            "The panel's staff login that tickets are written under; it must exist there.",
            section=Section.PANEL,
            group="Panel tickets",
            label="Staff login for tickets",
        ),
        ConfigKey(
            "ticket_ai_enabled",
            _BOOL,
            "false",
            "The bot answers panel tickets with the subject below.",
            section=Section.PANEL,
            group="Ticket AI",
            label="Ticket AI",
            is_on_form=False,
        ),
        ConfigKey(
            "ticket_poll_subject",
            _TEXT,
            "Orders Support- AI",
            "Customers open tickets with this subject to have them handled.",
            section=Section.PANEL,
            group="Ticket AI",
            label="Subject of the tickets",
            is_on_form=False,
        ),
        ConfigKey(
            "ticket_poll_interval",
            _whole(15, 86_400),
            "60",
            "Pause between two looks for new tickets.",
            section=Section.PANEL,
            group="Ticket AI",
            label="Look for tickets every",
            unit="seconds",
            is_on_form=False,
        ),
        ConfigKey(
            "private_replies_in_dm",
            _BOOL,
            "true",
            "Balance and username asked in a group go to the asker alone.",
            section=Section.PRIVACY,
            group="In groups",
            label="Private answers go to the direct message",
        ),
        ConfigKey(
            "broadcast_to_silent_groups",
            _BOOL,
            "true",
            "!broadcast reaches groups in silent mode too.",
            section=Section.GENERAL,
            group="Broadcasts",
            label="Broadcasts reach silent groups",
        ),
        ConfigKey(
            "tell_provider_answers",
            _BOOL,
            "true",
            "Customers hear what became of a request at the provider.",
            section=Section.ROUTING,
            group="Providers",
            label="Tell customers what providers answer",
        ),
        ConfigKey(
            "provider_reminder_hours",
            _whole(1),
            "6",
            "A silent provider is reminded after this time, then you.",
            section=Section.ROUTING,
            group="Providers",
            label="Remind a silent provider after",
            unit="hours",
        ),
        ConfigKey(
            "llm_daily_soft_usd",
            _AMOUNT,
            "0",
            "You are warned above this spending a day; 0: never.",
            section=Section.AI,
            group="Spending a day",
            label="Warn me above",
            unit="USD",
        ),
        ConfigKey(
            "llm_daily_hard_usd",
            _AMOUNT,
            "0",
            "Above this spending a day replies stay plain; 0: no limit.",
            section=Section.AI,
            group="Spending a day",
            label="Stop above",
            unit="USD",
        ),
        ConfigKey(
            "takeover_minutes",
            _whole(0),
            "30",
            "Free text waits this long after a person wrote in a chat.",
            section=Section.AI,
            group="Free text",
            label="Silence after a person wrote",
            unit="minutes",
        ),
        ConfigKey(
            "free_text_limit",
            _whole(0),
            "5",
            "Free-text answers in one chat in ten minutes.",
            section=Section.AI,
            group="Free text",
            label="Free-text answers in ten minutes",
            unit="answers",
        ),
        ConfigKey(
            "marketing_interval_hours",
            _HOURS,
            "4",
            "Between two scheduled broadcasts; up to an hour is added at random.",
            section=Section.GENERAL,
            group="Broadcasts",
            label="Pause between scheduled broadcasts",
            unit="hours",
        ),
        ConfigKey(
            "join_replies",
            _BOOL,
            "true",
            "Several replies that wait for one chat go out as one message.",
            section=Section.SENDING,
            group="How it writes",
            label="Join replies",
        ),
        ConfigKey(
            "typing_shortest_seconds",
            _whole(1, 10),
            "1",
            "How long “typing…” is shown before a short text; a third more or less at random.",
            section=Section.SENDING,
            group="How it writes",
            label="Typing, short text",
            unit="seconds",
        ),
        ConfigKey(
            "typing_longest_seconds",
            _whole(6, 20),
            "6",
            "The same, before a long text. Never less than 6: nobody types faster.",
            section=Section.SENDING,
            group="How it writes",
            label="Typing, long text",
            unit="seconds",
        ),
        ConfigKey(
            "chat_gap_seconds",
            _whole(4, 60),
            "4",
            "Between two messages in one chat. 4 is the shortest that is safe.",
            section=Section.SENDING,
            group="Speed of a number",
            label="Pause in one chat",
            unit="seconds",
        ),
        ConfigKey(
            "replies_per_chat",
            _whole(1, 30),
            "30",
            "In one chat in ten minutes; what is more waits. It stops two bots that answer each other.",
            section=Section.SENDING,
            group="Speed of a number",
            label="Messages in one chat in ten minutes",
            unit="messages",
        ),
        ConfigKey(
            "sends_per_minute",
            _whole(1, 20),
            "20",
            "What one number sends in a minute. 20 is the most that is safe.",
            section=Section.SENDING,
            group="Speed of a number",
            label="Messages in a minute",
            unit="messages",
        ),
        ConfigKey(
            "sends_per_hour_young",
            _whole(1, 60),
            "60",
            "What a new number sends in an hour. 60 is the most that is safe.",
            section=Section.SENDING,
            group="Speed of a number",
            label="Messages in an hour, new number",
            unit="messages",
        ),
        ConfigKey(
            "sends_per_hour",
            _whole(1, 200),
            "200",
            "What any other number sends in an hour. 80 is usual; above 200 a ban is likely.",
            section=Section.SENDING,
            group="Speed of a number",
            label="Messages in an hour",
            unit="messages",
        ),
        ConfigKey(
            "young_days",
            _whole(14, 90),
            "14",
            "So long after it was linked a number counts as new.",
            section=Section.SENDING,
            group="Speed of a number",
            label="A number is new for",
            unit="days",
        ),
        ConfigKey(
            "warm_up_1_per_hour",
            _whole(1, 20),
            "20",
            "What nobody asked for (notices, broadcasts) on the first two days. Replies are not counted.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 1 and 2, in an hour",
            unit="messages",
        ),
        ConfigKey(
            "warm_up_1_per_day",
            _whole(1, 50),
            "50",
            "The same, in a day.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 1 and 2, in a day",
            unit="messages",
        ),
        ConfigKey(
            "warm_up_2_per_hour",
            _whole(1, 40),
            "40",
            "The same on days 3 to 5.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 3 to 5, in an hour",
            unit="messages",
        ),
        ConfigKey(
            "warm_up_2_per_day",
            _whole(1, 200),
            "200",
            "The same on days 3 to 5.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 3 to 5, in a day",
            unit="messages",
        ),
        ConfigKey(
            "warm_up_3_per_hour",
            _whole(1, 80),
            "80",
            "The same on days 6 to 10.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 6 to 10, in an hour",
            unit="messages",
        ),
        ConfigKey(
            "warm_up_3_per_day",
            _whole(1, 500),
            "500",
            "The same on days 6 to 10.",
            section=Section.SENDING,
            group="Warm-up of a new number",
            label="Days 6 to 10, in a day",
            unit="messages",
        ),
        ConfigKey(
            "broadcast_gap_shortest_seconds",
            _whole(30, 3600),
            "30",
            "Between two messages of a broadcast, chosen at random. 30 is the shortest that is safe.",
            section=Section.SENDING,
            group="Broadcasts",
            label="Shortest pause",
            unit="seconds",
        ),
        ConfigKey(
            "broadcast_gap_longest_seconds",
            _whole(90, 7200),
            "90",
            "The longest of these pauses.",
            section=Section.SENDING,
            group="Broadcasts",
            label="Longest pause",
            unit="seconds",
        ),
        ConfigKey(
            "broadcasts_per_day_young",
            _whole(1, 50),
            "50",
            "What a new number sends of broadcasts in a day. 50 is the most that is safe.",
            section=Section.SENDING,
            group="Broadcasts",
            label="In a day, new number",
            unit="messages",
        ),
        ConfigKey(
            "broadcasts_per_day",
            _whole(1, 200),
            "200",
            "What any other number sends of broadcasts in a day. 200 is the most that is safe.",
            section=Section.SENDING,
            group="Broadcasts",
            label="In a day",
            unit="messages",
        ),
        ConfigKey(
            "standby_minutes",
            _whole(0, 1440),
            "2",
            "After this time another number that is in the group sends what waits for it; 0: never.",
            section=Section.SENDING,
            group="When a number drops",
            label="Another number takes over after",
            unit="minutes",
        ),
        ConfigKey(
            "command_aliases",
            _ALIASES,
            "{}",
            'Your own words for commands: {"refill": ["dobara"]}',
            section=Section.GENERAL,
            group="How the bot answers",
            label="Your own words for commands",
        ),
        ConfigKey(
            "show_provider_to_customers",
            _BOOL,
            "true",
            "Name the provider in answers to customers.",
            section=Section.PRIVACY,
            group="What customers see",
            label="Show the provider",
        ),
        ConfigKey(
            "show_charge_to_customers",
            _BOOL,
            "true",
            "Name the charge in answers to customers.",
            section=Section.PRIVACY,
            group="What customers see",
            label="Show the charge",
        ),
        ConfigKey(
            "services_url",
            _URL,
            "",
            "Where the service list is; empty: the panel's own page.",
            section=Section.PANEL,
            group="Services",
            label="Service list address",
        ),
        ConfigKey(
            "llm_base_url",
            _URL,
            "",
            "An OpenAI-compatible service of your own; empty: the platform's.",
            section=Section.AI,
            group="Your own model",
            label="Service address",
        ),
        ConfigKey(
            "llm_api_key",
            _TEXT,
            "",
            "Its key.",
            is_secret=True,
            section=Section.AI,
            group="Your own model",
            label="API key",
        ),
        ConfigKey(
            "llm_model",
            _TEXT,
            "",
            "Its model; empty: the platform's.",
            section=Section.AI,
            group="Your own model",
            label="Model",
        ),
        ConfigKey(
            "scheduler_timezone",
            _OFFSET,
            "UTC",
            "The zone in which times are shown.",
            section=Section.GENERAL,
            group="How the bot answers",
            label="Time zone",
        ),
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

# All settings of the row's tenant, to be read beside the row; `from_annotation` makes a Config of them. Plain SQL, for
# it is part of every message: the ORM takes longer to word it than the database to do it.
AS_ANNOTATION = Func(
    F("tenant_id"),
    template="(SELECT jsonb_object_agg(key, value) FROM bot_config WHERE bot_config.tenant_id = %(expressions)s)",
    output_field=JSONField(),
)


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

    def is_stored(self, name: str) -> bool:
        """Whether somebody chose it, be it the default."""
        return name in self._values

    def is_changed(self, name: str) -> bool:
        """Whether it differs from the default."""
        return self.text(name) != key_of(name).default

    def cooldown_s(self, action: Action) -> int:
        return int(self[_COOLDOWNS.get(action, "cooldown_seconds")])

    def mode(self, action: Action) -> ActionMode:
        return ActionMode(self[_MODES[action]])

    @cached_property
    def llm(self) -> LlmSettings:
        """The tenant's own language model, else the platform's. May cost a query, once: settings are read anew for
        every message."""
        return llm_settings(
            base_url=self["llm_base_url"], api_key=self["llm_api_key"], model=self["llm_model"]
        )

    @property
    def ai_provider(self) -> str:
        """Who words replies in AI mode, `OpenAI GPT-4o-mini`; empty when nobody does."""
        return self.llm.shown

    @property
    def zone(self) -> tzinfo:
        zone: tzinfo = self["scheduler_timezone"]
        return zone


def load(*, tenant_id: int) -> Config:
    return Config(dict(BotConfig.objects.filter(tenant_id=tenant_id).values_list("key", "value")))


def from_annotation(values: Mapping[str, str] | None) -> Config:
    return Config(dict(values or ()))


def set_value(*, tenant_id: int, name: str, value: str) -> None:
    """Store one setting, a secret encrypted. Raises UnknownConfigKey, InvalidConfigValue."""
    value = canonical(name, value)
    stored = crypto.encrypt(value) if key_of(name).is_secret and value else value
    BotConfig.objects.update_or_create(tenant_id=tenant_id, key=name, defaults={"value": stored})


def canonical(name: str, value: str) -> str:
    """The one spelling of a value: `Yes` is `true`, `utc+06` is `UTC+6`.

    Raises UnknownConfigKey, InvalidConfigValue.
    """
    key = key_of(name)
    value = value.strip()
    try:
        read = key.kind.parse(value)
    except ValueError as error:
        raise InvalidConfigValue(name, key.kind.allowed) from error
    if key.kind.form == Form.SWITCH:
        return "true" if read else "false"
    if key.kind.form == Form.CHOICE:
        return str(read)
    return utc_offset.format_offset(read) if key.kind.form == Form.OFFSET else value


def reset(*, tenant_id: int, name: str) -> None:
    """Back to the default. Raises UnknownConfigKey."""
    BotConfig.objects.filter(tenant_id=tenant_id, key=key_of(name).name).delete()


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
