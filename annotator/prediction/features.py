"""What the rules look at in a unit: the cues in it, its closing mark, its quotation marks, whether it has a verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

from annotator.models import BlockKind, Unit
from annotator.prediction.lexicon import Lexicon, folded
from annotator.prediction.quotations import closes_a_quotation, quotations

# How far before its verb a subject is looked for; 40 and 240 change none of the 688 labelled units.
_SUBJECT_REACH = 120
_LONGEST_REASON = 48
# Behind one of these the subject follows its verb: « C'est faux », assure le maire.
_INVERTED = ',»”"“!?'
_WORD = re.compile(r"\w[\w'-]*")
# A capital behind a blank, a comma, an apostrophe or a hyphen; in the first word it says nothing.
_NAME = re.compile(r"(?<=[\w,][ '’-])[^\W\d_a-zà-öø-ÿ]\w[\w'’-]*(?: [^\W\d_a-zà-öø-ÿ]\w[\w'’-]*)*")
NAME = "name"
"""The family of names, which no list holds."""
QUOTATION = "quotation"
"""The family of quoted sentences; of a unit that goes on with an earlier quotation its first words."""
# What stands behind the closing mark of a post: links, pictures' addresses, tags and handles.
_TAIL = re.compile(r"(?:https?://|pic\.|t\.co/|[#@])\S+")
_TAIL_MARKS = ("#", "@", "/", "pic.")
_CLOSING = " \u00bb”“\"')»"
# A number in digits that is not the end of a name like "covid-19"; and what is a year.
_NUMBER = re.compile(r"(?<![\w-])[0-9][0-9.,]*")
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}[.,]?")
# Words from which a quotation can be speech, and from which it is without a verb in it. On 1,000 real sentences quoted
# titles, names and shreds were two thirds of what four words alone took for speech.
_QUOTED_SPEECH, _LONG_QUOTATION = 4, 12

# French words that say who says it, or what it depends on; and how long the first part of a sentence may be that says
# who.
_DEPENDING = re.compile(r"(?:selon|d'après)\b")
_PHRASE = 60
_NEEDS_SUBJECT = frozenset({"source", "statement"})


class Words(NamedTuple):
    """Words of a unit that a list holds: a reason that may be shown."""

    start: int
    end: int
    name: str
    """The name of the list."""
    text: str


@dataclass(frozen=True)
class Features:
    """The features of one unit, each looked at when a rule asks for it."""

    block: BlockKind
    cues: UnitCues
    text: str
    """As it stands."""
    folded: str
    lexicon: Lexicon
    awaited: str = ""
    """The mark that closes the quotation it begins in."""
    under_sourced: bool = False
    """It is a list item whose lead-in is sourced."""

    def has(self, *families: str) -> bool:
        """Tell whether there is a cue of one of the families."""
        return not self.cues.worth_a_look.isdisjoint(families) and any(map(self.cues.__getitem__, families))

    def without(self, family: str, texts: Set[str]) -> Features:
        """Return the features without the cues of a family that have one of these texts (in lower case)."""
        if not any(cue.text.lower() in texts for cue in self.cues[family]):
            return self
        return replace(self, cues=self.cues.without(family, texts))

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return len(_WORD.findall(self.folded))

    @cached_property
    def ending(self) -> str:
        """`?`, `!`, `…`, `:` or an empty string."""
        return _ending(self.folded)

    @cached_property
    def names(self) -> bool:
        """Tell whether a capital stands inside it, as in a name (in German, as in any noun)."""
        return bool(_NAME.search(self.text))

    @property
    def years_only(self) -> bool:
        """Every number in digits that it holds is a year or stands behind a hyphen: it counts nothing."""
        return all(_YEAR.fullmatch(number) for number in _NUMBER.findall(self.folded))

    @property
    def in_quotation(self) -> bool:
        """It begins inside a quotation that an earlier unit opened."""
        return bool(self.awaited)

    @cached_property
    def speech(self) -> bool:
        """It quotes a sentence: a quotation with a verb, a long one, or one that is most of the unit."""
        text, lexicon = self.folded, self.lexicon
        if not self.awaited and closes_a_quotation(text, lexicon):
            return True
        if not (self.awaited or any(map(text.__contains__, lexicon.marks))):
            return False
        return any(_is_speech(text, start, end, lexicon) for start, end in quotations(text, lexicon, self.awaited))

    @cached_property
    def verbless(self) -> bool:
        """No finite verb is in it."""
        return not self.cues.any_of("verb")


class UnitCues:
    """The cues of one unit by family, in order; a family is looked for when it is asked for."""

    def __init__(self, original: str, text: str, lexicon: Lexicon) -> None:
        self._original, self._text, self._lexicon = original, text, lexicon
        self._words = lexicon.read(text)
        self._found: dict[str, tuple[Words, ...]] = {}
        self.worth_a_look = {NAME, QUOTATION, *lexicon.everywhere, *self._words.families}
        """The families that can have cues in it."""

    def __getitem__(self, family: str) -> tuple[Words, ...]:
        if family not in self.worth_a_look:
            return ()
        found = self._found.get(family)
        if found is None:
            look = {NAME: self._names, QUOTATION: self._quoted}.get(family, partial(self._cues, family))
            found = self._found[family] = tuple(look())
        return found

    def without(self, family: str, texts: Set[str]) -> UnitCues:
        """Return the cues without those of a family that have one of these texts (in lower case)."""
        left = copy(self)
        left._found = {**self._found, family: tuple(cue for cue in self[family] if cue.text.lower() not in texts)}
        return left

    def counts(self) -> dict[str, int]:
        """Return how many cues of each family there are."""
        return {family: len(self[family]) for family in self._lexicon.families}

    def any_of(self, family: str) -> bool:
        """Tell whether there is a cue of a family none of whose cues needs a subject."""
        lists = self._lexicon.families.get(family, ())
        return any(map(self._words.any_match, lists))

    def _names(self) -> Iterator[Words]:
        """Yield the names; those of one word only where there are no others, for German writes every noun like one."""
        found = list(_NAME.finditer(self._original))
        for name in [name for name in found if " " in name[0]] or found:
            end = _shortened(self._text, *name.span())
            yield Words(name.start(), end, "checkable name", self._original[name.start() : end])

    def _quoted(self) -> Iterator[Words]:
        text, lexicon = self._text, self._lexicon
        spans = [span for span in quotations(text, lexicon, "") if _is_speech(text, *span, lexicon)]
        for start, end in spans or [(0, len(text))]:
            begin, stop = _trimmed(text, start + text.startswith(tuple(lexicon.marks), start), end)
            yield Words(begin, at := _shortened(text, begin, stop), "quoted speech", self._original[begin:at])

    def _cues(self, family: str) -> Iterator[Words]:
        for number, name in self._lexicon.families.get(family, {}).items():
            for begin, stop in self._words.matches(number):
                start, end = _trimmed(self._text, begin, stop)
                if start < end and self._holds(family, start, end):
                    end = _shortened(self._text, start, end)
                    yield Words(start, end, name, self._original[start:end])

    def _holds(self, family: str, start: int, end: int) -> bool:
        if family == "voice":  # ME is megaeuro
            return end - start == 1 or not self._original[start:end].isupper() or self._original.isupper()
        if family == "statement" and self._lexicon.speaker and not self._has_speaker(start):
            return False
        return family not in _NEEDS_SUBJECT or self._names_source(start, end)

    def _has_speaker(self, start: int) -> bool:
        """Tell whether the subject before a verb that states something is somebody: a person, a body, a name."""
        begin = max(0, start - _SUBJECT_REACH)
        subject = self._lexicon.clause.split(self._text[begin:start])[-1].strip()
        if not subject:
            return True
        at = self._text.rindex(subject, begin, start)
        named = any(map(str.isupper, self._original[at + 1 : at + len(subject)]))
        alone = " " not in subject and self._original[at].isupper()
        return named or alone or bool(self._lexicon.speaker and self._lexicon.speaker.search(subject))

    def _names_source(self, start: int, end: int) -> bool:
        origin = self._lexicon.origin
        if origin and (depending := _DEPENDING.match(self._text, start)):
            after = self._original[depending.end() :].lstrip(" '’")
            return (
                after[:1].isupper()
                or bool(origin.match(after.lower()))
                or (start == 0 and 0 < after.find(",") < _PHRASE)
            )
        return _has_source(self._text, start, end, self._lexicon)


def extract_features(unit: Unit, lexicon: Lexicon, *, awaited: str = "") -> Features:
    """Return the features of a unit; `awaited` is the mark that closes the quotation it begins in."""
    text = folded(unit.text)
    return Features(unit.block, UnitCues(unit.text, text, lexicon), unit.text, text, lexicon, awaited)


def _is_speech(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Tell whether words between quotation marks are what somebody said, and not a title or a word held with tongs."""
    quoted = text[start:end]
    words = len(_WORD.findall(quoted))
    if words < _QUOTED_SPEECH:
        return False
    if words >= _LONG_QUOTATION or words * 2 > len(_WORD.findall(text)):
        return True
    return UnitCues(quoted, quoted, lexicon).any_of("verb")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " ,":
        start += 1
    while end > start and text[end - 1] in " ,:":
        end -= 1
    return start, end


def _shortened(text: str, start: int, end: int) -> int:
    """Return an end that leaves a reason of a few words: people read it beside the unit."""
    if end - start <= _LONGEST_REASON:
        return end
    blank = text.rfind(" ", start, start + _LONGEST_REASON)
    return blank if blank > start else start + _LONGEST_REASON


def _has_source(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Tell whether the subject of a reporting verb can be a source: not "some", not "one", not the author."""
    before = text[max(0, start - _SUBJECT_REACH) : start].rstrip()
    if text[start] in _INVERTED or before[-1:] in tuple(_INVERTED):
        subject = text[end:].lstrip()
        return not lexicon.nobody.match(subject)
    subject = lexicon.clause.split(before)[-1].lstrip()
    return not (lexicon.nobody.match(subject) or lexicon.author.match(subject))


def _ending(text: str) -> str:
    """Return the closing mark, with links, hashtags and closing quotation marks taken away."""
    bare = (_TAIL.sub("", text) if any(map(text.__contains__, _TAIL_MARKS)) else text).rstrip(_CLOSING)
    if bare.endswith(("…", "...")):
        return "…"
    return bare[-1:] if bare[-1:] in {"?", "!", ":"} else ""
