import json
from typing import Any

from django import forms

from botcore.domain.customer_queries import Shown
from smmbot.ui.forms import StyledForm
from tenants.domain import customer_list, phones
from tenants.domain.customer_list import MAX_BYTES, MAX_ROWS, Parsed, Wanted
from tenants.domain.customers import BULK_LIMIT
from tenants.errors import InvalidPhone, UnreadableList

BLOCK, UNBLOCK, REMOVE = "block", "unblock", "remove"
_BIGGEST_ID = 2**31 - 1
_LOST = "The list was lost on the way. Choose the file again."


class CustomersFilter(StyledForm):
    """What the list shows; a wrong value counts as none."""

    show = forms.ChoiceField(choices=[(one.value, one.value) for one in Shown], required=False)
    q = forms.CharField(max_length=100, required=False, strip=True)
    before = forms.IntegerField(min_value=1, max_value=_BIGGEST_ID, required=False)
    after = forms.IntegerField(min_value=1, max_value=_BIGGEST_ID, required=False)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        got = self.cleaned_data
        return {
            "shown": Shown(got.get("show") or Shown.ALL),
            "text": (got.get("q") or "").replace("\x00", ""),
            "before": got.get("before"),
            "after": got.get("after"),
        }


class UsernameForm(StyledForm):
    """Another username for somebody who is known."""

    username = forms.CharField(
        label="Panel username",
        max_length=customer_list.LONGEST_NAME,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    # Only shown after the panel did not answer.
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if not name.isprintable() or " " in name:
            raise forms.ValidationError("A username has no spaces.")
        return name


class VerifyForm(UsernameForm):
    field_order = ("phone", "username", "anyway")

    phone = forms.CharField(
        label="WhatsApp number",
        max_length=phones.MAX_TYPED,
        help_text="With + and the country code, such as +44 7911 123456.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Enter the customer’s WhatsApp number."},
    )

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except InvalidPhone as error:
            raise forms.ValidationError(error.message) from error


class BulkForm(forms.Form):
    act = forms.ChoiceField(choices=[(act, act) for act in (BLOCK, UNBLOCK, REMOVE)])
    ids = forms.TypedMultipleChoiceField(coerce=int, choices=())
    sure = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Which of them are the tenant's is for the domain to see.
        given = [one for one in data.getlist("ids") if one.isascii() and one.isdigit() and len(one) < 10]
        self.fields["ids"].choices = [(one, one) for one in given[:BULK_LIMIT]]  # type: ignore[attr-defined]


class ListForm(StyledForm):
    """A list of customers, as a file or pasted; `parsed` holds it once the form is valid."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        help_text=f"Columns phone and username, {MAX_ROWS:,} lines at most.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )
    pasted = forms.CharField(
        label="Or paste the lines",
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "placeholder": "+15550100011, anna_media\n+447911123456, rahul.smm",
                "class": "mono",
            }
        ),
    )
    bare = forms.BooleanField(
        label="Numbers without + begin with their country code",
        required=False,
        help_text="Switch this on when your list says 15550100011 for +1 555 010 0011.",
    )
    parsed: Parsed

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        file, pasted = values.get("file"), values.get("pasted") or ""
        if file and file.size > MAX_BYTES:
            raise forms.ValidationError(
                f"This file is larger than {MAX_BYTES // 1024} KB. Import it in parts."
            )
        if not file and not pasted.strip():
            if not self.errors:
                raise forms.ValidationError("Choose a file, or paste the lines.")
            return values
        try:
            self.parsed = customer_list.read(
                file.read() if file else pasted, bare_is_international=bool(values.get("bare"))
            )
        except UnreadableList as error:
            raise forms.ValidationError(error.message) from error
        return values


class ImportForm(forms.Form):
    """The list once more, as the dry run understood it."""

    rows = forms.CharField(max_length=MAX_BYTES * 2, error_messages={"required": _LOST, "max_length": _LOST})

    def clean_rows(self) -> Parsed:
        try:
            rows = json.loads(self.cleaned_data["rows"])
            if not isinstance(rows, list) or not 0 < len(rows) <= MAX_ROWS:
                raise ValueError
            read = [
                customer_list.one(str(phone), str(name), line=int(line), bare_is_international=True)
                for line, phone, name in rows
            ]
        except (ValueError, TypeError, RecursionError) as error:
            raise forms.ValidationError(_LOST) from error
        return Parsed(tuple[Wanted, ...](read), ())
