"""PDF and Word documents: their text in reading order, with limits, for a file of a few kB can claim any size.

What is lost is noted: a page's layout says where a paragraph ends, and it is guessed.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence

from annotator.environments import install_command
from annotator.errors import InputError
from annotator.models import Article, Aside, Block, BlockKind
from annotator.readers.article import SourceMetadata, make_article
from annotator.text import canonical, one_line

FURNITURE = "page furniture"
_MOST_PAGES = 3_000
_MOST_OPERATIONS = 5_000_000
"""Of a page's drawing program; a page of dense text takes about 5,000."""
_MOST_CHARACTERS = 20_000_000
_MOST_UNPACKED = 200 * 2**20
_MOST_PARAGRAPHS = 200_000
_SHORT = 0.85
"""Of a page's usual line: a line that ends a sentence before it ends a paragraph."""
_FEWEST_PAGES = 3
_SENTENCE_END = re.compile(r"[.!?…:»”\"')\]]\s*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])")
_NUMBER = re.compile(r"\d+")
_GAP = "\n\n"
_HINT = "save it again, or save its text as .txt"


def read_pdf(raw: bytes, *, source: str) -> Article:
    """Return the article of a PDF. Lines that most pages begin or end with stand behind its text, as asides.

    Raises:
        InputError: pypdf is not installed, or the file is damaged, encrypted, of too many pages or without text.
    """
    pages = _pages_of_pdf(raw)
    repeated = _repeated(pages)
    body = _GAP.join(filter(None, _paragraphs(_own_lines(pages, repeated))))
    if not body.strip():
        hint = "let it be recognised first, for instance with ocrmypdf"
        raise InputError("no text in the PDF: its pages are pictures", reason="empty", hint=hint)
    text, _ = canonical(body)
    asides = []
    for line in repeated:
        furniture, _ = canonical(line)
        start = len(text) + len(_GAP)
        text = f"{text}{_GAP}{furniture}"
        asides.append(Aside(start=start, end=len(text), reason=FURNITURE))
    notes = (f"read of {len(pages)} PDF page(s): where paragraphs end is a guess",)
    return make_article(text, SourceMetadata(), source=source, notes=notes, asides=asides, step=_step("pypdf"))


def read_docx(raw: bytes, *, source: str) -> Article:
    """Return the article of a Word document: its paragraphs, lists and tables; notes and headers are left out.

    Raises:
        InputError: python-docx is not installed, or the file is damaged, encrypted, too large or without text.
    """
    pieces: list[str] = []
    blocks: list[Block] = []
    length = 0
    for kind, paragraph in _paragraphs_of_docx(raw):
        text, _ = canonical(paragraph.strip())
        if not text:
            continue
        start = length + len(_GAP) if pieces else 0
        pieces.append(text)
        length = start + len(text)
        is_title = kind is BlockKind.TITLE and not blocks
        blocks.append(
            Block(
                kind=kind if is_title or kind is not BlockKind.TITLE else BlockKind.PARAGRAPH, start=start, end=length
            )
        )
        if len(pieces) > _MOST_PARAGRAPHS or length > _MOST_CHARACTERS:
            raise InputError("more text than one article has", reason="too_large", hint="split it")
    title = one_line(pieces[0]) if blocks and blocks[0].kind is BlockKind.TITLE else ""
    notes = ("read of a Word document: its layout, notes and headers are left out",)
    metadata = SourceMetadata(title=title)
    return make_article(
        _GAP.join(pieces), metadata, source=source, notes=notes, blocks=blocks, step=_step("python-docx")
    )


def _step(library: str) -> str:
    from importlib.metadata import version

    return f"document-1/{library}-{version(library)}"


def _missing(kind: str, library: str) -> InputError:
    message = f"{kind} needs {library}, which is not installed (the extra documents)"
    return InputError(message, reason="unsupported", hint=install_command("documents"))


