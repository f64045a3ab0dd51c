import factory
from factory.django import DjangoModelFactory

from billing.models import Plan


class PlanFactory(DjangoModelFactory):
    """Free, without limits, not offered."""

    name = factory.Sequence(lambda n: f"Plan {n}")
    slug = factory.Sequence(lambda n: f"plan-{n}")
    monthly_price = 0

    class Meta:
        model = Plan
