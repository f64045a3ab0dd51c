"""Plans: what must never be in their table, and the page support sets them up on."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from billing.models import Plan
from billing.tests.factories import PlanFactory
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm
from tenants.models import User

LIST, ADD = reverse("admin:billing_plan_changelist"), reverse("admin:billing_plan_add")
GROWTH = {
    "name": "Growth",
    "slug": "growth",
    "position": "2",
    "is_offered": "on",
    "monthly_price": "29.90",
    "currency": "USD",
    "stripe_price_id": "price_1Q",
    "trial_days": "7",
    "max_numbers": "3",
    "max_groups": "0",
    "max_monthly_llm_usd": "5",
}


def signed_in(client, user):
    _, tokens = sessions.begin(user=user, realm=Realm.ADMIN, browser=Browser(), now=timezone.now())
    client.cookies["admin_access"] = tokens.access
    return client


@pytest.fixture
def desk(client, db):
    return signed_in(client, User.objects.create_superuser("+15550100001", "pw", name="Boss"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"monthly_price": -1},
        {"currency": "usd"},
        {"max_monthly_llm_usd": -1},
        {"max_numbers": -1},
        {"is_offered": True, "monthly_price": 1},
    ],
    ids=lambda wrong: next(reversed(wrong)),
)
def test_what_a_plan_cannot_be(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanFactory(**wrong)


def test_plans_share_no_stripe_price_but_may_have_none(db):
    PlanFactory()
    PlanFactory()
    PlanFactory(stripe_price_id="price_1")

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanFactory(stripe_price_id="price_1")


def test_plans_come_in_their_order(db):
    last, first = PlanFactory(position=2), PlanFactory(position=1)

    assert list(Plan.objects.all()) == [first, last]


def test_a_plan_is_made_and_its_maker_recorded(desk):
    assert desk.post(ADD, GROWTH, secure=True).status_code == 302

    plan = Plan.objects.get()
    assert (plan.monthly_price, plan.currency, plan.trial_days) == (Decimal("29.90"), "USD", 7)
    assert (plan.max_numbers, plan.max_groups, plan.max_customers) == (3, 0, None)
    assert (plan.max_monthly_messages, plan.max_monthly_llm_usd) == (None, Decimal(5))
    entry = LogEntry.objects.get()
    assert (entry.user.name, entry.object_id, entry.is_addition()) == ("Boss", str(plan.pk), True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stripe_price_id": ""}, "offered only with its Stripe price id"),
        ({"currency": "usd"}, "Three capital letters, such as USD."),
        ({"monthly_price": "-1"}, "greater than or equal to 0"),
        ({"stripe_price_id": "price_taken"}, "Another plan has this Stripe price id."),
    ],
)
def test_a_form_that_is_wrong_says_so(desk, given, said):
    PlanFactory(stripe_price_id="price_taken")

    page = desk.post(ADD, GROWTH | given, secure=True)

    assert said in page.content.decode()
    assert Plan.objects.count() == 1


def test_the_list_says_what_each_allows(desk):
    PlanFactory(name="Free", max_numbers=1, max_monthly_messages=5000)
    PlanFactory(name="All you can send", monthly_price=1299)

    page = desk.get(LIST, secure=True).content.decode()

    for words in ("numbers: 1 · messages: 5,000", "no limits", "free", "1,299.00 USD"):
        assert words in page


@pytest.mark.parametrize("quoted", ["growth", "PLAN-G", "price_1Q"])
def test_support_finds_a_plan_by_what_an_invoice_quotes(desk, quoted):
    PlanFactory(name="Growth", slug="plan-g", stripe_price_id="price_1Q")
    PlanFactory(name="Other")

    page = desk.get(LIST, {"q": quoted}, secure=True).content.decode()

    assert ("Growth" in page, "Other" in page) == (True, False)


def test_a_plan_on_offer_is_not_deleted(desk):
    offered, other = PlanFactory(is_offered=True), PlanFactory()
    delete = {"action": "delete_selected", "post": "yes"}

    desk.post(LIST, delete | {"_selected_action": [offered.pk, other.pk]}, secure=True)
    assert Plan.objects.count() == 2
    desk.post(LIST, delete | {"_selected_action": [other.pk]}, secure=True)

    assert Plan.objects.get() == offered


def test_who_may_only_look_changes_nothing(client, db):
    plan = PlanFactory()
    helper = User.objects.create_user("+15550100002", "pw", is_staff=True)
    desk, page = signed_in(client, helper), reverse("admin:billing_plan_change", args=[plan.pk])
    assert desk.get(page, secure=True).status_code == 403
    helper.user_permissions.add(Permission.objects.get(codename="view_plan"))

    assert desk.get(page, secure=True).status_code == 200
    assert desk.post(page, GROWTH, secure=True).status_code == 403
    assert desk.post(ADD, GROWTH, secure=True).status_code == 403
