"""What beat starts, and how often. Written to django-celery-beat by `manage.py syncschedule`, by name.

Beat only enqueues; two beats by accident are harmless, because every task claims before it acts.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One periodic task. expires_s: a start nobody took up by then is dropped, the next one is near."""

    name: str
    task: str
    every_s: int
    expires_s: int
    queue: str


SCHEDULE = (
    Entry("sweep", task="botcore.sweep", every_s=5, expires_s=30, queue="interactive"),
    Entry("tidy outbox", task="botcore.tidy_outbox", every_s=15, expires_s=15, queue="outbound"),
    Entry("take over", task="botcore.take_over", every_s=30, expires_s=30, queue="outbound"),
    Entry("watch orders", task="botcore.watch_orders", every_s=60, expires_s=60, queue="panel"),
    Entry(
        "reconcile gateways", task="botcore.reconcile_gateways", every_s=20, expires_s=20, queue="outbound"
    ),
    Entry("tell of drops", task="botcore.tell_of_drops", every_s=20, expires_s=20, queue="outbound"),
    Entry("name groups", task="botcore.name_groups", every_s=30, expires_s=30, queue="sync"),
    Entry("beat tick", task="botcore.beat_tick", every_s=10, expires_s=30, queue="interactive"),
    Entry(
        "follow up providers", task="botcore.follow_up_providers", every_s=60, expires_s=300, queue="panel"
    ),
    Entry("bring codes", task="tenants.bring_codes", every_s=15, expires_s=15, queue="outbound"),
    Entry("forget sign-ins", task="tenants.forget_sign_ins", every_s=3600, expires_s=3600, queue="panel"),
    Entry("close accounts", task="tenants.close_accounts", every_s=300, expires_s=300, queue="panel"),
)
