"""The website as somebody signed in sees it, over the whole stack of middleware.

page = site.get("/logs/"); site.as_("staff").get("/staff/").status_code == 403
site.post("/groups/7/flags", {"support_enabled": "on"}, htmx=True)
site.api("PATCH", "/api/v1/groups/7", {"silent_mode": True}).json()
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client
from django.utils import timezone

from smmbot.testing.worker import outside
from tenants.domain import sessions, tokens
from tenants.domain.sessions import Browser
from tenants.enums import Realm, Role
from tenants.models import LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import all_tenants


@dataclass(frozen=True)
class Site:
    """role: of the person in the tenant's team; None is a stranger who is not signed in."""

    tenant: Tenant
    role: Role | None = Role.OWNER
    checks_csrf: bool = False

    def as_(self, role: str | None) -> "Site":
        return Site(self.tenant, Role(role) if role else None, self.checks_csrf)

    def of(self, tenant: Tenant) -> "Site":
        """The same role in another tenant's team."""
        return Site(tenant, self.role, self.checks_csrf)

    def stale(self) -> "Site":
        """The same person, whose password was given long ago."""
        person = Site(self.tenant, self.role, self.checks_csrf)
        jar = person.client.cookies
        claims = tokens.read(jar["access"].value, realm=Realm.TENANT, kind="access")
        LoginSession.objects.filter(pk=claims.session_id).update(
            authenticated_at=timezone.now() - timedelta(days=1)
        )
        return person

    @cached_property
    def user(self) -> User:
        """Who is signed in; made when the team has nobody of the role."""
        assert self.role is not None
        with all_tenants("a test signs in"):
            found = (
                TenantAdmin.objects.filter(tenant=self.tenant, role=self.role).select_related("user").first()
            )
            if found is None:
                phone = f"+1555019{self.tenant.pk % 1000:03d}{list(Role).index(self.role)}"
                made = User.objects.create_user(phone, name=self.role.label)
                found = TenantAdmin.objects.create(tenant=self.tenant, user=made, role=self.role)
        user: User = found.user
        return user

    @cached_property
    def client(self) -> Client:
        client = Client(enforce_csrf_checks=self.checks_csrf, raise_request_exception=True)
        if self.role is not None:
            _, given = sessions.begin(
                user=self.user,
                realm=Realm.TENANT,
                browser=Browser("127.0.0.1", "test"),
                now=timezone.now(),
                tenant=self.tenant,
            )
            client.cookies["access"], client.cookies["refresh"] = given.access, given.refresh or ""
        return client

    def get(self, path: str, data: Mapping[str, Any] | None = None, *, htmx: bool = False) -> Any:
        return self._call(lambda: self.client.get(path, data or {}, headers=_headers(htmx)))

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, htmx: bool = False) -> Any:
        return self._call(lambda: self.client.post(path, data or {}, headers=_headers(htmx)))

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the JSON API. headers: more of them, such as Authorization."""
        return self._call(
            lambda: self.client.generic(
                method,
                path,
                b"" if body is None else json.dumps(body).encode(),
                content_type="application/json",
                headers=headers,
            )
        )

    def _call(self, do: Callable[[], Any]) -> Any:
        self.client  # noqa: B018 -- signed in before the time of the call
        return outside(do)


def _headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}
