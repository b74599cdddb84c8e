"""The way of every text through an engine: protect, translate, restore, repair."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from annotator.models import Translation, TranslationWarning
from annotator.translation.engine import Engine
from annotator.translation.protect import Protected, around, protect, restore

VERSION = "1"

# A stretch between two marks: its words, and what stands before and after them.
_STRETCH = re.compile(r"(?P<lead>[\W_]*)(?P<core>.*?)(?P<tail>[\s(\[«“]*)", re.DOTALL)


def translate(engine: Engine, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
    """Translate the texts, in their order, each different text once.

    Raises:
        TranslationError: the engine as a whole is broken.
    """
    distinct = list(dict.fromkeys(texts))
    wanted = [text for text in distinct if has_letters(text)]
    outputs = dict(zip(wanted, run_protected(engine, [protect(text) for text in wanted]), strict=True))

    def finish(text: str) -> Translation:
        translated = outputs.get(text)
        reason = () if translated else (_why_empty(text, engine),)
        return Translation(
            text=translated or "",
            source=source,
            target=target,
            engine=engine.name,
            model=engine.model,
            via=engine.via,
            warnings=reason,
        )

    finished = {text: finish(text) for text in distinct}
    return [finished[text] for text in texts]


def has_letters(text: str) -> bool:
    """Tell whether there is anything to translate outside links, handles and the like."""
    template = protect(text).template
    return any(unicodedata.category(character)[0] == "L" for character in template)


def run_protected(engine: Engine, texts: Sequence[Protected], *, careful: bool = False) -> list[str | None]:
    """Run marked texts; where the engine lost a mark, translate the stretches around it instead."""
    outputs = engine.run([text.template for text in texts], careful=careful)
    restored = [
        None if output is None else restore(text, output.strip()) for text, output in zip(texts, outputs, strict=True)
    ]
    lost = [
        index for index, (output, whole) in enumerate(zip(outputs, restored, strict=True)) if output and whole is None
    ]
    for index, whole in zip(lost, _run_around(engine, [texts[index] for index in lost]), strict=True):
        restored[index] = whole
    return restored


def _run_around(engine: Engine, texts: Sequence[Protected]) -> list[str | None]:
    stretches = [[_STRETCH.fullmatch(part) for part in around(text)] for text in texts]
    cores = [match["core"] for parts in stretches for match in parts if match and match["core"]]
    translated = dict(zip(dict.fromkeys(cores), engine.run(list(dict.fromkeys(cores))), strict=True)) | {"": ""}

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


def _why_empty(text: str, engine: Engine) -> TranslationWarning:
    if not has_letters(text):
        return TranslationWarning(code="nothing_to_translate", detail="no words in it")
    return TranslationWarning(code="engine_failed", detail=f"{engine.name} gave no answer for this text")
