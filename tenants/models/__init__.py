from tenants.models.api_key import ApiKey
from tenants.models.audit_entry import AuditEntry
from tenants.models.contact import Contact, Identity
from tenants.models.export_part import ExportPart
from tenants.models.job import Job
from tenants.models.login_session import LoginSession
from tenants.models.otp import Otp
from tenants.models.recovery_code import RecoveryCode
from tenants.models.tenant import Tenant
from tenants.models.tenant_admin import TenantAdmin
from tenants.models.tenant_user import TenantUser
from tenants.models.user import User
from tenants.models.verification import Verification, VerificationCode

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Contact",
    "ExportPart",
    "Identity",
    "Job",
    "LoginSession",
    "Otp",
    "RecoveryCode",
    "Tenant",
    "TenantAdmin",
    "TenantUser",
    "User",
    "Verification",
    "VerificationCode",
]