def _pages_of_pdf(raw: bytes) -> list[list[str]]:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise _missing("a PDF", "pypdf") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every part it mends
    counted = Counter[str]()

    def count(*_details: object) -> None:
        counted["operations"] += 1
        if counted["operations"] > _MOST_OPERATIONS:
            raise InputError("its pages take too many operations to draw", reason="bomb", hint=_HINT)

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("an encrypted PDF", reason="unreadable", hint="save it without its password")
        if len(reader.pages) > _MOST_PAGES:
            raise InputError(f"more than {_MOST_PAGES:,} pages", reason="too_large", hint="split it")
        pages = []
        for page in reader.pages:
            pages.append(page.extract_text(visitor_operand_before=count).splitlines())
            counted["characters"] += sum(map(len, pages[-1]))
            if counted["characters"] > _MOST_CHARACTERS:
                raise InputError("more text than one article has", reason="too_large", hint="split it")
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError, TypeError,
            ValueError) as error:  # fmt: skip
        message = f"the PDF is damaged: {one_line(str(error))[:200] or type(error).__name__}"
        raise InputError(message, reason="damaged", hint=_HINT) from error
    return pages


def _repeated(pages: Sequence[Sequence[str]]) -> list[str]:
    """Return the first and last lines that most pages share, whatever number is in them."""
    if len(pages) < _FEWEST_PAGES:
        return []
    edges: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for page in pages:
        filled = [line.strip() for line in page if line.strip()]
        for line in dict.fromkeys((*filled[:1], *filled[-1:])):
            counts[_NUMBER.sub("0", line)] += 1
            edges.setdefault(_NUMBER.sub("0", line), line)
    return [line for form, line in edges.items() if counts[form] * 2 > len(pages)]


def _own_lines(pages: Sequence[Sequence[str]], repeated: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield the lines of all pages but the repeated ones, each with how long the lines of its page usually are."""
    forms = {_NUMBER.sub("0", line) for line in repeated}
    for page in pages:
        lengths = sorted(len(line) for line in page if line.strip())
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        yield from ((line.strip(), usual) for line in page if _NUMBER.sub("0", line.strip()) not in forms)


def _paragraphs(lines: Iterator[tuple[str, float]]) -> Iterator[str]:
    paragraph: list[str] = []
    for line, usual in lines:
        if line:
            paragraph.append(line)
        if paragraph and (not line or (_SENTENCE_END.search(line) and len(line) < usual * _SHORT)):
            yield _HYPHEN.sub("", "\n".join(paragraph))
            paragraph = []
    yield _HYPHEN.sub("", "\n".join(paragraph))


def _paragraphs_of_docx(raw: bytes) -> Iterator[tuple[BlockKind, str]]:
    try:
        import docx
    except ImportError as error:
        raise _missing("a Word document", "python-docx") from error
    try:
        _check_size(raw)
        yield from _inside(docx.Document(io.BytesIO(raw)))
    except InputError:
        raise
    except Exception as error:
        message = f"the Word document is damaged: {one_line(str(error))[:200] or type(error).__name__}"
        raise InputError(message, reason="damaged", hint=_HINT) from error


def _check_size(raw: bytes) -> None:
    """Refuse what unpacks into a flood: no member gives more than it declares."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MOST_UNPACKED:
            message = f"unpacks to more than {_MOST_UNPACKED // 10**6:,} MB"
            raise InputError(message, reason="bomb", hint="take its pictures out, or save its text as .txt")
        if archive.namelist().count("word/document.xml") != 1:
            raise InputError("no Word document, or an encrypted one", reason="unreadable", hint=_HINT)


def _inside(document: object) -> Iterator[tuple[BlockKind, str]]:
    """Yield the paragraphs in the order of the file, those of tables included; a table in a cell is read with it."""
    body = document.element.body  # type: ignore[attr-defined]
    for element in body.iter("{*}p"):
        style = next((style.get(f"{{{_WORD}}}val", "") for style in element.iter(f"{{{_WORD}}}pStyle")), "")
        yield _kind(style, element), "".join(_texts(element))


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _texts(paragraph: object) -> Iterator[str]:
    for element in paragraph.iter(f"{{{_WORD}}}t", f"{{{_WORD}}}br", f"{{{_WORD}}}tab"):  # type: ignore[attr-defined]
        yield (element.text or "") if element.tag.endswith("}t") else "\n" if element.tag.endswith("}br") else " "


def _kind(style: str, paragraph: object) -> BlockKind:
    name = style.casefold()
    if name in ("title", "titre", "titel", "título", "titolo"):
        return BlockKind.TITLE
    if name.startswith("caption"):
        return BlockKind.CAPTION
    if "quote" in name or "citation" in name:
        return BlockKind.QUOTE
    is_listed = next(paragraph.iter(f"{{{_WORD}}}numPr"), None) is not None  # type: ignore[attr-defined]
    return BlockKind.LIST_ITEM if is_listed or name.startswith("list") else BlockKind.PARAGRAPH
