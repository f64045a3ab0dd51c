"""Who may do what: one table, asked alike by chat, screens and API."""

from collections.abc import Mapping
from enum import StrEnum

from tenants.enums import Role


class Permission(StrEnum):
    """A row of the permission table."""

    ALL_COMMANDS = "all_commands"
    CUSTOMER_COMMANDS = "customer_commands"  # on any order, without owning it
    CONFIG_COMMANDS = "config_commands"
    BROADCAST = "broadcast"
    GROUP_FLAGS = "group_flags"
    BULK_USERS = "bulk_users"
    RESOLVE_LOGS = "resolve_logs"
    REFILL_VERIFY = "refill_verify"
    PROVIDER_STATUS = "provider_status"
    BOT_OVERVIEW = "bot_overview"  # !status, !users, !groups
    FAKE_COMPLETE = "fake_complete"
    APPROVE_MONEY = "approve_money"  # refunds that wait for a decision, partial refunds at once
    VIEW_LOGS = "view_logs"
    MANAGE_BOT = "manage_bot"  # Bot Settings, Templates, Groups, Marketing
    MANAGE_CUSTOMERS = "manage_customers"  # Customers, Providers, Service Search
    MANAGE_NUMBERS = "manage_numbers"
    MANAGE_BILLING = "manage_billing"
    MANAGE_STAFF = "manage_staff"  # Admin & Staff, Settings


_STAFF = frozenset(
    {Permission.RESOLVE_LOGS, Permission.REFILL_VERIFY, Permission.PROVIDER_STATUS, Permission.VIEW_LOGS}
)
_STAFF_ADMIN = _STAFF | {
    Permission.CUSTOMER_COMMANDS,
    Permission.BROADCAST,
    Permission.GROUP_FLAGS,
    Permission.BULK_USERS,
    Permission.BOT_OVERVIEW,
    Permission.FAKE_COMPLETE,
    Permission.APPROVE_MONEY,
    Permission.MANAGE_BOT,
    Permission.MANAGE_CUSTOMERS,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.STAFF_ADMIN: _STAFF_ADMIN,
    Role.STAFF: _STAFF,
}


def may(role: Role | None, permission: Permission) -> bool:
    """Say whether a person of this role may do this. Nobody without a role may do anything on the table."""
    return role is not None and permission in ROLE_PERMISSIONS[role]
