"""What the checks on translations reach on real outputs of both engines that were marked by hand."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from annotator.translation.checks import CHECKS, TextPair

MARKED = Path(__file__).parent / "data" / "translation_checks.tsv"
SHA256 = "b141be885d39063fbd91e71e396c80d96c1e7b3742369b197948597b667254af"

# code: (true cases, precision, recall), as in docs/translation-checks.md. None may sink below .85 and .80.
FLOORS = {
    "empty": (16, 1.0, 1.0),
    "repetition": (57, 0.98, 0.91),
    "untranslated": (55, 0.97, 0.85),
    "too_short": (26, 0.88, 0.92),
    "lost_content": (80, 0.87, 0.80),
    "too_long": (31, 0.90, 0.93),
    "number_mismatch": (40, 0.97, 1.0),
    "lost_link": (36, 1.0, 1.0),
    "lost_name": (71, 0.97, 0.95),
    "lost_negation": (55, 0.98, 0.98),
    "hedge_lost": (48, 0.9, 0.93),
    "quote_mismatch": (43, 0.95, 0.93),
}


@cache
def rows() -> list[dict[str, str]]:
    with MARKED.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def outcomes(code: str) -> list[tuple[bool, bool]]:
    """Return (marked as faulty, warned) of every output that was marked for the code."""
    marked = [row for row in rows() if {"all", code} & set(row["marked"].split())]

    def warned(row: dict[str, str]) -> bool:
        pair = TextPair(row["source"], row["translation"], "fr", "en", tuple(row["unknown"].split()))
        return bool(CHECKS[code](replace(pair, by_rules=row["engine"] == "apertium")))

    return [(code in row["true"].split(), warned(row)) for row in marked]


def test_the_marked_outputs_are_those_the_floors_were_measured_on() -> None:
    assert hashlib.sha256(MARKED.read_bytes()).hexdigest() == SHA256


@pytest.mark.parametrize("code", CHECKS)
def test_precision_and_recall_hold(code: str) -> None:
    found = outcomes(code)
    right = sum(true and warned for true, warned in found)
    true_cases, precision, recall = FLOORS[code]
    assert sum(true for true, _ in found) == true_cases >= 15
    assert right / sum(warned for _, warned in found) >= precision >= 0.85
    assert right / true_cases >= recall >= 0.80
