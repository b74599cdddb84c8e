"""The identifier: what an article and a unit are asked, and how the answers are weighed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase
from threading import Lock

from annotator.langid import everyday_words
from annotator.langid.classifiers import Classifier, load_langdetect, load_py3langid
from annotator.models import UND, Language
from annotator.settings import Settings

VERSION = "2"
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
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")

_EXCERPT = 300
_UNIT_EXCERPT = 120
"""Characters that langdetect and py3langid read. More changed no answer on 151 documents and 1,079 sentences."""
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
_OVERRULE = 0.9
"""The unit model overrules langdetect on the article above this probability."""


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
        self._unit_classifiers: dict[tuple[str, ...], Classifier] = {}
        self._article_classifier: Classifier | None = None

    def article(self, text: str) -> Language:
        """Identify the language of a whole article from its first few hundred characters."""
        readable = _readable(text[: 4 * _EXCERPT])
        if not _has_letters(readable):
            return UND
        excerpt = readable[:_EXCERPT]
        if len(_HAN_OR_KANA.findall(excerpt)) * 3 > len(excerpt):  # langdetect takes half of such texts for Korean
            return self._best_guess(readable, self.languages)
        detected = self._detect(excerpt)
        if everyday_words.speak_plainly(readable[:_UNIT_EXCERPT], detected.tag):
            return detected
        return _weigh(detected, self._best_guess(readable, self.languages), self.languages)

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
            return self._best_guess(readable, self.languages)
        probabilities = self._probabilities(readable, _with(self.languages, tag))
        best, second = _best_two(probabilities)
        if best == tag or tag not in probabilities:
            return _language(best, probabilities[best], second)
        if probabilities[best] >= _SWITCH and probabilities[best] > _switch_odds(readable) * probabilities[tag]:
            return _language(best, probabilities[best], tag)
        return _language(tag, probabilities[tag], best)

    def _best_guess(self, readable: str, languages: tuple[str, ...]) -> Language:
        probabilities = self._probabilities(readable, languages)
        best, second = _best_two(probabilities)
        return _language(best, probabilities[best], second)

    def _probabilities(self, excerpt: str, languages: tuple[str, ...]) -> dict[str, float]:
        """Add the everyday words to py3langid's scores; its own probabilities are softmax(score / sqrt(bytes))."""
        excerpt = excerpt[:_UNIT_EXCERPT]
        temperature = math.sqrt(max(1, len(excerpt.encode("utf-8", "surrogatepass"))))
        ranked = self._unit_classifier(languages)(excerpt)
        evidence = everyday_words.evidence(excerpt)
        highest = ranked[0][1]
        weighed = {tag: score - highest + evidence.get(tag, 0) * _WORD_WEIGHT for tag, score in ranked}
        odds = {tag: math.exp(score / temperature) for tag, score in weighed.items()}
        total = sum(odds.values())
        return {tag: share / total for tag, share in odds.items()}

    def _unit_classifier(self, languages: tuple[str, ...]) -> Classifier:
        classifier = self._unit_classifiers.get(languages)
        if classifier is None:
            with self._lock:
                kept = self._kept if languages == self.languages else None
                classifier = self._unit_classifiers.get(languages) or load_py3langid(languages, kept)
                self._unit_classifiers[languages] = classifier
        return classifier

    def _detect(self, excerpt: str) -> Language:
        with self._lock:
            classifier = self._article_classifier = self._article_classifier or load_langdetect()
        ranked = classifier(excerpt)
        tags = [tag.split("-")[0] for tag, _ in ranked]
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


def _weigh(article: Language, unit: Language, languages: tuple[str, ...]) -> Language:
    """Let langdetect decide, unless it has no opinion or the unit model is sure of another of its own languages."""
    if article.tag in (unit.tag, "und"):
        return unit if article.tag == "und" else article
    if article.tag in languages and unit.confidence > _OVERRULE:
        return _language(unit.tag, unit.confidence, article.tag)
    return _language(article.tag, article.confidence, unit.tag)


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


def _best_two(probabilities: dict[str, float]) -> tuple[str, str]:
    ranked = sorted(probabilities, key=lambda tag: (-probabilities[tag], tag))
    return ranked[0], ranked[1] if len(ranked) > 1 else ""


def _with(languages: tuple[str, ...], tag: str) -> tuple[str, ...]:
    return languages if tag in languages else (*languages, tag)


def _language_set(languages: tuple[str, ...]) -> str:
    return str(len(languages)) if set(languages) == set(LANGUAGES) else "+".join(languages)
