from providers.models.smm_provider import SmmProvider

__all__ = ["SmmProvider"]
