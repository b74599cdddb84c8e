"""From signs to a suggestion: the guidelines' decision order as one list of rules, the first that fits decides.

A rule's score is the share of right suggestions to expect of it: what it reached on the labelled articles of
`tests/gates`, drawn down towards what its kind reached on articles scored before any cue was changed for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotator.labels import Label
from annotator.models import BlockKind, Cue
from annotator.prediction.signs import QUOTED_SPEECH, Signs

_MOST_REASONS = 3
_SHORT = 9
_SENTENCE = 14


@dataclass(frozen=True)
class Rule:
    """One step of the decision. `because` names the families whose cues are the reasons."""

    name: str
    label: Label
    score: float
    fits: Callable[[Signs], bool]
    because: tuple[str, ...] = ()


def decide(signs: Signs) -> Rule:
    """Return the first rule that fits; the last one always does."""
    return next(rule for rule in RULES if rule.fits(signs))


def reasons(rule: Rule, signs: Signs) -> tuple[Cue, ...]:
    """Return the words that led to the suggestion, in the order of the families.

    A reason that no words of the unit carry ("no source named") is a cue with the span 0-0 and an empty text.
    """
    found = [cue for family in rule.because for cue in signs.cues.get(family, ())]
    spoken = () if found and rule.label is not Label.UNSOURCED else (Cue(start=0, end=0, name=rule.name, text=""),)
    return (*spoken, *found)[:_MOST_REASONS]


def _asks(signs: Signs) -> bool:
    return signs.ending == "?" and not _speech(signs)


def _speech(signs: Signs) -> bool:
    return signs.in_quotation or signs.quoted_words >= QUOTED_SPEECH


def _attributed(signs: Signs) -> bool:
    return signs.has("source", "document", "act", "self")


def _leads(signs: Signs, family: str, other: str) -> bool:
    """Tell whether the first cue of a family stands before any of the other: the main clause mostly comes first."""
    found, rivals = signs.cues.get(family, ()), signs.cues.get(other, ())
    return bool(found) and (not rivals or min(c.start for c in found) < min(c.start for c in rivals))


def _dated(signs: Signs) -> bool:
    return signs.has("number", "date")


def _only_a_figure(signs: Signs) -> bool:
    """Tell whether a short unit is a figure, with no date and no number in digits ("five hours of paradise")."""
    digits = any(char.isdigit() for cue in signs.cues.get("number", ()) for char in cue.text)
    short = signs.words <= _SHORT and signs.block is not BlockKind.TITLE
    return short and signs.has("figure", "idiom") and not digits and not signs.has("date")


def _bare(signs: Signs) -> bool:
    """Tell whether a short sentence names nobody and nothing that could be looked up."""
    return signs.words <= _SHORT and signs.block is BlockKind.PARAGRAPH and not signs.names and not signs.has("actor")


def _indignant(signs: Signs) -> bool:
    loud = signs.ending == "!" or (signs.verbless and not signs.has("idiom", "figure"))
    return loud and signs.has("evaluation") and not _dated(signs)


def _mocks(signs: Signs) -> bool:
    """Tell whether a post only mocks, asks or shouts."""
    loud = signs.ending in {"?", "!", "…"} or signs.has("lens", "frame", "idiom", "figure") or signs.verbless
    return loud and not _attributed(signs) and not _dated(signs)


RULES: tuple[Rule, ...] = (
    Rule(
        "mockery or slogan in a post",
        Label.RHETORIC,
        0.8,
        lambda signs: signs.block is BlockKind.POST and _mocks(signs),
        ("lens", "frame", "idiom", "figure"),
    ),
    Rule(
        "post with its author as source",
        Label.SOURCED,
        0.85,
        lambda signs: signs.block is BlockKind.POST,
        ("source", "document", "act"),
    ),
    Rule(
        "question that takes a figure for granted",
        Label.UNSOURCED,
        0.7,
        lambda signs: _asks(signs) and signs.has("how") and signs.has("number"),
        ("number", "how"),
    ),
    Rule("question", Label.RHETORIC, 0.95, _asks, ("how", "lens", "frame")),
    Rule(
        "source named",
        Label.SOURCED,
        0.9,
        lambda signs: signs.has("source"),
        ("source",),
    ),
    Rule("quoted speech", Label.SOURCED, 0.9, _speech, ("statement",)),
    Rule("source not identifiable", Label.UNSOURCED, 0.9, lambda signs: signs.has("empty"), ("empty",)),
    Rule(
        "document or act of a body",
        Label.SOURCED,
        0.9,
        lambda signs: signs.has("document", "act", "self"),
        ("document", "act", "self"),
    ),
    Rule("statement", Label.SOURCED, 0.8, lambda signs: _leads(signs, "statement", "judgement"), ("statement",)),
    Rule("list under a sourced lead-in", Label.SOURCED, 0.85, lambda signs: signs.under_sourced),
    Rule("true or false", Label.UNSOURCED, 0.8, lambda signs: signs.has("truth"), ("truth",)),
    Rule(
        "comparison",
        Label.RHETORIC,
        0.85,
        lambda signs: signs.has("lens") and not signs.has("number"),
        ("lens", "figure"),
    ),
    Rule("judgement", Label.OPINION, 0.85, lambda signs: signs.has("judgement"), ("judgement", "evaluation")),
    Rule(
        "teasing headline",
        Label.RHETORIC,
        0.8,
        lambda signs: signs.block is BlockKind.TITLE and signs.has("teaser") and not _dated(signs),
        ("teaser",),
    ),
    Rule(
        "judging predicate",
        Label.OPINION,
        0.75,
        lambda signs: signs.has("predicate", "stance") and not signs.has("number"),
        ("stance", "predicate", "evaluation"),
    ),
    Rule(
        "forecast",
        Label.OPINION,
        0.7,
        lambda signs: signs.has("forecast") and not signs.has("number"),
        ("forecast",),
    ),
    Rule("first person", Label.OPINION, 0.7, lambda signs: signs.has("voice"), ("voice",)),
    Rule(
        "framing",
        Label.RHETORIC,
        0.85,
        lambda signs: signs.has("frame") and not _dated(signs),
        ("frame", "idiom", "figure"),
    ),
    Rule(
        "indignation",
        Label.OPINION,
        0.7,
        _indignant,
        ("evaluation",),
    ),
    Rule(
        "exclamation",
        Label.RHETORIC,
        0.8,
        lambda signs: signs.ending == "!" and not signs.has("number"),
        ("figure",),
    ),
    Rule(
        "left hanging",
        Label.RHETORIC,
        0.8,
        lambda signs: signs.ending == "…" and not _dated(signs),
        ("figure",),
    ),
    Rule(
        "no verb",
        Label.RHETORIC,
        0.75,
        lambda signs: signs.verbless and signs.block is not BlockKind.TITLE and not _dated(signs),
        ("figure",),
    ),
    Rule("figurative wording", Label.RHETORIC, 0.7, _only_a_figure, ("idiom", "figure")),
    Rule(
        "evaluation",
        Label.OPINION,
        0.7,
        lambda signs: signs.has("evaluation") and not _dated(signs),
        ("evaluation",),
    ),
    Rule("no source named", Label.UNSOURCED, 0.8, _dated, ("number", "date")),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.65,
        lambda signs: signs.has("idiom") or (signs.has("figure") and signs.words <= _SENTENCE),
        ("idiom", "figure"),
    ),
    Rule("no source named", Label.UNSOURCED, 0.75, lambda signs: signs.has("event", "hedge"), ("event", "hedge")),
    Rule("short and bare", Label.RHETORIC, 0.45, _bare),
    Rule("no source named", Label.UNSOURCED, 0.55, lambda _: True),
)
