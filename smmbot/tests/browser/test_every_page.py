"""Every page of the menu and before the sign-in: no console errors, nothing axe objects to, never wider than the
screen, light and dark, on a desk and in a hand."""

import pytest

from smmbot.ui.navigation import MENU

PUBLIC = ("/", "/docs", "/docs/api", "/login", "/signup", "/forgot")
SIZES = {"desktop": 1280, "phone": 375}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES.values(), ids=SIZES.keys())
def test_pages_behind_the_sign_in(open_screen, width, scheme):
    screen, wrong = open_screen(width=width, scheme=scheme), {}
    for path in [place.url for _, places in MENU for place in places] + ["/me/"]:
        page = screen.open(path)
        page.wait_for_load_state("networkidle")
        if found := [*screen.barriers(), *(["too wide"] if screen.is_too_wide() else [])]:
            wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES.values(), ids=SIZES.keys())
def test_pages_before_the_sign_in(open_screen, width, scheme):
    screen, wrong = open_screen(role=None, width=width, scheme=scheme), {}
    for path in PUBLIC:
        screen.open(path)
        if found := [*screen.barriers(), *(["too wide"] if screen.is_too_wide() else [])]:
            wrong[path] = found
    assert wrong == {}
