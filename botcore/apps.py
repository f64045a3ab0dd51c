import importlib
from typing import Any

from django.apps import AppConfig
from django.db import ProgrammingError, transaction
from django.db.models.signals import post_migrate


class BotcoreConfig(AppConfig):
    name = "botcore"
    verbose_name = "Bot"

    def ready(self) -> None:
        importlib.import_module("botcore.receivers")
        importlib.import_module("botcore.checks")
        post_migrate.connect(_write_gateways, sender=self)


def _write_gateways(**_: Any) -> None:
    """The environment's gateways are there from the first start on."""
    gateways = importlib.import_module("botcore.domain.gateways")
    try:
        with transaction.atomic():
            gateways.sync_from_environment()
    except ProgrammingError:
        return  # migrated back to where there were none
