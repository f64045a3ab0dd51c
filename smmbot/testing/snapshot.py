"""Rows that many tests start from: made once by the domain's own functions, then put back as they were."""

import copy
from collections.abc import Callable

from django.apps import apps
from django.db import models, transaction

_APPS = ("tenants", "billing", "panel", "providers", "botcore", "marketing")


class Snapshot:
    """Making a tenant takes a hundred queries, putting its rows back one a table. Their keys are never given out
    again: a sequence does not go back when a test's transaction does."""

    def __init__(self) -> None:
        self._rows: list[tuple[type[models.Model], list[models.Model]]] = []

    def put(self, make: Callable[[], None]) -> None:
        """Have the rows that `make` writes in an empty database."""
        if not self._rows:
            make()
            self._rows = [(model, rows) for model in _models() if (rows := list(model._base_manager.all()))]
            return
        with transaction.atomic():
            for model, rows in self._rows:
                model._base_manager.bulk_create([copy.copy(row) for row in rows])


def _models() -> list[type[models.Model]]:
    """Foreign keys are checked at the commit, so any order will do."""
    return [model for label in _APPS for model in apps.get_app_config(label).get_models()]
