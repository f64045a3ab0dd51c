"""Fields of the pages about people."""

from typing import Any

from django import forms

from tenants.domain import passwords, phones
from tenants.errors import InvalidPhone


class PhoneField(forms.CharField):
    """Any way a person writes a number; cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Phone number")
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "type": "tel",
                    "inputmode": "tel",
                    "autocomplete": "tel",
                    "placeholder": "+44 7911 123456",
                }
            ),
        )
        kwargs.setdefault("error_messages", {"required": "Enter your phone number."})
        super().__init__(max_length=phones.MAX_TYPED, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class PasswordField(forms.CharField):
    """Never stripped, never shown again. is_new: a browser offers to make one up instead of filling in the old one."""

    def __init__(self, *, is_new: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Password")
        kwargs.setdefault("error_messages", {"required": "Enter the password."})
        if is_new:
            kwargs.setdefault("help_text", f"At least {passwords.MIN_LENGTH} characters.")
        attrs = {"autocomplete": "new-password" if is_new else "current-password"}
        super().__init__(
            strip=False, max_length=passwords.MAX_LENGTH, widget=forms.PasswordInput(attrs=attrs), **kwargs
        )


class CodeField(forms.CharField):
    """A code that was sent or is shown by an app."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Code")
        kwargs.setdefault("error_messages", {"required": "Enter the code."})
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "one-time-code"}
        attrs |= kwargs.pop("attrs", {})
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)
