"""The labelling form, generated from the label scheme and the fields of a task.

Controls `claim`, `marks`, `mentions` and `comment`, all on the text object `unit`. An empty field takes no room
on the screen: `visibleWhen` knows choices and regions but never task data, so `form.css` hides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from annotator.errors import UsageError
from annotator.labels import (
    CLAIM,
    CLAIM_CHOICES,
    COMMENT,
    MARK_CHOICES,
    MARKS,
    MENTIONS,
    SOURCE_MENTION,
    UNIT,
    Choice,
)
from annotator.labelstudio.interface import Interface, interface, languages
from annotator.models import SHOWN_BY_PUSH, TaskData
from annotator.package_data import read_data

VOTES, REASON = "votes", "reason"
"""Of an adjudication: the field with everybody's answers, and the control for why they differ."""
REASONS = {"ambiguous text": "6", "guideline gap": "7", "slip": "8", "bad cut": "9", "bad translation": "0"}
"""With their keys; those before belong to the labels."""

_ONE_REQUIRED = {"choice": "single-radio", "showInline": "true", "required": "true"}
_VALUE_TAGS = {"Choices": "Choice", "Labels": "Label"}


@dataclass(frozen=True)
class Control:
    """What one control of a form stores: its tag, the object it belongs to, the values it offers."""

    tag: str
    to_name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """What a form shows and stores, whatever it looks like."""

    objects: Mapping[str, str]
    controls: Mapping[str, Control]
    variables: frozenset[str]


def labelling_config(language: str = "en", *, adjudication: bool = False) -> str:
    """Return the labelling configuration, as Label Studio's XML, with its own texts in one of `languages()`.

    The form of an `adjudication` shows what the annotators answered and asks for the reason of a verdict.
    """
    ui = interface(language)
    page = _view("cu-page", _head(), _context("before"), _shown("shown_paragraph"), _unit(ui), _context("after"))
    if adjudication:
        page.append(_votes(ui))
    page.append(_answer(ui, adjudication=adjudication))
    root = _view(f"cu cu-{language}", _style(ui, adjudication=adjudication), page)
    return ET.tostring(root, encoding="unicode") + "\n"


def language_of(config: str) -> str:
    """Return the language of a form's own texts; English where it is not one of ours."""
    classes = _xml(config).attrib.get("className", "").split()
    return next((language for language in languages() if f"cu-{language}" in classes), "en")


def parse(config: str) -> Form:
    """Return what a labelling configuration shows and stores.

    Raises:
        UsageError: it is not well-formed XML.
    """
    elements = list(_xml(config).iter())
    return Form(
        objects={e.attrib["name"]: e.attrib["value"] for e in elements if e.tag == "Text" and "name" in e.attrib},
        controls={e.attrib["name"]: _control(e) for e in elements if "toName" in e.attrib and "name" in e.attrib},
        variables=frozenset(_variables(elements)),
    )


def differences(ours: str, theirs: str) -> list[str]:
    """Return one line per difference in what the two configurations show and store; looks are not compared."""
    our_form, their_form = parse(ours), parse(theirs)
    lines = [
        *_mapping_differences(our_form.controls, their_form.controls),
        *_mapping_differences(our_form.objects, their_form.objects),
    ]
    lines += [f"+ ${name}" for name in sorted(our_form.variables - their_form.variables)]
    return lines + [f"- ${name}" for name in sorted(their_form.variables - our_form.variables)]


def same_looks(ours: str, theirs: str) -> bool:
    """Tell whether the two configurations are the same up to white space between tags."""
    return ET.canonicalize(ours, strip_text=True) == ET.canonicalize(theirs, strip_text=True)


