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
from annotator.models import TaskData

CLAIM, MARKS, MENTIONS, COMMENT = "claim", "marks", "mentions", "comment"
UNIT = "unit"
"""The text object every control belongs to."""

_REQUIRED = f"Choose one: {', '.join(f'{choice.hotkey} {choice.value}' for choice in CLAIM_CHOICES)}."
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


def labelling_config() -> str:
    """Return the labelling configuration, as Label Studio's XML."""
    css = files(__package__).joinpath("form.css").read_text(encoding="utf-8")
    body = "\n".join((*_head(), *_context("before"), *_unit(), *_context("after"), *_answer()))
    return f'<View className="cu">\n<Style>\n{css}</Style>\n<View className="cu-page">\n{body}\n</View>\n</View>\n'


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
    values = (child.attrib.get("value", "") for child in element.iter(_VALUE_TAGS.get(element.tag, "-")))
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


def _unit() -> Iterator[str]:
    yield '<View className="cu-unit">'
    yield '<View className="cu-side cu-main">'
    yield _caption(f"Original ({_variable('source_lang')})")
    # symbol, not word: with word granularity a drag over "Insee" takes "l'Insee"
    yield f'<Text name="{UNIT}" value="{_variable("source_text")}" granularity="symbol"/>'
    yield "</View>"
    yield '<View className="cu-side cu-mt">'
    yield _caption(f"Machine translation ({_variable('target_lang')})")
    yield _line("cu-text", "translated_text", name="translation")
    yield _line("cu-warn", "translation_warnings")
    yield "</View>"
    yield "</View>"


def _answer() -> Iterator[str]:
    yield '<View className="cu-form">'
    yield f'<View className="cu-bar">{_caption("Label the original")}<View className="cu-sug">'
    yield _line("cu-lab", "suggested_label")
    yield _line("cu-why", "suggestion_reasons")
    yield "</View></View>"
    required = f'choice="single-radio" showInline="true" required="true" requiredMessage="{escape(_REQUIRED)}"'
    yield f'<View className="cu-claim">{_choices(CLAIM, CLAIM_CHOICES, required)}</View>'
    marks = _choices(MARKS, MARK_CHOICES, 'choice="multiple" showInline="true"')
    yield f'<View className="cu-marks">{_caption("Side marks (optional)")}{marks}</View>'
    yield '<View className="cu-foot">'
    yield f'<Labels name="{MENTIONS}" toName="{UNIT}" showInline="true">'
    yield f'<Label {_choice(SOURCE_MENTION)} background="#2a9d8f"/>'
    yield "</Labels>"
    yield f'<View className="cu-note"><TextArea name="{COMMENT}" toName="{UNIT}" rows="1" maxSubmissions="1"'
    yield ' editable="true" placeholder="Comment (optional): press Enter when done"/></View>'
    yield "</View>"
    yield "</View>"


def _line(classes: str, field: str, name: str = "") -> str:
    text = f'<Text name="{name or field}" value="{_variable(field)}" selectionEnabled="false"/>'
    return f'<View className="{classes} cu-opt">{text}</View>'


def _caption(text: str) -> str:
    return f'<View className="cu-cap"><Header value="{escape(text)}" size="5"/></View>'


def _choices(name: str, choices: Iterable[Choice], attributes: str) -> str:
    inner = "\n".join(f"<Choice {_choice(choice)}/>" for choice in choices)
    return f'<Choices name="{name}" toName="{UNIT}" {attributes}>\n{inner}\n</Choices>'


def _choice(choice: Choice) -> str:
    return f'value="{escape(choice.value)}" hotkey="{choice.hotkey}" hint="{escape(choice.hint)}"'


def _variable(field: str) -> str:
    if field not in TaskData.model_fields:
        raise UsageError(f"the form shows ${field}, which no task has")
    return f"${field}"
