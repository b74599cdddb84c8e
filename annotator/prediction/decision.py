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
from annotator.prediction.features import NAME, Features

_MOST_REASONS = 3
# Words. From 7 to 12 the labelled units come out the same; 5 and 15 each lose one of the 174 held-out French ones.
_SHORT = 9
# Words up to which one figure makes a sentence figurative. Of the 321 French development units 11 loses two and 9 loses
# three; 18 and 25 change none.
_SENTENCE = 14


# Different words of an argument that make an opinion of a sentence without a name. In NewsSD's training articles 2 of 3
# such sentences are subjective, and 1 of 4 that have none.
_ARGUMENT = 2


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


def _asks(features: Features) -> bool:
    return features.ending == "?" and not _is_speech(features)


def _is_speech(features: Features) -> bool:
    return features.in_quotation or features.speech


def _attributed(features: Features) -> bool:
    return features.has("source", "document", "act", "self")


def _leads(features: Features, family: str, other: str) -> bool:
    """Tell whether the first cue of a family stands before any of the other: the main clause mostly comes first."""
    cues, rivals = features.cues[family], features.cues[other]
    return bool(cues) and (not rivals or min(c.start for c in cues) <= min(c.start for c in rivals))


def _dated(features: Features) -> bool:
    return features.has("number", "date")


def _counts(features: Features) -> bool:
    """Tell whether it gives a number that is no year: a year beside a judgement makes no fact of it."""
    return features.has("number") and not (features.years_only and _in_digits(features))


def _in_digits(features: Features) -> bool:
    return all(any(map(str.isdigit, cue.text)) for cue in features.cues["number"])


def _only_a_figure(features: Features) -> bool:
    """Tell whether a short unit is a figure, with no date and no number in digits ("five hours of paradise")."""
    alone = features.has("figure") and not features.names and not features.has("event", "evaluation", "predicate")
    if not (alone or _figurative(features)) or features.block is BlockKind.TITLE:
        return False
    digits = any(char.isdigit() for cue in features.cues["number"] for char in cue.text)
    return features.words <= _SHORT and not digits and not features.has("date")


def _figurative(features: Features) -> bool:
    """Tell whether figures carry the unit: a set phrase or two figures. One alone is mostly meant as it stands."""
    return features.has("idiom", "lens", "frame") or len(features.cues["figure"]) > 1


def _argues(features: Features) -> bool:
    """Tell whether so many words are those of an argument that it judges: more where it names somebody or an event."""
    needed = _ARGUMENT + 2 * features.names + features.has("event")
    return len({cue.text.lower() for cue in features.cues["argument"]}) >= needed and not _dated(features)


def _bare(features: Features) -> bool:
    """Tell whether a short sentence names nobody and nothing that could be looked up."""
    return (
        features.block is BlockKind.PARAGRAPH
        and not features.names
        and not features.has("actor")
        and features.words <= _SHORT
    )


def _indignant(features: Features) -> bool:
    if not features.has("evaluation") or _dated(features):
        return False
    return features.ending == "!" or (not features.has("idiom", "figure") and features.verbless)


def _mocks(features: Features) -> bool:
    """Tell whether a post only mocks, asks or shouts."""
    loud = features.ending in {"?", "!", "…"} or features.has("lens", "frame", "idiom", "figure") or features.verbless
    return loud and not _attributed(features) and not _dated(features)


