"""The identifier: what an article and a unit are asked, and how the answers are weighed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from string import ascii_lowercase
from threading import Lock

from annotator.langid import words as everyday
from annotator.langid.engines import Engine, load_langdetect, load_py3langid
from annotator.models import UND, Language
from annotator.settings import Settings

VERSION = "2"
LANGUAGES: tuple[str, ...] = Settings.model_fields["languages"].default

_NO_LANGUAGE = re.compile(
    r"(?:https?://|www\.|pic\.(?:twitter|x)\.com/)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+|(?<!\w)@\w+",
    re.IGNORECASE,
)
_SMALL_LETTERS = ascii_lowercase.encode()
_TAG = re.compile(r"#\w+")
_LETTER = re.compile(r"[^\W\d_]")
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
    """Holds both engines, loaded at the first question. Safe in threads: nothing is written after loading."""

    name = "langid"

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self.languages = tuple(sorted(set(languages)))
        self.version = f"{VERSION}/{_language_set(self.languages)}"
        self._lock = Lock()
        self._unit_engines: dict[tuple[str, ...], Engine] = {}
        self._article_engine: Engine | None = None

    def article(self, text: str) -> Language:
        """Identify the language of a whole article from its first few hundred characters."""
        words = _readable(text[: 4 * _EXCERPT])
        if not _has_letters(words):
            return UND
        excerpt = words[:_EXCERPT]
        if len(_HAN_OR_KANA.findall(excerpt)) * 3 > len(excerpt):  # langdetect takes half of such texts for Korean
            return self._opinion(words, self.languages)
        found = self._langdetect(excerpt)
        if everyday.speak_plainly(words[:_UNIT_EXCERPT], found.tag):
            return found
        return _settle(found, self._opinion(words, self.languages), self.languages)

    def unit(self, text: str, prior: Language) -> Language:
        """Identify the language of a unit; without clear evidence it is the article's.

        Where everyday words alone settle that it is the article's, the confidence is their share of right answers
        and there is no runner-up.
        """
        tag = prior.tag.split("-")[0].lower()
        if _is_plain(text[:_UNIT_EXCERPT], tag):
            return _language(tag, everyday.PLAIN_CONFIDENCE, "")
        words = _readable(text[: 4 * _EXCERPT])
        if not _has_letters(words):
            return UND
        if tag == "und":
            return self._opinion(words, self.languages)
        probabilities = self._probabilities(words, _with(self.languages, tag))
        best, second = _best_two(probabilities)
        if best == tag or tag not in probabilities:
            return _language(best, probabilities[best], second)
        if probabilities[best] >= _SWITCH and probabilities[best] > _switch_odds(words) * probabilities[tag]:
            return _language(best, probabilities[best], tag)
        return _language(tag, probabilities[tag], best)

    def _opinion(self, words: str, languages: tuple[str, ...]) -> Language:
        probabilities = self._probabilities(words, languages)
        best, second = _best_two(probabilities)
        return _language(best, probabilities[best], second)

    def _probabilities(self, words: str, languages: tuple[str, ...]) -> dict[str, float]:
        """Add the everyday words to py3langid's scores; its own probabilities are softmax(score / sqrt(bytes))."""
        words = words[:_UNIT_EXCERPT]
        heat = math.sqrt(max(1, len(words.encode("utf-8", "surrogatepass"))))
        ranked = self._unit_engine(languages)(words)
        votes = everyday.votes(words)
        highest = ranked[0][1]
        odds = {tag: math.exp((score - highest + votes.get(tag, 0) * _WORD_WEIGHT) / heat) for tag, score in ranked}
        total = sum(odds.values())
        return {tag: share / total for tag, share in odds.items()}

    def _unit_engine(self, languages: tuple[str, ...]) -> Engine:
        engine = self._unit_engines.get(languages)
        if engine is None:
            with self._lock:
                engine = self._unit_engines.get(languages) or load_py3langid(languages)
                self._unit_engines[languages] = engine
        return engine

    def _langdetect(self, words: str) -> Language:
        with self._lock:
            engine = self._article_engine = self._article_engine or load_langdetect()
        ranked = engine(words)
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
    return not _may_hold_address(excerpt) and everyday.speak_plainly(excerpt, tag)


def _settle(article: Language, unit: Language, languages: tuple[str, ...]) -> Language:
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
    return _FEW_WORDS_ODDS if everyday.count(words[:_UNIT_EXCERPT]) <= _FEW_WORDS else _SWITCH_ODDS


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
