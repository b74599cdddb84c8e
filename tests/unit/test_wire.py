"""What goes in is checked, what comes out is read: pure functions, no server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.dataset.records import make_record
from annotator.labelstudio import form, wire
from annotator.labelstudio.wire import Origin
from annotator.models import Annotation, Failure, Task, TaskData
from annotator.tasks import answered_task

MakeTasks = Callable[..., list[Task]]
FORM = form.parse(form.labelling_config())
ORIGIN = Origin(project=7, name="Claims", server="s1")


def item(control: str, kind: str, **value: Any) -> dict[str, Any]:
    return {"id": "x", "from_name": control, "to_name": "unit", "type": kind, "value": value, "origin": "manual"}


def claim(*labels: str) -> dict[str, Any]:
    return item("claim", "choices", choices=list(labels))


@pytest.fixture
def task(make_tasks: MakeTasks) -> Task:
    return make_tasks(1, start=3)[0]


@pytest.fixture
def read(task: Task) -> Callable[..., tuple[list[Annotation], list[Failure]]]:
    """Read one annotation as the server gives it: `read([claim("opinion")], ground_truth=True)`."""

    def _read(result: list[dict[str, Any]] | None, **fields: Any) -> tuple[list[Annotation], list[Failure]]:
        answer = {"id": 5, "completed_by": 2, "result": result, "was_cancelled": False, "lead_time": None, **fields}
        return wire.read_task({"id": 11, **task.model_dump(mode="json"), "annotations": [answer]}, ORIGIN)

    return _read


Read = Callable[..., tuple[list[Annotation], list[Failure]]]


def test_a_task_of_ours_has_no_problems(task: Task) -> None:
    assert wire.problems(task, FORM) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source_text": "a\0b", "end": 303}, "NUL"),
        ({"source_text": "a\ud83d", "end": 302}, "surrogate"),
        ({"end": 999}, "do not span"),
        ({"extra": None}, "data.extra is null"),
        ({"unit_id": ""}, "unit_id is empty"),
        ({"unit_id": "other"}, "is not data.unit_id"),
    ],
    ids=["nul", "surrogate", "span", "null", "no id", "two ids"],
)
def test_a_task_the_server_would_take_wrongly_is_told(task: Task, change: dict[str, Any], message: str) -> None:
    wrong = task.model_copy(update={"data": task.data.model_copy(update=change)})
    assert any(message in problem for problem in wire.problems(wrong, FORM))


@pytest.mark.parametrize(
    ("item_change", "message"),
    [
        ({"value": {"choices": ["false"]}}, "none of sourced"),
        ({"from_name": "label"}, "which the form does not have"),
        ({"to_name": "text"}, "which the form does not have"),
    ],
    ids=["choice", "control", "object"],
)
def test_a_suggestion_the_form_cannot_show_is_told(task: Task, item_change: dict[str, Any], message: str) -> None:
    row = task.model_dump(mode="json")
    row["predictions"][0]["result"][0].update(item_change)
    problems = wire.problems(Task.model_validate(row), FORM)
    assert any(message in problem for problem in problems)


def test_a_label_with_marks_comment_and_mention(read: Read) -> None:
    result = [
        item("comment", "textarea", text=["de loin"]),
        item("mentions", "labels", start=0, end=3, text="Qui", labels=["source mention"]),
        claim("rhetoric"),
        item("marks", "choices", choices=["hedged"]),
    ]
    (line,), aside = read(result, lead_time=2.5, created_at="2025-01-01T00:00:00Z")
    assert (line.label, line.marks, line.comment, line.lead_time) == ("rhetoric", ("hedged",), "de loin", 2.5)
    assert (line.project, line.task, line.annotation, line.annotator) == (7, 11, 5, "2")
    assert line.mentions[0].model_dump() == {
        "start": 0,
        "end": 3,
        "article_start": 300,
        "article_end": 303,
        "text": "Qui",
    }
    assert aside == []


@pytest.mark.parametrize(
    ("result", "fields", "status"),
    [
        ([claim("not a unit")], {}, "not a unit"),
        ([], {"was_cancelled": True}, "skipped"),
        ([claim("opinion")], {"was_cancelled": True}, "skipped"),
        ([claim("opinion"), claim("opinion")], {}, "labelled"),
    ],
    ids=["not a unit", "skipped", "skipped with a label", "said twice"],
)
def test_status(read: Read, result: list[dict[str, Any]], fields: dict[str, Any], status: str) -> None:
    (line,), aside = read(result, **fields)
    assert (line.status, aside) == (status, [])


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ([], "no_label"),
        (None, "no_label"),
        ([claim()], "no_label"),
        ([claim("opinion", "rhetoric")], "several_labels"),
        ([claim("true")], "unknown_label"),
        ([item("claim", "choices")], "malformed"),
        ([item("claim", "choices", choices=[7])], "malformed"),
        ([claim("opinion"), {"from_name": "claim"}], "malformed"),
    ],
)
def test_what_is_no_answer_is_set_aside(read: Read, result: list[dict[str, Any]] | None, reason: str) -> None:
    lines, aside = read(result)
    assert lines == []
    assert [failure.reason for failure in aside] == [reason]
    assert (aside[0].source, aside[0].task) == ("Claims", 11)


@pytest.mark.parametrize(
    ("strange", "reason"),
    [
        pytest.param(
            {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}, "relation", id="relation"
        ),
        pytest.param(item("verdict", "choices", choices=["x"]), "unknown_control", id="older form"),
        pytest.param({"value": {}}, "unknown_control", id="no name"),
        pytest.param({"from_name": ["claim"]}, "unknown_control", id="name is a list"),
        pytest.param("torn", "unknown_control", id="text"),
        pytest.param(None, "unknown_control", id="nothing"),
        pytest.param({"from_name": "marks"}, "value", id="no value"),
        pytest.param(item("marks", "choices", choices=[3]), "value", id="mark is a number"),
        pytest.param(item("marks", "choices", choices=["\ud83d"]), "value", id="half a character"),
        pytest.param(item("comment", "textarea", text=None), "value", id="no comment in it"),
        pytest.param(item("comment", "textarea", text=[["x"]]), "value", id="comment is a list"),
        pytest.param(item("mentions", "labels", start="a", end=2), "value", id="offset is text"),
        pytest.param(item("mentions", "labels", start=0.5, end=2), "value", id="offset is no whole number"),
        pytest.param(item("mentions", "labels", start=2**70, end=2**71), "span", id="huge offset"),
    ],
)
def test_an_item_that_cannot_be_used_is_listed_and_the_label_stays(read: Read, strange: Any, reason: str) -> None:
    (line,), aside = read([strange, claim("opinion"), item("marks", "choices", choices=["hedged"])])
    assert (line.label, line.marks) == ("opinion", ("hedged",))
    assert [failure.reason for failure in aside] == [reason]
    assert line.json_line()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (3, 3),
        (1e300, 1e300),
        ("4.5", 4.5),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ("soon", None),
        ([1], None),
        (None, None),
    ],
)
def test_a_time_that_nobody_can_have_taken_is_none_and_the_label_stays(
    read: Read, given: object, kept: float | None
) -> None:
    (line,), aside = read([claim("opinion")], lead_time=given)
    assert (line.label, line.lead_time, aside) == ("opinion", kept, [])


@pytest.mark.parametrize("given", ["5", "five", None, [5], 5.0, {"id": 5}])
def test_an_answer_counts_whatever_its_number_and_its_dates_are(read: Read, given: object) -> None:
    (line,), aside = read([claim("opinion")], id=given, created_at=given, updated_at=None)
    assert (line.label, line.updated_at, aside) == ("opinion", "", [])
    assert line.annotation in (0, 5)


def test_two_people_whose_logins_are_gone_stay_two(task: Task) -> None:
    answers = [{"id": number, "completed_by": None, "result": [claim("opinion")]} for number in (5, 6)]
    lines, _ = wire.read_task({"id": 11, **task.model_dump(mode="json"), "annotations": answers}, ORIGIN)
    assert len({line.annotator for line in lines}) == 2


def test_a_line_names_the_server_of_its_person_and_of_its_numbers(read: Read) -> None:
    (line,), _ = read([claim("opinion")])
    assert (line.server, line.project_server) == ("s1", "s1")


def imported(label: str, **vote: Any) -> dict[str, Any]:
    said = {"annotator": "4", "status": "labelled", "label": "opinion", "created_at": "2025-01-01T00:00:00Z"}
    return claim(label) | {"meta": {"vote": {**said, **vote}}}


def test_an_imported_answer_is_that_of_who_gave_it_on_which_server(read: Read) -> None:
    (line,), _ = read([imported("opinion", annotator="4@s0", server="s0")])
    assert (line.annotator, line.server, line.project_server) == ("4", "s0", "s1")
    assert line.created_at == "2025-01-01T00:00:00Z"


def test_an_imported_answer_that_does_not_name_its_server_is_not_of_the_one_it_was_imported_into(read: Read) -> None:
    (line,), _ = read([imported("opinion")])
    assert (line.annotator, line.server, line.project_server) == ("4", "", "s1")


def test_an_imported_answer_that_was_changed_is_that_of_who_changed_it(read: Read) -> None:
    (line,), _ = read([imported("rhetoric", server="s0")])
    assert (line.annotator, line.server, line.label) == ("2", "s1", "rhetoric")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = ("id", "completed_by", "was_cancelled", "lead_time", "created_at", "updated_at", "ground_truth", "meta")
_ITEM = st.builds(
    lambda item, name, value: {**item, "from_name": name, "value": value} if isinstance(item, dict) else item,
    _ANYTHING,
    st.sampled_from(["marks", "mentions", "comment", "other"]) | _ANYTHING.filter(lambda name: name != "claim"),
    _ANYTHING | st.fixed_dictionaries({"choices": _ANYTHING, "text": _ANYTHING, "start": _ANYTHING, "end": _ANYTHING}),
)


@example({"id": 9.223372036854776e18}, [], None, None)
@given(st.dictionaries(st.sampled_from(_FIELDS), _ANYTHING), st.lists(_ITEM, max_size=4), _ANYTHING, _ANYTHING)
def test_nothing_beside_the_claim_can_cost_an_answer(
    fields: dict[str, Any], items: list[Any], meta: Any, drafts: Any
) -> None:
    answer = {"id": 1, **fields, "result": [*items, claim("opinion")]}
    row = {"id": 1, "data": _data(source_text="x", start=0, end=1), "annotations": [answer], "meta": meta}
    lines, aside = wire.read_task({**row, "drafts": drafts}, ORIGIN)
    assert [line.status for line in lines] == ["skipped" if fields.get("was_cancelled") else "labelled"]
    assert all(one.json_line() for one in aside)
    assert [Annotation.model_validate_json(line.json_line()) for line in lines] == lines


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [(0, 400, ""), (3, 3, ""), (-2, 3, ""), (0, 3, "qui")],
    ids=["beyond", "empty", "negative", "other words"],
)
def test_a_mention_that_does_not_fit_is_set_aside(read: Read, start: int, end: int, text: str) -> None:
    lines, aside = read([claim("opinion"), item("mentions", "labels", start=start, end=end, text=text)])
    assert (lines[0].mentions, aside[0].reason) == ((), "span")


@given(st.data())
def test_mentions_lie_in_unit_and_article(data: st.DataObject) -> None:
    """Code points, whatever the characters before."""
    alphabet = st.sampled_from("aé e\u0301👩\u200d👧🇫🇷𝒜 ")
    text = data.draw(st.text(alphabet, min_size=1, max_size=30))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    offset = data.draw(st.integers(0, 10_000))
    article = "x" * offset + text
    unit = _data(source_text=text, start=offset, end=offset + len(text))
    result = [claim("opinion"), item("mentions", "labels", start=start, end=end, text=text[start:end])]
    lines, aside = wire.read_task({"id": 1, "data": unit, "annotations": [{"id": 1, "result": result}]}, ORIGIN)
    mention = lines[0].mentions[0]
    assert aside == []
    assert article[mention.article_start : mention.article_end] == text[mention.start : mention.end] == mention.text


def test_a_draft_is_counted_and_its_author_not_named(task: Task) -> None:
    drafts = [{"id": 3, "user": "ann@example.org"}, {"id": 4, "user": "bob@example.org", "annotation": 9}]
    _, aside = wire.read_task({"id": 1, **task.model_dump(mode="json"), "drafts": drafts}, ORIGIN)
    assert [failure.reason for failure in aside] == ["draft"]
    assert "@" not in aside[0].message


def test_a_task_of_somebody_else_is_set_aside() -> None:
    lines, aside = wire.read_task({"id": 1, "data": {"text": "x"}, "annotations": [{"id": 1}]}, ORIGIN)
    assert (lines, aside[0].reason) == ([], "foreign_task")


@pytest.mark.parametrize(
    ("origin", "fields", "shown"),
    [
        (ORIGIN, {}, "text"),
        (ORIGIN, {"parent_prediction": 4}, "preselected"),
        (ORIGIN, {"prediction": {"id": 4}}, "text"),
        (Origin(7, "Claims", preselect=True), {}, "preselected"),
    ],
)
def test_how_the_suggestion_was_shown(task: Task, origin: Origin, fields: dict[str, Any], shown: str) -> None:
    answer = {"id": 5, "completed_by": {"id": 2}, "result": [claim("opinion")], **fields}
    row = {"id": 11, **task.model_dump(mode="json"), "annotations": [answer]}
    assert wire.read_task(row, origin)[0][0].suggestion == shown


def test_a_blind_unit_shows_no_suggestion(task: Task) -> None:
    blind = wire.blinded(task)
    assert (blind.data.suggested_label, blind.data.suggested_score, blind.predictions) == ("", "", ())
    assert blind.data.suggestion_reasons == ""


def test_what_was_hidden_comes_back_with_the_answer_and_is_hidden_again(task: Task) -> None:
    answer = {"id": 5, "completed_by": 2, "result": [claim("opinion")]}
    row = {"id": 11, **wire.blinded(task).model_dump(mode="json"), "annotations": [answer]}
    (line,) = wire.read_task(row, ORIGIN)[0]
    assert line.suggestion == "hidden"
    assert line.data.model_dump() == {name: getattr(task.data, name) for name in TaskData.model_fields}
    again = answered_task(make_record([line]))
    assert again["data"]["suggested_label"] == ""
    assert again["meta"]["hidden_suggestion"] == row["meta"]["hidden_suggestion"]


@pytest.mark.parametrize("changed", [None, [], {}, {"suggested_label": ["opinion"]}, {"suggested_label": "nonsense"}])
def test_a_hidden_suggestion_that_somebody_changed_is_none(task: Task, changed: object) -> None:
    answer = {"id": 5, "completed_by": 2, "result": [claim("opinion")]}
    row = {"id": 11, **wire.blinded(task).model_dump(mode="json"), "annotations": [answer]}
    row["meta"]["hidden_suggestion"] = changed
    (line,) = wire.read_task(row, ORIGIN)[0]
    assert (line.suggestion, line.data.suggested_label) == ("none", "")


def test_the_blind_share_is_met_and_stable() -> None:
    units = [f"a:{number}" for number in range(5000)]
    some = {unit for unit in units if wire.is_blind(unit, 0.2)}
    more = {unit for unit in units if wire.is_blind(unit, 0.3)}
    assert abs(len(some) / 5000 - 0.2) < 0.02
    assert some < more
    assert not any(wire.is_blind(unit, 0) for unit in units)
    assert all(wire.is_blind(unit, 1) for unit in units)


def _data(**fields: Any) -> dict[str, Any]:
    texts = (
        "article_title article_title_translated source_line source_lang target_lang translated_text translation_engine "
        "translation_warnings before before_translated after after_translated post suggested_label suggested_score "
        "suggestion_reasons signature source_lang_confidence"
    )
    ids = {"unit_id": "a:1", "article_id": "a", "position": 0, "kind": "sentence", "block": "paragraph"}
    return dict.fromkeys(texts.split(), "") | ids | fields
