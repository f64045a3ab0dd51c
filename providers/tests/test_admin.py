import pytest
from django.contrib.admin.sites import site
from django.urls import reverse
from django.utils import timezone

from providers.models import SmmProvider
from providers.tests.factories import SmmProviderFactory
from tenants.domain import sessions
from tenants.domain.sessions import Browser
from tenants.enums import Realm
from tenants.models import User

KEY = "very-secret-key"


@pytest.fixture
def row(db, other_shop):
    return SmmProviderFactory(
        tenant=other_shop, name="SMMPeak", host="peak.example", api_url="https://a.example", api_key=KEY
    )


@pytest.fixture
def staff(client, db):
    user = User.objects.create_superuser("+15550100001", "pw")
    _, tokens = sessions.begin(user=user, realm=Realm.ADMIN, browser=Browser(), now=timezone.now())
    client.cookies["admin_access"] = tokens.access
    return client


def test_the_list_is_searched_and_shows_no_key(staff, row):
    page = staff.get(reverse("admin:providers_smmprovider_changelist"), {"q": "peak"}, secure=True)

    text = page.content.decode()
    assert page.status_code == 200
    assert "SMMPeak" in text
    assert "Their SMMCost" not in text
    assert KEY not in text


def test_one_is_looked_at_without_its_key(staff, row):
    page = staff.get(reverse("admin:providers_smmprovider_change", args=[row.pk]), secure=True)

    text = page.content.decode()
    assert page.status_code == 200
    assert "peak.example" in text
    assert KEY not in text
    assert "api_key" not in text


@pytest.mark.parametrize("page", ["add", "delete"])
def test_nothing_is_changed_here(staff, row, page):
    args = [row.pk] if page == "delete" else []

    answer = staff.post(
        reverse(f"admin:providers_smmprovider_{page}", args=args), {"post": "yes"}, secure=True
    )

    assert answer.status_code == 403
    assert SmmProvider._base_manager.filter(pk=row.pk).exists()
    assert not site._registry[SmmProvider].has_change_permission(None)
