import importlib

from django.apps import AppConfig


class BotcoreConfig(AppConfig):
    name = "botcore"
    verbose_name = "Bot"

    def ready(self) -> None:
        importlib.import_module("botcore.receivers")
