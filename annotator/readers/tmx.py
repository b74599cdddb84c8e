"""TMX 1.4, in which translators exchange what they translated: one `tu` an entry, one `tuv` a language.

The declaration that every such file begins with (`<!DOCTYPE tmx SYSTEM "tmx14.dtd">`) is read over: nothing is loaded,
from the disk or the network, and a file that declares entities of its own is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from annotator.errors import InputError
from annotator.models import TranslationEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ANY = "*all*"
_AGAIN = "export it again as TMX 1.4"
_SHOWN = 60


def read_tmx(stream: io.BufferedReader) -> Iterator[TranslationEntry | InputError]:
    """Yield each pair of languages of each entry, from the entry's source language; an error in the place of a bad one.

    One entry at a time is in memory.

    Raises:
        InputError: it is not well-formed, breaks off, declares entities, or is no TMX.
    """
    from lxml import etree

    # Without `huge_tree` libxml2 itself refuses a text of more than 10 MB and 256 levels.
    options = {"resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False}
    elements = etree.iterparse(stream, events=("start", "end"), **options)
    language = ""
    try:
        for event, element in elements:
            if event == "start" and element.getparent() is None:
                _check_root(element)
            elif event == "start" and element.tag == "header":
                language = element.get("srclang", "")
            elif event == "end" and element.tag == "tu":
                yield from _guarded_entries(element, language)
                _forget(element)
    except etree.XMLSyntaxError as error:
        first = next(iter(elements.error_log), None)  # of an entity the error itself says "no element found"
        problem, line = (first.message, first.line) if first else ("the file is empty", None)
        raise InputError(f"not well-formed XML: {problem}", reason="xml", hint=_AGAIN, line=line) from error


def _check_root(root: _Element) -> None:
    if root.tag != "tmx":
        message = f"its first element is {str(root.tag)[:_SHOWN]!r}, and that of TMX is 'tmx'"
        raise InputError(message, reason="xml", hint=_AGAIN, line=root.sourceline)
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and (entity := next(declared.iterentities(), None)) is not None:
        message = f"it declares the entity {str(entity.name)[:_SHOWN]!r}, which no translation memory needs"
        raise InputError(message, reason="entities", hint=_AGAIN, line=root.sourceline)


def _guarded_entries(unit: _Element, header_language: str) -> Iterator[TranslationEntry | InputError]:
    try:
        yield from _entries(unit, header_language)
    except InputError as error:
        error.line = error.line or unit.sourceline
        yield error


def _entries(unit: _Element, header_language: str) -> Iterator[TranslationEntry]:
    line = unit.sourceline or 0
    variants: list[tuple[str, str]] = []
    for variant in unit.iterchildren("tuv"):
        language, segment = variant.get(_LANG) or variant.get("lang") or "", variant.find("seg")
        if not language or segment is None:
            lacks = "no xml:lang" if segment is not None else "no seg"
            raise InputError(f"a tuv has {lacks}", reason="xml", hint=_AGAIN, line=variant.sourceline)
        variants.append((language, _text(segment)))
    named = unit.get("srclang") or header_language or (variants[0][0] if variants else "")
    sources = [variant for variant in variants if named == _ANY or _primary(variant[0]) == _primary(named)]
    if not sources:
        languages = ", ".join(language for language, _ in variants) or "none"
        message = f"no tuv in the source language {named[:_SHOWN]!r} (languages: {languages[:_SHOWN]})"
        raise InputError(message, reason="no_text", hint=_AGAIN)
    for source, text in sources:
        for target, translation in variants:
            if _primary(target) != _primary(source):
                yield TranslationEntry(source, target, text, translation, line)


@lru_cache(maxsize=1000)
def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _text(segment: _Element) -> str:
    """Return the words: what stands in `bpt`, `ph` and the like is code of a layout, only `hi` holds text.

    Raises:
        InputError: a sign is named in a way that only a file from elsewhere could explain.
    """
    from lxml import etree

    parts = [segment.text or ""]
    for child in segment:
        if child.tag is etree.Entity:
            raise InputError(f"the entity {child.text[:_SHOWN]} is none of XML's own", reason="entities", hint=_AGAIN)
        parts += [_text(child) if child.tag == "hi" else "", child.tail or ""]
    return "".join(parts)


def _forget(element: _Element) -> None:
    """Let go of an element and those before it, which would otherwise all stay in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
