from typing import Any

from django import forms

from tenants.domain import phones
from tenants.errors import InvalidPhone


class AdminLoginForm(forms.Form):
    """The code is asked for beside the password, so that neither tells whether the other was right."""

    phone = forms.CharField(label="Phone", max_length=40, help_text="With the country code.")
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    code = forms.CharField(
        label="Authenticator code",
        required=False,
        max_length=40,
        help_text="If you use the second factor: from your app, or a recovery code.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "text"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"type": "tel", "autocomplete": "username", "autofocus": True}

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class AdminPasswordForm(forms.Form):
    old = forms.CharField(
        label="Password now", widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(label="New password", widget=forms.PasswordInput({"autocomplete": "new-password"}))


class AdminCodeForm(forms.Form):
    code = forms.CharField(
        label="Code the app shows",
        max_length=40,
        error_messages={"required": "Enter the code the app shows."},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AdminConfirmForm(forms.Form):
    password = forms.CharField(
        label="Your password",
        strip=False,
        error_messages={"required": "Enter your password."},
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )


class SuspendForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="The team reads it when they try to sign in.")
