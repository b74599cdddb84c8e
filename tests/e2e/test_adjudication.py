"""A third person decides a disputed unit in a real browser, with a reason that must be given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, expect

from annotator.labels import Label
from annotator.labelstudio import adjudicate
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.models import AnnotationStatus, Mention, Record, RecordStatus, Task, Vote
from annotator.team import OwnMark

SCREENS = Path(__file__).parents[2] / "build" / "screens"
LABELLED = AnnotationStatus.LABELLED


def test_verdict_needs_a_reason_and_comes_back_with_it(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    screen: Callable[..., AbstractContextManager[Page]],
) -> None:
    (task,) = make_tasks(1, article="adjudicated")
    votes = (
        Vote(
            annotator="1",
            status=LABELLED,
            label=Label.SOURCED,
            marks=("hedged", "needs expert"),
            comment="l’Insee est nommé",
            mentions=(Mention(start=6, end=13, article_start=6, article_end=13, text="l’Insee"),),
        ),
        Vote(annotator="2", status=LABELLED, label=Label.OPINION, comment="<b>un avis</b>"),
    )
    record = Record(data=task.data, revision="r", status=RecordStatus.UNDECIDED, votes=votes)
    own = {"needs expert": OwnMark(key="x", title={"fr": "avis d’expert"})}
    project = new_title()
    sent = adjudicate.push_disputed([record], project=project, client=client, notes=notes, marks=own, language="fr")
    with screen(sent.project) as page:
        expect(page.locator(".cu-votes")).to_contain_text("<b>un avis</b>")
        expect(page.locator(".cu-votes mark")).to_have_text("l’Insee")
        expect(page.locator(".cu-votes")).to_contain_text("sous réserve avis d’expert")
        expect(page.get_by_role("button", name="Instructions")).to_be_visible()
        page.screenshot(path=SCREENS / "adjudication-light-1366.png")
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Dites d’où vient le désaccord.")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("8")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("no more", exact=False).first).to_be_visible()
    (verdict,) = adjudicate.pull_verdicts(project=str(sent.project), client=client).annotations
    assert (verdict.label, verdict.adjudication) == (Label.SOURCED, "slip")
