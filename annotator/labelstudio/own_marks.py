"""The labelling form with the side marks that a team has added beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from annotator.labels import MARKS
from annotator.labelstudio import form
from annotator.team import OwnMark


def labelling_config(language: str, marks: Mapping[str, OwnMark], *, adjudication: bool = False) -> str:
    """Return the form with these marks behind ours; what is stored is a mark's name in every language."""
    config = form.labelling_config(language, adjudication=adjudication)
    if not marks:
        return config
    root = ET.fromstring(config)  # noqa: S314 - ours
    choices = next(element for element in root.iter("Choices") if element.attrib["name"] == MARKS)
    choices.extend(_choice(name, mark, language) for name, mark in marks.items())
    return ET.tostring(root, encoding="unicode") + "\n"


def titles(language: str, marks: Mapping[str, OwnMark]) -> dict[str, str]:
    """Return what each of these marks is called on the screen."""
    return {name: mark.title_in(language, name) for name, mark in marks.items()}


def _choice(name: str, mark: OwnMark, language: str) -> ET.Element:
    title = mark.title_in(language, name)
    alias = {} if title == name else {"alias": name}
    return ET.Element("Choice", {"value": title, **alias, "hotkey": mark.key})
