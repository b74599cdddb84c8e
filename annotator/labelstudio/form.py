"""The labelling form, generated from the label scheme and the fields of a task.

Controls `claim`, `marks`, `mentions` and `comment`, all on the text object `unit`. An empty field takes no room
on the screen: `visibleWhen` knows choices and regions but never task data, so `form.css` hides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from xml.etree import ElementTree as ET

from annotator.errors import UsageError
from annotator.labels import CLAIM_CHOICES, MARK_CHOICES, SOURCE_MENTION, Choice
from annotator.labelstudio.interface import LANGUAGES, Interface, interface
from annotator.models import TaskData

CLAIM, MARKS, MENTIONS, COMMENT = "claim", "marks", "mentions", "comment"
UNIT = "unit"
"""The text object every control belongs to."""

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


def labelling_config(language: str = "en") -> str:
    """Return the labelling configuration, as Label Studio's XML, with its own texts in one of `LANGUAGES`."""
    ui = interface(language)
    css = files(__package__).joinpath("form.css").read_text(encoding="utf-8")
    words = "".join(f'--cu-{name}: "{getattr(ui, name)}"; ' for name in ("suggested", "because", "post"))
    body = "\n".join((*_head(), *_context("before"), *_unit(ui), *_context("after"), *_answer(ui)))
    return (
        f'<View className="cu cu-{language}">\n<Style>\n.cu {{ {words}}}\n{css}</Style>\n'
        f'<View className="cu-page">\n{body}\n</View>\n</View>\n'
    )


def language_of(config: str) -> str:
    """Return the language of a form's own texts; English where it is not one of ours."""
    classes = _xml(config).attrib.get("className", "").split()
    return next((language for language in LANGUAGES if f"cu-{language}" in classes), "en")


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
    mine, other = parse(ours), parse(theirs)
    lines = [*_mapping_differences(mine.controls, other.controls), *_mapping_differences(mine.objects, other.objects)]
    lines += [f"+ ${name}" for name in sorted(mine.variables - other.variables)]
    return lines + [f"- ${name}" for name in sorted(other.variables - mine.variables)]


def same_looks(ours: str, theirs: str) -> bool:
    """Tell whether the two configurations are the same up to white space between tags."""
    return ET.canonicalize(ours, strip_text=True) == ET.canonicalize(theirs, strip_text=True)


def _mapping_differences(ours: Mapping[str, object], theirs: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield f"+ {name}: {_told(ours[name])}"
        elif name not in ours:
            yield f"- {name}: {_told(theirs[name])}"
        elif ours[name] != theirs[name]:
            yield f"~ {name}: {_told(theirs[name])} on the server, {_told(ours[name])} here"


def _told(part: object) -> str:
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


def _head() -> Iterator[str]:
    yield '<View className="cu-head">'
    yield _line("cu-title", "article_title")
    yield _line("cu-tr", "article_title_translated")
    yield _line("cu-line", "source_line")
    yield _line("cu-line cu-post", "post")
    yield "</View>"


def _context(side: str) -> Iterator[str]:
    yield '<View className="cu-ctx">'
    yield _line("cu-orig", side)
    yield _line("cu-tr", f"{side}_translated")
    yield "</View>"


def _unit(ui: Interface) -> Iterator[str]:
    yield '<View className="cu-unit">'
    yield '<View className="cu-side cu-main">'
    yield _caption(f"{ui.original} ({_variable('source_lang')})")
    # symbol, not word: with word granularity a drag over "Insee" takes "l'Insee"
    yield f'<Text name="{UNIT}" value="{_variable("source_text")}" granularity="symbol"/>'
    yield "</View>"
    yield '<View className="cu-side cu-mt">'
    yield _caption(f"{ui.translation} ({_variable('target_lang')})")
    yield _line("cu-text", "translated_text", name="translation")
    yield _line("cu-warn", "translation_warnings")
    yield "</View>"
    yield "</View>"


def _answer(ui: Interface) -> Iterator[str]:
    yield '<View className="cu-form">'
    yield f'<View className="cu-bar">{_caption(ui.label)}<View className="cu-sug">'
    yield _line("cu-lab", "suggested_label")
    yield _line("cu-why", "suggestion_reasons")
    yield "</View></View>"
    asked = f"{ui.choose}: {', '.join(f'{choice.hotkey} {ui.name(choice)}' for choice in CLAIM_CHOICES)}."
    required = f'choice="single-radio" showInline="true" required="true" requiredMessage="{escape(asked)}"'
    yield f'<View className="cu-claim">{_choices(CLAIM, CLAIM_CHOICES, ui, required)}</View>'
    marks = _choices(MARKS, MARK_CHOICES, ui, 'choice="multiple" showInline="true"')
    yield f'<View className="cu-marks">{_caption(ui.marks)}{marks}</View>'
    yield '<View className="cu-foot">'
    yield f'<Labels name="{MENTIONS}" toName="{UNIT}" showInline="true">'
    yield f'<Label {_choice(SOURCE_MENTION, ui)} background="#2a9d8f"/>'
    yield "</Labels>"
    yield f'<View className="cu-note"><TextArea name="{COMMENT}" toName="{UNIT}" rows="1" maxSubmissions="1"'
    yield f' editable="true" placeholder="{escape(ui.comment)}"/></View>'
    yield "</View>"
    yield "</View>"


def _line(classes: str, field: str, name: str = "") -> str:
    text = f'<Text name="{name or field}" value="{_variable(field)}" selectionEnabled="false"/>'
    return f'<View className="{classes} cu-opt">{text}</View>'


def _caption(text: str) -> str:
    return f'<View className="cu-cap"><Header value="{escape(text)}" size="5"/></View>'


def _choices(name: str, choices: Iterable[Choice], ui: Interface, attributes: str) -> str:
    inner = "\n".join(f"<Choice {_choice(choice, ui)}/>" for choice in choices)
    return f'<Choices name="{name}" toName="{UNIT}" {attributes}>\n{inner}\n</Choices>'


def _choice(choice: Choice, ui: Interface) -> str:
    """An alias is what is stored, and the value what is shown."""
    alias = "" if ui.name(choice) == choice.value else f'alias="{escape(choice.value)}" '
    name, hint = escape(ui.name(choice)), escape(ui.hint(choice))
    return f'value="{name}" {alias}hotkey="{choice.hotkey}" hint="{hint}"'


def _variable(field: str) -> str:
    if field not in TaskData.model_fields:
        raise UsageError(f"the form shows ${field}, which no task has")
    return f"${field}"
