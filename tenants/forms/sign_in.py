from django import forms

from smmbot.ui.forms import StyledForm
from tenants.forms.fields import CodeField, PasswordField, PhoneField


class PhoneForm(StyledForm):
    phone = PhoneField(help_text="The number of your WhatsApp, with country code.")


class CodeAndPasswordForm(StyledForm):
    code = CodeField(label="6-digit code")
    password = PasswordField(is_new=True, label="Choose a password")


class LoginForm(StyledForm):
    phone = PhoneField()
    password = PasswordField()


class SecondFactorForm(StyledForm):
    code = CodeField(
        label="Code from your authenticator app",
        help_text="Or one of your recovery codes, when the app is lost.",
    )


class ConfirmForm(StyledForm):
    password = PasswordField(label="Your password")


class FirstPasswordForm(StyledForm):
    password = PasswordField(is_new=True, label="Your new password")


class NameForm(StyledForm):
    name = forms.CharField(
        label="Your name",
        max_length=100,
        required=False,
        help_text="As your team sees you. Empty: your number.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class PasswordChangeForm(StyledForm):
    prefix = "change"

    old = PasswordField(label="Password now")
    new = PasswordField(is_new=True, label="New password")


class TotpForm(StyledForm):
    code = CodeField(label="Code the app shows", error_messages={"required": "Enter the code the app shows."})
