from datetime import timedelta, tzinfo
from typing import Any

from django import forms

from botcore.domain import log_queries, logs, status_moves
from botcore.domain.log_queries import LogFilter
from botcore.enums import Action, SupportStatus
from smmbot.ui.forms import StyledForm

_BIGGEST_ID = 2**63 - 1
_ANY = [("", "Any")]


class LogFilterForm(StyledForm):
    """The filters above the table; every one of them stands in the address."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label="Search",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Order, #serial, OID, username", "autocomplete": "off"}
        ),
    )
    date_from = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    date_to = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))
    action = forms.ChoiceField(required=False, choices=_ANY + Action.choices)
    priority = forms.ChoiceField(
        required=False,
        label="Attention",
        choices=[("", "Any"), ("true", "Priority"), ("decision", "Waits for a decision")],
    )
    provider = forms.ChoiceField(required=False)
    group = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    customer = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "Username or +phone", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "All"), *SupportStatus.choices], widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, providers: list[str], groups: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = _ANY + [(host, host) for host in providers]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "All chats"), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("date_from"), values.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", "This day is before the first one.")
        return values

    def clean_date_from(self) -> Any:
        return self._day("date_from")

    def clean_date_to(self) -> Any:
        return self._day("date_to")

    def _day(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if value and not 2000 <= value.year <= 2999:
            raise forms.ValidationError("Give a day between 2000 and 2999.")
        return value

    def wanted(self, zone: tzinfo) -> LogFilter:
        """What is right of it; a field that is wrong says so and filters nothing."""
        self.is_valid()
        values = self.cleaned_data
        first, last = values.get("date_from"), values.get("date_to")
        priority = values.get("priority")
        return LogFilter(
            since=log_queries.day(first, zone)[0] if first else None,
            until=log_queries.day(last, zone)[0] + timedelta(days=1) if last else None,
            action=values.get("action") or "",
            status=values.get("status") or "",
            is_priority=True if priority == "true" else None,
            awaits_decision=priority == "decision",
            provider=values.get("provider") or "",
            group_id=values.get("group"),
            customer=values.get("customer") or "",
            q=values.get("q") or "",
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status is asked for."""
        return self.is_filtered or bool(self.cleaned_data.get("q"))

    @property
    def is_filtered(self) -> bool:
        """Whether one of the fields below the search is filled in, or wrong."""
        plain = ("status", "q")
        return bool(self.errors) or any(
            value for name, value in self.cleaned_data.items() if name not in plain
        )


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=SupportStatus.choices)


class _Ids(forms.Field):
    """Ids of a list of check boxes. Whose rows they are is the domain's question."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": "Tick the requests first.",
        "invalid": "These are no requests of this page. Reload it and try again.",
    }

    def clean(self, value: Any) -> list[int]:
        texts = list(dict.fromkeys(value or ()))
        if not texts:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(texts) > status_moves.AT_ONCE or not all(_is_id(text) for text in texts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [int(text) for text in texts]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _BIGGEST_ID


class PickedForm(forms.Form):
    """Rows ticked in the table."""

    ids = _Ids()


class BulkStatusForm(PickedForm):
    status = forms.ChoiceField(choices=SupportStatus.choices)


class MemoForm(StyledForm):
    memo = forms.CharField(
        required=False,
        max_length=logs.MAX_MEMO,
        label="Note for the team",
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Only your team reads this."}),
    )
