"""The platform admin's pages, the pages of what went wrong, and the banner before an account is deleted: no console
errors, nothing axe objects to, never wider than the screen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from botcore.sandbox.demo_tenant import ADMIN_PHONE
from smmbot.testing.desk import Desk
from tenants.models import Tenant, User

LOOKS = [(1280, "light"), (375, "dark")]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request):
    width, scheme = request.param
    return {"width": width, "scheme": scheme}


def wrong_with(screen):
    screen.page.wait_for_load_state("networkidle")
    return [*screen.barriers(), *(["too wide"] if screen.is_too_wide() else [])]


def test_pages_of_the_platform_admin(open_screen, look, tenant):
    boss = User.objects.get(phone=ADMIN_PHONE)
    screen, jar = open_screen(role=None, **look), Desk(boss).client.cookies
    found = {"/admin/login/": wrong_with_page(screen, "/admin/login/")}
    screen.page.context.add_cookies(
        [
            {"name": name, "value": jar[name].value, "url": f"{screen.url}/admin/"}
            for name in ("admin_access", "admin_refresh")
        ]
    )
    for path in (
        "/admin/",
        "/admin/tenants/tenant/",
        f"/admin/tenants/tenant/{tenant.pk}/change/",
        f"/admin/tenants/tenant/{tenant.pk}/suspend",
        "/admin/botcore/messagelog/",
        f"/admin/tenants/user/{boss.pk}/change/",
        "/admin/auth/group/add/",
        "/admin/billing/plan/add/",
        "/admin/password_change/",
        "/admin/confirm/",
        "/admin/second_factor/",
    ):
        found[path] = wrong_with_page(screen, path)
    screen.page.get_by_role("button", name="Set up").click()
    screen.page.get_by_role("img", name="QR code").wait_for()
    found["set up"] = wrong_with(screen)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def wrong_with_page(screen, path):
    screen.open(path)
    return wrong_with(screen)


def test_a_page_that_is_not_there(open_screen, look):
    screen = open_screen(role=None, **look)
    response = screen.page.goto(f"{screen.url}/nowhere")

    assert (response.status, wrong_with(screen)) == (404, [])
    screen.problems.clear()  # the console names the 404 itself


def test_an_account_that_will_be_deleted_says_so_and_is_kept(open_screen, look, tenant):
    Tenant.objects.filter(pk=tenant.pk).update(closes_at=timezone.now() + timedelta(days=5))
    screen = open_screen(**look)

    page = screen.open("/overview")
    assert wrong_with(screen) == []
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("The account stays.").wait_for()

    assert Tenant.objects.get(pk=tenant.pk).closes_at is None
