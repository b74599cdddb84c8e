"""Practice in a real browser: the guidelines open first, and the known answer shows once a label is chosen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.practice import practice_tasks, practise

SCREENS = Path(__file__).parents[2] / "build" / "screens"


def test_the_answer_comes_after_the_choice(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    screen: Callable[..., AbstractContextManager[Page]],
) -> None:
    project = practise(new_title(), client=client, notes=notes).project
    reason = practice_tasks("en")[0].model_dump()["data"]["known_reason"]
    with screen(project) as page:
        expect(page.get_by_text("Leave your first choice as it is")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_text("Leave your first choice as it is")).not_to_be_visible()
        expect(page.locator(".cu-known")).not_to_be_visible()
        row = page.locator(".cu-claim").bounding_box()
        page.keyboard.press("3")
        expect(page.locator(".cu-known")).to_contain_text(reason)
        assert page.locator(".cu-claim").bounding_box() == row
        page.screenshot(path=SCREENS / "practice-light-1366.png")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".cu-main")).not_to_contain_text("41 000")
        expect(page.locator(".cu-known")).not_to_be_visible()
