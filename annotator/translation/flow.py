"""The way of every text through an engine: cache, protect, translate, restore, repair, check, a second try."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.models import Translation, TranslationWarning
from annotator.translation import checks, protect, repair, words
from annotator.translation.cache import Cache
from annotator.translation.checks import Pair
from annotator.translation.engine import Engine
from annotator.translation.numerals import numbers
from annotator.translation.protect import UNKNOWN, Protected, around, restore
from annotator.translation.reshape import halves, is_shouted, lowered

VERSION = "1"
STEPS = ".".join((VERSION, protect.VERSION, repair.VERSION, checks.VERSION))
"""Changes whenever the same engine's output may come out differently."""

# A stretch between two marks: its words, and what stands before and after them.
_STRETCH = re.compile(r"(?P<lead>[\W_]*)(?P<core>.*?)(?P<tail>[\s(\[«“]*)", re.DOTALL)
# How much a warning weighs when two translations of one text are compared. A changed fact weighs most.
_WEIGHTS = {"empty": 9, "untranslated": 1, "quote_mismatch": 1, "lost_name": 2, "too_long": 2}
_WEIGHT = 3


@dataclass(frozen=True)
class Route:
    """An engine and the pair it serves."""

    engine: Engine
    source: str
    target: str
    rule_based: bool
    """The engine works by rules word by word, which leaves other faults than a model does."""


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


def translate(route: Route, texts: Sequence[str], *, cache: Cache | None = None) -> list[Translation]:
    """Translate the texts, in their order, each different text once.

    Raises:
        TranslationError: the engine as a whole is broken.
    """
    distinct = list(dict.fromkeys(texts))
    wanted = [text for text in distinct if has_letters(text)]
    kept = cache.get(signature(route), wanted) if cache else {}
    fresh = {draft.original: _finish(route, draft) for draft in _draft(route, [t for t in wanted if t not in kept])}
    if cache:
        cache.put(signature(route), {text: one for text, one in fresh.items() if one.text})
    nothing = TranslationWarning(code="nothing_to_translate", detail="no words in it")
    empty = {text: _finish(route, Draft(text, "", (nothing,))) for text in distinct if text not in kept | fresh}
    return [(kept | fresh | empty)[text] for text in texts]


def signature(route: Route) -> str:
    """Return everything that decides what becomes of a text on this route."""
    engine = route.engine
    return f"{route.source}>{route.target} {engine.name} {engine.model} ({engine.options}) steps {STEPS}"


def has_letters(text: str) -> bool:
    """Tell whether there is anything to translate outside links, handles and the like."""
    return any(unicodedata.category(character)[0] == "L" for character in protect.protect(text).template)


def _draft(route: Route, texts: Sequence[str]) -> list[Draft]:
    drafts = {draft.original: draft for draft in _attempt(route, texts)}
    doubtful: dict[str, list[Draft]] = {}
    for draft in drafts.values():
        if draft.text is not None and (way := _other_way(draft, route)):
            doubtful.setdefault(way, []).append(draft)
    for way, first in doubtful.items():
        for before, after in zip(first, _again(route, way, first), strict=True):
            if after.text and after.weight < before.weight:
                drafts[before.original] = replace(after, second_try=way)
    return list(drafts.values())


def _attempt(route: Route, texts: Sequence[str], *, careful: bool = False) -> list[Draft]:
    marked = [protect.protect(_sentence(route, text)) for text in texts]
    outputs = _run(route, marked, careful=careful)
    return [_judge(route, text, output) for text, output in zip(texts, outputs, strict=True)]


def _sentence(route: Route, text: str) -> str:
    """Return a headline in capitals as a sentence, any other text as it is."""
    return lowered(text, words.exonyms(route.source, route.target)) if is_shouted(text) else text


def _judge(route: Route, text: str, output: str | None) -> Draft:
    """Check an output, and give a headline its capitals back."""
    if output is None:
        return Draft(text, None)
    unknown = tuple(re.findall(rf"{UNKNOWN}([\w-]+)", output))
    output = output.replace(UNKNOWN, "")
    pair = Pair(_sentence(route, text), output, route.source, route.target, unknown)
    warnings = checks.check(pair)
    if not is_shouted(text):
        return Draft(text, output, warnings)
    # Of a name in lower case nobody can tell whether it was left untranslated.
    return Draft(text, _shout(output), tuple(one for one in warnings if one.code != "untranslated"))


def _masked(route: Route, drafts: Sequence[Draft]) -> list[Draft]:
    """Translate with numbers and lost names masked; a text that loses one of the masks is no better than before."""
    marked = [protect.protect(draft.original, _to_mask(route, draft)) for draft in drafts]
    outputs = route.engine.run([text.template for text in marked])
    whole = [_restored(route, text, output) for text, output in zip(marked, outputs, strict=True)]
    return [_judge(route, draft.original, output) for draft, output in zip(drafts, whole, strict=True)]


def _to_mask(route: Route, draft: Draft) -> list[str]:
    named = checks.missing_names(Pair(draft.original, draft.text or "", route.source, route.target))
    return [*(number.text for number in numbers(draft.original, route.source)), *named]


