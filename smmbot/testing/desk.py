"""The platform admin as somebody of its staff sees it: Desk(user).get("/admin/tenants/tenant/")."""

from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.utils import timezone

from smmbot.testing.worker import outside
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm
from tenants.models import User


class Desk:
    def __init__(self, user: User) -> None:
        self.client = Client()
        _, tokens = sessions.begin(user=user, realm=Realm.ADMIN, browser=Browser(), now=timezone.now())
        self.client.cookies["admin_access"], self.client.cookies["admin_refresh"] = (
            tokens.access,
            tokens.refresh,
        )

    def get(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        return outside(lambda: self.client.get(path, data or {}))

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        return outside(lambda: self.client.post(path, data or {}))
