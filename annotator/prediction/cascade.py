"""What the cues suggest, weighed by what the encoder's heads say; and what the heads suggest where there are no cues.

Every number here is a share of right suggestions on real sentences of two kinds: the thousand of `tests/gold_real`,
with the cues as they were before anybody tuned them on these, and the English ones of NewsSD, with heads that had not
seen the sentence. What the cues call unsourced for want of a source (629 and 415 sentences) is so .86 of the time, and
objective .85, where the head finds less than .5 of subjectivity; from .7 on it is an opinion .58 of the time, and
subjective .73. Between, nobody can tell, but up to .6 units with a date, a number or an event are mostly none yet
(.73 and .63).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from annotator.labels import Label
from annotator.models import BlockKind, Cue, Unit
from annotator.prediction.decision import Rule
from annotator.prediction.heads import Said

NO_SOURCE = "no source named"
"""The rules that the cues fall back on: so they call what they know nothing of."""
_UNSURE, _TOO_UNSURE, _SUBJECTIVE, _SURELY = 0.5, 0.6, 0.7, 0.8
_CLEAR, _CHECKABLE = 0.75, 0.8
"""The score from which words of judgement are not asked about, and that of a rule that found something to check."""
_SOURCED, _PERHAPS_SOURCED = 0.8, 0.5
_FACT = 0.3
_COIN, _WORSE = 0.5, 0.4
_QUOTES = re.compile('[«»‹›“”„‟"「」『』]')

JUDGED = "reads like an opinion to a model of subjectivity"
STATED = "reads like a statement of fact to a model of subjectivity"
REPORTED = "reads like reported words to a model of attribution"
NO_CUES = "no cue words of this language are known"


class Verdict(NamedTuple):
    """A label with its score, and the reasons that the heads give; none where those of the cues hold."""

    label: Label
    score: float
    reasons: tuple[str, ...] = ()


def weighed(rule: Rule, said: Said) -> Verdict:
    """Return what is suggested for a unit for which the cues decided by a rule that is weighed."""
    chance = said.subjective
    if rule.label is Label.OPINION:
        return Verdict(rule.label, _judged_score(rule, chance))
    if chance >= _SUBJECTIVE:
        return Verdict(Label.OPINION, _opinion_score(chance), (_reads_like(JUDGED, chance),))
    return Verdict(rule.label, _unsourced_score(rule, chance))


def is_weighed(rule: Rule) -> bool:
    """Tell whether what the heads say may change a suggestion.

    A source, a figure of speech and words that judge stand in the unit. A date or a number does too: where the head
    calls such a unit subjective, the cues were right as often.
    """
    if rule.label is Label.UNSOURCED and rule.name == NO_SOURCE:
        return "date" not in rule.reason_families
    return rule.label is Label.OPINION and _UNSURE < rule.score < _CLEAR


def without_cues(unit: Unit, said: Said) -> Verdict | None:
    """Return what is suggested in a language without cues; nothing where the heads know too little.

    They never suggest rhetoric, and nothing for a post, a question or what holds a quotation that is not surely
    sourced: what a quotation says may be anybody's opinion.
    """
    if unit.block is BlockKind.POST:
        return None
    if said.sourced >= _SOURCED:
        return Verdict(Label.SOURCED, 0.75, (_reads_like(REPORTED, said.sourced), NO_CUES))
    if unit.text.rstrip(' "»”’').endswith(("?", "？")) or _QUOTES.search(unit.text):
        return None
    if said.subjective >= _SUBJECTIVE:
        return Verdict(Label.OPINION, _opinion_score(said.subjective), (_reads_like(JUDGED, said.subjective), NO_CUES))
    if said.subjective < _UNSURE and said.sourced < _PERHAPS_SOURCED:
        score = 0.8 if said.subjective < _FACT else 0.7
        return Verdict(Label.UNSOURCED, score, (_reads_like(STATED, 1 - said.subjective), NO_CUES))
    return None


def _unsourced_score(rule: Rule, chance: float) -> float:
    if chance < _UNSURE:
        return max(rule.score, 0.7)
    return 0.75 if chance < _TOO_UNSURE and rule.score >= _CHECKABLE else _COIN


def _judged_score(rule: Rule, chance: float) -> float:
    """Of 67 sentences with weaker words of judgement that the head finds subjective .81 were opinions.

    Of those that it does not, 10 of 27 were where the cues had not been tuned on them, and 5 of 10 in NewsSD.
    """
    if chance >= _TOO_UNSURE:
        return max(rule.score, 0.8)
    if chance >= _UNSURE:
        return rule.score
    return _WORSE


def _opinion_score(chance: float) -> float:
    """Of 76 sentences .62 were opinions, of 47 that the head was surer of .81; few of these are from real press."""
    return 0.75 if chance >= _SURELY else 0.62


def _reads_like(what: str, chance: float) -> str:
    return f"{what} ({chance:.0%})"


def as_cues(reasons: tuple[str, ...]) -> tuple[Cue, ...]:
    """Return reasons that no words of the unit carry."""
    return tuple(Cue(start=0, end=0, name=reason, text="") for reason in reasons)
