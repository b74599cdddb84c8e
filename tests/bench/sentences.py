"""Where sentences end in real text: the rules of a language, the neutral rules and LanguageTool's, on the same files.

`python tests/bench/sentences.py LANGUAGE FILE...` reads treebanks in CoNLL-U (`# text`, `# newdoc`) and texts with one
sentence a line, joins the sentences of a document with blanks, cuts it again and compares. A document without marks of
its own is twelve lines. Every second document is kept for reporting, the others are what rules are decided on: `--tune`
scores those, `--errors N` shows places in them.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from annotator.segmentation import segment

_LINES_OF_A_DOCUMENT = 12
# A title or list item has no mark at its end: it stands in a paragraph of its own, as it does in an article.
_CLOSED = re.compile(r"""[.!?…]["'»”“’«)\]]*$""")
_CLOSED_IN_GREEK = re.compile(r"""[.!…;]["'»”“’«)\]]*$""")
_SHOWN = 40

Cutter = Callable[[str], set[int]]


class Document(NamedTuple):
    """A text and the offsets at which its sentences end, paragraphs apart."""

    text: str
    ends: set[int]


def main() -> None:
    """Print one line for each way of cutting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("language", nargs="?")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    given = parser.parse_args()
    if not given.files:
        print("nothing to measure: name a language and files of sentences")
        return
    lines = [sentences for path in given.files for sentences in read_documents(path)]
    documents = [document(sentences, given.language) for sentences in lines[0 if given.tune else 1 :: 2]]
    ways: dict[str, Cutter] = {
        "rules": lambda text: {end for _, end in segment(text, given.language)},
        "neutral": lambda text: {end for _, end in segment(text, "und")},
        "LanguageTool": languagetool(given.language),
    }
    for name, cut in ways.items():
        print(f"{given.language} {name:12} {score(documents, cut)}")
    for place in list(wrong(documents, ways["rules"]))[: given.errors if given.tune else 0]:
        print(place)


def read_documents(path: Path) -> Iterator[list[str]]:
    """Yield the sentences of each document of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix != ".conllu":
        plain = [" ".join(line.split()) for line in lines if line.strip()]
        yield from (plain[at : at + _LINES_OF_A_DOCUMENT] for at in range(0, len(plain), _LINES_OF_A_DOCUMENT))
        return
    sentences: list[str] = []
    for line in lines:
        if sentences and (line.startswith(("# newdoc", "# newpar")) or len(sentences) == _LINES_OF_A_DOCUMENT):
            yield sentences
            sentences = []
        if line.startswith("# text = "):
            sentences.append(" ".join(line.removeprefix("# text = ").split()))
    if sentences:
        yield sentences


def document(sentences: list[str], language: str) -> Document:
    """Join the sentences of a document."""
    text, ends = "", set()
    closed = _CLOSED_IN_GREEK if language == "el" else _CLOSED
    for sentence in sentences:
        text += sentence
        if closed.search(sentence):
            ends.add(len(text))
        text += " " if len(text) in ends else "\n\n"
    return Document(text, ends - {len(text.rstrip())})


def inner(found: Document, cut: Cutter) -> set[int]:
    """Return where a text is cut, apart from its paragraphs' ends."""
    text = found.text.rstrip()
    return {end for end in cut(text) if 0 < end < len(text) and text[end : end + 2] != "\n\n"}


def score(documents: list[Document], cut: Cutter) -> str:
    """Return precision, recall and F1 of the boundaries."""
    right = wanted = made = 0
    for found in documents:
        ends = inner(found, cut)
        right, wanted, made = right + len(ends & found.ends), wanted + len(found.ends), made + len(ends)
    precision, recall, f1 = right / max(1, made), right / wanted, 2 * right / (made + wanted)
    return f"boundaries {wanted:6,} P {precision:.4f} R {recall:.4f} F1 {f1:.4f}"


def wrong(documents: list[Document], cut: Cutter) -> Iterator[str]:
    """Yield the places of boundaries that are missed or too many."""
    for found in documents:
        for end in sorted(inner(found, cut) ^ found.ends):
            kind = "missed" if end in found.ends else "extra"
            yield f"{kind:6} {found.text[max(0, end - _SHOWN) : end]} ¦ {found.text[end : end + _SHOWN]!r}"


def languagetool(language: str) -> Cutter:
    """Return the cutter of choppa-srx with LanguageTool's rules."""
    import choppa
    from choppa import SrxDocument, SrxTextIterator

    srx = SrxDocument(ruleset=Path(choppa.__file__).parent / "data" / "srx" / "languagetool_segment.srx")

    def cut(text: str) -> set[int]:
        at, ends = 0, set()
        for part in SrxTextIterator(srx, f"{language}_two", text):
            at += len(part)
            ends.add(len(text[:at].rstrip()))
        return ends

    return cut


if __name__ == "__main__":
    main()