RULES: tuple[Rule, ...] = (
    Rule(
        "mockery or slogan in a post",
        Label.RHETORIC,
        0.8,
        lambda features: features.block is BlockKind.POST and _mocks(features),
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
        lambda features: _asks(features) and features.has("how") and features.has("number"),
        ("number", "how"),
    ),
    Rule(
        "question that expects no answer",
        Label.RHETORIC,
        0.8,
        lambda features: _asks(features) and features.has("asks", "lens", "frame", "evaluation"),
        ("asks", "lens", "frame", "evaluation"),
    ),
    Rule("question, perhaps not a unit", Label.RHETORIC, 0.4, _asks),
    Rule(
        "perhaps not a unit",
        Label.RHETORIC,
        0.3,
        lambda features: features.has("credit") and features.words <= _SENTENCE,
        ("credit",),
    ),
    Rule(
        "source not identifiable",
        Label.UNSOURCED,
        0.8,
        lambda features: _leads(features, "empty", "source"),
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
    Rule("quoted speech", Label.SOURCED, 0.8, _is_speech, ("statement",)),
    Rule(
        "document or act of a body",
        Label.SOURCED,
        0.75,
        lambda features: features.has("document", "act", "self"),
        ("document", "act", "self"),
    ),
    Rule("statement", Label.SOURCED, 0.6, lambda features: _leads(features, "statement", "judgement"), ("statement",)),
    Rule("list under a sourced lead-in", Label.SOURCED, 0.85, lambda features: features.under_sourced),
    Rule("true or false", Label.UNSOURCED, 0.7, lambda features: features.has("truth"), ("truth",)),
    Rule(
        "comparison",
        Label.RHETORIC,
        0.8,
        lambda features: features.has("lens") and not features.has("number"),
        ("lens", "figure"),
    ),
    Rule("judgement", Label.OPINION, 0.75, lambda features: features.has("judgement"), ("judgement", "evaluation")),
    Rule(
        "teasing headline",
        Label.RHETORIC,
        0.8,
        lambda features: features.block is BlockKind.TITLE and features.has("teaser") and not _dated(features),
        ("teaser",),
    ),
    Rule(
        "judging predicate",
        Label.OPINION,
        0.7,
        lambda features: features.has("predicate", "stance") and not _counts(features),
        ("stance", "predicate", "evaluation"),
    ),
    Rule(
        "forecast",
        Label.OPINION,
        0.7,
        lambda features: features.has("forecast") and not _counts(features),
        ("forecast",),
    ),
    Rule("first person", Label.OPINION, 0.65, lambda features: features.has("voice"), ("voice",)),
    Rule(
        "framing",
        Label.RHETORIC,
        0.75,
        lambda features: features.has("frame") and not _dated(features),
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
        0.75,
        lambda features: (
            features.ending == "!"
            and not features.has("number")
            and (features.has("idiom", "figure") or (features.words <= _SHORT and features.verbless))
        ),
        ("idiom", "figure"),
    ),
    Rule(
        "left hanging",
        Label.RHETORIC,
        0.65,
        lambda features: features.ending == "…" and not _dated(features) and features.verbless,
        ("figure",),
    ),
    Rule(
        "figures without a verb",
        Label.RHETORIC,
        0.7,
        lambda features: _figurative(features) and not _dated(features) and features.verbless,
        ("idiom", "figure"),
    ),
    Rule("figurative wording", Label.RHETORIC, 0.65, _only_a_figure, ("idiom", "figure")),
    Rule(
        "evaluation",
        Label.OPINION,
        0.65,
        lambda features: features.has("evaluation") and not _dated(features),
        ("evaluation",),
    ),
    Rule("no source named", Label.UNSOURCED, 0.9, _dated, ("number", "date")),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.62,
        lambda features: _figurative(features) and features.words <= _SENTENCE,
        ("idiom", "figure"),
    ),
    Rule("words of an argument", Label.OPINION, 0.62, _argues, ("argument",)),
    Rule("no source named", Label.UNSOURCED, 0.88, lambda features: features.has("event", "hedge"), ("event", "hedge")),
    Rule(
        "perhaps not a unit",
        Label.RHETORIC,
        0.3,
        lambda features: features.block is not BlockKind.TITLE and features.verbless,
    ),
    Rule("short and bare", Label.RHETORIC, 0.4, _bare),
    Rule(
        "no source named",
        Label.UNSOURCED,
        0.86,
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
