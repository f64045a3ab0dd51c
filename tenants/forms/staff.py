from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html

from smmbot.ui.forms import StyledForm
from tenants.domain import phones
from tenants.enums import Role
from tenants.errors import InvalidPhone

# What a role is good for, said where one is chosen; the whole table is on the Help page.
_GOOD_FOR = {
    Role.STAFF: "Message Logs, and three commands: refill verify, provider status and !resolve.",
    Role.STAFF_ADMIN: "Everything but WhatsApp numbers, billing, the team, settings and !config.",
}
ROLE_CHOICES = [
    (
        role.value,
        format_html(
            '<span class="fw-medium d-block">{}</span><span class="text-secondary">{}</span>',
            role.label,
            said,
        ),
    )
    for role, said in _GOOD_FOR.items()
]


class RoleForm(StyledForm):
    role = forms.ChoiceField(choices=ROLE_CHOICES, widget=forms.RadioSelect, initial=Role.STAFF.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].template_name = "tenants/staff/_role_field.html"  # type: ignore[attr-defined]


class AddNumberForm(RoleForm):
    """The first step: whom the code is sent to."""

    phone = forms.CharField(
        label="WhatsApp number", max_length=40, help_text="With the country code, such as +91 98765 43210."
    )
    name = forms.CharField(
        max_length=100, required=False, help_text="So that the team knows who did what. Optional."
    )
    field_order: Sequence[str] = ("phone", "name", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {
            "type": "tel",
            "inputmode": "tel",
            "autocomplete": "off",
            "placeholder": "+91 98765 43210",
            "autofocus": True,
        }
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class JoinForm(AddNumberForm):
    """The second step: the code, with what the first step asked carried along."""

    code = forms.CharField(
        label="Six-digit code", max_length=12, help_text="They tell it to you. It is good for ten minutes."
    )
    field_order = ("phone", "name", "role", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "name", "role"):
            self.fields[name].widget = forms.HiddenInput()
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "pattern": "[0-9 ]*",
            "autofocus": True,
        }

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).replace(" ", "")