def _run(route: Route, texts: Sequence[Protected], *, careful: bool) -> list[str | None]:
    """Run marked texts; where the engine lost a mark, translate the stretches around it instead."""
    outputs = route.engine.run([text.template for text in texts], careful=careful)
    whole = [_restored(route, text, output) for text, output in zip(texts, outputs, strict=True)]
    lost = [place for place, output in enumerate(outputs) if output is not None and whole[place] is None]
    for place, output in zip(lost, _run_around(route.engine, [texts[place] for place in lost]), strict=True):
        whole[place] = output
    return whole


def _restored(route: Route, text: Protected, output: str | None) -> str | None:
    if output is None:
        return None
    mended = repair.repair(
        output.strip(), text.template, pair=(route.source, route.target), rule_based=route.rule_based
    )
    kept = tuple(repair.number(one, pair=(route.source, route.target)) for one in text.kept)
    return restore(replace(text, kept=kept), mended)


def _run_around(engine: Engine, texts: Sequence[Protected]) -> list[str | None]:
    stretches = [[_STRETCH.fullmatch(part) for part in around(text)] for text in texts]
    cores = list(dict.fromkeys(match["core"] for parts in stretches for match in parts if match and match["core"]))
    translated = dict(zip(cores, engine.run(cores), strict=True)) | {"": ""}

    def glue(text: Protected, parts: Sequence[re.Match[str] | None]) -> str | None:
        outputs = [_in_place(match, translated[match["core"]]) for match in parts if match]
        if None in outputs:
            return None
        return text.before + "".join(f"{a}{b}" for a, b in zip(outputs, [*text.kept, ""], strict=True)) + text.after

    return [glue(text, parts) for text, parts in zip(texts, stretches, strict=True)]


def _in_place(match: re.Match[str], output: str | None) -> str | None:
    """Return a translated stretch with the white space and the signs around it that the original had."""
    if output is None:
        return None
    if match["core"][:1].islower():
        output = output[:1].lower() + output[1:]
    return match["lead"] + output.strip() + match["tail"]


def _other_way(draft: Draft, route: Route) -> str:
    """Name the way in which a doubtful text is tried once more, nothing when no way would help."""
    codes = {warning.code for warning in draft.warnings}
    if is_shouted(draft.original):
        return "another beam" if codes and not route.rule_based else ""
    if route.rule_based:
        return "in two parts" if codes - {"untranslated", "lost_name"} and halves(draft.original) else ""
    if codes & {"number_mismatch", "lost_name", "lost_link"}:
        return "numbers and names masked"
    if "untranslated" in codes and draft.original.endswith("."):
        return "without the final stop"
    if codes & {"too_short", "quote_mismatch"} and halves(draft.original):
        return "in two parts"
    return "another beam" if codes else ""


def _again(route: Route, way: str, drafts: Sequence[Draft]) -> list[Draft]:
    texts = [draft.original for draft in drafts]
    match way:
        case "numbers and names masked":
            return _masked(route, drafts)
        case "without the final stop":
            return _with_ends(route, texts, _attempt(route, [text.rstrip(". ") for text in texts]))
        case "in two parts":
            return _joined(route, texts)
    return _attempt(route, texts, careful=True)


def _with_ends(route: Route, texts: Sequence[str], drafts: Sequence[Draft]) -> list[Draft]:
    ended = [f"{draft.text}." if draft.text and draft.text[-1].isalnum() else draft.text for draft in drafts]
    return [_judge(route, text, output) for text, output in zip(texts, ended, strict=True)]


def _joined(route: Route, texts: Sequence[str]) -> list[Draft]:
    parts = [halves(text) or (text, "") for text in texts]
    drafts = iter(_attempt(route, [part for pair in parts for part in pair]))
    joined = [(next(drafts).text, next(drafts).text) for _ in parts]
    outputs = [_one_sentence(pair[1], translated) for pair, translated in zip(parts, joined, strict=True)]
    return [_judge(route, text, output) for text, output in zip(texts, outputs, strict=True)]


def _one_sentence(second: str, translated: tuple[str | None, str | None]) -> str | None:
    """Return two translated parts as one text; the second goes on in lower case where its source does."""
    one, two = translated
    if one is None or two is None:
        return None
    if second[:1].islower() and not re.match(r"I\b|[A-Z]{2}", two):
        two = two[:1].lower() + two[1:]
    return f"{one} {two}".strip()


def _shout(text: str) -> str:
    """Return the text in capitals, links and handles left alone."""
    marked = protect.protect(text)
    return restore(replace(marked, template=""), marked.template.upper()) or text.upper()


def _finish(route: Route, draft: Draft) -> Translation:
    warnings = draft.warnings
    if draft.text is None:
        failed = f"{route.engine.name} gave no answer for this text"
        warnings = (TranslationWarning(code="engine_failed", detail=failed),)
    return Translation(
        text=draft.text or "",
        source=route.source,
        target=route.target,
        engine=route.engine.name,
        model=route.engine.model,
        via=route.engine.via,
        second_try=draft.second_try,
        warnings=warnings,
    )
