"""XLSX: the rows of the CSV for Excel, Numbers and LibreOffice, and a sheet that says what each column is.

Needs the extra `xlsx`. Every cell is text, a number or empty: nothing in it is run as a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from annotator.dataset.formats import table
from annotator.dataset.meanings import MEANINGS
from annotator.environments import install_command
from annotator.errors import UsageError
from annotator.models import Record

FILE = "records.xlsx"
_LONGEST = 32_767
"""Characters that a cell of Excel holds."""
_MOST_ROWS = 1_048_576
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SAME_EVERY_TIME = datetime(1980, 1, 1)
_OWN = {
    **MEANINGS,
    "annotators": "How many people answered.",
    "votes": "Who said what, `;` between them.",
    "marks": "Who set which side marks.",
    "comments": "Who noted what.",
    "verdict": "Who decided what, having seen what the others said.",
    "verdict_reason": "Why.",
}


@contextmanager
def xlsx(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `records.xlsx`, row by row.

    Raises:
        UsageError: openpyxl is not installed, or there are more records than a sheet has rows.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise UsageError("XLSX needs openpyxl, which is not installed", hint=install_command("xlsx")) from error
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _SAME_EVERY_TIME
    book.properties.creator = "annotator"
    sheet = book.create_sheet("records")
    sheet.freeze_panes = "B2"
    sheet.append(list(table.COLUMNS))
    number = 1

    def write(record: Record) -> None:
        nonlocal number
        number += 1
        if number > _MOST_ROWS:
            raise UsageError(f"more records than the {_MOST_ROWS:,} rows of a sheet", hint="leave out --format xlsx")
        sheet.append([_cell(sheet, value) for value in table.row(record)])

    yield write
    _dictionary(book.create_sheet("columns"))
    _save(book, folder / FILE)


def _cell(sheet: Any, value: object) -> object:  # noqa: ANN401 - openpyxl has no types of its own
    """A text that begins like a formula stays a text: openpyxl would make it one."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    text = _NOT_IN_XML.sub("\ufffd", str(value))[:_LONGEST]
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _dictionary(sheet: Any) -> None:  # noqa: ANN401
    sheet.append(["column", "what it is"])
    for name in table.COLUMNS:
        sheet.append([name, _OWN.get(name, "")])


def _save(book: Any, path: Path) -> None:  # noqa: ANN401
    """Write the archive without the time of day, so that the same records give the same bytes."""
    import zipfile

    draft = path.with_suffix(".draft")
    book.save(draft)
    with zipfile.ZipFile(draft) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            archive.writestr(zipfile.ZipInfo(entry.filename), content, zipfile.ZIP_DEFLATED)
    draft.unlink()
