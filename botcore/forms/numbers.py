import re
from typing import Any

from django import forms

from botcore.models import WhatsAppNumber
from smmbot.ui.forms import StyledForm

_NOT_DIGITS = re.compile(r"[\s().+-]+")


class NumberForm(StyledForm):
    """A number's name, for a new one or another."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        strip=True,
        help_text="Only your team sees it. For example: Main support line.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ScanForm(StyledForm):
    """Whose phone the sandbox plays."""

    phone = forms.CharField(
        label="Phone number of the sandbox phone",
        max_length=24,
        help_text="With its country code. Any number will do: nothing leaves this sandbox.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        digits = _NOT_DIGITS.sub("", self.cleaned_data["phone"])
        if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15):
            raise forms.ValidationError(
                "Enter 8 to 15 digits with the country code, such as +1 555 020 0001."
            )
        return digits


class RemoveForm(StyledForm):
    """Removing a number deletes its chats: its name is typed to be sure."""

    typed = forms.CharField(label="", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, number: WhatsAppNumber, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = str(number)
        self.fields["typed"].label = f"Type “{self.wanted}” to confirm"

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().casefold() != self.wanted.strip().casefold():
            raise forms.ValidationError(f"That is not its name. Type exactly: {self.wanted}")
        return typed
