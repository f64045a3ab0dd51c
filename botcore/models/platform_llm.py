from django.core.validators import URLValidator
from django.db import models

from smmbot.lib.crypto import EncryptedTextField


class PlatformLlm(models.Model):
    """The operator's language model, for tenants without one of their own. One row at most; none: the environment's.

    No base URL or no model: that of the environment.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    base_url = models.CharField(
        "base URL",
        max_length=300,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text="Of an OpenAI-compatible service, with /v1.",
    )
    api_key = EncryptedTextField("API key")
    model = models.CharField(max_length=120, blank=True, help_text="Such as gpt-4o-mini.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "LLM default"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_platform_llm")]

    def __str__(self) -> str:
        return self.model or "LLM default"
