from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from botcore.domain import templates
from botcore.domain.templates import Template
from smmbot.ui.forms import StyledForm


class TemplateForm(StyledForm):
    """The words of one reply. Empty: the built-in ones."""

    value = forms.CharField(
        label="Your text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "true", "dir": "auto"}),
    )

    def __init__(self, data: Any = None, *, template: Template) -> None:
        super().__init__(data, initial={"value": template.value})
        self.template = template
        self.fields["value"].widget.attrs["placeholder"] = template.default

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"].replace("\r\n", "\n")
        if len(value) > self.template.limit:
            raise ValidationError(
                f"This is {len(value):,} characters; one message takes {self.template.limit:,}. Please shorten it."
            )
        if unknown := templates.unknown_in(self.template.key, value):
            raise ValidationError(unknown_words(unknown, self.template.variables))
        return value


def unknown_words(unknown: list[str], known: tuple[str, ...]) -> str:
    """What is not known, and what is."""
    strangers = ", ".join(f"{{{name}}}" for name in unknown)
    if not known:
        return f"{strangers}: this text has no variables. Write it without braces."
    return f"{strangers} is not known here. You can use: {', '.join(f'{{{name}}}' for name in known)}."
