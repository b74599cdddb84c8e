"""The identifier: what an article and a unit are asked, and how the answers are weighed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase
from threading import Lock
from types import MappingProxyType

from annotator.langid import everyday_words
from annotator.langid.classifiers import (
    Classifier,
    RankedTags,
    UnitModel,
    known_to_langdetect,
    load_langdetect,
    load_py3langid,
)
from annotator.language_tags import language_of
from annotator.models import UND, Language
from annotator.settings import Settings

VERSION = "3"
KEPT_MODEL = "langid.npz"
"""The file of a data folder that Identifier may be given."""
LANGUAGES: tuple[str, ...] = Settings.model_fields["candidate_languages"].default

# Links, e-mail addresses and handles: their letters are of no language.
_NO_LANGUAGE = re.compile(
    r"(?:https?://|www\.|pic\.(?:twitter|x)\.com/)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+|(?<!\w)@\w+",
    re.IGNORECASE,
)
_SMALL_LETTERS = ascii_lowercase.encode()
_TAG = re.compile(r"#\w+")
_LETTER = re.compile(r"[^\W\d_]")
# With a single letter ("A", "b)") a text has no language.
_TWO_LETTERS = re.compile(r"[^\W\d_](?s:.*?)[^\W\d_]")

_EXCERPT = 300
_UNIT_EXCERPT = 120
"""Characters that are read of a text of any language, and of a unit in an article of a known one.

More changed no answer on 151 documents and 1,079 sentences; 120 for both took 41 of 1,638 texts for a close language
(Afrikaans for Dutch) that 300 told."""
_ARTICLE = 300
"""From this length on `identify` treats a text as an article."""
_WORD_WEIGHT = 4.0
"""What one everyday word adds to a raw score of py3langid; 3 to 6 give the same accuracy within .002."""
_SWITCH = 0.4
_SWITCH_ODDS = 6.0
"""A unit leaves the article's language for one of at least this probability that is as many times likelier.

On texts of 3-5 words in a French article that keeps 1.000 of the French and finds .953 of the others; a bare .6
keeps as many and finds .929."""
_FEW_WORDS = 2
_FEW_WORDS_ODDS = 100.0
"""One or two words are mostly names: Gutenberg is 10 times likelier German, 'Thank you' 2,000 times English."""
_EXPECTED = 12.0
"""What a language gains that is expected, as much as by three everyday words, where all 139 are asked.

On texts of 3-5 words of the expected languages 31 of 1,079 are wrong with it, as with those languages alone, and 49
without. On articles it changes nothing: 26 of 2,604 in languages that langdetect does not know are wrong either way."""
_DECLARED = 40.0
"""What the language gains that the source declares: short texts are taken at its word, articles only in doubt.

Of 6,161 texts of 3-5 words whose language was declared 2 were taken for another (1,108 without it); of 5,997 articles
wrongly declared to be English it believed 1."""
_LIKELY = 0.6
_POSSIBLE = 0.25
"""Below the first, langdetect chooses among the languages above the second, or none is named.

