"""Coefficients against published worked examples, two other libraries and untidy data."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from statistics import quantiles
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics import agreement

from annotator.agreement.comparison import Agreement, compare, resamples
from annotator.agreement.ratings import MISSING, Ratings, rating_matrix

Units = Sequence[Mapping[str, str]]

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C; the same data as `cac.raw4raters`
# in Gwet's irrCAC package, whose vignette gives Fleiss' kappa and AC1.
_ROWS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
KRIPPENDORFF_2011 = [
    {who: row.split()[unit] for who, row in _ROWS.items() if row.split()[unit] != "."} for unit in range(12)
]

# The worked example of the article "Fleiss' kappa" in Wikipedia: 10 units, 14 raters, 5 categories, kappa 0.210.
_FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)
FLEISS = [
    {str(rater): label for rater, label in enumerate("".join(c * n for c, n in zip("abcde", row, strict=True)))}
    for row in _FLEISS
]


def table(cells: Mapping[str, int]) -> list[dict[str, str]]:
    """Units of two raters from a contingency table: `"ab": 3` is three units that one calls a and the other b."""
    return [{"1": pair[0], "2": pair[1]} for pair, count in cells.items() for _ in range(count)]


# J. L. Fleiss, B. Levin, M. C. Paik, *Statistical Methods for Rates and Proportions*, 3rd ed. (2003), table 18.1.
FLEISS_LEVIN_PAIK = table({"aa": 75, "ab": 1, "ac": 4, "ba": 5, "bb": 4, "bc": 1, "cc": 10})
# K. L. Gwet, "Kappa statistic is not satisfactory for assessing the extent of agreement between raters" (2002).
GWET_2002 = table({"++": 118, "+-": 5, "-+": 2})


def measured(units: Units, categories: Sequence[str] | None = None, *, articles: int = 4) -> Agreement:
    used = categories or sorted({label for unit in units for label in unit.values()})
    rated = rating_matrix(((str(number % articles), unit) for number, unit in enumerate(units)), used)
    return compare(rated, resamples(articles, times=200, seed=1))


@pytest.mark.parametrize(
    ("units", "name", "published", "places"),
    [
        pytest.param(KRIPPENDORFF_2011, "alpha", 0.743, 3, id="krippendorff-2011-alpha"),
        pytest.param(KRIPPENDORFF_2011, "raw", 0.8181818, 6, id="gwet-irrcac-raw"),
        pytest.param(KRIPPENDORFF_2011, "fleiss", 0.76117, 5, id="gwet-irrcac-fleiss"),
        pytest.param(KRIPPENDORFF_2011, "ac1", 0.77544, 5, id="gwet-irrcac-ac1"),
        pytest.param(FLEISS, "fleiss", 0.210, 3, id="wikipedia-fleiss"),
        pytest.param(FLEISS_LEVIN_PAIK, "kappa", 0.68, 2, id="fleiss-levin-paik-cohen"),
        pytest.param(GWET_2002, "kappa", -0.0234, 4, id="gwet-2002-kappa"),
        pytest.param(GWET_2002, "ac1", 0.9408, 4, id="gwet-2002-ac1"),
    ],
)
def test_value_of_a_published_worked_example(units: Units, name: str, published: float, places: int) -> None:
    assert round(measured(units).values[name], places) == pytest.approx(published, abs=10**-places / 2)


def drawn(seed: int, *, missing: float, people: int = 4) -> list[dict[str, str]]:
    """Eighty units; the annotators lean towards one answer, or they would not agree at all."""
    dice = random.Random(seed)  # noqa: S311 - repeatable test data
    units = []
    for _ in range(80):
        truth = dice.choice("abcd")
        answers = ((str(who), truth if dice.random() < 0.6 else dice.choice("abcd")) for who in range(people))
        units.append({who: said for who, said in answers if dice.random() >= missing})
    return units


def nltk(triples: Sequence[tuple[str, str, str]]) -> Any:
    return agreement.AnnotationTask(triples)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("missing", [0, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_alpha_equals_two_other_libraries(seed: int, missing: float) -> None:
    units = drawn(seed, missing=missing)
    triples = [(who, str(number), label) for number, unit in enumerate(units) for who, label in unit.items()]
    matrix = np.array([["abcd".find(unit.get(str(who), "-")) for unit in units] for who in range(4)], dtype=float)
    matrix[matrix == MISSING] = np.nan
    alpha = measured(units).values["alpha"]
    assert alpha == pytest.approx(nltk(triples).alpha(), abs=1e-6)
    assert alpha == pytest.approx(krippendorff.alpha(matrix, level_of_measurement="nominal"), abs=1e-6)


@pytest.mark.parametrize("people", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_mean_kappa_equals_nltk(seed: int, people: int) -> None:
    units = drawn(seed, missing=0, people=people)
    triples = [(who, str(number), label) for number, unit in enumerate(units) for who, label in unit.items()]
    assert measured(units).values["kappa"] == pytest.approx(nltk(triples).kappa(), abs=1e-6)


def test_fleiss_of_complete_data_equals_the_pairwise_definition() -> None:
    units = drawn(7, missing=0, people=3)
    pairs = [(a, b) for unit in units for a in unit.items() for b in unit.items() if a[0] < b[0]]
    raw = sum(a[1] == b[1] for a, b in pairs) / len(pairs)
    everything = [label for unit in units for label in unit.values()]
    chance = sum((everything.count(label) / len(everything)) ** 2 for label in "abcd")
    assert measured(units).values["fleiss"] == pytest.approx((raw - chance) / (1 - chance), abs=1e-6)


@pytest.mark.parametrize(
    ("units", "name", "reason"),
    [
        pytest.param([], "alpha", "no labels", id="nothing"),
        pytest.param([{"1": "a"}, {"1": "b"}], "alpha", "one annotator", id="one-annotator"),
        pytest.param([{"1": "a"}, {"2": "b"}], "raw", "no unit with two labels", id="no-overlap"),
        pytest.param([{"1": "a", "2": "a"}] * 5, "alpha", "one label in use, raw agreement 1.0", id="one-label"),
        pytest.param([{"1": "a", "2": "a"}] * 5, "kappa", "one label in use, raw agreement 1.0", id="one-label-kappa"),
    ],
)
def test_undefined_value_says_why(units: Units, name: str, reason: str) -> None:
    found = measured(units, "abcd")
    assert name not in found.values
    assert found.undefined[name] == reason


def test_unanimous_on_several_labels_is_perfect() -> None:
    found = measured([{"1": label, "2": label} for label in "abcdabcd"])
    assert found.values == {"alpha": 1, "kappa": 1, "fleiss": 1, "ac1": 1, "raw": 1}


def test_one_label_only_has_an_ac1_and_raw_agreement() -> None:
    found = measured([{"1": "a", "2": "a"}] * 5, "abcd")
    assert found.values == {"ac1": 1, "raw": 1}
    assert (found.units, found.annotators) == (5, 2)


def test_interval_holds_the_value_and_is_the_same_again() -> None:
    units = drawn(3, missing=0.2)
    first, second = measured(units, articles=20), measured(units, articles=20)
    low, high = first.intervals["alpha"]
    assert low < first.values["alpha"] < high
    assert first == second


def test_interval_leaves_a_fortieth_of_the_resamples_on_either_side() -> None:
    units = drawn(3, missing=0, people=2)
    rated = rating_matrix(((str(number % 20), unit) for number, unit in enumerate(units)), "abcd")
    weights = resamples(20, times=400, seed=1)
    agreeing = [unit["0"] == unit["1"] for unit in units]
    shares = [
        sum(int(drawn[number % 20]) * agree for number, agree in enumerate(agreeing)) / (4 * 20) for drawn in weights
    ]
    first, *_, last = quantiles(shares, n=40, method="inclusive")
    assert compare(rated, weights).intervals["raw"] == pytest.approx((first, last), abs=1e-6)


def test_interval_over_one_article_is_refused() -> None:
    found = measured(drawn(3, missing=0), articles=1)
    assert (found.intervals, found.no_interval) == ({}, "one article")


def test_interval_is_wider_where_units_of_an_article_are_alike() -> None:
    dice = random.Random(5)  # noqa: S311 - repeatable test data
    alike = [{"1": said, "2": said if number % 2 else "b"} for number in range(20) for said in dice.choice("ab") * 10]
    by_article = rating_matrix(((str(at // 10), unit) for at, unit in enumerate(alike)), "ab")
    by_unit = Ratings(by_article.codes, np.arange(200), by_article.categories, by_article.annotators)
    wide = compare(by_article, resamples(20, times=300, seed=1)).intervals["raw"]
    narrow = compare(by_unit, resamples(200, times=300, seed=1)).intervals["raw"]
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


_unit = st.dictionaries(st.sampled_from("123"), st.sampled_from("abcd"), max_size=3)


@settings(max_examples=60)
@given(st.lists(_unit, max_size=12))
def test_every_coefficient_has_a_value_or_a_reason(units: list[dict[str, str]]) -> None:
    found = measured(units, "abcd")
    assert set(found.values) | set(found.undefined) == {"alpha", "kappa", "fleiss", "ac1", "raw"}
    assert set(found.values).isdisjoint(found.undefined)
    assert all(math.isfinite(value) and value <= 1 for value in found.values.values())
    assert all(reason for reason in found.undefined.values())


def test_every_coefficient_is_an_attribute_and_none_where_it_is_not_defined() -> None:
    found = measured([{"1": "a", "2": "a"}] * 5, categories="ab")
    assert (found.alpha, found.kappa, found.fleiss, found.ac1, found.raw) == (None, None, None, 1, 1)
