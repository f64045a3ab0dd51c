"""The platform is a tenant too: its number is linked and watched like any other, and it has a record of its own."""

from collections.abc import Iterable

from tenants.models import Tenant, User

SLUG = "platform"


def get() -> Tenant:
    """Made when it is first asked for."""
    return Tenant.objects.get_or_create(is_platform=True, defaults={"name": "Platform", "slug": SLUG})[0]


def with_platform(tenant_ids: Iterable[int], user: User) -> list[int]:
    """Who relies on the person's account: their teams, and the platform if they are of its staff."""
    platform = [get().pk] if user.is_staff else []
    return list(dict.fromkeys([*tenant_ids, *platform]))
