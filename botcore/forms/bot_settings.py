"""The tabs of Bot Settings as forms, made of the registry: a new setting appears by itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from botcore.commands import settings
from botcore.commands.registry import COMMANDS
from botcore.domain import config
from botcore.domain.config import Config, ConfigKey, Form, Section
from botcore.domain.replies import formatting
from botcore.enums import ActionMode
from botcore.errors import InvalidConfigValue
from panel.clients.url import check_url
from panel.domain import connections
from panel.domain.probe import REFUSED_URL
from panel.errors import PanelUrlRefused
from panel.models import PanelConnection
from smmbot.lib import crypto
from smmbot.ui.forms import StyledForm

# Where the screen is plainer than what !config needs to say.
_HELP = {
    "command_aliases": "Customers may use these words as well. Several to a command: put commas between them.",
    "refund_mode": "“Automatic” and “API only” pay failed orders back at once, the rest waits for you.",
    "partial_mode": "“Automatic” and “API only” pay the rest of running orders back at once.",
    "llm_api_key": "From your account at the service.",
    "llm_model": "As the service calls it, such as gpt-4o-mini. Empty: the platform's.",
}
# Headings that stand first on their tab.
_FIRST = ("How the bot answers", "Your own model", "Who may ask")
_LONGEST_SPAN_S = 1_000_000
CONFIRM_FIRST = "Confirm your password to enter or change a key."
CHOICES: Mapping[str, Mapping[str, str]] = {
    "chat_mode": {"manual": "Manual", "ai": "AI", "custom": "Custom"},
    "count_source": {"none": "None: staff look themselves", "sandbox": "Sandbox (for trying out)"},
    **{
        key.name: {
            ActionMode.AUTO: "Automatic",
            ActionMode.API: "API only",
            ActionMode.FORWARD: "Provider's group",
            ActionMode.APPROVE: "Staff decide",
            ActionMode.OFF: "Off",
        }
        for key in config.KEYS.values()
        if key.name.endswith("_mode") and key.section == Section.ROUTING
    },
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of a tab. default: as people read it; saved: whether it differs from it now."""

    key: ConfigKey
    field: forms.BoundField
    default: str
    is_changed: bool
    masked: str = ""

    @property
    def help(self) -> str:
        return _HELP.get(self.key.name, self.key.help)

    @property
    def is_mode(self) -> bool:
        return self.key.name.endswith("_mode") and self.key.section == Section.ROUTING

    @property
    def span(self) -> str:
        """`12 h`, for seconds nobody reads as such."""
        value = str(self.field.value() or "")
        is_long = self.key.unit == "seconds" and value.isdecimal() and 120 <= int(value) <= _LONGEST_SPAN_S
        return formatting.span(int(value)) if is_long else ""


class SettingsForm(StyledForm):
    """A tab. is_fresh: the password was given lately, so keys may be changed."""

    section: Section

    def __init__(self, data: Any = None, *, saved: Config, is_fresh: bool) -> None:
        self.saved, self.is_fresh = saved, is_fresh
        initial = {key.name: _initial(key, saved) for key in keys_of(self.section)}
        super().__init__(data, initial=initial)
        for key in keys_of(self.section):
            if key.is_secret and not is_fresh:
                self.fields[key.name].widget.attrs["readonly"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for key in keys_of(self.section):
            if key.name in self.errors or key.name not in cleaned:
                continue
            if key.is_secret and not cleaned[key.name]:
                continue  # what is saved stays
            if key.is_secret and not self.is_fresh:
                self.add_error(key.name, CONFIRM_FIRST)
                continue
            try:
                cleaned[key.name] = settings.check(key.name, _text(cleaned[key.name]))
            except InvalidConfigValue as error:
                self.add_error(key.name, f"Please enter {error.allowed}.")
        return cleaned

    @property
    def values(self) -> dict[str, str]:
        """What to store: secrets only when they were typed."""
        return {
            key.name: _text(self.cleaned_data[key.name])
            for key in keys_of(self.section)
            if self.cleaned_data[key.name] or not key.is_secret
        }

    def groups(self) -> Iterator[tuple[str, list[Setting]]]:
        """Headings with their settings, in the registry's order."""
        found: dict[str, list[Setting]] = {}
        for key in keys_of(self.section):
            found.setdefault(key.group, []).append(self._row(key))
        yield from found.items()

    def rows(self) -> dict[str, Setting]:
        return {key.name: self._row(key) for key in keys_of(self.section)}

    def _row(self, key: ConfigKey) -> Setting:
        return Setting(
            key,
            self[key.name],
            shown_default(key),
            self.saved.is_changed(key.name),
            crypto.mask(self.saved.text(key.name)) if key.is_secret else "",
        )


class AliasesWidget(forms.Widget):
    """A line a command: its own words, with commas between."""

    template_name = "botcore/bot_settings/_aliases.html"

    def __init__(self) -> None:
        super().__init__()
        self.attrs["class"] = "form-control"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        words = value if isinstance(value, dict) else {}
        context["lines"] = [
            (command, f"{name}-{command}", ", ".join(words.get(command, ()))) for command in alias_commands()
        ]
        context["has_words"] = bool(words)
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[str]]:
        found = {}
        for command in alias_commands():
            words = [one.strip() for one in str(data.get(f"{name}-{command}", "")).split(",")]
            if words := [one for one in words if one]:
                found[command] = words
        return found


