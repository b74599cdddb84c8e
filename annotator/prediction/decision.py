"""From features to a prediction: the guidelines' decision order as one list of rules, the first that fits decides.

A rule's score is the share of right predictions to expect of it: what it reached on the real sentences of
`tests/gold_real`, in three languages. A rule that was right less than half the time there scores below every sensible
`min_score`: it says what a unit looks like, and suggests nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from annotator.labels import Label
from annotator.models import BlockKind, Cue
from annotator.prediction.conditions import (
    SENTENCE,
    SHORT,
    argues,
    asks,
    bare,
    counts,
    crowded,
    dated,
    evaluates,
    expects_no_answer,
    figurative,
    indignant,
    is_speech,
    leads,
    mocks,
    only_a_figure,
    opens,
    phrased,
)
from annotator.prediction.features import NAME, QUOTATION, Features

_MOST_REASONS = 3


@dataclass(frozen=True)
class Rule:
    """One step of the decision. `reason_families` are the cue families whose cues are the reasons, first ones first."""

    name: str
    label: Label
    score: float
    fits: Callable[[Features], bool]
    reason_families: tuple[str, ...] = ()


def decide(features: Features) -> Rule:
    """Return the first rule that fits; the last one always does."""
    return next(rule for rule in RULES if rule.fits(features))


def reasons(rule: Rule, features: Features) -> tuple[Cue, ...]:
    """Return the words that led to the prediction, in the order of the families.

    A reason that no words of the unit carry ("no source named") is a cue with the span 0-0 and an empty text.
    """
    found = (words for family in rule.reason_families for words in features.cues[family])
    family_cues = [Cue(**words._asdict()) for words in islice(found, _MOST_REASONS)]
    if family_cues and rule.label is not Label.UNSOURCED:
        return tuple(family_cues)
    return (Cue(start=0, end=0, name=rule.name, text=""), *family_cues)[:_MOST_REASONS]


RULES: tuple[Rule, ...] = (
    Rule(
        "mockery or slogan in a post",
        Label.RHETORIC,
        0.8,
        lambda features: features.block is BlockKind.POST and mocks(features),
        ("lens", "frame", "idiom", "figure"),
    ),
    Rule(
        "post with its author as source",
        Label.SOURCED,
        0.85,
        lambda features: features.block is BlockKind.POST,
        ("source", "document", "act"),
    ),
    Rule(
        "question that takes a figure for granted",
        Label.UNSOURCED,
        0.7,
        lambda features: asks(features) and features.has("how") and features.has("number"),
        ("number", "how"),
    ),
    Rule(
        "question that expects no answer",
        Label.RHETORIC,
        0.85,
        expects_no_answer,
        ("asks", "lens", "frame", "evaluation"),
    ),
    Rule("question, perhaps not a unit", Label.RHETORIC, 0.4, asks),
    Rule(
        "perhaps not a unit",
        Label.RHETORIC,
        0.3,
        lambda features: features.has("credit") and features.words <= SENTENCE,
        ("credit",),
    ),
    Rule(
        "source not identifiable",
        Label.UNSOURCED,
        0.8,
        lambda features: leads(features, "empty", "source"),
        ("empty",),
    ),
    Rule(
        "source named",
        Label.SOURCED,
        0.85,
        lambda features: features.has("source"),
        ("source",),
    ),
    Rule("source not identifiable", Label.UNSOURCED, 0.8, lambda features: features.has("empty"), ("empty",)),
    Rule("quoted speech", Label.SOURCED, 0.8, is_speech, ("statement", QUOTATION)),
    Rule(
        "document or act of a body",
        Label.SOURCED,
        0.75,
        lambda features: features.has("document", "act", "self"),
        ("document", "act", "self"),
    ),
    Rule("statement", Label.SOURCED, 0.65, lambda features: leads(features, "statement", "judgement"), ("statement",)),
    Rule("list under a sourced lead-in", Label.SOURCED, 0.85, lambda features: features.under_sourced),
    Rule("true or false", Label.UNSOURCED, 0.7, lambda features: features.has("truth"), ("truth",)),
    Rule(
        "comparison",
        Label.RHETORIC,
        0.8,
        lambda features: features.has("lens") and not features.has("number"),
        ("lens", "figure"),
    ),
    Rule(
        "call to the reader",
        Label.RHETORIC,
        0.85,
        lambda features: features.has("call") and features.ending != "?" and not dated(features),
        ("call",),
    ),
    Rule("judgement", Label.OPINION, 0.8, lambda features: features.has("judgement"), ("judgement", "evaluation")),
    Rule(
        "teasing headline",
        Label.RHETORIC,
        0.8,
        lambda features: features.block is BlockKind.TITLE and features.has("teaser") and not dated(features),
        ("teaser",),
    ),
    Rule(
        "judging predicate",
        Label.OPINION,
        0.75,
        lambda features: features.has("predicate", "stance") and not counts(features),
        ("stance", "predicate", "evaluation"),
    ),
    Rule(
        "forecast",
        Label.OPINION,
        0.7,
        lambda features: features.has("forecast") and not counts(features),
        ("forecast",),
    ),
    Rule("first person", Label.OPINION, 0.5, lambda features: features.has("voice"), ("voice",)),
    Rule(
        "framing",
        Label.RHETORIC,
        0.75,
        lambda features: opens(features, "frame") and not dated(features) and not features.has("event"),
        ("frame", "idiom", "figure"),
    ),
    Rule(
        "indignation",
        Label.OPINION,
        0.7,
        indignant,
        ("evaluation",),
    ),
    Rule(
        "exclamation",
        Label.RHETORIC,
        0.75,
        lambda features: (
            features.ending == "!"
            and not features.has("number")
            and (features.has("idiom", "figure") or opens(features, "asks"))
        ),
        ("idiom", "figure", "asks"),
    ),
    Rule(
        "left hanging",
        Label.RHETORIC,
        0.65,
        lambda features: (
            features.ending == "…"
            and (features.has("idiom", "figure") or features.words <= SHORT)
            and not dated(features)
            and features.verbless
        ),
        ("idiom", "figure"),
    ),
    Rule(
        "figures without a verb",
        Label.RHETORIC,
        0.7,
        lambda features: figurative(features) and not dated(features) and features.verbless,
        ("idiom", "figure"),
    ),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.65,
        lambda features: crowded(features) or (only_a_figure(features) and (figurative(features) or phrased(features))),
        ("idiom", "figure"),
    ),
    Rule("figurative wording", Label.RHETORIC, 0.5, only_a_figure, ("figure",)),
    Rule(
        "evaluation",
        Label.OPINION,
        0.75,
        evaluates,
        ("evaluation",),
    ),
    Rule("no source named", Label.UNSOURCED, 0.9, dated, ("number", "date")),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.5,
        lambda features: figurative(features) and features.words <= SENTENCE,
        ("idiom", "figure"),
    ),
    Rule("words of an argument", Label.OPINION, 0.62, argues, ("argument",)),
    Rule("no source named", Label.UNSOURCED, 0.88, lambda features: features.has("event", "hedge"), ("event", "hedge")),
    Rule(
        "perhaps not a unit",
        Label.RHETORIC,
        0.3,
        lambda features: features.block is not BlockKind.TITLE and features.verbless,
    ),
    Rule("short and bare", Label.RHETORIC, 0.4, bare),
    Rule(
        "no source named",
        Label.UNSOURCED,
        0.9,
        lambda features: features.names and not features.has("argument"),
        ("actor", NAME),
    ),
    Rule(
        "no source named",
        Label.UNSOURCED,
        0.68,
        lambda features: features.names and len(features.cues["argument"]) == 1,
        ("actor", NAME),
    ),
    Rule("no source named", Label.UNSOURCED, 0.45, lambda _: True),
)
