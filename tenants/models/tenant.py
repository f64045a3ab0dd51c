from django.db import models


class Tenant(models.Model):
    """A panel owner's business: the unit that data, numbers, staff and billing belong to."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
