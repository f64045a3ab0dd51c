"""The schedule in the platform admin: to look at, and to switch a task off in an emergency. What runs how often stands
in smmbot/schedule.py and is written by `manage.py syncschedule`."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from smmbot.lib.admin import ReadOnlyAdmin

admin.site.unregister((ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule))


@admin.register(PeriodicTask)
class PeriodicTaskPage(ReadOnlyAdmin):
    list_display = ("name", "task", "interval", "queue", "enabled", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    list_select_related = ("interval",)
    search_fields = ("name", "task")
    ordering = ("name",)
    actions = ("switch_off", "switch_on")

    @admin.action(description="Switch off", permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._switch(request, queryset, is_on=False)

    @admin.action(description="Switch on", permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._switch(request, queryset, is_on=True)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("django_celery_beat.change_periodictask"))

    @staticmethod
    def _switch(request: HttpRequest, queryset: QuerySet[Any], *, is_on: bool) -> None:
        for task in queryset:
            task.enabled = is_on
            task.save()  # one by one: saving is what tells beat
        messages.success(request, f"{len(queryset)} switched {'on' if is_on else 'off'}.")
