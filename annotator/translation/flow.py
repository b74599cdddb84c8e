"""The way of every text through an engine: cache, protect, translate, restore, repair, check, a second try."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.models import Translation, TranslationWarning
from annotator.translation import checks, lexicon, protection, repairs, reporting, vocabulary
from annotator.translation.cache import AnyCache
from annotator.translation.checks import TextPair
from annotator.translation.engine import Engine
from annotator.translation.glossary import NO_TERMS, Terms
from annotator.translation.names import missing_names, names
from annotator.translation.numerals import numbers
from annotator.translation.protection import UNKNOWN, Protected, around, restore
from annotator.translation.reshape import halves, is_shouted, lowered

VERSION = "2"
STEPS = ".".join((VERSION, protection.VERSION, repairs.VERSION, checks.VERSION, reporting.VERSION))
"""Changes whenever the same engine's output may come out differently."""

# A stretch between two marks: its words, and what stands before and after them.
_STRETCH = re.compile(r"(?P<lead>[\W_]*)(?P<core>.*?)(?P<tail>[\s(\[«“]*)", re.DOTALL)
# How much a warning weighs when two translations of one text are compared: no text is worse than any other fault, a
# changed fact (the rest: numbers, negations, reserves, links) worse than a word left standing.
_WEIGHTS = {"empty": 9, "untranslated": 1, "quote_mismatch": 1, "lost_name": 2, "too_long": 2}
_WEIGHT = 3


@dataclass(frozen=True)
class Direction:
    """An engine and the pair it serves."""

    engine: Engine
    source: str
    target: str
    rule_based: bool
    """The engine works by rules word by word, which leaves other faults than a model does."""
    sentinels: int = 0
    """How many marks the engine knows as words of its own, so that numbers and names need no first try without."""
    terms: Terms = NO_TERMS
    """What has to be translated as somebody says."""
    is_steady: bool = True
    """What becomes of a text does not depend on the texts beside it."""

    @property
    def pair(self) -> tuple[str, str]:
        """The languages it translates from and into."""
        return self.source, self.target


@dataclass(frozen=True)
class Draft:
    """A translation on its way. No text where the engine failed."""

    original: str
    text: str | None
    warnings: tuple[TranslationWarning, ...] = ()
    second_try: str = ""

    @property
    def weight(self) -> int:
        """How bad the warnings are together."""
        return sum(_WEIGHTS.get(warning.code, _WEIGHT) for warning in self.warnings)


def translate(direction: Direction, texts: Sequence[str], *, cache: AnyCache | None = None) -> list[Translation]:
    """Translate the texts, in their order, each different text once.

    A glossary is none of a text's business that holds no term of it: such a text comes out, and is stored, as without.

    Raises:
        TranslationError: the engine as a whole is broken.
    """
    with_terms = dict.fromkeys(text for text in dict.fromkeys(texts) if direction.terms.found(text))
    others = [text for text in dict.fromkeys(texts) if text not in with_terms]
    translated = dict(zip(with_terms, _translate(direction, [*with_terms], cache), strict=True))
    without = replace(direction, terms=NO_TERMS)
    translated |= dict(zip(others, _translate(without, others, cache), strict=True))
    return [translated[text] for text in texts]


def _translate(direction: Direction, texts: Sequence[str], cache: AnyCache | None) -> list[Translation]:
    if not texts:
        return []
    distinct = list(dict.fromkeys(texts))
    wanted = [text for text in distinct if has_letters(text)]
    key = signature(direction)
    if not direction.is_steady:  # else it would hang on which worker was first what a text becomes
        key += f" among {hashlib.sha256(repr(wanted).encode()).hexdigest()}"
    cached = cache.get(key, wanted) if cache else {}
    drafts = _draft(direction, [text for text in wanted if text not in cached])
    fresh = {draft.original: _finish(direction, draft) for draft in drafts}
    if cache:
        cache.put(key, {text: translation for text, translation in fresh.items() if translation.text})
    nothing = TranslationWarning(code="nothing_to_translate", detail="no words in it")
    done = cached | fresh
    done |= {text: _finish(direction, Draft(text, "", (nothing,))) for text in distinct if text not in done}
    return [done[text] for text in texts]


def signature(direction: Direction) -> str:
    """Return everything that decides what becomes of a text on this route."""
    engine = direction.engine
    options = ", ".join(filter(None, (engine.options, direction.terms.label)))
    return f"{direction.source}>{direction.target} {engine.name} {engine.model} ({options}) steps {STEPS}"


def has_letters(text: str) -> bool:
    """Tell whether there is anything to translate outside links, handles and the like."""
    return any(unicodedata.category(character)[0] == "L" for character in protection.protect(text).template)


def _draft(direction: Direction, texts: Sequence[str]) -> list[Draft]:
    drafts = {draft.original: draft for draft in _attempt(direction, texts)}
    doubtful: dict[str, list[Draft]] = {}
    for draft in drafts.values():
        if draft.text is not None and (way := _other_way(draft, direction)):
            doubtful.setdefault(way, []).append(draft)
    for way, first in doubtful.items():
        for before, after in zip(first, _try_again(direction, way, first), strict=True):
            if after.text and after.weight < before.weight:
                drafts[before.original] = replace(after, second_try=way)
    return list(drafts.values())


