"""The platform admin: Django's, with our own way in. Its session is of the admin realm: a token of a tenant's
dashboard never opens it, and one of its own never opens a dashboard (tenants/cookies.py)."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from smmbot.site import admin_health, admin_platform_numbers, admin_second_factor
from smmbot.site.admin_access import signed_in_of, wanted_page
from smmbot.site.admin_forms import AdminLoginForm, AdminPasswordForm
from smmbot.ui.forms import posted
from tenants import cookies
from tenants.browser import browser_of
from tenants.domain import accounts, sessions
from tenants.enums import AuditSource, Realm
from tenants.errors import AccountError, SecondFactorNeeded, WrongLogin, WrongSecondFactor
from tenants.scoping import all_tenants

# One answer to whatever is wrong, so that nobody learns which part of it was right.
_NOT_RIGHT = "That does not let you in. Check phone and password, and the code if you use the second factor."


class PlatformAdminSite(admin.AdminSite):
    site_header = "SMM Bot · Platform"
    site_title = "SMM Bot platform"
    index_title = "Platform"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        signed_in = signed_in_of(request)
        return signed_in is not None and signed_in.user.is_active and signed_in.user.is_staff

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Every page crosses tenants, on purpose and here alone; it is rendered before they are closed again. What is
        refused or missing is said in the admin's own frame: the site's pages speak of accounts and roles."""

        def across(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with all_tenants("platform staff look at every tenant's rows"):
                try:
                    response: HttpResponseBase = view(request, *args, **kwargs)
                except PermissionDenied:
                    response = self._refused(request, "Not part of your work here", 403)
                except Http404:
                    response = self._refused(request, "There is nothing here", 404)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return super().admin_view(update_wrapper(across, view), cacheable)

    def get_urls(self) -> list[Any]:
        pages = {
            "second_factor": admin_second_factor.index,
            "second_factor/set_up": admin_second_factor.set_up,
            "second_factor/on": admin_second_factor.switch_on,
            "second_factor/codes": admin_second_factor.new_codes,
            "second_factor/off": admin_second_factor.switch_off,
            "confirm": admin_second_factor.confirm,
        }
        ours = [
            path(f"{address}/", self.admin_view(view), name=address.replace("/", "_"))
            for address, view in pages.items()
        ]
        return [*ours, *admin_platform_numbers.paths(self.admin_view), *super().get_urls()]

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters("password", "code"))
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        to = wanted_page(request)
        if request.method == "GET" and self.has_permission(request):
            return redirect(to)
        form = AdminLoginForm(posted(request))
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    _, tokens = accounts.sign_in(
                        phone=str(form.cleaned_data["phone"]),
                        password=form.cleaned_data["password"],
                        second=form.cleaned_data["code"],
                        browser=browser_of(request),
                        realm=Realm.ADMIN,
                        now=timezone.now(),
                    )
                except (WrongLogin, SecondFactorNeeded, WrongSecondFactor):
                    form.add_error(None, _NOT_RIGHT)
                except AccountError as error:
                    form.add_error(None, error.message)
                else:
                    response = redirect(to)
                    cookies.set_tokens(response, Realm.ADMIN, tokens)
                    return response
        context = {**self.each_context(request), "title": "Log in", "form": form, "next": to}
        return TemplateResponse(request, "admin/login.html", context | (extra_context or {}), status=status)

    @method_decorator(never_cache)
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method != "POST":
            return redirect("admin:index")
        if (signed_in := signed_in_of(request)) is not None:
            sessions.end(session=signed_in.session, now=timezone.now())
        response = redirect("admin:login")
        cookies.clear(response, Realm.ADMIN)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        signed_in = signed_in_of(request)
        form = AdminPasswordForm(posted(request))
        if signed_in is not None and request.method == "POST" and form.is_valid():
            try:
                accounts.change_password(
                    user=signed_in.user,
                    **form.cleaned_data,
                    keep=signed_in.session,
                    source=AuditSource.ADMIN,
                    now=timezone.now(),
                )
            except AccountError as error:
                form.add_error("old" if error.code == "wrong_password" else "new", error.message)
            else:
                messages.success(request, "Your password is changed; you are signed out everywhere else.")
                return redirect("admin:index")
        context = {**self.each_context(request), "title": "Change password", "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/password.html", context | (extra_context or {}), status=status
        )

    def _refused(self, request: HttpRequest, title: str, status: int) -> TemplateResponse:
        context = {**self.each_context(request), "title": title}
        return TemplateResponse(request, f"admin/{status}.html", context, status=status)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        health = {"health": admin_health.report(timezone.now())}
        return super().index(request, extra_context=health | (extra_context or {}))
