"""What of a run waits for a translation or has a doubtful one, as a file that a translator fills in.

What comes back is a translation memory: `annotator.readers.translations` reads both forms.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from annotator import __version__
from annotator.errors import UsageError
from annotator.models import Task, TaskData
from annotator.output import STREAM, Kind, is_stream, replacing, standard_output
from annotator.pipeline import SAME_LANGUAGE
from annotator.preparation.work import TASKS
from annotator.spreadsheet import neutral
from annotator.text import digest

FORMATS = ("csv", "tmx")
_KIND = Kind("texts to be translated", lambda _stream: False)
_NOTHING_TO_DO = ("nothing_to_translate",)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIGEST_LENGTH = 16
_TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="annotator" creationtoolversion={version} segtype="sentence" o-tmf="annotator" adminlang="en" \
srclang="*all*" datatype="plaintext"/>
<body>
"""


class Listed(NamedTuple):
    """One text of a run. The names are the columns of the table."""

    source: str
    target: str
    """The translation if it is there and nothing is doubtful about it; else empty, for somebody to fill in."""
    source_lang: str
    target_lang: str
    machine: str
    """The doubtful translation."""
    engine: str
    warnings: str
    unit_id: str


def export(run: Path, out: str, form: str, *, everything: bool = False) -> tuple[int, int]:
    """Write what is listed into a new file, or on standard output; return the counts of `write`.

    Raises:
        UsageError: it is not a run folder, or the file is there already.
    """
    path = Path(out)
    if out != STREAM and not is_stream(path) and path.exists() and path.stat().st_size:
        problem = "is there already, and somebody may have written translations into it"
        raise UsageError(f"{path}: {problem}", hint="choose another --out, or move it away")
    rows = listed(run, everything=everything)
    with standard_output() if out == STREAM else replacing(path, _KIND) as stream:
        return write(rows, stream, form)


def listed(run: Path, *, everything: bool = False) -> Iterator[Listed]:
    """Yield each text that has no translation or a doubtful one, once, in the order of the run; else all texts.

    Raises:
        UsageError: it is not a run folder.
    """
    path = run / TASKS
    if not (run / "run.json").is_file() or not path.is_file():
        raise UsageError(f"{run}: not a run folder, for it has no {TASKS}", hint=f"annotator prepare INPUT --out {run}")
    seen: set[str] = set()
    with path.open("rb") as lines:
        for line in lines:
            unit = Task.model_validate_json(line).data
            key = digest(f"{unit.source_lang}\n{unit.source_text}", _DIGEST_LENGTH)
            if key not in seen and _is_for_translators(unit) and (everything or _is_doubtful(unit)):
                seen.add(key)
                yield _listed(unit)


def write(rows: Iterable[Listed], stream: IO[bytes], form: str) -> tuple[int, int]:
    """Write the rows in one of `FORMATS`; return how many were written, and how many XML cannot hold."""
    if form == "tmx":
        return _write_tmx(rows, stream)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    text.write("\ufeff")  # or a spreadsheet takes it for another encoding, and what is saved matches no unit any more
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(Listed._fields)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - it is returned
        table.writerow(neutral(row))
    text.flush()
    text.detach()
    return count, 0


def _is_for_translators(unit: TaskData) -> bool:
    return unit.translation_engine != SAME_LANGUAGE and unit.translation_warning_codes != _NOTHING_TO_DO


def _is_doubtful(unit: TaskData) -> bool:
    return not unit.translated_text or bool(unit.translation_warning_codes)


def _listed(unit: TaskData) -> Listed:
    doubtful = _is_doubtful(unit)
    return Listed(
        source=unit.source_text,
        target="" if doubtful else unit.translated_text,
        source_lang=unit.source_lang,
        target_lang=unit.target_lang,
        machine=unit.translated_text if doubtful else "",
        engine=unit.translation_engine,
        warnings=unit.translation_warnings,
        unit_id=unit.unit_id,
    )


def _write_tmx(rows: Iterable[Listed], stream: IO[bytes]) -> tuple[int, int]:
    written = left_out = 0
    stream.write(_TMX.format(version=quoteattr(__version__)).encode())
    for row in rows:
        if any(_NOT_IN_XML.search(field) for field in row):
            left_out += 1
            continue
        stream.write(_unit(row).encode())
        written += 1
    stream.write(b"</body>\n</tmx>\n")
    stream.flush()
    return written, left_out


def _unit(row: Listed) -> str:
    """A translation to be filled in is an empty `seg`, in which editors of TMX let one write."""
    properties = "".join(
        f'<prop type="x-{name}">{escape(value)}</prop>\n'
        for name, value in (("machine", row.machine), ("engine", row.engine), ("warnings", row.warnings))
        if value
    )
    variants = "".join(
        f"<tuv xml:lang={quoteattr(language)}><seg>{escape(text)}</seg></tuv>\n"
        for language, text in ((row.source_lang, row.source), (row.target_lang, row.target))
    )
    return f"<tu tuid={quoteattr(row.unit_id)} srclang={quoteattr(row.source_lang)}>\n{properties}{variants}</tu>\n"
