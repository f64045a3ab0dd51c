from typing import Any

from django import forms

from botcore.domain.groups import GroupFlag, Shown
from smmbot.ui.forms import StyledForm

ON, OFF = "on", "off"
HIDE = "hide"
# What may be done to one group or to all selected, by the value that is sent: `support_enabled:on`.
SWITCHES: dict[str, tuple[GroupFlag, bool]] = {
    f"{flag.value}:{word}": (flag, word == ON) for flag in GroupFlag for word in (ON, OFF)
}


class GroupsFilter(StyledForm):
    """What the list shows; a wrong value counts as none."""

    show = forms.ChoiceField(choices=[(one.value, one.value) for one in Shown], required=False)
    q = forms.CharField(max_length=100, required=False, strip=True)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        got = self.cleaned_data
        return {
            "shown": Shown(got.get("show") or Shown.ALL),
            "text": (got.get("q") or "").replace("\x00", ""),
            "page": got.get("page") or 1,
        }


class SwitchForm(forms.Form):
    """One flag of one group."""

    switch = forms.ChoiceField(choices=[(one, one) for one in SWITCHES])


class ProviderForm(forms.Form):
    provider = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class BulkForm(forms.Form):
    act = forms.ChoiceField(choices=[(act, act) for act in (*SWITCHES, HIDE)])
    ids = forms.TypedMultipleChoiceField(coerce=int, choices=())

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Which of them are the tenant's is for the domain to see.
        self.fields["ids"].choices = [  # type: ignore[attr-defined]
            (one, one) for one in data.getlist("ids") if one.isascii() and one.isdigit() and len(one) < 10
        ]
