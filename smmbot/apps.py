import importlib

from django.apps import AppConfig
from django.conf import settings

from smmbot.lib import embedded


class SmmbotConfig(AppConfig):
    """First of our apps: every process of the checkout comes by here, and so has its servers."""

    name = "smmbot"
    label = "smmbot"

    def ready(self) -> None:
        importlib.import_module("smmbot.celery")  # tasks of every app belong to it from now on
        if settings.EMBEDDED_POSTGRES or settings.EMBEDDED_REDIS:
            embedded.ensure_running()
