from tenants.models.audit_entry import AuditEntry
from tenants.models.contact import Contact, Identity
from tenants.models.tenant import Tenant
from tenants.models.tenant_admin import TenantAdmin
from tenants.models.tenant_user import TenantUser
from tenants.models.user import User
from tenants.models.verification import Verification, VerificationCode

__all__ = [
    "AuditEntry",
    "Contact",
    "Identity",
    "Tenant",
    "TenantAdmin",
    "TenantUser",
    "User",
    "Verification",
    "VerificationCode",
]
