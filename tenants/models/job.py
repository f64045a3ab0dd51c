from django.conf import settings
from django.db import models

from tenants.enums import JobState
from tenants.scoping import TenantModel


class Job(TenantModel):
    """Long work a person started: it goes on when they leave the page, and they find its result when they return."""

    kind = models.CharField(max_length=40, help_text="Noun and verb: groups.sync.")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    total = models.PositiveIntegerField(null=True, blank=True, help_text="Unknown until it is counted.")
    done = models.PositiveIntegerField(default=0)
    params = models.JSONField(default=dict, blank=True)
    result = models.JSONField(
        default=dict, blank=True, help_text="Figures and sentences to show; no secrets."
    )
    error = models.CharField(
        max_length=300, blank=True, help_text="What happened and what to do, for the person."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_is_known"),
            # Starting the same work twice finds the one that runs.
            models.UniqueConstraint(
                fields=["tenant", "kind"],
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="one_running_job_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "kind", "-id"], name="jobs_newest")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
