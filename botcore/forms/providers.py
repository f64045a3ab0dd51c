from typing import Any

from django import forms

from providers.domain.managing import InvalidProvider
from providers.domain.messages import DEFAULT_FORMATS
from providers.enums import MessageAction
from providers.models import SmmProvider
from smmbot.ui.forms import StyledForm

_FORMAT = "format_"


class ProviderForm(StyledForm):
    """A provider as the owner describes it. The key is never shown again: an empty field keeps the one there is."""

    name = forms.CharField(max_length=100, help_text="For your team. Customers never see it.")
    alias = forms.CharField(
        max_length=100, required=False, help_text="What customers may see instead, such as Server 2."
    )
    host = forms.CharField(
        max_length=253,
        required=False,
        label="Site",
        help_text="As your panel names it on orders: provider.com. Empty: the site of the API address.",
    )
    other_hosts = forms.CharField(
        max_length=1000,
        required=False,
        label="Other sites",
        help_text="More names of it, separated by commas.",
    )
    api_url = forms.CharField(
        max_length=300,
        required=False,
        label="Panel URL",
        help_text="https://provider.com or its API address.",
    )
    api_key = forms.CharField(
        max_length=300,
        required=False,
        label="API key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    group = forms.ChoiceField(
        required=False, label="WhatsApp group", help_text="Where its support reads what you escalate."
    )
    is_active = forms.BooleanField(required=False, initial=True, label="Update by itself")
    sync_interval = forms.IntegerField(
        min_value=15, max_value=10_080, initial=360, label="Every … minutes", help_text="360 is six hours."
    )

    def __init__(
        self, *args: Any, provider: SmmProvider | None = None, groups: Any = (), **kwargs: Any
    ) -> None:
        if provider is not None:
            kwargs.setdefault("initial", _initial(provider))
        super().__init__(*args, **kwargs)
        known: Any = [(one.wa_id, str(one)) for one in groups]
        if provider and provider.group_wa_id and provider.group_wa_id not in dict(known):
            known.append((provider.group_wa_id, provider.group_wa_id))
        self.fields["group"].choices = [("", "No group"), *known]  # type: ignore[attr-defined]
        if provider is not None:
            self.fields["api_key"].help_text = (
                "A key is saved. Type a new one to replace it."
                if provider.api_key
                else "From the provider's API page."
            )
        for action in MessageAction:
            field = forms.CharField(
                max_length=200,
                required=False,
                label=action.label,
                widget=forms.TextInput(
                    attrs={"placeholder": DEFAULT_FORMATS[action], "class": "form-control"}
                ),
            )
            field.template_name = "components/field.html"  # type: ignore[attr-defined]  # not in the stubs
            self.fields[f"{_FORMAT}{action.value}"] = field

    @property
    def account_fields(self) -> list[Any]:
        return [self[name] for name in ("api_url", "api_key")]

    @property
    def format_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(_FORMAT)]

    @property
    def changes_account(self) -> bool:
        """Keys and addresses want a fresh login."""
        return bool(self.cleaned_data["api_key"]) or "api_url" in self.changed_data

    def values(self) -> dict[str, Any]:
        """As `managing.add` and `managing.change` take them."""
        got = self.cleaned_data
        values: dict[str, Any] = {
            name: got[name] for name in ("name", "alias", "host", "api_url", "is_active", "sync_interval")
        }
        values["other_hosts"] = [one.strip() for one in got["other_hosts"].split(",") if one.strip()]
        values["group_wa_id"] = got["group"]
        values["message_formats"] = {
            action.value: got[f"{_FORMAT}{action.value}"] for action in MessageAction
        }
        if got["api_key"]:
            values["api_key"] = got["api_key"]
        return values

    def blame(self, error: InvalidProvider) -> None:
        """Put what the domain objects to beside the fields."""
        for name, text in error.fields.items():
            self.add_error(name if name in self.fields else None, text)


def _initial(provider: SmmProvider) -> dict[str, Any]:
    formats = provider.message_formats if isinstance(provider.message_formats, dict) else {}
    return {
        "name": provider.name,
        "alias": provider.alias,
        "host": provider.host,
        "other_hosts": ", ".join(provider.other_hosts),
        "api_url": provider.api_url,
        "group": provider.group_wa_id,
        "is_active": provider.is_active,
        "sync_interval": provider.sync_interval,
        **{f"{_FORMAT}{action.value}": formats.get(action.value, "") for action in MessageAction},
    }
