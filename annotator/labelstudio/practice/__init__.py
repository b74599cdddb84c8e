"""Practice: a project of units whose answers are known, each shown with its reason once somebody has chosen a label."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from annotator import guidelines
from annotator.agreement.known import AgainstGold
from annotator.errors import UsageError
from annotator.labels import CLAIM, CLAIM_CHOICES
from annotator.labelstudio import form, wire
from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.delivery import Delivery
from annotator.labelstudio.gold import gold_task
from annotator.labelstudio.interface import interface
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.shown import Place, shown
from annotator.labelstudio.task_inventory import PackedTask
from annotator.labelstudio.wire import Origin
from annotator.models import ShownTaskData, Task
from annotator.package_data import languages_in, read_data, read_table

LABEL, REASON = "known_label", "known_reason"
"""The fields that only tasks of a practice project have."""
_EVERYBODY = 1000
"""People for whom each unit is there."""


@dataclass(frozen=True)
class Practised:
    """A practice project, and how everybody in it did."""

    project: int
    units: int
    already_there: int
    sent: int
    people: tuple[dict[str, Any], ...]


def practise(project: str, *, client: Client, notes: PushNotes, language: str | None = None) -> Practised:
    """Make the practice project, or send what it lacks, and measure everybody who has answered in it.

    Raises:
        UsageError: there is a project of this title that is none for practice.
    """
    project = projects.checked_name(project)
    target = _opened(client, project, language)
    tasks = practice_tasks(form.language_of(target.config))
    delivery = Delivery(client, notes, target.id, source=project)
    by_id = {task.data.unit_id: task for task in tasks}
    missing = delivery.send_absent(by_id, lambda unit_id: PackedTask.of(by_id[unit_id]))
    return Practised(target.id, len(tasks), len(tasks) - len(missing), len(missing), tuple(scores(client, target)))


def practice_tasks(language: str) -> list[Task]:
    """Return the units, with answer and reason in the language of the form."""
    lines = read_data(__name__, "units.jsonl").splitlines()
    return [_task(json.loads(line), language) for line in lines]


def practice_config(language: str) -> str:
    """Return the form, which shows the known answer and its reason once a label is chosen.

    They stand above the labels: the form grows upwards, and the labels stay in their place.
    """
    root = ET.fromstring(form.labelling_config(language))  # noqa: S314 - ours
    answer = next(view for view in root.iter("View") if view.attrib.get("className") == "cu-form")
    answer.insert(0, _revealed(_texts(language)["known"]))
    style = next(root.iter("Style"))
    style.text = f"{style.text}{read_data(__name__, 'practice.css')}"
    return ET.tostring(root, encoding="unicode") + "\n"


def scores(client: Client, project: Project) -> Iterator[dict[str, Any]]:
    """Yield how each person did: answers, how many were right, and both by the known label."""
    measured = AgainstGold()
    origin = Origin(project.id, project.title)
    for window in client.answer_windows(project.id):
        for row in window:
            for line in wire.read_task(row, origin)[0]:
                if line.gold and line.answer:
                    measured.add(line.annotator, line.answer, str(line.gold.label))
    logins = {str(number): login for number, login in client.people().items()}
    for annotator, score in measured.as_json().items():
        yield {"annotator": annotator, "login": logins.get(annotator, ""), **score}


def _opened(client: Client, title: str, language: str | None) -> Project:
    existing = client.find_project(title)
    if existing is None:
        wished = language or projects.DEFAULT_INTERFACE
        return projects.made(client, title, config=practice_config(wished), settings=_settings(wished))
    ours = practice_config(form.language_of(existing.config))
    if form.differences(ours, existing.config):
        hint = "choose another title: practice has a project of its own"
        raise UsageError(f"project {existing.title!r} is no practice project", hint=hint)
    return existing


def _settings(language: str) -> dict[str, Any]:
    first = f"<p><strong>{guidelines.typeset(_texts(language)['first'], language)}</strong></p>"
    return {
        **projects.fixed_settings(),
        "expert_instruction": first + guidelines.html(language),
        "maximum_annotations": _EVERYBODY,
    }


def _task(row: Mapping[str, Any], language: str) -> Task:
    known: dict[str, str] = row["reasons"]
    task = gold_task({name: value for name, value in row.items() if name != "reasons"})
    choice = next(choice for choice in CLAIM_CHOICES if choice.value == row["label"])
    ui = interface(language)
    added = {LABEL: ui.name(choice), REASON: guidelines.typeset(known.get(language, known["en"]), language)}
    data = shown(task.data.model_dump(mode="json"), ui, Place()) | added
    return task.model_copy(update={"data": ShownTaskData.model_validate(data)})


def _texts(language: str) -> Mapping[str, str]:
    known = language if language in languages_in(__name__, ".toml") else "en"
    return read_table(__name__, f"{known}.toml")


def _revealed(title: str) -> ET.Element:
    view = ET.Element("View", className="cu-known", visibleWhen="choice-selected", whenTagName=CLAIM)
    view.extend([*_captioned(title), *_lines((("cu-gold", LABEL), ("cu-reason", REASON)))])
    return view


def _captioned(title: str) -> Iterator[ET.Element]:
    caption = ET.Element("View", className="cu-cap")
    ET.SubElement(caption, "Header", value=title, size="5")
    yield caption


def _lines(fields: Iterable[tuple[str, str]]) -> Iterator[ET.Element]:
    for classes, field in fields:
        line = ET.Element("View", className=classes)
        ET.SubElement(line, "Text", name=field, value=f"${field}", selectionEnabled="false")
        yield line
