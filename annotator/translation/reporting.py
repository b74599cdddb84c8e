"""Who said it: the formulas of the press that say so, set in English before a rule-based engine can garble them.

Apertium's way through Spanish makes ", a-t-il déclaré" into ", hadeclarado" or leaves out who spoke, and whether a
claim has a source hangs on these words. The formula becomes a mark, so that the engine works around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from annotator.translation import vocabulary

VERSION = "1"

_SUBJECTS = {"il": "he", "elle": "she", "ils": "they", "elles": "they", "on": "they", "nous": "we", "je": "I",
             "j": "I"}  # fmt: skip
_ACCORDING = {"lui": "according to him", "elle": "according to her", "eux": "according to them",
              "elles": "according to them", "vous": "according to you", "nous": "in our view",
              "moi": "in my view"}  # fmt: skip
_HEARERS = {"me": "me", "m": "me", "nous": "us", "vous": "you", "lui": "him", "leur": "them"}
_AVOIR = {"a": "", "ont": "", "ai": "", "avons": "", "avait": "had", "avaient": "had", "aurait": "reportedly",
          "auraient": "reportedly"}  # fmt: skip
_ETRE = {"est": "", "sont": "", "était": "had", "étaient": "had", "serait": "reportedly", "seraient": "reportedly"}
_ADVERBS = {"également": "also", "aussi": "also", "encore": "also", "par ailleurs": "also", "ensuite": "then",
            "alors": "then", "enfin": "finally", "notamment": "notably", "toutefois": "however",
            "cependant": "however", "récemment": "recently", "déjà": "already"}  # fmt: skip
_TELL = {"say": "tell", "says": "tells", "said": "told"}
_TAKES_HEARER = frozenset(("ask", "warn", "promise"))
"""English verbs whose hearer follows without "to"."""
# "la demande que", "ne dit que" are no formulas.
_NO_VERB_FOLLOWS = re.compile(
    r"\b(?:l[ae]s?|l|une?|des?|du|d|ce|cet|cette|ces|son|sa|ses|leurs?|mon|ma|notre|toute|chaque|ne|n)\b['’]?\s?$",
    re.IGNORECASE,
)

_PRONOUN = r"(?P<pronoun>(?:(?:me|se|nous|vous|lui|leur)\s|[ms]['’])?)"
_ADVERB = rf"(?:(?P<adverb>{'|'.join(_ADVERBS)})\s)?"
_AUXILIARY = rf"(?P<auxiliary>{'|'.join((*_AVOIR, *_ETRE))})"
# "a-t-il", and as many people write it, "a t-il", "a-t'il".
_INVERTED = r"(?:[-\s]t[-'’]|-)(?P<subject>ils?|elles?|on|nous|je)\b"
_CLOSED = r"[»”\"]\s?[,–—]?\s*"
_PAUSE = r"(?:[,!?…–—(]|\s--?)\s*"
# A speaker follows, or the words to whom or when it was said.
_NAMED = (
    r"(?=\s(?:(?:l[ae]|les|une?|des|s(?:on|a|es)|leurs?|ce(?:t|tte)?|notre|MM?\.|Mme|hier|dans|à|aux?)\s|l['’]"
    r"|(?-i:[A-ZÉÈÎÀ])))"
)
_WHEN = r"(?:\s(?:hier|ce|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s(?:matin|soir|midi))?)?"
_THAT = rf"(?={_WHEN}(?:\sque\b|\squ['’]|\s?:\s?[«“\"]|\s[«“\"]))"
_SUBJECT = r"(?:(?P<subject>ils?|elles?|on|nous|je)\s|(?P<elided>j)['’])?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:{_CLOSED}|{_PAUSE})(?P<formula>{_PRONOUN}{_AUXILIARY}{_INVERTED}\s{_ADVERB}(?P<verb>\w+))",
        rf"(?:{_CLOSED}|{_PAUSE})(?P<formula>{_PRONOUN}(?P<verb>\w+){_INVERTED})",
        rf"{_CLOSED}(?P<formula>{_PRONOUN}{_AUXILIARY}\s{_ADVERB}(?P<verb>\w+)){_NAMED}",
        rf"{_CLOSED}(?P<formula>{_PRONOUN}(?P<verb>\w+)){_NAMED}",
        rf"(?P<loose>{_PAUSE})(?P<formula>{_PRONOUN}{_AUXILIARY}\s{_ADVERB}(?P<verb>\w+)){_NAMED}",
        rf"(?P<loose>{_PAUSE})(?P<formula>{_PRONOUN}(?P<verb>\w+)){_NAMED}",
        rf"\b(?P<formula>{_SUBJECT}{_PRONOUN}{_AUXILIARY}\s{_ADVERB}(?P<verb>\w+)){_THAT}",
        rf"\b(?P<formula>{_SUBJECT}{_PRONOUN}(?P<verb>\w+)){_THAT}",
        r"\b(?P<formula>(?:selon|d['’]après)\s(?P<person>lui|elles?|eux|nous|vous|moi))\b(?!-)",
    )
)


@dataclass(frozen=True)
class Verb:
    """A form of a French verb of saying, in English."""

    base: str
    past: str
    tense: str
    """`participle`, `singular`, `plural` or `past`."""
    is_reflexive: bool
    is_loose: bool
    """Without a quotation before it or a pronoun it may well report nothing."""
    done: str
    """Its English participle."""

    def in_english(self, subject: str) -> str:
        """Return the form that goes with the pronoun, or with nothing where the speaker is named."""
        if self.tense in ("participle", "past"):
            return self.past
        return self.base if self.tense == "plural" or subject in ("I", "we", "they") else third_person(self.base)


def set_phrases(text: str, pair: tuple[str, str]) -> list[tuple[int, int, str]]:
    """Return start, end and translation of the formulas in the text, in order; none for a pair without a table."""
    found: list[tuple[int, int, str]] = []
    for pattern in _PATTERNS if pair == ("fr", "en") else ():
        for match in pattern.finditer(text):
            start, end = match.span("formula")
            if all(end <= other[0] or other[1] <= start for other in found) and (english := _in_english(match)):
                found.append((start, end, english[0].upper() + english[1:] if text[start].isupper() else english))
    return sorted(found)


def third_person(base: str) -> str:
    """Return `says`, `stresses`, `replies`, `sums up`."""
    verb, blank, particle = base.partition(" ")
    if re.search(r"[^aeiou]y$", verb):
        verb = verb[:-1] + "ie"
    elif re.search(r"(?:s|x|ch|sh)$", verb):
        verb += "e"
    return f"{verb}s{blank}{particle}"


def _in_english(match: re.Match[str]) -> str:
    """Return `he also told them`, `said`, `according to her`; nothing where the words only look like a formula."""
    parts = {name: re.sub(r"['’]|\s$", "", value or "").lower() for name, value in match.groupdict().items()}
    if "person" in parts:
        return _ACCORDING[parts["person"]]
    subject = _SUBJECTS.get(parts.get("subject") or parts.get("elided", ""), "")
    verb = _verb_of(parts, subject)
    if verb is None or ("loose" in parts and verb.is_loose):
        return ""
    if "elided" in parts and not subject and not parts.get("auxiliary") and not _is_finite(match):
        return ""
    adverb = _ADVERBS.get(parts.get("adverb", ""), "")
    helper = (_AVOIR | _ETRE).get(parts.get("auxiliary", ""), "")
    english = verb.done if helper else verb.in_english(subject)
    words = (subject, helper, adverb, _with_hearer(verb.base, english, _HEARERS.get(parts["pronoun"])))
    return " ".join(filter(None, words))


def _verb_of(parts: dict[str, str], subject: str) -> Verb | None:
    """Return the verb that the words form, none where they do not fit together (`nous rappelle`, `je me rappelle`)."""
    auxiliary, pronoun = parts.get("auxiliary", ""), parts["pronoun"]
    is_reflexive = pronoun in ("se", "s")
    if (subject == "we") != (auxiliary == "avons") or (subject == "I" and _HEARERS.get(pronoun) == "me"):
        return None
    if auxiliary and auxiliary not in (_ETRE if is_reflexive else _AVOIR):
        return None
    fitting = (verb for verb in _verbs().get(parts["verb"], ()) if verb.is_reflexive == is_reflexive)
    return next((verb for verb in fitting if (verb.tense == "participle") == bool(auxiliary)), None)


def _is_finite(match: re.Match[str]) -> bool:
    """Tell whether a form on its own is a verb here: neither a participle (`dit`) nor a noun (`la demande que`)."""
    may_be_participle = any(verb.tense == "participle" for verb in _verbs()[match["verb"].lower()])
    return not may_be_participle and not _NO_VERB_FOLLOWS.search(match.string[: match.start("formula")])


def _with_hearer(base: str, english: str, hearer: str | None) -> str:
    """Return `told him`, `asked him`, `explained to him`, or the verb alone."""
    if not hearer:
        return english
    if base == "say":
        return f"{_TELL[english]} {hearer}"
    return f"{english} {hearer}" if base in _TAKES_HEARER else f"{english} to {hearer}"


@cache
def _verbs() -> dict[str, list[Verb]]:
    """Return the verbs by their French forms."""
    verbs: dict[str, list[Verb]] = {}
    for line in vocabulary.lines("reporting_fr_en.txt"):
        for form, verb in _conjugated(line):
            verbs.setdefault(form, []).append(verb)
    return verbs


def _conjugated(line: str) -> Iterator[tuple[str, Verb]]:
    """Yield the forms of a line of the table: `déclarer = say, said`, irregular ones behind semicolons."""
    french, _, rest = line.partition(" = ")
    infinitive = re.sub(r"^(?:se |s')|~$", "", french)
    is_reflexive, is_loose = french.startswith(("se ", "s'")), french.endswith("~")
    english, *irregular = rest.split("; ")
    base, past, *done = english.split(", ")
    participle, present, imperfect = irregular or _regular(infinitive.removesuffix("er"))
    singular = present.split(", ")[:-1]
    tenses = {"participle": [participle], "singular": singular, "plural": present.split(", ")[-1:],
              "past": imperfect.split(", ")}  # fmt: skip
    for tense, forms in tenses.items():
        verb = Verb(base, past, tense, is_reflexive, is_loose, done[0] if done else past)
        yield from ((form, verb) for form in forms)


def _regular(stem: str) -> tuple[str, str, str]:
    """Return participle, present and past of a verb in -er: `annoncer`, `juger`, `répéter`, `rappeler`."""
    soft = re.sub("c$", "ç", re.sub("g$", "ge", stem))
    stressed = re.sub("el$", "ell", re.sub(r"é([^aeiouéè]+)$", r"è\1", stem))
    return f"{stem}é", f"{stressed}e, {stressed}ent", f"{soft}ait, {soft}aient, {soft}a, {stem}èrent"
