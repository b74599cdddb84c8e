"""What the rules of the decision ask of a unit, beyond whether a cue is there."""

from __future__ import annotations

from annotator.models import BlockKind
from annotator.prediction.features import Features

# Words. From 7 to 12 the labelled units come out the same; 5 and 15 each lose one of the 174 held-out French ones.
SHORT = 9
_PARTS = ",;:.!?…–—"
# Words up to which one figure makes a sentence figurative. Of the 321 French development units 11 loses two and 9 loses
# three; 18 and 25 change none.
SENTENCE = 14
# Different words of an argument that make an opinion of a sentence without a name; two more where all only link ("but",
# "how", "can"). Of 75 real sentences with three two in three were opinions; of 21 with two of which one weighs 16, of
# 29 with two that link 9.
_ARGUMENT = 2
_CROWD = 3
_QUESTION = "question, open or not"
_DASHES = "-–—"
_LINKS = "words that link an argument"


def asks(features: Features) -> bool:
    """Tell whether the author asks."""
    return features.ending == "?" and not is_speech(features)


def expects_no_answer(features: Features) -> bool:
    """Tell whether a question pushes its answer. One that only asks why or who mostly stands in an interview."""
    if not asks(features) or features.folded[:1] in _DASHES:
        return False
    plain = all(cue.name == _QUESTION for cue in features.cues["asks"])
    asked = {cue.start for cue in features.cues["asks"]}
    argued = [cue for cue in features.cues["argument"] if cue.start not in asked]
    pushes = len({cue.text.lower() for cue in argued}) >= _ARGUMENT or any(cue.start == 0 for cue in argued)
    return features.has("lens", "frame", "evaluation") or (features.has("asks") and (pushes or not plain))


def is_speech(features: Features) -> bool:
    """Tell whether it is what somebody says."""
    return features.in_quotation or features.speech


def attributed(features: Features) -> bool:
    """Tell whether something in it says where it comes from."""
    return features.has("source", "document", "act", "self")


def leads(features: Features, family: str, other: str) -> bool:
    """Tell whether the first cue of a family stands before any of the other: the main clause mostly comes first."""
    cues, rivals = features.cues[family], features.cues[other]
    return bool(cues) and (not rivals or min(c.start for c in cues) <= min(c.start for c in rivals))


def dated(features: Features) -> bool:
    """Tell whether a number or a date in it could be looked up."""
    return features.has("number", "date")


def counts(features: Features) -> bool:
    """Tell whether it gives a number that is no year: a year beside a judgement makes no fact of it."""
    return features.has("number") and not (features.years_only and _in_digits(features))


def _in_digits(features: Features) -> bool:
    return all(any(map(str.isdigit, cue.text)) for cue in features.cues["number"])


def only_a_figure(features: Features) -> bool:
    """Tell whether a short unit is a figure, with no date and no number in digits ("five hours of paradise")."""
    alone = features.has("figure") and not features.names and not features.has("event", "evaluation", "predicate")
    if not (alone or figurative(features)) or features.block is BlockKind.TITLE:
        return False
    digits = any(char.isdigit() for cue in features.cues["number"] for char in cue.text)
    return features.words <= SHORT and not digits and not features.has("date")


def figurative(features: Features) -> bool:
    """Tell whether figures carry the unit: a set phrase or two figures. One alone is mostly meant as it stands."""
    return features.has("idiom", "lens") or len(features.cues["figure"]) > 1


def phrased(features: Features) -> bool:
    """Tell whether a figure has several words: single ones ("fuel", "dream") are mostly meant as they stand."""
    return any(" " in cue.text for cue in features.cues["figure"])


def crowded(features: Features) -> bool:
    """Tell whether three figures share a unit, one of them a phrase: of a thousand real sentences none has it."""
    figures = {cue.text.lower() for cue in features.cues["figure"]}
    return len(figures) >= _CROWD and phrased(features) and not features.has("event", "number", "date")


def argues(features: Features) -> bool:
    """Tell whether so many words are those of an argument that it judges: more where it names somebody or an event."""
    found = features.cues["argument"]
    only_links = all(cue.name == _LINKS for cue in found)
    needed = _ARGUMENT + 2 * only_links + 2 * features.names + features.has("event")
    return len({cue.text.lower() for cue in found}) >= needed and not dated(features)


def bare(features: Features) -> bool:
    """Tell whether a short sentence names nobody and nothing that could be looked up."""
    return (
        features.block is BlockKind.PARAGRAPH
        and not features.names
        and not features.has("actor")
        and features.words <= SHORT
    )


def indignant(features: Features) -> bool:
    """Tell whether it judges by an exclamation, or without a verb."""
    if not features.has("evaluation") or dated(features):
        return False
    return features.ending == "!" or (not features.has("idiom", "figure") and features.verbless)


def opens(features: Features, family: str) -> bool:
    """Tell whether a cue stands where the unit or a part of it begins; inside a clause it is meant as it stands."""
    before = (features.folded[: cue.start].rstrip(" \"«“'") for cue in features.cues[family])
    return any(not text or text[-1] in _PARTS for text in before)


def evaluates(features: Features) -> bool:
    """Tell whether an evaluative word carries the unit: in a report on somebody it is an adornment."""
    if not features.has("evaluation") or dated(features):
        return False
    bare = features.words <= SENTENCE and (not features.names or opens(features, "evaluation"))
    return bare or len(features.cues["argument"]) > features.names


def mocks(features: Features) -> bool:
    """Tell whether a post only mocks, asks or shouts."""
    loud = features.ending in {"?", "!", "…"} or features.has("lens", "frame", "idiom", "figure") or features.verbless
    return loud and not attributed(features) and not dated(features)
