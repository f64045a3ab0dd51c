"""The Celery app. Workers run threads: their work is waiting on somebody else's server."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init

from smmbot.lib.http import http_client

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smmbot.settings")

app = Celery("smmbot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def warm_up(**_: object) -> None:
    """Reading the system's certificates takes longer than a panel's answer: not while a customer waits."""
    http_client()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Django has set logging up; a receiver here keeps Celery from doing it again."""
