from typing import Any

from django.contrib import admin, messages
from django.db.models import ManyToManyField, Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone

from smmbot.lib.admin import PlatformAdmin, ReadOnlyAdmin, digits_of
from tenants.domain import support
from tenants.models import AuditEntry, Job, LoginSession, TenantAdmin, TenantUser, User

_TENANT = ("tenant__name", "tenant__slug")


@admin.register(User)
class UserPage(PlatformAdmin):
    """People who sign in. Passwords are nobody's business: a lost one is set anew by way of the phone."""

    list_display = ("phone", "name", "is_active", "is_staff", "second_factor", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("phone", "name")
    search_help_text = "Phone or name"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("phone", "name", "is_active")}),
        ("Sign-in", {"fields": ("second_factor", "password_expires_at", "last_login", "date_joined")}),
        ("Platform staff", {"fields": ("is_staff", "is_superuser", "groups")}),
    )
    readonly_fields = ("phone", "second_factor", "password_expires_at", "last_login", "date_joined")
    actions = ("reset_second_factor", "end_sessions")
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up; platform staff are made with manage.py createsuperuser

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_staff and not _is_superuser(request):
            return False  # nobody rises by way of a colleague
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if _is_superuser(request):
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "is_superuser", "groups")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if digits := digits_of(search_term):
            return queryset.filter(phone__contains=digits), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(boolean=True, description="Second factor")
    def second_factor(self, user: User) -> bool:
        return user.has_totp

    @admin.action(description="Switch the second factor off (lost phone)", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        people = self._within_reach(request, queryset)
        by, now = _staff(request), timezone.now()
        count = sum(support.reset_second_factor(user=user, by=by, now=now) for user in people)
        messages.success(request, f"Second factor switched off for {count} of {len(people)}.")

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        by, now = _staff(request), timezone.now()
        people = self._within_reach(request, queryset)
        count = sum(support.end_sessions(user=user, by=by, now=now) for user in people)
        messages.success(request, f"{count} sessions ended.")

    @staticmethod
    def _within_reach(request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        return list(queryset if _is_superuser(request) else queryset.filter(is_staff=False))


@admin.register(TenantAdmin)
class TenantAdminPage(ReadOnlyAdmin):
    """Who is in which team. The team itself changes it, with codes; the owner stays."""

    list_display = ("user", "role", "tenant", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "tenant")
    search_fields = ("user__phone", "user__name", *_TENANT)
    ordering = ("-pk",)


@admin.register(TenantUser)
class TenantUserPage(ReadOnlyAdmin):
    """Verified customers."""

    list_display = ("panel_username", "contact", "tenant", "verified_by", "is_blocked", "last_active_at")
    list_filter = ("is_blocked", "verified_by")
    list_select_related = ("contact", "tenant")
    search_fields = ("panel_username", *_TENANT)
    search_help_text = "Panel username, phone digits, tenant"
    ordering = ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if digits := digits_of(search_term):
            wanted = Q(contact__identities__value__in=(digits, f"+{digits}"))
            return queryset.filter(wanted | Q(panel_username__iexact=search_term.strip())), True
        return super().get_search_results(request, queryset, search_term)


@admin.register(LoginSession)
class LoginSessionPage(ReadOnlyAdmin):
    list_display = (
        "user",
        "realm",
        "tenant",
        "impersonator",
        "address",
        "last_seen_at",
        "ended_at",
        "end_reason",
    )
    list_filter = ("realm", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "tenant", "impersonator")
    search_fields = ("user__phone", "user__name", "address", *_TENANT)
    ordering = ("-last_seen_at",)
    exclude = ("refresh_digest", "previous_digest")


@admin.register(AuditEntry)
class AuditEntryPage(ReadOnlyAdmin):
    list_display = ("created_at", "tenant", "user", "action", "subject", "source")
    list_filter = ("source",)
    list_select_related = ("tenant", "user")
    search_fields = ("action", "subject", "user__phone", "user__name", *_TENANT)
    ordering = ("-pk",)


@admin.register(Job)
class JobPage(ReadOnlyAdmin):
    list_display = ("kind", "state", "tenant", "created_by", "done", "total", "created_at", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("tenant", "created_by")
    search_fields = ("kind", "error", *_TENANT)
    ordering = ("-pk",)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- the site lets nobody else in
    return request.user
