from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django import forms

from smmbot.ui.forms import StyledForm
from tenants.domain import audit_log
from tenants.domain.audit_log import Filters
from tenants.enums import AuditSource, Role


class ApiKeyForm(StyledForm):
    name = forms.CharField(max_length=60, help_text="What it is for, such as “Order import script”.")
    role = forms.ChoiceField(
        choices=[
            (Role.STAFF.value, "Staff: message logs"),
            (Role.STAFF_ADMIN.value, "Staff Admin: the bot, groups, customers and providers, too"),
            (Role.OWNER.value, "Owner: everything a script may do"),
        ],
        help_text="Give it no more than it needs. No key manages the team, other keys or deletion.",
    )


class CloseForm(StyledForm):
    name = forms.CharField(max_length=100, label="Name of the account")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"


class AuditFilterForm(StyledForm):
    """How the audit log is narrowed; read from the address."""

    q = forms.CharField(max_length=100, required=False, label="Search")
    user = forms.ChoiceField(required=False, label="Who")
    area = forms.ChoiceField(
        required=False,
        label="What",
        choices=[("", "Everything"), *((key, label) for key, (label, _) in audit_log.AREAS.items())],
    )
    source = forms.ChoiceField(
        required=False, label="Where", choices=[("", "Anywhere"), *AuditSource.choices]
    )
    since = forms.DateField(required=False, label="Since", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label="Until", widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]

    def filters(self, zone: tzinfo) -> Filters:
        """What is asked for; a field that is wrong narrows nothing. Days are the tenant's."""
        self.is_valid()
        given: dict[str, Any] = getattr(self, "cleaned_data", {})
        return Filters(
            user_id=int(given["user"]) if given.get("user") else None,
            area=given.get("area", ""),
            source=given.get("source", ""),
            text=given.get("q", ""),
            since=_begin(given.get("since"), zone),
            until=_begin(given.get("until"), zone, days=1),
        )


def _begin(day: Any, zone: tzinfo, days: int = 0) -> datetime | None:
    try:
        return datetime.combine(day + timedelta(days=days), time(), tzinfo=zone) if day else None
    except OverflowError:
        return None
