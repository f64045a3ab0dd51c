"""Which language model serves a tenant: the one place that decides it, for replies and for what screens say of it."""

import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from botcore.models import PlatformLlm


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """is_trusted: the platform's own endpoint, set by the operator; a tenant's passes the SSRF guard."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    is_trusted: bool = False

    @property
    def is_configured(self) -> bool:
        return bool(self.base_url and self.api_key and self.model)

    @property
    def endpoint(self) -> str:
        """Name of the endpoint with its key, which neither shows."""
        digest = hashlib.sha256(f"{self.base_url}\0{self.api_key}".encode()).hexdigest()
        return f"llm:{digest[:24]}"

    @property
    def shown(self) -> str:
        """For people: `OpenAI GPT-4o-mini`, or the host and the model; empty when there is none."""
        if not self.is_configured:
            return ""
        host = _host(self.base_url)
        is_openai = host == "openai.com" or host.endswith(".openai.com")
        model = "GPT" + self.model[3:] if self.model.startswith("gpt") else self.model
        return f"{'OpenAI' if is_openai else host} {model}".strip()


def llm_settings(*, base_url: str = "", api_key: str = "", model: str = "") -> LlmSettings:
    """A tenant's own model where it gave a key, else the platform's. The platform's key goes to the platform's
    address and model alone: a tenant's address without a key of its own must not receive it."""
    if api_key and base_url and model and base_url != settings.LLM_BASE_URL:
        return LlmSettings(base_url, api_key, model)
    platform = platform_llm()
    if api_key:
        return LlmSettings(
            base_url=base_url or platform.base_url,
            api_key=api_key,
            model=model or platform.model,
            is_trusted=base_url in ("", platform.base_url, settings.LLM_BASE_URL),
        )
    return platform


def platform_llm() -> LlmSettings:
    """What the operator set in the platform admin, else in the environment; read anew, so a change acts at once."""
    row = PlatformLlm.objects.first()
    if row is None:
        return LlmSettings(settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL, is_trusted=True)
    return LlmSettings(
        row.base_url or settings.LLM_BASE_URL, row.api_key, row.model or settings.LLM_MODEL, is_trusted=True
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address a tenant mistyped: `https://[llm`
        return ""
