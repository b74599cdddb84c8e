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
_PARTS = ",;:.!?…–—"
# Words up to which one figure makes a sentence figurative. Of the 321 French development units 11 loses two and 9 loses
# three; 18 and 25 change none.
_SENTENCE = 14


# Different words of an argument that make an opinion of a sentence without a name; one more where all only link ("but",
# "how", "can"). Of 75 real sentences with three two in three were opinions; of 21 with two of which one weighs 16, of
# 29 with two that link 9.
_ARGUMENT = 2
_LINKS = "words that link an argument"


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
    return features.has("idiom", "lens") or len(features.cues["figure"]) > 1


def _phrased(features: Features) -> bool:
    """Tell whether a figure has several words: single ones ("fuel", "dream") are mostly meant as they stand."""
    return any(" " in cue.text for cue in features.cues["figure"])


def _argues(features: Features) -> bool:
    """Tell whether so many words are those of an argument that it judges: more where it names somebody or an event."""
    found = features.cues["argument"]
    only_links = all(cue.name == _LINKS for cue in found)
    needed = _ARGUMENT + only_links + 2 * features.names + features.has("event")
    return len({cue.text.lower() for cue in found}) >= needed and not _dated(features)


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


def _opens(features: Features, family: str) -> bool:
    """Tell whether a cue stands where the unit or a part of it begins; inside a clause it is meant as it stands."""
    before = (features.folded[: cue.start].rstrip(" \"«“'") for cue in features.cues[family])
    return any(not text or text[-1] in _PARTS for text in before)


def _evaluates(features: Features) -> bool:
    """Tell whether an evaluative word carries the unit: in a report on somebody it is an adornment."""
    if not features.has("evaluation") or _dated(features):
        return False
    bare = features.words <= _SENTENCE and (not features.names or _opens(features, "evaluation"))
    return bare or len(features.cues["argument"]) > features.names


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
        0.85,
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
    Rule("statement", Label.SOURCED, 0.65, lambda features: _leads(features, "statement", "judgement"), ("statement",)),
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
        lambda features: features.has("call") and not _dated(features),
        ("call",),
    ),
    Rule("judgement", Label.OPINION, 0.8, lambda features: features.has("judgement"), ("judgement", "evaluation")),
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
        0.75,
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
    Rule("first person", Label.OPINION, 0.5, lambda features: features.has("voice"), ("voice",)),
    Rule(
        "framing",
        Label.RHETORIC,
        0.75,
        lambda features: _opens(features, "frame") and not _dated(features) and not features.has("event"),
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
            features.ending == "!" and not features.has("number") and features.has("idiom", "figure", "asks")
        ),
        ("idiom", "figure", "asks"),
    ),
    Rule(
        "left hanging",
        Label.RHETORIC,
        0.65,
        lambda features: (
            features.ending == "…"
            and (features.has("idiom", "figure") or features.words <= _SHORT)
            and not _dated(features)
            and features.verbless
        ),
        ("idiom", "figure"),
    ),
    Rule(
        "figures without a verb",
        Label.RHETORIC,
        0.7,
        lambda features: _figurative(features) and not _dated(features) and features.verbless,
        ("idiom", "figure"),
    ),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.65,
        lambda features: _only_a_figure(features) and (_figurative(features) or _phrased(features)),
        ("idiom", "figure"),
    ),
    Rule("figurative wording", Label.RHETORIC, 0.5, _only_a_figure, ("figure",)),
    Rule(
        "evaluation",
        Label.OPINION,
        0.75,
        _evaluates,
        ("evaluation",),
    ),
    Rule("no source named", Label.UNSOURCED, 0.9, _dated, ("number", "date")),
    Rule(
        "figurative wording",
        Label.RHETORIC,
        0.5,
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
