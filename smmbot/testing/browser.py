"""A real browser on a real server: Chromium, the live server, and a worker that takes what is queued.

The fixture `open_screen` makes screens of people with a role, or signed out: Playwright pages that fail the test when
the console shows an error.
"""

import contextvars
import gc
import os
import shutil
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from smmbot.celery import app
from smmbot.testing.site import Site
from smmbot.testing.worker import Worker

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = (
    "No browser was found. Install one (Debian: apt-get install chromium; anywhere: .venv/bin/playwright install "
    "chromium) or name it: BROWSER=/path/to/chromium"
)
_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# What the law asks for: WCAG 2.1, levels A and AA.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def find_browser() -> str | None:
    """The path of a Chromium; empty for the one Playwright installed; None when there is none."""
    named = os.environ.get("BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)
    if named:
        return named
    installed = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    return "" if any(installed.glob("chromium*")) else None


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser for one test. Without one the test is skipped and says what to do; where CI is set it fails.

    Not for the session, as pytest-playwright has it: Playwright keeps an event loop in the thread, and in its presence
    Django gives every context a database connection of its own; the tests that follow would find no rows.
    """
    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        # Django takes the thread for asynchronous as long as that loop is there.
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        launched = playwright.chromium.launch(executable_path=path or None, args=["--no-sandbox"])
        yield launched
        launched.close()
        connections.close_all()  # of this thread beside the loop: out of reach once it is gone


class BackgroundWorker(threading.Thread):
    """Takes tasks off the queues while the browser waits, as a worker's process would."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._worker = Worker()
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            task = self._worker.take()
            if task is None:
                self._stopped.wait(0.02)
            else:
                contextvars.Context().run(app.tasks[task.task_name], *task.args)
        connections.close_all()

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=20)


@dataclass
class Screen:
    """A page of one person, on the live server. problems: what the console complained of."""

    page: Page
    url: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        response = self.page.goto(f"{self.url}{path}")
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return self.page

    def barriers(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        self.page.evaluate(_AXE)
        found: Any = self.page.evaluate(
            # No preload: it copies imported style sheets into the page, which our policy refuses aloud.
            "rules => axe.run(document, {runOnly: rules, preload: false}).then(result => result.violations.map("
            "one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')))",
            _RULES,
        )
        return list(found)

    def is_too_wide(self) -> bool:
        """Must a person scroll sideways?"""
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
            )
        )


@pytest.fixture
def live(transactional_db: None, tenant: Any, live_server: Any, settings: Any) -> Iterator[str]:
    """The address of a whole product at work."""
    settings.PUBLIC_URL = live_server.url
    worker = BackgroundWorker()
    worker.start()
    yield live_server.url
    worker.stop()
    # A browser that leaves in the middle of an answer leaves the server's connection behind.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture
def open_screen(live: str, browser: Browser, tenant: Any) -> Iterator[Any]:
    """Make screens: `open_screen(role="owner", width=390, scheme="dark")`; role None is signed out."""
    screens: list[Screen] = []

    def make(*, role: str | None = "owner", width: int = 1280, scheme: Any = "light") -> Screen:
        context = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)
        if role is not None:
            jar = Site(tenant).as_(role).client.cookies
            context.add_cookies(
                [{"name": name, "value": jar[name].value, "url": live} for name in ("access", "refresh")]
            )
        context.set_default_timeout(10_000)
        screen = Screen(context.new_page(), live)
        screen.page.on(
            "console", lambda told: screen.problems.append(told.text) if told.type == "error" else None
        )
        screen.page.on("pageerror", lambda error: screen.problems.append(str(error)))
        screens.append(screen)
        return screen

    yield make
    told = [problem for screen in screens for problem in screen.problems]
    for screen in screens:
        screen.page.context.close()
    assert told == []
