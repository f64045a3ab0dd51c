from typing import Any

from django import forms

from botcore.domain.templates import LONGEST
from smmbot.ui.forms import StyledForm

PANELS = (("sandbox", "Sandbox panel"), ("own", "Your panel, read-only"))


class SayForm(StyledForm):
    """One message of the playground; whether the person is in the chat is for the domain to see."""

    chat = forms.CharField(max_length=20)
    actor = forms.CharField(max_length=20)
    panel = forms.ChoiceField(choices=PANELS, error_messages={"required": "Choose the panel to play on."})
    play_as = forms.CharField(max_length=100, required=False, label="Play as username")
    quoted = forms.CharField(max_length=128, required=False)
    text = forms.CharField(
        max_length=LONGEST,
        label="Message",
        error_messages={
            "required": "Write something first.",
            "max_length": f"One message takes {LONGEST} characters.",
        },
    )

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    @property
    def said(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def got(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PlaceForm(forms.Form):
    chat = forms.CharField(max_length=20)
    actor = forms.CharField(max_length=20)
