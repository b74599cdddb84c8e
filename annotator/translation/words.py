"""Words the checks look for, per language. A language that is missing here is checked without them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# Negations of the source. "ne ... que" (only), "ne ... pas seulement" and the ne of "plus que je ne crois" are none.
NEGATED = {
    "fr": re.compile(
        r"\b(?:ne\b|n['’])(?:\W*(?!que\b|qu\b)\w+){0,6}?\W+(?P<word>pas(?!\s+(?:seulement|uniquement|que\b|moins\b))"
        r"|jamais|rien|aucune?s?"
        r"|personne|guère|nullement|ni|plus(?!\s+(?:de\s+\d|que|d['’]un|qu['’])))\b"
        r"|\b(?P<first>aucune?|personne|rien|jamais|nul|ni)\b(?:\W*[\w’']+){1,6}?\W*\b(?:ne\b|n['’])"
        r"|(?P<alone>\bpas\s+(?:de|encore|un|une)\b|\b(?:et|ou|mais)\s+non\b(?!\s+(?:seulement|plus))|\bnon\s+pas\b"
        r"|\bsans\b(?!-|\s+(?:doute|(?:aucun|nul) doute|cesse|délai|tarder|plus\b|précédent|conteste)))",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\bno\b(?!\s+(?:sólo|solo|obstante))|\b(?:nunca|jamás|nada|nadie|ningun[oa]?|ningún|tampoco|sin|ni)\b",
        re.IGNORECASE,
    ),
}
# Anything in the target that can carry a negation, in the verb, the noun or the prefix.
NEGATIVE = {
    "en": re.compile(
        r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|non(?=-)|cannot|without|hardly|barely"
        r"|scarcely|unless|lest|rather than|instead of|far from|free of|un(?:able|likely|known|clear|aware"
        r"|certain|necessary|acceptable|fair|just"
        r"|true|founded|realistic|usual|common|wanted|willing\w*|changed|affected|related|precedented)"
        r"|in(?:capable|ability|sufficient\w*|adequa\w+|effective|visible|complete\w*|consisten\w+|existent"
        r"|acceptable|conceivable)"
        r"|im(?:possib\w+|practica\w+)|il(?:legal\w*|licit\w*)|ir(?:relevan\w+|responsib\w+)"
        r"|dis(?:agree\w*|approv\w*|appear\w*|like\w*|regard\w*|continu\w*|honest\w*)|fail(?:s|ed|ing|ure)?"
        r"|lack(?:s|ed|ing)"
        r"|refus\w*|den(?:y|ies|ied)|prevent\w*|avoid\w*|absen\w+|miss(?:ing|ed|es)|reject\w*|prohibit\w*"
        r"|forbid\w*)\b"
        r"|n['’]t|\b(?!unless)[a-z]{3,}less\b",
        re.IGNORECASE,
    )
}
# The press conditional and the other ways to say that something is only said.
HEDGED = {
    "fr": re.compile(
        r"\b(?:(?:aurai(?:en)?t|serai(?:en)?t)\b|selon\b(?!\s+(?:(?:le|la|les)quel|moi\b|toute))"
        r"|d['’]après\b|semblent?\b|semblai(?:en)?t\b|prétendument\b|présumée?s?\b"
        r"|soi-disant\b|supposée?s?\b|peut-être\b|probablement\b|vraisemblablement\b|apparemment\b|paraît-il\b"
        r"|pourrai(?:en)?t\b|devrai(?:en)?t\b|\w+erai(?:en)?t\b)",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:habría[ns]?|sería[ns]?|podría[ns]?|según|parece[n]?|presunt[oa]s?|supuest[oa]s?|quizás?|tal vez"
        r"|probablemente|aparentemente|\w+[aei]ría[ns]?)\b",
        re.IGNORECASE,
    ),
}
HEDGE = {
    "en": re.compile(
        r"\b(?:(?:would|could|might|may|should|ought)(?:n['’]t)?|allegedly|alleged|reportedly|apparently"
        r"|apparent|supposed\w*|presum\w+|according to|following|as per"
        r"|seem\w*|appear\w*|looks?|likely|probab\w+|possib\w+|perhaps|maybe|said to|claim\w*|purported\w*"
        r"|so-called"
        r"|believed|thought to|rumou?red|suspected|scheduled|set to"
        r"|expected|in the (?:view|opinion) of|in \w+['’]s (?:view"
        r"|opinion)|think|believes?|thinks?)\b"
        r"|['’]d\b|^(?:\W*)as\b",
        re.IGNORECASE,
    )
}
QUOTES = '«»“”„"‹›'


@cache
def function(language: str) -> frozenset[str]:
    """Return short words of the language: one of them in a translation shows that a stretch was left standing."""
    return frozenset(_words(f"function_{language}.txt"))


@cache
def cognates(source: str, target: str) -> frozenset[str]:
    """Return words spelt alike in both languages, which a translation may well keep."""
    return frozenset(_words(f"cognates_{source}_{target}.txt"))


@cache
def capitalised(language: str) -> frozenset[str]:
    """Return plain words that names of bodies and offices write with a capital: Conseil, Cour."""
    return frozenset(_words(f"capitalised_{language}.txt"))


@cache
def exonyms(source: str, target: str) -> dict[str, tuple[str, ...]]:
    """Return what the target language calls places and bodies that it names differently."""
    lines = [line.partition(" = ") for line in _lines(f"exonyms_{source}_{target}.txt")]
    return {name: tuple(other.strip() for other in others.split(",")) for name, _, others in lines}


def _words(name: str) -> list[str]:
    return [word for line in _lines(name) for word in line.split()]


def _lines(name: str) -> list[str]:
    path = files("annotator.translation") / "data" / name
    if not path.is_file():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
