"""People of a tenant. A tenant's row names its tenant: `TenantUserFactory(tenant=shop, …)`; nothing is made by
guess, and nothing depends on which tenant is open."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from tenants.domain.identities import aliases
from tenants.enums import Role, VerifiedBy
from tenants.models import Contact, Identity, Tenant, TenantAdmin, TenantUser, User
from tenants.scoping import all_tenants


class TenantFactory(DjangoModelFactory):
    class Meta:
        model = Tenant

    name = factory.Sequence(lambda n: f"Panel {n}")
    slug = factory.Sequence(lambda n: f"panel-{n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    phone = factory.Sequence(lambda n: f"+1555020{n:04d}")


class TenantRowFactory(DjangoModelFactory):
    """Base of every factory of a TenantModel: takes `tenant`, or that of the row it belongs to."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with all_tenants("a factory writes for the tenant it is told"):
            return super()._create(model_class, *args, **kwargs)


class ContactFactory(TenantRowFactory):
    """phone, lid: digits alone; the aliases to make with it."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    @factory.post_generation
    def phone(self, create: bool, digits: str | None, **kwargs: Any) -> None:
        _know(self, aliases(phone=digits or ""))

    @factory.post_generation
    def lid(self, create: bool, digits: str | None, **kwargs: Any) -> None:
        _know(self, aliases(lid=digits or ""))


class TenantUserFactory(TenantRowFactory):
    class Meta:
        model = TenantUser

    contact = factory.SubFactory(ContactFactory, tenant=factory.SelfAttribute("..tenant"))
    panel_username = factory.Sequence(lambda n: f"customer_{n}")
    verified_by = VerifiedBy.STAFF


class TenantAdminFactory(TenantRowFactory):
    class Meta:
        model = TenantAdmin

    user = factory.SubFactory(UserFactory)
    role = Role.STAFF


def _know(contact: Any, wanted: list[tuple[str, str]]) -> None:
    with all_tenants("a factory writes for the tenant it is told"):
        for kind, value in wanted:
            Identity.objects.create(tenant_id=contact.tenant_id, contact=contact, kind=kind, value=value)
