import json
import re
from typing import Any

from django import forms

from botcore.domain import gateways
from botcore.models import Gateway, WhatsAppNumber
from smmbot.ui.forms import StyledForm
from tenants.domain import phones
from tenants.errors import InvalidPhone

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


class NewNumberForm(NumberForm):
    """A number to link. Whose operator runs several gateways chooses one."""

    gateway = forms.ChoiceField(
        label="Linked through",
        help_text="All do the same. If a number does not link through one, move it to another later.",
    )
    accepts_risk = forms.BooleanField(
        label="I understand that WhatsApp may limit or ban this number, and that nobody can rule that out.",
        error_messages={"required": "Please confirm that you know the risk."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {str(one.pk): one for one in gateways.offered()}
        if len(self._offered) > 1:
            self.fields["gateway"].choices = [(pk, str(one)) for pk, one in self._offered.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["gateway"]

    def chosen(self) -> Gateway | None:
        """None: the sandbox, where there is no gateway."""
        if "gateway" in self.cleaned_data:
            return self._offered[self.cleaned_data["gateway"]]
        return next(iter(self._offered.values()), None)


class MoveForm(StyledForm):
    """Another gateway for a number."""

    gateway = forms.ChoiceField(label="Move it to", widget=forms.RadioSelect)

    def __init__(self, *args: Any, number: WhatsAppNumber, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(one.pk): one for one in gateways.others(number=number)}
        self.fields["gateway"].choices = [(pk, str(one)) for pk, one in self.others.items()]  # type: ignore[attr-defined]
        self.fields["gateway"].initial = next(iter(self.others), None)

    def chosen(self) -> Gateway:
        return self.others[self.cleaned_data["gateway"]]


class PhoneForm(StyledForm):
    """The phone on which a code is typed."""

    phone = forms.CharField(
        label="Phone number to link",
        max_length=40,
        help_text="With its country code, such as +1 555 020 0001.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"]).lstrip("+")
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class PasskeyForm(StyledForm):
    """What the browser signed on WhatsApp's page."""

    credential = forms.CharField(
        label="What the extension gave you",
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        ),
    )

    def clean_credential(self) -> str:
        credential: str = self.cleaned_data["credential"]
        try:
            is_answer = isinstance(json.loads(credential), dict)
        except (ValueError, RecursionError):
            is_answer = False
        if not is_answer:
            raise forms.ValidationError(
                "This is not a passkey's answer. Copy all of it: it begins with { and ends with }."
            )
        return credential


class ScanForm(StyledForm):
    """Whose phone the sandbox plays."""

    phone = forms.CharField(
        label="Phone number of the sandbox phone",
        max_length=24,
        help_text="With its country code. Any number will do: nothing leaves this sandbox.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    needs_passkey = forms.BooleanField(label="Its account has a passkey", required=False)

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
