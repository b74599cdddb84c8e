"""Words the checks look for, per language. A language that is missing here is checked without them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

REMEMBERED_TEXTS = 1 << 11
"""Texts of which is kept what several checks, or the check of a second try, ask for again: a batch or two of them."""

# Negations of the source. "ne ... que" (only), "ne ... pas seulement" and the ne of "plus que je ne crois" are none.
NEGATED = {
    "fr": re.compile(
        r"\b(?:ne\b|n['’])(?:\W*(?!que\b|qu\b)\w+){0,6}?\W+(?P<word>pas(?!\s+(?:seulement|uniquement|que\b|moins\b))"
        r"|jamais|rien|aucune?s?"
        r"|personne|guère|nullement|ni|plus(?!\s+(?:de\s+\d|que|d['’]un|qu['’])))\b"
        r"|\b(?P<first>aucune?|personne|rien|jamais|nul|ni)\b(?:\W*[\w’']+){1,6}?\W*\b(?:ne\b|n['’])"
        r"|(?P<alone>(?<!\bles )(?<!\bses )(?<!\bdes )(?<!\bleurs )\bpas\s+(?:de|encore|un|une)\b"
        r"|\b(?:et|ou|mais)\s+non\b(?!\s+(?:seulement|plus))|\bnon\s+pas\b"
        r"|\bsans\b(?!-|\s+(?:(?:aucun |nul )?doute|détours?|fond\b|cesse|délai|tarder|plus\b|précédent|conteste)))",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\bno\b(?!\s+(?:sólo|solo|solamente|obstante))|\bsin\b(?!\s+(?:embargo|duda|cesar))"
        r"|\b(?:nunca|jamás|nada(?! (?:más|menos)\b)|nadie|ningun[oa]?|ningún|tampoco|ni)\b",
        re.IGNORECASE,
    ),
}
# What denies by itself where it stands before the verb, or begins a text.
DENIED = {
    "fr": re.compile(
        r"(?<!qu')\baucune?s?\b[^.;:]*?\b(?:ne\b|n['’])|\b(?:ne\b|n['’])[^.;:]*?\baucune?s?\b|^\W*pas\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?<!más que )(?<!mejor que )(?<!menos que )(?<!peor que )\b(?:ningun[oa]?|ningún|nadie|nada)\b",
        re.IGNORECASE,
    ),
}
# Anything in the target that can carry a negation, in the verb, the noun or the prefix.
NEGATIVE = {
    "en": re.compile(
        r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|non(?=-)|cannot|without|hardly|barely"
        r"|scarcely|wrong|unless|lest|rather than|instead of|far from|free of|un(?:able|likely|known|clear|aware"
        r"|authori[sz]ed|certain|necessary|acceptable|fair|just"
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
# Whom something is said by: "d'après la police" is a reserve, "d'après le vote" is none.
_SOURCE_FR = (
    r"(?:(?:l[ae]s?|une?|des|plusieurs|certaine?s|ce[st]?|cette|s[ao]n|ses|leurs?|nos|notre)\s+|l['’])?"
    r"(?:(?:premi|derni|nouve|récent|propre|nombreu)\w*\s+)?"
    r"(?:[A-ZÉÈÀÎÔ]|(?:lui|elles?|eux|ceux|nous|vous)\b|(?:source|expert|étude|rapport|enquête|sondage|témoin"
    r"|témoignage|média|presse|journa|police|policier|autorité|gouvernement|ministère|ministre|président|porte-parole"
    r"|chercheur|scientifique|médecin|donnée|chiffre|information|estimation|calcul|analyste|observateur|spécialiste"
    r"|économiste|avocat|parquet|agence|institut|association|organisation|syndicat|recherche|article(?!\s+\d)|texte|légende"
    r"|rumeur|document|statistique|bilan))"
)
# A conditional that is a reserve: neither a question ("aurait-il") nor what is wondered ("s'ils auraient") nor what is
# only thought of ("un pays qui violerait"). In a tale of the past it is only its future: "il a promis qu'il viendrait".
_CONDITIONAL_FR = (
    r"\b(?i:(?:aur|ser|pourr|devr|(?<!qui )(?<!qui se )(?:voudr|(?<!ne )saur|ir|dir|verr|courr|mourr"
    r"|\w+(?:er|[aeio]ndr|(?<!f)[oai]udr|ettr|evr|ouvrir|partir|sortir|finir|agir|servir)))ai(?:en)?t)\b"
)
_TOLD_FR = (
    r"\b(?:ai|as|a|avons|avez|ont|avai(?:en)?t)\s+(?:\w+\s+)?\w+(?:é|i|it|u|is)\b[^.;:]{0,120}?"
    r"\bqu(?:e\b|['’])[^.;:]{0,90}?"
)
# `tontería`, `averías`: behind one of these words stands a noun with the ending of a conditional.
_NO_NOUN_ES = "".join(
    rf"(?<!\b{word} )" for word in ("la", "las", "una", "unas", "su", "sus", "esta", "de", "en", "y", "o")
)
# The press conditional and the other ways to say that something is only said: the group `reserve`.
HEDGED = {
    "fr": re.compile(
        rf"{_TOLD_FR}{_CONDITIONAL_FR}|\bs['’](?:ils?|elles?|on)\s+{_CONDITIONAL_FR}"
        rf"|(?P<reserve>(?<!ment )\b(?i:selon|d['’]après)\s+{_SOURCE_FR}\w*"
        r"|\b(?i:semblent?|semblai(?:en)?t|prétendument|présumée?s?|soi-disant|peut-être|probablement"
        r"|(?<!ai )(?<!a )(?<!ns )(?<!nt )supposée?s?"
        rf"|vraisemblablement|apparemment|paraît-il)\b|{_CONDITIONAL_FR}(?!-))"
    ),
    "es": re.compile(
        r"(?P<reserve>\b(?:habría[ns]?|sería[ns]?|podría[ns]?|según(?!\s+(?:la ley|el artículo))|parecen?(?!\s+al?\b)"
        r"|presunt[oa]s?|(?<!por )supuest[oa]s?|quizás?|tal vez|probablemente|aparentemente"
        rf"|{_NO_NOUN_ES}(?!\w*(?:qu|f|ug|ng|h)erían?\b|\w*quirían?\b|varían?\b)\w+[aei]rían?)\b)",
        re.IGNORECASE,
    ),
}
HEDGE = {
    "en": re.compile(
        r"\b(?:(?:would|could|might|may|should|ought)(?:n['’]t)?|allegedly|alleged|reportedly|apparently"
        r"|apparent|suppos\w+|presum\w+|according to|following|as per"
        r"|seem\w*|appear\w*|look(?:s|ed)?|likely|probab\w+|possib\w+|perhaps|maybe|said to|claim\w*|purported\w*"
        r"|so-called|for (?:them|him|her|me)(?=,)"
        r"|believed|thought to|rumou?red|suspected|scheduled|set to"
        r"|expected|in the (?:view|opinion) of|in (?:my|our|his|her|their|\w+['’]s) (?:view"
        r"|opinion)|think|believes?|thinks?)\b"
        r"|['’]d\b|(?:^|[-–—])\W*as\b"
        r"|\bas (?:it|he|she|they) (?:(?:has|have|had) )?(?:\w+(?:ed|s)|said|say|indicate|explain)\b",
        re.IGNORECASE,
    )
}
QUOTES = '«»“”„"‹›「」『』＂〝〟'
# What no negation of the language comes without: most texts are done with it.
_MAY_NEGATE = {
    "fr": re.compile(r"\b(?:ne|n|pas|aucune?s?|personne|rien|jamais|nul|ni|non|sans)\b", re.IGNORECASE),
    "es": NEGATED["es"],
}
# What no reserve of the language comes without, in lower case: `rai` for every conditional.
_RESERVED = {
    "fr": ("rai", "selon", "après", "sembl", "prétendu", "présumé", "soi-disant", "peut-être", "probable", "vraisem",
           "apparemment", "paraît-il", "supposé"),
}  # fmt: skip


@lru_cache(maxsize=REMEMBERED_TEXTS)
def negation(text: str, language: str) -> str:
    """Return the first negation of a text."""
    if language not in NEGATED or not _MAY_NEGATE[language].search(text):
        return ""
    negated = NEGATED[language].search(text)
    return negated[0] if negated else ""


@lru_cache(maxsize=REMEMBERED_TEXTS)
def reserve(text: str, language: str) -> str:
    """Return the first reserve of a text."""
    lower = text.lower()
    if language not in HEDGED or not any(part in lower for part in _RESERVED.get(language, ("",))):
        return ""
    return next((match["reserve"] for match in HEDGED[language].finditer(text) if match["reserve"]), "")


@cache
def function(language: str) -> frozenset[str]:
    """Return short words of the language: one of them in a translation shows that a stretch was left standing."""
    return frozenset(_words(f"function_{language}.txt"))


def is_cognate(word: str, source: str, target: str) -> bool:
    """Tell whether a word in lower case is spelt alike in both languages: a translation may well keep it."""
    alike = _ALIKE.get((source, target))
    return word in _cognates(source, target) or bool(alike and alike.fullmatch(word))


# extraction, tensions: a French word in -ion without an accent is an English one, with too few exceptions to list.
_ALIKE = {("fr", "en"): re.compile(r"[a-z]{2,}[st]ions?")}


@cache
def _cognates(source: str, target: str) -> frozenset[str]:
    return frozenset(_words(f"cognates_{source}_{target}.txt"))


@cache
def capitalised(language: str) -> frozenset[str]:
    """Return plain words that names of bodies and offices write with a capital: Conseil, Cour; and articles: La."""
    return frozenset(_words(f"capitalised_{language}.txt")) | function(language)


@cache
def titles(language: str) -> frozenset[str]:
    """Return those of them behind which a person's name stands: Presidente."""
    return frozenset(_words(f"titles_{language}.txt"))


@cache
def other_english() -> frozenset[str]:
    """Return English words that the lexicon lacks: without them a rare word (`footpaths`) looks like none."""
    return frozenset(_words("english.txt"))


@cache
def common(language: str) -> frozenset[str]:
    """Return words that say nothing by themselves."""
    return frozenset(_words(f"common_{language}.txt"))


@cache
def exonyms(source: str, target: str) -> dict[str, tuple[str, ...]]:
    """Return what the target language calls places and bodies that it names differently."""
    entries = [line.partition(" = ") for line in lines(f"exonyms_{source}_{target}.txt")]
    return {name: tuple(other.strip() for other in others.split(",")) for name, _, others in entries}


def _words(name: str) -> list[str]:
    return [word for line in lines(name) for word in line.split()]


def lines(name: str) -> list[str]:
    """Return the lines of a word list of this package, without its comments; none where there is no such list."""
    path = files("annotator.translation") / "data" / name
    if not path.is_file():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
