"""The floors of segmentation, on own cases: one phenomenon each, which a named simpler way of cutting gets wrong.

A line of `data/segmentation.LANG.tsv`: phenomenon, the baseline that fails it, the text with `¦` at every cut and the
two characters `\\n` for a newline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotator.package_data import languages_in
from annotator.segmentation import segment

DATA = Path(__file__).parent / "data"
FLOOR = {"fr": 0.996, "en": 0.985, "es": 0.985, "de": 0.985} | dict.fromkeys(
    ("ca", "cs", "da", "el", "it", "nl", "no", "pl", "pt", "ro", "ru", "sv", "uk"), 0.985
)
LANGUAGES = languages_in("annotator.segmentation.rules", ".toml")
LEAST_CASES = 15

Span = tuple[int, int]


@dataclass(frozen=True)
class Case:
    language: str
    name: str
    baseline: str
    text: str
    units: list[Span]


def split_by(pattern: str) -> Callable[[str], list[Span]]:
    """Return a splitter that cuts at every match of a pattern of blanks."""

    def split(text: str) -> list[Span]:
        starts, ends = [0], []
        for match in re.finditer(pattern, text):
            ends.append(match.start())
            starts.append(match.end())
        return list(zip(starts, [*ends, len(text)], strict=True))

    return split


CAPITALS = "".join(letter for letter in map(chr, range(0x530)) if letter.isupper())
CAPITAL = f'(?=[{CAPITALS}«“„"¿¡])'
BASELINES: dict[str, Callable[[str], list[Span]]] = {
    "naive": split_by(rf"(?<=[.!?…])\s+{CAPITAL}"),
    "eager": split_by(r"(?<=[.!?…])\s+"),
    "lines": split_by(rf"\n|(?<=[.!?…])[ ]+{CAPITAL}"),
    "glued": split_by(rf"(?<=[.!?…])\s*{CAPITAL}"),
    "clauses": split_by(r"(?<=[.!?…;:])\s+"),
    "neutral": lambda text: segment(text, "und"),
}
"""A mark, a blank and a capital; every mark; every line too; a capital without a blank too; `;` and `:` too; the rules
for a language that has none of its own.
"""


def read_case(language: str, line: str) -> Case:
    name, baseline, marked = line.split("\t")
    text, units = "", []
    for part in marked.replace("\\n", "\n").split("¦"):
        if part.strip():
            start = len(text) + len(part) - len(part.lstrip())
            units.append((start, len(text) + len(part.rstrip())))
        text += part
    return Case(language, name, baseline, text, units)


def read_cases(language: str) -> list[Case]:
    lines = (DATA / f"segmentation.{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [read_case(language, line) for line in lines]


CASES = [case for language in LANGUAGES for case in read_cases(language)]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}-{case.name}")


def boundary_f1(cases: list[Case]) -> float:
    """Boundary F1 over inner boundaries, micro-averaged."""
    wanted = [{end for _, end in case.units[:-1]} for case in cases]
    found = [{end for _, end in segment(case.text, case.language)[:-1]} for case in cases]
    right = sum(len(left & right) for left, right in zip(wanted, found, strict=True))
    return 2 * right / (sum(map(len, wanted)) + sum(map(len, found)))


@each_case
def test_case_is_cut_as_wanted(case: Case) -> None:
    assert [case.text[start:end] for start, end in segment(case.text, case.language)] == [
        case.text[start:end] for start, end in case.units
    ]


@each_case
def test_named_baseline_fails_the_case(case: Case) -> None:
    assert BASELINES[case.baseline](case.text) != case.units


@pytest.mark.parametrize("language", LANGUAGES)
def test_boundary_f1_is_at_least_the_floor(language: str) -> None:
    cases = read_cases(language)
    assert len(cases) >= LEAST_CASES
    assert language in FLOOR
    assert len({case.name for case in cases}) == len(cases)
    assert boundary_f1(cases) >= FLOOR[language]
