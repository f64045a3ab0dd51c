"""A number's life in a browser: linked by QR, dropped and back, banned; linked by a code and with a passkey. Every
state is looked at on a desk and in a hand."""

import re

from botcore.models import WhatsAppNumber
from tenants.scoping import all_tenants

SIZES = {"desk": 1280, "hand": 390}


class Look:
    """What is wrong with each state, in all sizes and colours."""

    def __init__(self, screen):
        self.screen, self.page, self.wrong = screen, screen.page, {}

    def at(self, name):
        for size, width in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": 860})
            for scheme in ("light", "dark"):
                # Colours fade from one scheme to the other; what is half faded is no fault.
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self.page.wait_for_timeout(300)
                barriers = [*self.screen.barriers(), *(["too wide"] if self.screen.is_too_wide() else [])]
                if barriers:
                    self.wrong[f"{name}, {size}, {scheme}"] = barriers
        self.page.set_viewport_size({"width": 1280, "height": 860})


def add(page, url, name):
    page.goto(f"{url}/numbers/add/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Continue to the QR code").click()
    page.get_by_label("QR code that links").wait_for()


def test_linked_by_qr_dropped_and_back_and_banned(open_screen):
    screen = open_screen()
    look, page = Look(screen), screen.open("/numbers/add/")
    look.at("add")
    add(page, screen.url, "Second line")
    look.at("QR")
    page.get_by_role("button", name="Scan with the sandbox phone").click()
    page.locator("[data-live]").wait_for()
    look.at("live")

    page.get_by_role("link", name="Its health and queue").click()
    state = page.locator("#number .number-state").first
    page.get_by_role("button", name="Take the phone offline").click()
    page.get_by_text("The connection was closed.").first.wait_for()
    look.at("lost")
    page.get_by_role("button", name="Bring it back online").click()
    page.get_by_text("The bot reads and answers messages.").first.wait_for()
    assert state.inner_text() == "Live"
    page.get_by_role("button", name="Have WhatsApp ban it").click()
    page.get_by_text("Ask for a review").first.wait_for()
    assert state.inner_text() == "Banned by WhatsApp"
    look.at("banned")

    assert look.wrong == {}


def test_page_hears_of_a_drop_by_itself(open_screen, number):
    first, second = open_screen(), open_screen()
    watched = first.open(f"/numbers/{number.pk}/")
    page = second.open(f"/numbers/{number.pk}/")

    page.get_by_role("button", name="Take the phone offline").click()

    watched.get_by_text("The connection was closed.").first.wait_for()
    watched.get_by_role("button", name="Bring it back online").wait_for()
    page.get_by_role("link", name="Groups").click()
    page.get_by_role("link", name="Open the number").wait_for()
    look = Look(second)
    look.at("banner")
    assert look.wrong == {}


def test_linked_by_code_and_passkey(open_screen):
    screen = open_screen()
    look, page = Look(screen), screen.page
    add(page, screen.url, "By code")
    page.get_by_label("Phone number to link").fill("+1 555 020 0044")
    page.get_by_role("button", name="Get a code to type").click()
    page.get_by_text("SAND-0000", exact=True).wait_for()
    look.at("pairing code")
    page.get_by_role("button", name="Type the code on the phone").click()
    page.locator("[data-live]").wait_for()

    add(page, screen.url, "With a passkey")
    page.get_by_label("Its account has a passkey").check()
    page.get_by_role("button", name="Scan with the sandbox phone").click()
    page.get_by_label("Request to be signed").wait_for()
    look.at("passkey")
    answer = page.get_by_label("What the browser’s extension would give you").input_value()
    page.get_by_label("What the extension gave you").fill(answer)
    page.get_by_role("button", name="Hand it to WhatsApp").click()
    page.get_by_role("button", name="Both are the same").wait_for()
    code = page.locator(".link-code").inner_text()
    page.get_by_text(re.compile(f"Is it this code. {code}")).wait_for()
    look.at("passkey's code")
    page.get_by_role("button", name="Both are the same").click()
    page.locator("[data-live]").wait_for()

    assert look.wrong == {}
    with all_tenants("what came of it"):
        live = WhatsAppNumber.objects.filter(name__in=["By code", "With a passkey"], state="open")
        assert live.count() == 2