def _attempt(direction: Direction, texts: Sequence[str], *, careful: bool = False) -> list[Draft]:
    outputs = _with_sentinels(direction, texts, careful=careful)
    plain = [text for text in texts if outputs.get(text) is None]
    marked = [_marked(direction, text) for text in plain]
    outputs |= dict(zip(plain, _run(direction, marked, careful=careful), strict=True))
    return [_checked(direction, text, outputs[text]) for text in texts]


def _with_sentinels(direction: Direction, texts: Sequence[str], *, careful: bool) -> dict[str, str | None]:
    """Translate with numbers and names marked, as far as the engine knows the marks; none for a text that lost one."""
    if not direction.sentinels:
        return {}
    sentences = {text: _sentence(direction, text) for text in texts}
    marked = {
        text: _protected(direction, sentence, _numbers_and_names(direction, sentence))
        for text, sentence in sentences.items()
    }
    fitting = {text: one for text, one in marked.items() if 0 < len(one.kept) <= direction.sentinels}
    outputs = direction.engine.run([one.template for one in fitting.values()], careful=careful)
    return {
        text: _restored(direction, one, output) for (text, one), output in zip(fitting.items(), outputs, strict=True)
    }


def _numbers_and_names(direction: Direction, text: str) -> list[str]:
    """Return what stands in the translation as in the text: numbers, and names that have no other form there."""
    return [
        *(number.text for number in numbers(text, direction.source)),
        *(name for name in names(text, direction.source) if lexicon.is_kept(name.lower(), direction.pair)),
    ]


def _marked(direction: Direction, text: str) -> Protected:
    protected = _protected(direction, _sentence(direction, text))
    return _with_phrases(direction, protected) if direction.rule_based else protected


def _with_phrases(direction: Direction, protected: Protected) -> Protected:
    return protection.with_phrases(protected, reporting.set_phrases(protected.template, direction.pair))


def _protected(direction: Direction, text: str, extra: Sequence[str] = ()) -> Protected:
    """Return the text with marks; behind that of a term stands its translation."""
    terms = direction.terms
    protected = protection.protect(text, [*terms.found(text), *extra])
    return replace(protected, kept=tuple(terms.translations.get(stretch, stretch) for stretch in protected.kept))


def _sentence(direction: Direction, text: str) -> str:
    """Return a headline in capitals as a sentence, any other text as it is."""
    return lowered(text, vocabulary.exonyms(*direction.pair)) if is_shouted(text) else text


def _checked(direction: Direction, text: str, output: str | None) -> Draft:
    """Check an output, and give a headline its capitals back."""
    if output is None:
        return Draft(text, None)
    unknown = tuple(re.findall(rf"{UNKNOWN}([\w-]+)", output))
    output = output.replace(UNKNOWN, "")
    pair = TextPair(_sentence(direction, text), output, *direction.pair, unknown, by_rules=direction.rule_based)
    warnings = checks.check(pair)
    if direction.terms is not NO_TERMS:  # a term is neither a lost name nor a word left standing
        codes = {
            warning.code for warning in checks.check(replace(pair, original=direction.terms.put_in(pair.original)))
        }
        warnings = tuple(warning for warning in warnings if warning.code in codes)
    if not is_shouted(text):
        return Draft(text, output, warnings)
    # Of a name in lower case nobody can tell whether it was left untranslated.
    return Draft(text, _shout(output), tuple(warning for warning in warnings if warning.code != "untranslated"))


def _masked(direction: Direction, drafts: Sequence[Draft]) -> list[Draft]:
    """Translate with numbers and lost names masked; a text that loses one of the masks is no better than before."""
    marked = [_protected(direction, draft.original, _to_mask(direction, draft)) for draft in drafts]
    if direction.rule_based:
        marked = [_with_phrases(direction, _in_target(direction, text)) for text in marked]
    outputs = direction.engine.run([text.template for text in marked])
    restored = [_restored(direction, text, output) for text, output in zip(marked, outputs, strict=True)]
    return [_checked(direction, draft.original, output) for draft, output in zip(drafts, restored, strict=True)]


def _to_mask(direction: Direction, draft: Draft) -> list[str]:
    """Return the lost names, and the numbers of a text for a model: rules keep those."""
    lost = missing_names(draft.original, draft.text or "", direction.pair)
    kept = () if direction.rule_based else numbers(draft.original, direction.source)
    return [*(number.text for number in kept), *lost]


def _in_target(direction: Direction, text: Protected) -> Protected:
    """Let the masks of names stand for what the target language calls them."""
    known = vocabulary.exonyms(*direction.pair)
    return replace(text, kept=tuple(known.get(name, (name,))[0] for name in text.kept))


