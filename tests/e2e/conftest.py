"""A real headless Chromium that is logged in to the session's server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.server import Server
from annotator.models import Task

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# As root Chromium needs --no-sandbox; the rest keeps it from looking for the vendor's hosts.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Playwright waits for 5 seconds, which is little where the machine is busy.
expect.set_options(timeout=60_000)

OpenScreen = Callable[..., AbstractContextManager[Page]]
Load = Callable[..., int]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found, "no Chromium on this machine: apt-get install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, label_studio: Server) -> Iterator[BrowserContext]:
    """The owner's browser: the pages of all tests share its cache, or each would compile the server's scripts anew."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{label_studio.credentials.url}/user/login/")
    page.fill("input[name=email]", label_studio.credentials.login)
    page.fill("input[name=password]", label_studio.credentials.password)
    page.click("[type=submit]")
    page.wait_for_url("**/")
    page.close()
    yield context
    context.close()


@pytest.fixture
def load(client: Client, tmp_path: Path, new_title: Callable[[], str]) -> Load:
    """Push tasks into a project of their own; returns its id."""

    def push(tasks: list[Task], options: PushOptions | None = None) -> int:
        with closing(PushNotes(tmp_path / "notes")) as notes:
            report = push_tasks(
                tasks, project=new_title(), client=client, notes=notes, options=options or PushOptions()
            )
        assert report.refused == 0
        client.update_project(report.project, {"show_instruction": False})  # they would open before every screen
        return report.project

    return push


@pytest.fixture
def screen(label_studio: Server, signed_in: BrowserContext) -> OpenScreen:
    """Open the labelling screen of a project: `with screen(project, width=1366, height=820, dark=True) as page`."""

    @contextmanager
    def open_screen(project: int, *, width: int = 1366, height: int = 820, dark: bool = False) -> Iterator[Page]:
        page = signed_in.new_page()
        page.set_viewport_size({"width": width, "height": height})
        theme = "Dark" if dark else "Light"
        page.add_init_script(f"localStorage.clear(); localStorage.setItem('preferred-color-scheme', '{theme}')")
        page.goto(f"{label_studio.credentials.url}/projects/{project}/data?labeling=1")
        expect(page.locator(".cu-main")).to_be_visible()
        yield page
        page.close()

    return open_screen
