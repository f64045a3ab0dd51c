class TenantError(Exception):
    """Base of what can go wrong with a tenant's people; `code` is stable."""

    code = "tenant_error"


class InvalidAddress(TenantError):
    """A WhatsApp address that names no person: neither phone number nor LID."""

    code = "invalid_address"
