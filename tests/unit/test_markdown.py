"""Markdown marks are read and are no text of a unit; offsets hold in what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.langid import Identifier
from annotator.models import Article
from annotator.readers import read
from annotator.segmentation import RuleSegmenter

SOURCE = """---
title: "Le pont : suite"
source: Agence Orvane
date: 2025-03-18
---

# Le pont : suite

Le **pont** est *fermé*, selon [la mairie](https://x.example/fr "un titre").[^1]

> Une citation du maire.

1. Un point.
2. Deux points.
   - Un autre.

![une image](x.png)

[^1]: La note dit tout.
"""
UNITS = [
    "Le pont : suite",
    "Le pont est fermé, selon la mairie.",
    "Une citation du maire.",
    "Un point.",
    "Deux points.",
    "Un autre.",
    "La note dit tout.",
]


def article(folder: Path, source: str) -> Article:
    (folder / "a.md").write_text(source, encoding="utf-8")
    (found,) = read([folder / "a.md"])
    assert isinstance(found, Article)
    return found


def test_marks_are_no_text_of_a_unit(tmp_path: Path) -> None:
    identifier = Identifier(languages=("en", "fr"))
    found = article(tmp_path, SOURCE)
    known = found.model_copy(update={"language": identifier.article(found.text)})
    segmented = RuleSegmenter().segment(known, identifier)
    assert [unit.text for unit in segmented.units] == UNITS
    assert all(segmented.text[unit.start : unit.end] == unit.text for unit in segmented.units)


def test_head_and_title_are_read(tmp_path: Path) -> None:
    found = article(tmp_path, SOURCE)
    assert (found.title, found.title_origin) == ("Le pont : suite", "text")
    assert (found.site, found.published) == ("Agence Orvane", "2025-03-18")
    assert found.signature.startswith("read markdown-")


@pytest.mark.parametrize("source", ["Une phrase. Une autre.\n", "Prix : 3 * 4 = 12 et a_b_c.\n"])
def test_plain_text_in_such_a_file_stays_as_it_is(source: str, tmp_path: Path) -> None:
    assert article(tmp_path, source).text == source.strip()
