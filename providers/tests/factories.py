import factory

from providers.models import SmmProvider
from tenants.tests.factories import TenantRowFactory


class SmmProviderFactory(TenantRowFactory):
    """With a group alone; an account is given as api_url and api_key."""

    class Meta:
        model = SmmProvider

    name = factory.Sequence(lambda n: f"Supplier {n}")
    host = factory.Sequence(lambda n: f"supplier-{n}.example")
