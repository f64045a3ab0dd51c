import importlib

from django.apps import AppConfig


class BotcoreConfig(AppConfig):
    name = "botcore"

    def ready(self) -> None:
        importlib.import_module("botcore.receivers")
