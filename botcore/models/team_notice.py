from django.db import models

from tenants.scoping import TenantModel


class TeamNotice(TenantModel):
    """Something the owner and staff admins have been told, so that they are told once."""

    about = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "about"], name="the_team_is_told_once")]

    def __str__(self) -> str:
        return self.about