def alias_commands() -> list[str]:
    """Commands customers send, which may have other words."""
    return [name for name in COMMANDS if not name.startswith("!") and len(name.split()) < 3]


def keys_of(section: Section) -> list[ConfigKey]:
    """Those of the tab, in the registry's order; what is asked first stands first, wide ones last."""
    found = [key for key in config.KEYS.values() if key.section == section and key.is_on_form]
    return sorted(
        found, key=lambda key: (key.group not in _FIRST, key.kind.form == Form.WORDS and key.group in _FIRST)
    )


@cache
def form_class(section: Section) -> type[SettingsForm]:
    fields: dict[str, Any] = {key.name: _field(key) for key in keys_of(section)}
    return type(f"{section.name.title()}Form", (SettingsForm,), {"section": section, **fields})


def shown_default(key: ConfigKey) -> str:
    if key.kind.form == Form.SWITCH:
        return "on" if key.default == "true" else "off"
    if key.kind.form == Form.WORDS:
        return "none"
    words = CHOICES.get(key.name, {}).get(key.default, key.default)
    return f"{words} {key.unit}".strip() if words else "empty"


def _field(key: ConfigKey) -> forms.Field:
    label, help_text = key.label, key.help
    if key.is_secret:
        widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        return forms.CharField(
            label=label, help_text=help_text, required=False, widget=widget, max_length=500
        )
    match key.kind.form:
        case Form.SWITCH:
            widget_ = forms.CheckboxInput(attrs={"role": "switch"})
            return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget_)
        case Form.CHOICE:
            pairs = list(CHOICES.get(key.name, {value: value for value in key.kind.choices}).items())
            radios = forms.RadioSelect if key.name == "chat_mode" else forms.Select
            return forms.ChoiceField(label=label, help_text=help_text, choices=pairs, widget=radios)
        case Form.OFFSET:
            offsets = [(offset, offset) for offset in key.kind.choices]
            return forms.ChoiceField(label=label, help_text=help_text, choices=offsets)
        case Form.WHOLE | Form.NUMBER:
            # Text, so that the registry alone says what is a number; the browser helps to type one.
            attrs = {
                "inputmode": "decimal" if key.kind.form == Form.NUMBER else "numeric",
                "autocomplete": "off",
            }
            number = forms.TextInput(attrs=attrs)
            return forms.CharField(label=label, help_text=help_text, widget=number, max_length=20)
        case Form.WORDS:
            return forms.Field(label=label, help_text=help_text, required=False, widget=AliasesWidget())
        case Form.ADDRESS:
            address = forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"})
            return forms.CharField(label=label, help_text=help_text, required=False, widget=address)
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=config.LONGEST_TEXT)


def _initial(key: ConfigKey, saved: Config) -> Any:
    if key.is_secret:
        return ""
    value = saved.text(key.name)
    match key.kind.form:
        case Form.SWITCH:
            return saved[key.name]
        case Form.WORDS:
            return {name: list(words) for name, words in saved[key.name].items()}
        case Form.CHOICE | Form.OFFSET:
            return config.canonical(key.name, value)
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value if value is not None else "")


class PanelForm(StyledForm):
    """The panel's address and key. The key is only ever written, never shown."""

    base_url = forms.CharField(
        label="Panel URL",
        max_length=300,
        help_text="Your panel's address, as in https://yourpanel.com",
        widget=forms.TextInput(
            attrs={"placeholder": "https://yourpanel.com", "inputmode": "url", "spellcheck": "false"}
        ),
    )
    api_key = forms.CharField(
        label="API key",
        max_length=500,
        required=False,
        help_text="The Admin API key: in your panel under Settings → Admin API. It is stored encrypted.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, saved: PanelConnection | None, is_fresh: bool) -> None:
        super().__init__(data, initial={"base_url": saved.base_url if saved else ""})
        self.saved, self.is_fresh = saved, is_fresh
        key = self.fields["api_key"]
        if saved is not None:
            key.widget.attrs["placeholder"] = f"{crypto.mask(saved.api_key)} · leave empty to keep it"
        if not is_fresh:
            key.widget.attrs["readonly"] = True

    @property
    def masked(self) -> str:
        return crypto.mask(self.saved.api_key) if self.saved else ""

    def clean_base_url(self) -> str:
        try:
            return check_url(self.cleaned_data["base_url"])
        except PanelUrlRefused as error:
            raise ValidationError(REFUSED_URL.get(error.reason, REFUSED_URL["host"])) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = cleaned.get("api_key", "")
        if key and not self.is_fresh:
            self.add_error("api_key", CONFIRM_FIRST)
        elif not key and "base_url" in cleaned:
            if self.saved is None:
                self.add_error("api_key", "Enter the panel's Admin API key.")
            elif not connections.is_same_panel(self.saved, cleaned["base_url"]):
                self.add_error(
                    "api_key",
                    "This is another panel. Enter its key too: the saved one stays with the old address.",
                )
        return cleaned