So 1 of 1,638 articles in further languages that langdetect knows is taken for another and 25 for none, most of these
Croatian, which may be Bosnian; of 2,604 in languages that it does not know, 7 and 35."""
_CERTAIN = 0.99
"""No answer on an article is surer: of 2,058 texts in languages that no classifier knows, both took 93 for one of the
expected ones at this probability, most of them Silesian for Polish."""
_TAKEN_AT_ITS_WORD = 0.9
"""The confidence in a declared language that nothing here can check."""
_NO_LANGUAGE_TAG = "zxx"
_NO_GAINS: Mapping[str, float] = MappingProxyType({})


class Identifier:
    """Holds both classifiers, loaded at the first question. Safe in threads: nothing is written after loading.

    `kept` is a file in which the model of the units is found, or left, unpacked.
    """

    name = "langid"

    def __init__(self, languages: Sequence[str] = LANGUAGES, *, kept: Path | None = None) -> None:
        self.languages = tuple(sorted(set(languages)))
        self.version = f"{VERSION}/{_language_set(self.languages)}"
        self._kept = kept
        self._lock = Lock()
        self._unit_model: UnitModel | None = None
        self._article_classifier: Classifier | None = None

    def article(self, text: str, declared: str = "") -> Language:
        """Identify the language of a whole article from its first few hundred characters.

        What its source declares, `pt-BR`, decides for short texts and for languages that neither classifier knows.
        """
        said = language_of(declared)
        readable = _readable(text[: 4 * _EXCERPT])[:_EXCERPT]
        if not _has_letters(readable):
            return _language(said, _TAKEN_AT_ITS_WORD, "") if said else UND
        probabilities = self._among_all(readable, said)
        identified = _weigh(self._detected(readable), probabilities)
        if said in ("", identified.tag) or (said in probabilities and identified != UND):
            return identified
        is_plain = identified.confidence >= _CERTAIN and everyday_words.speak_plainly(readable, identified.tag)
        return identified if is_plain else _language(said, _TAKEN_AT_ITS_WORD, _best_two(probabilities)[0])

    def unit(self, text: str, prior: Language) -> Language:
        """Identify the language of a unit; without clear evidence it is the article's.

        Where everyday words alone settle that it is the article's, the confidence is their share of right answers
        and there is no runner-up.
        """
        tag = prior.tag.split("-")[0].lower()
        if _is_plain(text[:_UNIT_EXCERPT], tag):
            return _language(tag, everyday_words.PLAIN_CONFIDENCE, "")
        readable = _readable(text[: 4 * _EXCERPT])
        if not _has_letters(readable):
            return UND
        if tag == "und":
            return _best_guess(self._among_all(readable[:_EXCERPT]))
        return self._beside(tag, readable, prior)

    def _beside(self, tag: str, readable: str, prior: Language) -> Language:
        """Weigh the article's language against the expected ones, and against all before a unit leaves it.

        No unit is surer to be in the article's language than the article.
        """
        probabilities = self._among_expected(readable[:_UNIT_EXCERPT], tag)
        best, second = _best_two(probabilities)
        if best == tag:
            return _language(best, min(probabilities[best], prior.confidence or 1), second)
        if tag not in probabilities:
            is_plain = everyday_words.speak_plainly(readable[:_UNIT_EXCERPT], best)
            return _language(best, probabilities[best], tag) if is_plain else prior
        own = probabilities[tag]
        if probabilities[best] < _SWITCH or probabilities[best] <= _switch_odds(readable) * own:
            return _language(tag, min(own, prior.confidence or 1), best)
        other = _best_guess(self._among_all(readable[:_EXCERPT]))
        return other if other.confidence >= _LIKELY else _language(best, probabilities[best], tag)

    def _among_expected(self, excerpt: str, tag: str) -> dict[str, float]:
        if tag in self.languages:
            return _probabilities(excerpt, self._units().candidates(excerpt))
        wanted = {*self.languages, tag}
        return _probabilities(excerpt, [(other, score) for other, score in self._ranked(excerpt) if other in wanted])

    def _among_all(self, excerpt: str, declared: str = "") -> dict[str, float]:
        gains = dict.fromkeys(self.languages, _EXPECTED)
        if declared:
            gains[declared] = gains.get(declared, 0.0) + _DECLARED
        return _probabilities(excerpt, self._ranked(excerpt), gains)

    def _ranked(self, excerpt: str) -> RankedTags:
        """Return all languages, best first; one that goes by another's name has the better of their scores."""
        merged: dict[str, float] = {}
        for tag, score in self._units().every(excerpt):
            if tag != _NO_LANGUAGE_TAG:
                merged.setdefault(language_of(tag) or tag, score)
        return list(merged.items())

    def _units(self) -> UnitModel:
        with self._lock:
            self._unit_model = self._unit_model or load_py3langid(self.languages, self._kept)
        return self._unit_model

    def _detected(self, excerpt: str) -> Language:
        with self._lock:
            classifier = self._article_classifier = self._article_classifier or load_langdetect()
        ranked = classifier(excerpt)
        tags = [language_of(tag) for tag, _ in ranked]
        return _language(tags[0], ranked[0][1], tags[1] if len(tags) > 1 else "") if ranked else UND


