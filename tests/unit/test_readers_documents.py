"""PDF and Word documents: text in reading order, hostile files refused with a reason, each within bounds."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader, PdfWriter

from annotator.models import Article, Failure
from annotator.readers import read
from annotator.readers.documents import FURNITURE

LINES = ("Le conseil de Brenval a voté le budget mardi soir, après quatre", "heures de débats. Il coûte cher.")


def pdf(*pages: tuple[str, ...] | bytes) -> bytes:
    """Return a PDF whose pages show these lines, or are drawn by these operations."""
    drawn = [page if isinstance(page, bytes) else shown(page) for page in pages]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(drawn)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(drawn)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(drawn):
        resources = f"/Resources << /Font << /F1 3 0 R >> /XObject << /X {5 + 2 * number} 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * number} 0 R >>".encode())
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X %d 0 R >> >> "
            b"/Length %d >>\nstream\n%b\nendstream" % (5 + 2 * number, len(content), content)
        )
    body = b"%PDF-1.4\n"
    offsets = []
    for number, written in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def shown(lines: tuple[str, ...]) -> bytes:
    operations = b"".join(
        b"1 0 0 1 50 %d Tm (%b) Tj\n" % (750 - 20 * row, line.encode("cp1252")) for row, line in enumerate(lines)
    )
    return b"BT /F1 12 Tf\n" + operations + b"ET"


def word(*paragraphs: tuple[str, str]) -> bytes:
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    document.add_table(1, 1).cell(0, 0).text = "4 millions"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def outcome(path: Path, content: bytes) -> Article | Failure:
    path.write_bytes(content)
    (one,) = read([str(path)])
    return one


def test_text_of_a_pdf_is_its_lines_and_its_layout_is_noted(tmp_path: Path) -> None:
    article = outcome(
        tmp_path / "a.pdf", pdf((*LINES, "La mairie dit que c’est faux, et le pré-", "sident le dit aussi."))
    )
    assert isinstance(article, Article)
    assert article.text.split("\n\n") == [
        "\n".join(LINES),
        "La mairie dit que c’est faux, et le président le dit aussi.",
    ]
    assert article.notes == ("read of 1 PDF page(s): where paragraphs end is a guess",)


def test_a_sentence_goes_on_over_pages_and_what_these_repeat_is_an_aside(tmp_path: Path) -> None:
    pages = [("Journal de Brenval", f"{LINES[0]} ({number})", f"Page {number}") for number in range(1, 5)]
    article = outcome(tmp_path / "a.pdf", pdf(*pages))
    assert isinstance(article, Article)
    assert article.text.startswith(f"{LINES[0]} (1)\n{LINES[0]} (2)\n")
    asides = [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides]
    assert asides == [(FURNITURE, "Journal de Brenval"), (FURNITURE, "Page 1")]


def test_paragraphs_lists_and_tables_of_a_word_document_are_blocks(tmp_path: Path) -> None:
    content = word(("Title", "Budget voté"), ("Normal", LINES[0]), ("List Bullet", "Un point."))
    article = outcome(tmp_path / "a.docx", content)
    assert isinstance(article, Article)
    assert (article.title, article.title_origin) == ("Budget voté", "text")
    assert [(block.kind.value, article.text[block.start : block.end]) for block in article.blocks] == [
        ("title", "Budget voté"), ("paragraph", LINES[0]), ("list_item", "Un point."), ("paragraph", "4 millions"),
    ]  # fmt: skip
    assert article.notes == ("read of a Word document: its layout, notes and headers are left out",)


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(LINES))))
    writer.encrypt("geheim", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def packed(content: bytes, name: str = "word/document.xml") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reasons"),
    [
        pytest.param("a.pdf", encrypted(), {"unreadable"}, id="encrypted"),
        pytest.param("a.pdf", pdf(b"0 0 m S"), {"empty"}, id="pictures-alone"),
        pytest.param("a.pdf", pdf(LINES)[:200], {"damaged", "empty"}, id="cut-off"),
        pytest.param("a.pdf", b"%PDF-1.4 nothing", {"damaged"}, id="no-pdf"),
        pytest.param("a.pdf", pdf(b"/X Do /X Do"), {"damaged", "empty", "bomb"}, id="draws-itself"),
        pytest.param("a.pdf", pdf(LINES).replace(b"[4 0 R]", b"[2 0 R]"), {"damaged", "empty"}, id="pages-in-a-loop"),
        pytest.param("a.docx", b"PK\x03\x04 nothing", {"damaged"}, id="no-archive"),
        pytest.param("a.docx", packed(b"x", "other.xml"), {"unreadable"}, id="another-archive"),
        pytest.param("a.docx", word(("Normal", ""))[:500], {"damaged"}, id="cut-off-archive"),
    ],
)
def test_a_hostile_document_is_one_failure_with_a_reason(
    tmp_path: Path, name: str, content: bytes, reasons: set[str]
) -> None:
    failure = outcome(tmp_path / name, content)
    assert isinstance(failure, Failure)
    assert failure.reason in reasons
    assert failure.hint


def test_a_word_document_that_unpacks_to_a_flood_is_refused(tmp_path: Path) -> None:
    packing = zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packing as archive, archive.open("word/media/a.png", "w") as stream:
        for _ in range(201):
            stream.write(bytes(2**20))
    (failure,) = read([str(tmp_path / "a.docx")])
    assert isinstance(failure, Failure)
    assert failure.reason == "bomb"


@pytest.mark.parametrize(("name", "library"), [("a.pdf", "pypdf"), ("a.docx", "docx")])
def test_without_the_extra_the_message_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    failure = outcome(tmp_path / name, b"anything")
    assert isinstance(failure, Failure)
    assert (failure.reason, "extra documents" in failure.message) == ("unsupported", True)
