"""Pictures of every screen in `build/screens`, and whether one has to scroll: `python tests/e2e/screens [firefox]`.

Three sizes, and pairwise over size, theme, zoom, language of the form, and what the unit is. It starts a Label Studio
of its own, and ends it.
"""

from __future__ import annotations

import itertools
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import firefox
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from annotator import preparation
from annotator.labels import Label
from annotator.labelstudio import adjudicate, installation, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.practice import practise
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.task_source import open_tasks
from annotator.models import AnnotationStatus, Record, RecordStatus, Task, Vote
from annotator.settings import Settings
from annotator.team import OwnMark

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[3]
OUT = ROOT / "build" / "screens"
INPUTS = (HERE / "articles.jsonl", ROOT / "fixtures" / "articles" / "deepseek.fr.txt")
MEMORIES = (HERE / "translations.jsonl", ROOT / "annotator" / "demo_article" / "demo.jsonl")
CONTENTS: dict[str, Callable[[Task], bool]] = {
    "unit": lambda task: task.data.source_text.startswith("OpenAI a déclaré"),
    "post": lambda task: task.data.block == "post",
    "long": lambda task: len(task.data.source_text.split()) == 95,
    "arabic": lambda task: task.data.source_lang == "ar" and task.data.position == 2,
    "japanese": lambda task: task.data.source_lang == "ja" and task.data.position == 2,
}
SIZES = ((1024, 768), (1366, 820), (1920, 1080))
FACTORS: tuple[Sequence[Any], ...] = (tuple(CONTENTS), SIZES, ("light", "dark"), (1.0, 1.25), ("en", "fr"))
MARKS = {
    "needs expert": OwnMark(key="x", title={"en": "needs an expert", "fr": "avis d’expert nécessaire"}),
    "follow up": OwnMark(key="f", title={"fr": "à suivre"}),
}
# How many pixels of the boxes around the form are out of sight.
HIDDEN = """() => {
    let hidden = 0;
    for (let box = document.querySelector('.cu'); box; box = box.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(box).overflowY))
            hidden = Math.max(hidden, box.scrollHeight - box.clientHeight);
    return hidden;
}"""
THEME = "localStorage.setItem('preferred-color-scheme', '{}')"


class Shot(NamedTuple):
    """What one picture shows, and how."""

    content: str
    size: tuple[int, int] = (1366, 820)
    theme: str = "light"
    zoom: float = 1.0
    language: str = "en"

    @property
    def name(self) -> str:
        """The file's name."""
        zoomed = f"-{self.zoom:.0%}".rstrip("%") if self.zoom != 1 else ""
        return f"{self.content}-{self.language}-{self.theme}-{self.size[0]}{zoomed}"


