from billing.models.plan import Plan

__all__ = ["Plan"]
