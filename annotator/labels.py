"""The one label scheme: the four labels, the status beside them, the side marks, their keys and meaning.

The labelling form, the guidelines page, the schemas and every count are made from this file. The long form
of the definitions, with its boundary cases, is `annotator/guidelines/en.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GUIDELINES_VERSION = "1"


class Label(StrEnum):
    """What the text of a unit does, whatever its truth."""

    SOURCED = "sourced"
    UNSOURCED = "unsourced"
    OPINION = "opinion"
    RHETORIC = "rhetoric"


UNIT = "unit"
"""The text object of the form, on which every control works."""
CLAIM, MARKS, MENTIONS, COMMENT = "claim", "marks", "mentions", "comment"
"""The controls of the form: the label, the side marks, the words that name a source, a note."""
NOT_A_UNIT = "not a unit"
"""The fifth choice of the form: a status, never counted as a label."""


ANSWERS = (*map(str, Label), NOT_A_UNIT)
"""What somebody can say of a unit: a label, or that it is none."""


class Mark(StrEnum):
    """A side mark: it never replaces the label."""

    REPORTED_OPINION = "reported opinion"
    ALSO_RHETORICAL = "also rhetorical"
    ALSO_EVALUATIVE = "also evaluative"
    HEDGED = "hedged"
    ANONYMOUS_SOURCE = "anonymous source"
    SELF_SOURCE = "self-source"
    SOURCED_IN_BODY = "sourced in body"
    TRANSLATION_DOUBTFUL = "translation doubtful"
    BADLY_CUT = "badly cut"
    LOW_CONFIDENCE = "low confidence"


@dataclass(frozen=True)
class Choice:
    """One choice of the form: its stored value, its key, and the sentence shown when the pointer rests on it."""

    value: str
    hotkey: str
    hint: str


CLAIM_CHOICES: tuple[Choice, ...] = (
    Choice(
        Label.SOURCED,
        "1",
        "Checkable, and says where it comes from: a named or described person, body, document, data set, law, "
        "link, or the reporter’s own observation.",
    ),
    Choice(
        Label.UNSOURCED,
        "2",
        "Checkable, and gives no origin. Common knowledge, background and bare numbers belong here: not a reproach.",
    ),
    Choice(
        Label.OPINION,
        "3",
        "The author’s own evaluation, belief, wish, advice, blame or forecast beyond the evidence: nobody could "
        "look it up.",
    ),
    Choice(
        Label.RHETORIC,
        "4",
        "Wording that moves or frames rather than informs: metaphor, rhetorical question, irony, hyperbole, "
        "slogan, teaser, call to the reader.",
    ),
    Choice(
        NOT_A_UNIT,
        "5",
        "Nothing to judge: caption stub, “Read also”, ad, broken fragment, genuine question left open "
        "(rhetoric if it only teases).",
    ),
)

MARK_CHOICES: tuple[Choice, ...] = (
    Choice(Mark.REPORTED_OPINION, "o", "A judgement that is explicitly somebody else’s, not the author’s."),
    Choice(Mark.ALSO_RHETORICAL, "r", "A checkable statement in loaded wording: figure, question, irony, emphasis."),
    Choice(Mark.ALSO_EVALUATIVE, "e", "A checkable statement whose wording also judges."),
    Choice(Mark.HEDGED, "h", "Press conditional, “allegedly”."),
    Choice(Mark.ANONYMOUS_SOURCE, "a", "An origin is stated, but nobody is named (“sources close to the file”)."),
    Choice(Mark.SELF_SOURCE, "s", "The outlet or the author is the origin (“we counted”, “contacted, the firm…”)."),
    Choice(Mark.SOURCED_IN_BODY, "b", "A headline whose body gives the source: judge the headline alone."),
    Choice(Mark.TRANSLATION_DOUBTFUL, "t", "Translation and original differ. Label the original."),
    Choice(
        Mark.BADLY_CUT,
        "c",
        "Two labels truly needed, or cut in the wrong place. Label the part with the main verb.",
    ),
    Choice(Mark.LOW_CONFIDENCE, "l", "You hesitate between two: take the earlier step and say why in three words."),
)

SOURCE_MENTION = Choice("source mention", "m", "Press m, then select the words in the original that name the source.")