def _mapping_differences(ours: Mapping[str, object], theirs: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield f"+ {name}: {_described(ours[name])}"
        elif name not in ours:
            yield f"- {name}: {_described(theirs[name])}"
        elif ours[name] != theirs[name]:
            yield f"~ {name}: {_described(theirs[name])} on the server, {_described(ours[name])} here"


def _described(part: object) -> str:
    if isinstance(part, Control):
        return f"{part.tag} [{', '.join(part.values)}]" if part.values else part.tag
    return str(part)


def _xml(config: str) -> ET.Element:
    try:
        return ET.fromstring(config)  # noqa: S314 - from the user's own server; expat refuses entity bombs
    except ET.ParseError as error:
        raise UsageError(f"labelling configuration is not well-formed XML: {error}") from error


def _control(element: ET.Element) -> Control:
    choices = element.iter(_VALUE_TAGS.get(element.tag, "-"))
    values = (choice.attrib.get("alias") or choice.attrib.get("value", "") for choice in choices)
    return Control(tag=element.tag, to_name=element.attrib["toName"], values=tuple(values))


def _variables(elements: Iterable[ET.Element]) -> Iterator[str]:
    for element in elements:
        value = element.attrib.get("value", "")
        if element.tag == "Header" and "($" in value:
            yield value.partition("($")[2].partition(")")[0]
        elif value.startswith("$"):
            yield value[1:]


def _style(ui: Interface, *, adjudication: bool) -> ET.Element:
    words = "".join(f'--cu-{name}: "{getattr(ui, name)}"; ' for name in ("suggested", "because", "post"))
    sheets = ("form.css", "adjudication.css") if adjudication else ("form.css",)
    css = "".join(read_data(__package__, sheet) for sheet in sheets)
    style = ET.Element("Style")
    style.text = f"\n.cu {{ {words}}}\n{css}"
    return style


def _head() -> ET.Element:
    return _view(
        "cu-head",
        _shown("shown_head"),
        _line("cu-old cu-title", "article_title"),
        _line("cu-old cu-tr", "article_title_translated"),
        _line("cu-old cu-line", "source_line"),
        _line("cu-old cu-line cu-post", "post"),
    )


def _context(side: str) -> ET.Element:
    return _view("cu-old cu-ctx", _line("cu-orig", side), _line("cu-tr", f"{side}_translated"))


def _unit(ui: Interface) -> ET.Element:
    # symbol, not word: with word granularity a drag over "Insee" takes "l'Insee"
    text = _element("Text", name=UNIT, value=_variable("source_text"), granularity="symbol")
    caption = _caption(f"{ui.original} ({_variable('source_lang')})")
    original = _view("cu-side cu-main", _view("cu-bar", caption, _shown("shown_place")), text)
    translation = _view(
        "cu-side cu-mt",
        _caption(f"{ui.translation} ({_variable('target_lang')})"),
        _line("cu-text", "translated_text", name="translation"),
        _line("cu-old cu-warn", "translation_warnings"),
        _shown("shown_warnings"),
    )
    return _view("cu-unit", original, translation)


def _votes(ui: Interface) -> ET.Element:
    """What the annotators answered: a field that only tasks of an adjudication have."""
    votes = _element("Text", name=VOTES, value=f"${VOTES}", selectionEnabled="false")
    return _view("cu-votes", _caption(ui.votes), _view("cu-old cu-orig", votes), _shown("shown_votes"))


def _answer(ui: Interface, *, adjudication: bool) -> ET.Element:
    old = _view("cu-old", _line("cu-lab", "suggested_label"), _line("cu-why", "suggestion_reasons"))
    suggestion = _view("cu-sug", old, _shown("shown_suggestion"))
    bar = _view("cu-bar", _caption(ui.label), _shown("shown_article"), suggestion)
    form = _view("cu-form", bar, _view("cu-claim", _claim(ui)))
    if adjudication:
        form.append(_view("cu-reason", _caption(ui.differ), _reason(ui)))
    marks = _choices(MARKS, MARK_CHOICES, ui, choice="multiple", showInline="true")
    form.append(_view("cu-marks", _caption(ui.marks), marks))
    form.append(_view("cu-foot", _mentions(ui), _view("cu-note", _comment(ui))))
    return form


def _claim(ui: Interface) -> ET.Element:
    asked = f"{ui.choose}: {', '.join(f'{choice.hotkey} {ui.name(choice)}' for choice in CLAIM_CHOICES)}."
    return _choices(CLAIM, CLAIM_CHOICES, ui, requiredMessage=asked, **_ONE_REQUIRED)


def _reason(ui: Interface) -> ET.Element:
    reasons = [Choice(reason, key, ui.verdicts[reason]) for reason, key in REASONS.items()]
    return _choices(REASON, reasons, ui, requiredMessage=ui.say_why, **_ONE_REQUIRED)


def _mentions(ui: Interface) -> ET.Element:
    labels = _element("Labels", name=MENTIONS, toName=UNIT, showInline="true")
    labels.append(_element("Label", background="#2a9d8f", **_choice(SOURCE_MENTION, ui)))
    return labels


def _comment(ui: Interface) -> ET.Element:
    once = {"rows": "1", "maxSubmissions": "1", "editable": "true"}
    return _element("TextArea", name=COMMENT, toName=UNIT, placeholder=ui.comment, **once)


def _view(classes: str, *inner: ET.Element) -> ET.Element:
    view = _element("View", className=classes)
    view.extend(inner)
    return view


def _line(classes: str, field: str, name: str = "") -> ET.Element:
    text = _element("Text", name=name or field, value=_variable(field), selectionEnabled="false")
    return _view(f"{classes} cu-opt", text)


def _shown(field: str) -> ET.Element:
    """What a push made for the screen; nothing where an older version pushed, whose fields stand in `cu-old`."""
    if field not in SHOWN_BY_PUSH:
        raise UsageError(f"the form shows ${field}, which a push does not make")
    # The server refuses a task that lacks the first variable of a value: that one is shown anyway, and is no HTML.
    # Without the second one the browser shows "undefined", and form.css hides all of these where no push made them.
    value = f"<i class='cu-i'>{_variable('suggested_label')}</i>${field}"
    text = _element("HyperText", name=field, value=value, inline="true", selectionEnabled="false")
    return _view(f"cu-html cu-{field.replace('_', '-')}", text)


def _caption(text: str) -> ET.Element:
    return _view("cu-cap", _element("Header", value=text, size="5"))


def _choices(name: str, choices: Iterable[Choice], ui: Interface, **attributes: str) -> ET.Element:
    element = _element("Choices", name=name, toName=UNIT, **attributes)
    element.extend(_element("Choice", **_choice(choice, ui)) for choice in choices)
    return element


def _choice(choice: Choice, ui: Interface) -> dict[str, str]:
    """An alias is what is stored, and the value what is shown."""
    alias = {} if ui.name(choice) == choice.value else {"alias": choice.value}
    return {"value": ui.name(choice), **alias, "hotkey": choice.hotkey, "hint": ui.hint(choice)}


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, attributes)


def _variable(field: str) -> str:
    if field not in TaskData.model_fields:
        raise UsageError(f"the form shows ${field}, which is not a field of a task")
    return f"${field}"
