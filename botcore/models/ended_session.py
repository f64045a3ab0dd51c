from django.db import models

from botcore.models.gateway import Gateway


class EndedSession(models.Model):
    """A session that no number has any more, until its gateway has forgotten it.

    Not a tenant row: it outlives the number, and the tenant too.
    """

    # None: the sandbox.
    gateway = models.ForeignKey(Gateway, null=True, on_delete=models.CASCADE, related_name="+")
    driver = models.CharField(max_length=20)
    name = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
