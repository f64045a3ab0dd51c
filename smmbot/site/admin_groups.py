"""Groups of platform staff: what support may look at, and what it may do. Permissions are given to groups alone."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from smmbot.lib.admin import PlatformAdmin, ReadOnlyAdmin

admin.site.unregister(Group)


def _that_open_something() -> QuerySet[Permission]:
    """Those some page asks for. A page to look at has no row to add or delete; to change is to use its acts."""
    wanted = Q(pk=None)
    for model, page in admin.site._registry.items():
        acts = ("view", "change") if isinstance(page, ReadOnlyAdmin) else ("view", "add", "change", "delete")
        names = [f"{act}_{model._meta.model_name}" for act in acts]
        wanted |= Q(content_type__app_label=model._meta.app_label, codename__in=names)
    return Permission.objects.filter(wanted).select_related("content_type")


class _Permissions(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        area = apps.get_app_config(obj.content_type.app_label).verbose_name
        return f"{area}: {obj.name.removeprefix('Can ')}"


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    permissions = _Permissions(
        queryset=Permission.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "staff-permissions"}),
        help_text="“View” opens a page. On a page to look at, “change” opens its acts: look at a tenant’s dashboard "
        "or suspend it, send a dead reply again, switch a task off.",
    )

    class Meta:
        model = Group
        fields = ("name", "permissions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].queryset = _that_open_something()  # type: ignore[attr-defined]  # of this field


@admin.register(Group)
class GroupPage(PlatformAdmin):
    form = GroupForm
    search_fields = ("name",)
    ordering = ("name",)