def _run(direction: Direction, texts: Sequence[Protected], *, careful: bool) -> list[str | None]:
    """Run marked texts; where the engine lost a mark, translate the stretches around it instead."""
    outputs = direction.engine.run([text.template for text in texts], careful=careful)
    restored = [_restored(direction, text, output) for text, output in zip(texts, outputs, strict=True)]
    lost = [index for index, output in enumerate(outputs) if output is not None and restored[index] is None]
    for index, output in zip(lost, _run_around(direction.engine, [texts[index] for index in lost]), strict=True):
        restored[index] = output
    return restored


def _restored(direction: Direction, text: Protected, output: str | None) -> str | None:
    if output is None:
        return None
    repaired = repairs.repair(output.strip(), text.template, pair=direction.pair, rule_based=direction.rule_based)
    kept = tuple(repairs.masked_number(stretch, pair=direction.pair) for stretch in text.kept)
    return restore(replace(text, kept=kept), repaired)


def _run_around(engine: Engine, texts: Sequence[Protected]) -> list[str | None]:
    stretches = [[_STRETCH.fullmatch(part) for part in around(text)] for text in texts]
    cores = list(dict.fromkeys(match["core"] for parts in stretches for match in parts if match and match["core"]))
    translated = dict(zip(cores, engine.run(cores), strict=True)) | {"": ""}

    def glue(text: Protected, parts: Sequence[re.Match[str] | None]) -> str | None:
        outputs = [_in_place(match, translated[match["core"]]) for match in parts if match]
        if None in outputs:
            return None
        template = "".join(f"{output}{kept}" for output, kept in zip(outputs, [*text.kept, ""], strict=True))
        return text.before + template + text.after

    return [glue(text, parts) for text, parts in zip(texts, stretches, strict=True)]


def _in_place(match: re.Match[str], output: str | None) -> str | None:
    """Return a translated stretch with the white space and the signs around it that the original had."""
    if output is None:
        return None
    if match["core"][:1].islower():
        output = output[:1].lower() + output[1:]
    return match["lead"] + output.strip() + match["tail"]


def _other_way(draft: Draft, direction: Direction) -> str:
    """Name the way in which a doubtful text is tried once more, nothing when no way would help."""
    codes = {warning.code for warning in draft.warnings}
    if is_shouted(draft.original):
        return "another beam" if codes and not direction.rule_based else ""
    if direction.rule_based:  # of the names first: Honda is no adjective, deep
        in_two = "in two parts" if codes - {"untranslated"} and halves(draft.original) else ""
        return "names masked" if "lost_name" in codes else in_two
    if codes & {"number_mismatch", "lost_name", "lost_link"}:
        return "numbers and names masked"
    if "untranslated" in codes and draft.original.endswith("."):
        return "without the final stop"
    if codes & {"too_short", "quote_mismatch"} and halves(draft.original):
        return "in two parts"
    return "another beam" if codes else ""


def _try_again(direction: Direction, way: str, drafts: Sequence[Draft]) -> list[Draft]:
    texts = [draft.original for draft in drafts]
    match way:
        case "numbers and names masked" | "names masked":
            return _masked(direction, drafts)
        case "without the final stop":
            return _with_ends(direction, texts, _attempt(direction, [text.rstrip(". ") for text in texts]))
        case "in two parts":
            return _joined(direction, texts)
    return _attempt(direction, texts, careful=True)


def _with_ends(direction: Direction, texts: Sequence[str], drafts: Sequence[Draft]) -> list[Draft]:
    ended = [f"{draft.text}." if draft.text and draft.text[-1].isalnum() else draft.text for draft in drafts]
    return [_checked(direction, text, output) for text, output in zip(texts, ended, strict=True)]


def _joined(direction: Direction, texts: Sequence[str]) -> list[Draft]:
    parts = [halves(text) or (text, "") for text in texts]
    drafts = iter(_attempt(direction, [part for pair in parts for part in pair]))
    joined = [(next(drafts).text, next(drafts).text) for _ in parts]
    outputs = [_one_sentence(pair[1], translated) for pair, translated in zip(parts, joined, strict=True)]
    return [_checked(direction, text, output) for text, output in zip(texts, outputs, strict=True)]


def _one_sentence(second_source: str, translated: tuple[str | None, str | None]) -> str | None:
    """Return two translated parts as one text; the second goes on in lower case where its source does."""
    first, second = translated
    if first is None or second is None:
        return None
    if second_source[:1].islower() and not re.match(r"I\b|[A-Z]{2}", second):
        second = second[:1].lower() + second[1:]
    return f"{first} {second}".strip()


def _shout(text: str) -> str:
    """Return the text in capitals, links and handles left alone."""
    marked = protection.protect(text)
    return restore(replace(marked, template=""), marked.template.upper()) or text.upper()


def _finish(direction: Direction, draft: Draft) -> Translation:
    warnings = draft.warnings
    if draft.text is None:
        failed = f"{direction.engine.name} gave no answer for this text"
        warnings = (TranslationWarning(code="engine_failed", detail=failed),)
    return Translation(
        text=draft.text or "",
        source=direction.source,
        target=direction.target,
        engine=direction.engine.name,
        model=direction.engine.model,
        via=direction.engine.via,
        second_try=draft.second_try,
        options=", ".join(filter(None, (direction.engine.differs, direction.terms.label))),
        warnings=warnings,
    )
