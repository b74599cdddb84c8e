"""Translation, batches in, checked translations out: on the user's own machine unless a server is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from annotator.choices import DEFAULT_COMPUTE_TYPE, DEFAULT_DEVICE, TranslatorName
from annotator.errors import UsageError
from annotator.protocols import Translator
from annotator.translation.cache import AnyCache
from annotator.translation.glossary import Glossary

if TYPE_CHECKING:
    from annotator.translation.libretranslate import Server


def make_translator(  # noqa: PLR0913 - the one place where all choices meet
    name: str,
    *,
    packages_dir: Path,
    beam: int = 4,
    threads: int = 2,
    device: str = DEFAULT_DEVICE,
    compute_type: str = DEFAULT_COMPUTE_TYPE,
    glossary: Glossary | None = None,
    server: Server | None = None,
    pins: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda _line: None,
    cache: AnyCache | None = None,
) -> Translator:
    """Return the translator that a setting names. Nothing is loaded and no process started before the first text.

    `pins` says which engine a pair has to keep ('fr>en' to 'argos fr_en-1.9').

    Raises:
        UsageError: the name is unknown, or a pinned engine is not there any more.
    """
    from annotator.translation.auto import AutoTranslator

    def argos() -> Translator:
        from annotator.translation.argos import ArgosTranslator, Decoding

        decoding = Decoding(beam=beam, threads=threads, device=device, compute_type=compute_type)
        return ArgosTranslator(packages_dir, decoding=decoding, cache=cache, glossary=glossary)

    def apertium() -> Translator:
        from annotator.translation.apertium import ApertiumTranslator

        return ApertiumTranslator(cache=cache, glossary=glossary)

    match name:
        case "auto":
            return AutoTranslator([argos(), apertium()], pins=pins, say=say)
        case "argos":
            return AutoTranslator([argos()], asked=name, pins=pins, say=say)
        case "apertium":
            return AutoTranslator([apertium()], asked=name, pins=pins, say=say)
        case "libretranslate" if server:
            from annotator.translation.libretranslate import LibreTranslateTranslator

            remote = LibreTranslateTranslator(server, cache=cache, glossary=glossary)
            return AutoTranslator([remote], asked=name, pins=pins, say=say)
        case "libretranslate":
            hint = "export LIBRETRANSLATE_URL=https://translate.example.org"
            raise UsageError("no LibreTranslate server is named: libretranslate_url is not set", hint=hint)
        case "none":
            from annotator.translation.none import NoTranslator

            return NoTranslator()
    raise UsageError(f"no translator is named {name!r}", hint=f"one of {', '.join(get_args(TranslatorName))}")
