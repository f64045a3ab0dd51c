import importlib

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import AdminConfig

from smmbot.lib import embedded


class SmmbotConfig(AppConfig):
    """First of our apps: every process of the checkout comes by here, and so has its servers."""

    name = "smmbot"
    label = "smmbot"

    def ready(self) -> None:
        importlib.import_module("smmbot.celery")  # tasks of every app belong to it from now on
        if settings.EMBEDDED_POSTGRES or settings.EMBEDDED_REDIS:
            embedded.ensure_running()


class PlatformAdminConfig(AdminConfig):
    """Django's admin, with our own way in."""

    default_site = "smmbot.site.admin_site.PlatformAdminSite"

    def ready(self) -> None:
        super().ready()
        apps.get_app_config("auth").verbose_name = "Platform staff"  # there are groups of WhatsApp too
        for name in (
            "admin_tenants",
            "admin_schedule",
            "admin_gateways",
            "admin_groups",
        ):  # they span areas: they stand above them
            importlib.import_module(f"smmbot.site.{name}")
