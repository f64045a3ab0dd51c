from tenants.models.contact import Contact, Identity
from tenants.models.tenant import Tenant
from tenants.models.tenant_admin import TenantAdmin
from tenants.models.tenant_user import TenantUser
from tenants.models.user import User

__all__ = ["Contact", "Identity", "Tenant", "TenantAdmin", "TenantUser", "User"]
