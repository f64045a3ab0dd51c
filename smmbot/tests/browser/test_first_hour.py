"""An owner's first hour in a browser: from the sign-up to the first answered message, nothing prepared."""

import re

from botcore.models import WhatsAppNumber
from botcore.sandbox.composition import DEFAULT_API_KEY
from tenants.models import User
from tenants.scoping import all_tenants

PHONE, PASSWORD = "+15557770001", "a-fine-long-password"


def code_of(open_screen, phone):
    """What the sandbox phone shows, as the person reads it."""
    screen = open_screen(role=None, width=390)
    page = screen.open(f"/sandbox-phone?phone={phone.replace('+', '%2B')}")
    bubble = page.locator(".phone-bubble").last
    bubble.wait_for()
    return re.search(r"\b\d{6}\b", bubble.inner_text())[0]


def test_from_sign_up_to_the_first_answer(open_screen, sandbox, settings):
    settings.SANDBOX_PANEL_URL, settings.SANDBOX_PANEL_KEY = sandbox.panel_url, DEFAULT_API_KEY
    page = open_screen(role=None).open("/signup")

    page.get_by_label("Phone").fill(PHONE)
    page.get_by_role("button", name="Send the code").click()
    page.locator("input[name=code]").fill(code_of(open_screen, PHONE))
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url("**/overview")

    page.goto(page.url.replace("/overview", "/numbers/add/"))
    page.get_by_label("Name", exact=True).fill("Support")
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Continue to the QR code").click()
    page.get_by_label("QR code that links").wait_for()
    page.get_by_role("button", name="Scan with the sandbox phone").click()
    page.locator("[data-live]").wait_for()

    page.get_by_role("link", name="Bot Settings").click()
    page.get_by_role("link", name="Panel", exact=True).click()
    page.locator("input[name=base_url]").fill(sandbox.panel_url)
    page.locator("input[name=api_key]").fill(DEFAULT_API_KEY)
    page.get_by_role("button", name="Connect").click()
    page.get_by_text("Reachable").first.wait_for()

    page.get_by_role("link", name="Groups").click()
    page.get_by_role("button", name="Sync groups").click()
    switch = page.get_by_role("switch", name=re.compile("^Support in")).first
    switch.click()
    page.locator("[role=switch][aria-checked=true]").first.wait_for()

    page.get_by_role("link", name="Sandbox").click()
    page.get_by_label("Message as").fill("check 54321")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Order 54321").first.wait_for()

    with all_tenants("what came of it"):
        user = User.objects.get(phone=PHONE)
        assert WhatsAppNumber.objects.filter(tenant__slug__startswith="t-", state="open").count() == 1
    assert user.check_password(PASSWORD)


def test_staff_are_added_by_code_and_set_their_own_password(open_screen):
    phone = "+15557770002"
    page = open_screen().open("/staff/add")
    page.locator("input[name=phone]").fill(phone)
    page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).click()
    page.locator("input[name=code]").wait_for()
    page.locator("input[name=code]").fill(code_of(open_screen, phone))
    page.locator("form:has(input[name=code]) button.btn-primary").click()
    page.get_by_text("added", exact=False).first.wait_for()

    told = open_screen(role=None, width=390).open(f"/sandbox-phone?phone={phone.replace('+', '%2B')}")
    told.get_by_text("password", exact=False).first.wait_for()
    password = re.search(r"password (\S+?)\.", told.locator(".phone-bubble").last.inner_text())[1]

    staff = open_screen(role=None).open("/login")
    staff.locator("input[name=phone]").fill(phone)
    staff.locator("input[name=password]").fill(password)
    staff.get_by_role("button", name="Log in").click()
    staff.wait_for_url("**/settings/first-password")
    staff.locator("input[type=password]").first.fill("my-own-fine-password")
    staff.locator("main form button.btn-primary").click()
    staff.wait_for_url("**/logs/**")
    assert staff.get_by_role("link", name="Bot Settings").count() == 0


def test_requests_are_settled_together(open_screen, chat):
    for order in (54321, 54322):
        chat.post(f"refill {order}")
    screen = open_screen()
    page = screen.open("/logs/")
    for _ in range(50):
        if page.locator("[data-pick]").count() >= 2:
            break
        page.wait_for_timeout(200)
        page.reload()
    page.locator("[data-pick]").nth(0).check()
    page.locator("[data-pick]").nth(1).check()
    page.locator("#bulk").get_by_role("button", name=re.compile("resolved", re.IGNORECASE)).click()
    page.locator("select.status-pill").first.wait_for()
    page.locator("[data-toast]").first.wait_for()
    page.reload()
    assert (
        page.locator(".c-status select").evaluate_all("all => all.map(one => one.value)")[:2]
        == ["resolved"] * 2
    )


def test_theme_is_kept(open_screen):
    page = open_screen(scheme="light").open("/overview")
    page.get_by_role("button", name="Light or dark").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