def pairwise(factors: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield few rows in which every value of a factor meets every value of every other one."""
    rows = list(itertools.product(*factors))
    missing = {pair for row in rows for pair in _pairs(row)}
    while missing:
        best = max(rows, key=lambda row: len(missing & _pairs(row)))
        missing -= _pairs(best)
        yield best


def _pairs(row: tuple[Any, ...]) -> set[tuple[tuple[int, Any], ...]]:
    return set(itertools.combinations(enumerate(row), 2))


@dataclass
class Studio:
    """A Label Studio with a project for each content and language."""

    login: Credentials
    client: Client
    notes: PushNotes
    run: Path

    def project(self, content: str, language: str, **options: Any) -> int:
        """Push the unit of this content into a project of its own."""
        unit = next(task for task in self.tasks() if CONTENTS[content](task)).data.unit_id
        wished = PushOptions(interface=language, where=f'unit_id == "{unit}"', **options)
        return self.push(f"{content} {language}", wished)

    def push(self, title: str, options: PushOptions) -> int:
        """Push the run; the guidelines stay closed."""
        with open_tasks(str(self.run)) as tasks:
            project = push_tasks(tasks, project=title, client=self.client, notes=self.notes, options=options).project
        self.client.update_project(project, {"show_instruction": False})
        return project

    def tasks(self) -> Iterator[Task]:
        """Yield what there is to push."""
        with open_tasks(str(self.run)) as tasks:
            yield from (task for task in tasks if isinstance(task, Task))

    def address(self, project: int) -> str:
        """Where people label."""
        return f"{self.login.url}/projects/{project}/data?labeling=1"


@contextmanager
def studio() -> Iterator[Studio]:
    """Start a server on a copy of the tests' template where there is one, and prepare the articles."""
    template = ROOT / "build" / f"label-studio-{installation.version(installation.program())}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        if (template / "complete").exists():
            shutil.copytree(template, folder / "server", ignore=shutil.ignore_patterns("*.log", "*.lock", "*.pid"))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        settings = Settings(data_dir=folder, translator="none", memories=MEMORIES)
        job = preparation.Job(inputs=tuple(map(str, INPUTS)), out=str(folder / "run"), settings=settings)
        preparation.run_job(job, say=print, progress=lambda _report: None)
        running = stack.enter_context(server.running(server.ServerPaths(folder / "server"), port=port, say=print))
        login = running.credentials
        client = stack.enter_context(closing(Client(login.url, login.token)))
        yield Studio(login, client, stack.enter_context(closing(PushNotes(folder))), folder / "run")


@contextmanager
def signed_in(browser: Browser, login: Credentials, *, zoom: float = 1) -> Iterator[BrowserContext]:
    """Log in; `zoom` is that of the browser's menu."""
    context = browser.new_context(device_scale_factor=zoom)
    page = context.new_page()
    page.goto(f"{login.url}/user/login/")
    page.fill("input[name=email]", login.login)
    page.fill("input[name=password]", login.password)
    page.click("[type=submit]")
    page.wait_for_url("**/")
    page.close()
    yield context
    context.close()


@contextmanager
def opened(context: BrowserContext, address: str, shot: Shot) -> Iterator[Page]:
    """Open a labelling screen as the shot wants it."""
    page = context.new_page()
    width, height = (round(pixels / shot.zoom) for pixels in shot.size)
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(f"localStorage.clear(); {THEME.format(shot.theme.title())}")
    page.goto(address)
    expect(page.locator(".cu-main")).to_be_visible(timeout=60_000)
    page.wait_for_timeout(300)
    yield page
    page.close()


def units(shots: Iterable[Shot], made: Studio, browser: Browser) -> None:
    """Take the pictures of units, and say which have to be scrolled."""
    projects: dict[tuple[str, str], int] = {}
    for zoom, some in itertools.groupby(sorted(shots, key=lambda shot: shot.zoom), key=lambda shot: shot.zoom):
        with signed_in(browser, made.login, zoom=zoom) as context:
            for shot in some:
                key = shot.content, shot.language
                projects.setdefault(key, 0)
                projects[key] = projects[key] or made.project(*key)
                with opened(context, made.address(projects[key]), shot) as page:
                    page.screenshot(path=OUT / f"{shot.name}.png")
                    print(f"{shot.name:34} {page.evaluate(HIDDEN):4} pixels out of sight")


def others(made: Studio, browser: Browser) -> None:
    """Take the pictures of everything that is not one unit."""
    shot = Shot("")
    with signed_in(browser, made.login) as context:
        project = made.push("Marks", PushOptions(interface="fr", marks=MARKS))
        with opened(context, made.address(project), shot) as page:
            page.screenshot(path=OUT / "own-marks-fr.png")
            page.locator(".cu-whole summary").click()
            page.wait_for_timeout(300)
            page.screenshot(path=OUT / "whole-article-fr.png")
            page.get_by_role("button", name="Instructions").click()
            page.wait_for_timeout(800)
            page.screenshot(path=OUT / "guidelines-fr.png")
        page = context.new_page()
        page.set_viewport_size({"width": 1366, "height": 820})
        page.goto(made.address(project).partition("?")[0])
        page.wait_for_timeout(3000)
        page.screenshot(path=OUT / "table.png")
        page.close()
        practice = practise("Practice", client=made.client, notes=made.notes, language="fr").project
        made.client.update_project(practice, {"show_instruction": False})
        with opened(context, made.address(practice), shot) as page:
            page.screenshot(path=OUT / "practice-before-fr.png")
            page.keyboard.press("3")
            page.wait_for_timeout(300)
            page.screenshot(path=OUT / "practice-after-fr.png")
        decided = adjudicate.push_disputed(
            [_disputed(made)], project="Disputed", client=made.client, notes=made.notes, language="fr", marks=MARKS
        )
        with opened(context, made.address(decided.project), shot) as page:
            page.screenshot(path=OUT / "adjudication-fr.png")


def _disputed(made: Studio) -> Record:
    task = next(task for task in made.tasks() if CONTENTS["unit"](task))
    status = AnnotationStatus.LABELLED
    votes = (
        Vote(annotator="1", status=status, label=Label.SOURCED, marks=("hedged",), comment="le journal est nommé"),
        Vote(annotator="2", status=status, label=Label.UNSOURCED, marks=("needs expert",)),
        Vote(annotator="3", status=status, label=Label.SOURCED),
    )
    return Record(data=task.data, revision=task.meta.revision, status=RecordStatus.UNDECIDED, votes=votes)


def in_firefox(made: Studio, program: str) -> None:
    """Look at one ordinary and one long unit in the Firefox of the distribution."""
    shots = (Shot("unit"), Shot("long", size=(1024, 768)), Shot("arabic", theme="dark", zoom=1.25, language="fr"))
    for shot in shots:
        with firefox.running(program, zoom=shot.zoom, dark=shot.theme == "dark") as browser:
            browser.resize(*shot.size)
            browser.go(f"{made.login.url}/user/login/")
            browser.run(f"{THEME.format(shot.theme.title())}")
            login = made.login
            browser.run(
                "document.querySelector('[name=email]').value = arguments[0];"
                "document.querySelector('[name=password]').value = arguments[1];"
                "document.querySelector('[type=submit]').click()",
                *(login.login, login.password),
            )
            browser.wait("!location.pathname.includes('login')")
            browser.go(made.address(made.project(shot.content, shot.language)))
            browser.wait("document.querySelector('.cu-main .lsf-richtext__line')")
            hidden = browser.run(f"return ({HIDDEN})()")
            browser.picture(OUT / f"firefox-{shot.name}.png")
            print(f"firefox-{shot.name:26} {hidden:4} pixels out of sight")


def main(only: str = "") -> None:
    """Make all pictures, or those of units, of the `others`, or of `firefox` alone."""
    OUT.mkdir(parents=True, exist_ok=True)
    shots = {Shot("unit", size=size) for size in SIZES} | {Shot(*row) for row in pairwise(FACTORS)}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with studio() as made:
        if only != "firefox":
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
                if only != "others":
                    units(shots, made, browser)
                if only != "units":
                    others(made, browser)
                browser.close()
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program and only in ("", "firefox"):
            in_firefox(made, program)


if __name__ == "__main__":
    main(*sys.argv[1:])
