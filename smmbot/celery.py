"""The Celery app. Workers run threads: their work is waiting on somebody else's server."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smmbot.settings")

app = Celery("smmbot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Django has set logging up; a receiver here keeps Celery from doing it again."""
