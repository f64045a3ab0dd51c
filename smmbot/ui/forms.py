"""Forms as all screens show them: Tabler's classes on the widgets, one template a field."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

_CLASSES = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class StyledForm(forms.Form):
    """Base of every form of the dashboard. A field that is wrong says so beside itself and to screen readers."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.template_name = "components/field.html"  # type: ignore[attr-defined]  # not in the stubs
            wanted = next(name for kind, name in _CLASSES if isinstance(field.widget, kind))
            field.widget.attrs["class"] = f"{wanted} {field.widget.attrs.get('class', '')}".strip()

    def add_error(self, field: str | None, error: Any) -> None:
        """Also of what the domain refused, after the form itself was content."""
        super().add_error(field, error)
        for name in self.errors:
            attrs = self.fields[name].widget.attrs if name in self.fields else None
            if attrs is not None and "is-invalid" not in attrs.get("class", ""):
                attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, an empty post too; None binds nothing."""
    return request.POST if request.method == "POST" else None
