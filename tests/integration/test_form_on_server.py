"""The real server takes the form, and changes to it lose nothing that people did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.errors import UsageError
from annotator.labelstudio import form, shapes
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.models import SHOWN_BY_PUSH, Task

NewTitle = Callable[[], str]
MakeTasks = Callable[..., list[Task]]
OLDER = form.labelling_config().replace('value="opinion"', 'value="view"')

BY_LABEL_STUDIO = [
    f"tasks:{name}"
    for name in (
        *("inner_id", "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions"),
        *("predictions_results", "file_upload", "storage_filename", "created_at", "updated_at", "updated_by"),
        *("avg_lead_time", "draft_exists"),
    )
]


@pytest.fixture
def older(client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> tuple[int, int]:
    """A project with a form in which `opinion` was called `view`, and one task in it."""
    made = client.create_project(new_title(), config=OLDER, settings={})
    rows = [task.model_copy(update={"predictions": ()}).model_dump_json() for task in make_tasks(1)]
    return made.id, client.import_tasks(made.id, rows)[0]


@pytest.fixture
def send(client: Client, notes: PushNotes, make_tasks: MakeTasks) -> Callable[..., list[str]]:
    """Push one task with the options and return what the user was told."""

    def _send(project: int | str, **options: Any) -> list[str]:
        told: list[str] = []
        wished = PushOptions(say=told.append, **options)
        push_tasks(make_tasks(1), project=str(project), client=client, notes=notes, options=wished)
        return told

    return _send


Send = Callable[..., list[str]]


def test_the_server_keeps_the_form_as_it_is(client: Client, new_title: NewTitle) -> None:
    made = client.create_project(new_title(), config=form.labelling_config(), settings={})
    assert form.differences(form.labelling_config(), made.config) == []
    assert form.same_looks(form.labelling_config(), made.config)


def test_a_differing_form_is_replaced_only_when_asked(client: Client, older: tuple[int, int], send: Send) -> None:
    project, _ = older
    with pytest.raises(UsageError, match="view"):
        send(project)
    send(project, update_form=True)
    assert form.differences(form.labelling_config(), client.project(project).config) == []


@pytest.mark.parametrize("label", ["view"])
def test_a_form_whose_label_is_in_use_stays(
    client: Client, older: tuple[int, int], send: Send, answer: Callable[..., int], label: str
) -> None:
    project, task = older
    answer(client, task, label)
    with pytest.raises(UsageError, match="keeps its form"):
        send(project, update_form=True)
    assert "view" in client.project(project).config


def test_an_older_look_is_told_and_renewed_on_request(client: Client, new_title: NewTitle, send: Send) -> None:
    plain = form.labelling_config().replace("1280px", "900px")
    made = client.create_project(new_title(), config=plain, settings={})
    assert any("another design" in line for line in send(made.id))
    send(made.id, update_form=True)
    assert form.same_looks(form.labelling_config(), client.project(made.id).config)


def test_overlap_and_preselect_change_only_when_given(client: Client, new_title: NewTitle, send: Send) -> None:
    title = new_title()
    send(title, overlap=3, preselect=True)
    send(title)
    kept = client.find_project(title)
    assert kept is not None
    assert (kept.overlap, kept.preselect) == (3, True)
    send(title, overlap=2)
    changed = client.find_project(title)
    assert changed is not None
    assert changed.overlap == 2


def test_the_table_leaves_out_what_only_the_screen_shows_unless_somebody_arranged_it(
    client: Client, send: Send, new_title: NewTitle
) -> None:
    title = new_title()
    send(title)
    project = client.titled(title)[0]
    (tab,) = client.connection.get(shapes.TABS, "api/dm/views/", {"project": project})
    assert {f"tasks:data.{name}" for name in SHOWN_BY_PUSH} <= set(tab.data["hiddenColumns"]["explore"])
    arranged = {**tab.data, "hiddenColumns": {"explore": ["tasks:data.shown_head"], "labeling": []}}
    client.connection.change("PATCH", f"api/dm/views/{tab.id}/?project={project}", {"data": arranged})
    send(title)
    (tab,) = client.connection.get(shapes.TABS, "api/dm/views/", {"project": project})
    assert tab.data["hiddenColumns"]["explore"] == ["tasks:data.shown_head"]


def test_a_tab_that_label_studio_made_itself_is_tidied(client: Client, send: Send, new_title: NewTitle) -> None:
    made = client.create_project(new_title(), config=form.labelling_config(), settings={})
    hidden = {"hiddenColumns": {"explore": BY_LABEL_STUDIO, "labeling": []}}
    tab = {
        "title": "Default",
        "type": "list",
        "target": "tasks",
        "filters": {"conjunction": "and", "items": []},
        **hidden,
    }
    client.connection.change("POST", "api/dm/views/", {"project": made.id, "data": tab})
    send(made.id)
    (found,) = client.connection.get(shapes.TABS, "api/dm/views/", {"project": made.id})
    assert "tasks:data.shown_article" in found.data["hiddenColumns"]["explore"]
