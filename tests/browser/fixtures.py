"""A real browser with scripts switched off, a live site to visit with it, and the post it receives."""

import datetime
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, sync_playwright

from consent import tasks
from tests.mail_server import MailServer, running_mail_server

START = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
# Chromium without its windows, toolbars and menus does the same pages with a quarter of the work.
NAMES = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
MISSING = (
    "Chromium was not found: install it (Debian: apt-get install chromium-headless-shell, or chromium) "
    "or set CHROMIUM to its path."
)


def find_chromium() -> str | None:
    wanted = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([wanted] if wanted else NAMES))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(MISSING)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread; the tests themselves stay synchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
        # While Playwright's loop runs, Django keeps connections of its own for it: they would stay open.
        connections.close_all()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=True) as traveller:
        yield traveller


@dataclass
class PostOffice:
    """Lets the workers' task send what waits, and keeps every mail that arrived."""

    server: MailServer
    read: int = 0

    def collect(self) -> list[EmailMessage]:
        """Deliver everything that waits; give the mails that are new since the last time."""
        tasks.deliver_outbox()
        new = self.server.mails[self.read :]
        self.read = len(self.server.mails)
        return new

    def collect_one(self) -> EmailMessage:
        (mail,) = self.collect()
        return mail


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 5
        yield PostOffice(server=server)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def links_in(mail: EmailMessage) -> list[str]:
    """Every address in a mail, of both its texts and its headers, each once."""
    html = mail.get_body(("html",))
    assert html is not None
    marked = re.findall(r'href="(https?://[^"]+)"', html.get_content())
    plain = re.findall(r"https?://[^\s>]+", text_of(mail) + " " + mail["List-Unsubscribe"])
    return list(dict.fromkeys([*plain, *marked]))


def link_in(mail: EmailMessage, kind: str) -> str:
    found = [link for link in links_in(mail) if re.search(rf"/{kind}/[^/]+/$", link)]
    assert found, text_of(mail)
    return found[0]


@dataclass
class Visitor:
    """Somebody with a browser: opens pages, reads them, fills in and presses what stands there."""

    context: BrowserContext
    site: str
    clock: time_machine.Traveller
    presses: int = 0
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)

    def open(self, address: str) -> Response:
        answer = self.page.goto(address if address.startswith("http") else f"{self.site}{address}")
        assert answer is not None
        return answer

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()

    def choose(self, label: str, value: object) -> None:
        self.page.get_by_label(label).select_option(value=str(value))

    def press(self, label: str) -> None:
        """Press a button or follow a link, after as long as a person takes to read."""
        self.clock.shift(20)
        self.presses += 1
        button = self.page.get_by_role("button", name=label, exact=True)
        self.follow(button.or_(self.page.get_by_role("link", name=label, exact=True)).first)

    def follow(self, control: Locator) -> None:
        """Press it and wait for the whole answer: a click returns as soon as the answer begins."""
        control.click()
        self.page.wait_for_load_state()

    @property
    def title(self) -> str:
        return self.page.title()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """What stands on the page, with every white space as one blank."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def whole_page(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site)


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of a live server, which is also the one in the mails it sends."""
    settings.PUBLIC_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def browse(chromium: Browser, site: str, clock: time_machine.Traveller) -> Iterator[Callable[[], Visitor]]:
    """Gives each visitor a browser of their own, without scripts, that asks for English pages."""
    contexts: list[BrowserContext] = []

    def start() -> Visitor:
        contexts.append(chromium.new_context(java_script_enabled=False, locale="en-GB"))
        return Visitor(context=contexts[-1], site=site, clock=clock)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(chromium: Browser, live_server: Any) -> Iterator[Callable[[str], Page]]:
    """Gives the first page of the admin, in English and with scripts, as a member of staff sees it."""
    contexts: list[BrowserContext] = []

    def start(username: str) -> Page:
        contexts.append(chromium.new_context(base_url=live_server.url, locale="en-GB"))
        page = contexts[-1].new_page()
        page.goto("/admin/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill("een lang wachtwoord voor proeven")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(browse: Callable[[], Visitor]) -> Visitor:
    return browse()


@pytest.fixture
def staff(browse: Callable[[], Visitor]) -> Visitor:
    """The browser of somebody who works there; not signed in yet."""
    return browse()
