"""The schedule in code becomes rows of django-celery-beat."""

import pytest
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from smmbot.celery import app
from smmbot.management.commands.syncschedule import PREFIX
from smmbot.schedule import SCHEDULE


@pytest.fixture
def sync(db, capsys):
    def run(*args):
        call_command("syncschedule", *args)
        return capsys.readouterr().out

    return run


def rows():
    fields = ("name", "task", "interval__every", "queue", "expire_seconds", "enabled")
    return set(PeriodicTask.objects.filter(name__startswith=PREFIX).values_list(*fields))


EXPECTED = {
    (PREFIX + one.name, one.task, one.every_s, str(one.queue), one.expires_s, True) for one in SCHEDULE
}


def test_writes_every_entry(sync):
    assert sync() == f"{len(SCHEDULE)} periodic tasks scheduled, 0 switched off.\n"
    assert rows() == EXPECTED


def test_may_be_repeated(sync):
    sync()
    count = IntervalSchedule.objects.count()
    sync()

    assert rows() == EXPECTED
    assert IntervalSchedule.objects.count() == count


def test_brings_back_what_was_changed(sync):
    sync()
    PeriodicTask.objects.filter(name=PREFIX + SCHEDULE[0].name).update(
        enabled=False, task="elsewhere", queue="x"
    )

    sync()

    assert rows() == EXPECTED


@pytest.fixture
def strangers(db):
    interval = IntervalSchedule.objects.create(every=7, period=IntervalSchedule.SECONDS)
    for name in (PREFIX + "gone", "somebody else's"):
        PeriodicTask.objects.create(name=name, task="x", interval=interval)


def is_enabled(name):
    return PeriodicTask.objects.get(name=name).enabled


def test_switches_orphans_of_ours_off_and_leaves_others_alone(sync, strangers):
    assert sync() == f"{len(SCHEDULE)} periodic tasks scheduled, 1 switched off.\n"
    assert not is_enabled(PREFIX + "gone")
    assert is_enabled("somebody else's")
    assert "0 switched off" in sync()


def test_dry_run_changes_nothing(sync, strangers):
    assert "1 switched off" in sync("--dry-run")
    assert rows() == {(PREFIX + "gone", "x", 7, None, None, True)}


def test_names_are_unique_and_tasks_exist():
    app.loader.import_default_modules()

    assert len({one.name for one in SCHEDULE}) == len(SCHEDULE)
    assert {one.task for one in SCHEDULE} <= set(app.tasks)
