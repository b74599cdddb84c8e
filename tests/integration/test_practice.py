"""`annotator practice`: thirty units with known answers, and how everybody did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from annotator.errors import UsageError
from annotator.labels import CLAIM_CHOICES
from annotator.labelstudio import form
from annotator.labelstudio.client import Client
from annotator.labelstudio.interface import languages
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.practice import LABEL, REASON, practice_config, practice_tasks, practise
from annotator.labelstudio.push import push_tasks
from annotator.models import Task


@pytest.mark.parametrize("language", languages())
def test_every_unit_has_its_answer_and_one_sentence_of_reason(language: str) -> None:
    tasks = practice_tasks(language)
    assert len({task.data.unit_id for task in tasks}) == 30
    shown = [task.data.model_dump() for task in tasks]
    assert all(data[REASON].endswith(".") and data[LABEL] for data in shown)
    assert all(data["translated_text"] or data["source_lang"] == data["target_lang"] for data in shown)


def test_every_label_is_practised() -> None:
    labels = Counter(task.model_dump()["meta"]["gold"]["label"] for task in practice_tasks("en"))
    assert labels.keys() == {choice.value for choice in CLAIM_CHOICES}
    assert min(labels.values()) >= 2


def test_the_form_of_practice_adds_the_answer_and_nothing_else() -> None:
    added = form.differences(practice_config("fr"), form.labelling_config("fr"))
    assert sorted(line[:2] for line in added) == ["+ "] * 4
    assert all("known_" in line for line in added)


def test_practice_measures_everybody_by_label(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> None:
    title = new_title()
    first = practise(title, client=client, notes=notes, language="fr")
    assert (first.sent, first.people) == (30, ())
    known = {task.data.unit_id: task.model_dump()["meta"]["gold"]["label"] for task in practice_tasks("fr")}
    sourced = [copy.task for copy in client.pushed_tasks(first.project) if known[copy.unit_id] == "sourced"]
    answer(annotator_login("ann"), sourced[0], "sourced")
    answer(annotator_login("ann"), sourced[1], "opinion")
    answer(annotator_login("ben"), sourced[0], "sourced")
    again = practise(title, client=client, notes=notes)
    assert (again.project, again.sent, again.already_there) == (first.project, 0, 30)
    ann, ben = again.people
    assert (ann["login"].partition("@")[0], ann["answers"], ann["right"]) == ("ann", 2, 1)
    assert ben["by_label"] == {"sourced": {"answers": 1, "right": 1}}


def test_practice_does_not_go_into_a_project_of_articles(
    client: Client, notes: PushNotes, new_title: Callable[[], str], make_tasks: Callable[..., list[Task]]
) -> None:
    title = new_title()
    push_tasks(make_tasks(1), project=title, client=client, notes=notes)
    with pytest.raises(UsageError, match="is no practice project"):
        practise(title, client=client, notes=notes)
