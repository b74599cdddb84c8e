"""Splits by article: near-duplicates together, stratified, stable."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

from annotator.dataset.splits import SplitOptions, Splits, shares
from annotator.errors import UsageError
from annotator.resemblance import sketch

WORDS = [f"mot{number}" for number in range(3000)]


def text(seed: int, words: int = 300) -> str:
    dice = random.Random(seed)  # noqa: S311 - repeatable test data
    return " ".join(dice.choice(WORDS) for _ in range(words))


Article = tuple[str, str, Mapping[str, int]]


def split(
    articles: Iterable[Article], *, earlier: Mapping[str, str] | None = None, seed: int = 1
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the split of each article, and the root of each."""
    with Splits(SplitOptions(seed=seed)) as splits:
        splits.keep((earlier or {}).items())
        for article in articles:
            splits.add(*article)
        splits.assign()
        rows = list(splits.assigned())
    return {article: name for article, name, _ in rows}, {article: root for article, _, root in rows}


def corpus(number: int) -> list[Article]:
    """Articles in two languages whose labels differ much from one to the next."""
    dice = random.Random(1)  # noqa: S311 - repeatable test data
    made: list[Article] = []
    for at in range(number):
        language = "fr" if at % 4 else "de"
        strata = Counter(f"{language} {dice.choice(('sourced', 'opinion', 'rhetoric'))}" for _ in range(20))
        made.append((f"art{at:03}", text(at, 60), strata))
    return made


def test_shares_hold_in_every_language_and_label() -> None:
    articles = corpus(200)
    found, _ = split(articles)
    totals, test = Counter[str](), Counter[str]()
    for article, _, strata in articles:
        totals.update(strata)
        test.update(strata if found[article] == "test" else {})
    assert {stratum: round(test[stratum] / totals[stratum], 2) for stratum in totals} == pytest.approx(
        dict.fromkeys(totals, 0.1), abs=0.03
    )


def test_near_duplicates_are_in_one_split() -> None:
    articles = corpus(60)
    agency = text(999)
    copies = [(f"copy{at}", f"{agency} {text(1000 + at, 20)}", Counter({"fr sourced": 20})) for at in range(6)]
    found, roots = split([*articles, *copies])
    assert len({found[article] for article, *_ in copies}) == 1
    assert {roots[article] for article, *_ in copies} == {"copy0"}
    assert {roots[article] for article, *_ in articles} == {article for article, *_ in articles}


def test_chain_of_near_duplicates_is_one_group() -> None:
    parts = [text(at, 100) for at in range(5)]
    chain = [(f"c{at}", " ".join(parts[at : at + 4]), {"fr sourced": 1}) for at in (0, 1)]
    bridge = ("b", " ".join(parts[0:5]), {"fr sourced": 1})
    _, roots = split([*chain, bridge])
    assert len(set(roots.values())) == 1


def test_articles_keep_their_split_when_others_are_added() -> None:
    articles = corpus(120)
    before, _ = split(articles[:60])
    after, _ = split(articles, earlier=before)
    assert {article: after[article] for article in before} == before
    assert set(after.values()) == {"train", "validation", "test"}


def test_near_duplicate_of_a_known_article_joins_its_split() -> None:
    known = ("z", text(5), {"fr sourced": 5})
    copy = ("a", text(5) + " et une fin", {"fr sourced": 5})
    found, _ = split([copy, known], earlier={"z": "test"})
    assert found == {"a": "test", "z": "test"}


def test_new_article_like_two_that_were_apart_moves_neither() -> None:
    first, second = text(1), text(2)
    found, _ = split(
        [("a", first, {"x": 1}), ("b", second, {"x": 1}), ("new", f"{first} {second}", {"x": 1})],
        earlier={"a": "train", "b": "test"},
    )
    assert found == {"a": "train", "b": "test", "new": "train"}


def test_order_of_articles_does_not_matter_and_seed_does() -> None:
    articles = [(article, content, {"fr sourced": 20}) for article, content, _ in corpus(40)]
    assert split(articles)[0] == split(articles[::-1])[0]
    assert split(articles)[0] != split(articles, seed=2)[0]


def test_single_article_is_for_training() -> None:
    assert split([("a", "Un seul.", {"fr sourced": 1})])[0] == {"a": "train"}


def test_articles_without_text_are_no_duplicates_of_others() -> None:
    _, roots = split([("a", "", {"x": 1}), ("b", text(1), {"x": 1})])
    assert roots == {"a": "a", "b": "b"}


def test_sketches_are_those_of_every_earlier_release() -> None:
    """When this fails, a corpus that grows is no longer split as before: datasketch must not be raised silently."""
    made = sketch("ÉTÉ été à 漢字 2025, " + text(2, 3000))
    assert hashlib.sha256(made.tobytes()).hexdigest()[:16] == "bf566a557df23e3d"


@pytest.mark.parametrize("given", ["80,10,10", "0.8, 0.1, 0.1", "8,1,1"])
def test_shares_are_three_numbers(given: str) -> None:
    assert dict(shares(given)) == pytest.approx({"train": 0.8, "validation": 0.1, "test": 0.1})


@pytest.mark.parametrize("given", ["", "1,2", "1,2,3,4", "a,b,c", "1,-1,1", "0,0,0", "nan,1,1", "inf,1,1"])
def test_other_shares_are_refused(given: str) -> None:
    with pytest.raises(UsageError, match="shares"):
        shares(given)