def identify(text: str) -> Language:
    """Identify the language of any text: an article's like `Identifier.article`, a short one's like a unit's."""
    identifier = _shared()
    return identifier.article(text) if len(text) >= _ARTICLE else identifier.unit(text, UND)


@cache
def _shared() -> Identifier:
    return Identifier()


def _is_plain(excerpt: str, tag: str) -> bool:
    """Tell whether everyday words settle the language; not where an address may bring words of its own."""
    return not _may_hold_address(excerpt) and everyday_words.speak_plainly(excerpt, tag)


def _weigh(detected: Language, probabilities: Mapping[str, float]) -> Language:
    """Take py3langid's answer where it is likely, else langdetect's where it is possible.

    What langdetect says in doubt counts only if it knows the other language too that it may be.
    """
    best, second = _best_two(probabilities)
    agrees = best == detected.tag
    if probabilities[best] >= _LIKELY:
        confidence = min(probabilities[best], detected.confidence if agrees else 1, _CERTAIN)
        return _language(best, confidence, second)
    other = second if agrees else best
    chance = probabilities.get(detected.tag, 0.0)
    return _language(detected.tag, chance, other) if chance >= _POSSIBLE and other in known_to_langdetect() else UND


def _best_guess(probabilities: Mapping[str, float]) -> Language:
    best, second = _best_two(probabilities)
    return _language(best, min(probabilities[best], _CERTAIN), second)


def _probabilities(excerpt: str, ranked: RankedTags, gains: Mapping[str, float] = _NO_GAINS) -> dict[str, float]:
    """Add everyday words and gains to py3langid's scores; its own probabilities are softmax(score / sqrt(bytes)).

    A language whose everyday words are not listed is taken to have half as many as the one that has most: with none
    Galician articles are taken for Portuguese.
    """
    temperature = math.sqrt(max(1, len(excerpt.encode("utf-8", "surrogatepass"))))
    words = everyday_words.evidence(excerpt)
    unlisted = max(words.values(), default=0) / 2
    weighed = {tag: score + words.get(tag, unlisted) * _WORD_WEIGHT + gains.get(tag, 0.0) for tag, score in ranked}
    highest = max(weighed.values())
    odds = {tag: math.exp((score - highest) / temperature) for tag, score in weighed.items()}
    total = sum(odds.values())
    return {tag: share / total for tag, share in odds.items()}


def _readable(text: str) -> str:
    """Drop what has no language, and fold capitals where they shout (a headline in capitals reads as Catalan)."""
    words = _NO_LANGUAGE.sub(" ", text) if _may_hold_address(text) else text
    if _is_mostly_small(words):
        return words
    capitals = sum(map(str.isupper, words))
    return words.lower() if capitals > 1 and capitals * 2 > len(_LETTER.findall(words)) else words


def _may_hold_address(text: str) -> bool:
    return "/" in text or "@" in text or "www." in text.lower()


def _is_mostly_small(words: str) -> bool:
    """Tell at once, of most texts, that capitals are in the minority: half of the characters are small letters."""
    plain = words.encode("ascii", "ignore")
    return (len(plain) - len(plain.translate(None, _SMALL_LETTERS))) * 2 >= len(words)


def _switch_odds(words: str) -> float:
    return _FEW_WORDS_ODDS if everyday_words.count_words(words[:_UNIT_EXCERPT]) <= _FEW_WORDS else _SWITCH_ODDS


def _has_letters(words: str) -> bool:
    return _TWO_LETTERS.search(_TAG.sub(" ", words) if "#" in words else words) is not None


@lru_cache(maxsize=1024)
def _language(tag: str, confidence: float, runner_up: str) -> Language:
    return Language(tag=tag, confidence=round(min(1.0, max(0.0, confidence)), 3), runner_up=runner_up)


def _best_two(probabilities: Mapping[str, float]) -> tuple[str, str]:
    ranked = sorted(probabilities, key=lambda tag: (-probabilities[tag], tag))
    return ranked[0], ranked[1] if len(ranked) > 1 else ""


def _language_set(languages: tuple[str, ...]) -> str:
    return str(len(languages)) if set(languages) == set(LANGUAGES) else "+".join(languages)
