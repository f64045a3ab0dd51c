from django.db import models

from tenants.models.job import Job
from tenants.scoping import TenantModel


class ExportPart(TenantModel):
    """A piece of an export's ZIP, in order: written by one machine, downloaded from another, kept for some days."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="export_parts_are_in_order")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"
