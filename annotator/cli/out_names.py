"""Names given to `--out`: one that promises a form that is not written is refused before anything is done."""

from __future__ import annotations

import re
from pathlib import Path

from annotator.errors import UsageError
from annotator.output import STREAM, is_stream

_OTHER_FORMS = "bz2|csv|db|docx?|gz|html|md|ods|parquet|pdf|sqlite|toml|tsv|txt|xlsx?|xml|xz|ya?ml|zip|zst"
"""A folder may have a full stop in its name (`run-2025.01`), so only known endings of other files are refused."""


def tasks_or_run(out: str) -> str:
    """Check where `prepare` writes: a folder, FILE.jsonl, FILE.json or `-`."""
    if _ends_in(out, f"ndjson|{_OTHER_FORMS}") and not Path(out).is_dir():
        raise UsageError(
            f"--out {out}: tasks are written into FILE.jsonl, FILE.json or a folder",
            hint=f"--out {_bare(out)}.jsonl, or --out {_bare(out)} for a folder",
        )
    return out


def answers_file(out: str) -> str:
    """Check where answers are written: FILE.jsonl or `-`."""
    if Path(out).is_dir():
        raise UsageError(f"--out {out}: a folder; answers go into one file", hint=f"--out {out}/annotations.jsonl")
    if _ends_in(out, f"json|{_OTHER_FORMS}"):
        hint = f"--out {_bare(out)}.jsonl; annotator export makes tables of it"
        raise UsageError(f"--out {out}: answers are written as JSON lines", hint=hint)
    return out


def translation_file(out: str) -> str:
    """Check where texts to be translated are written: FILE.csv, FILE.tmx or `-`."""
    if out != "-" and not is_stream(Path(out)) and (Path(out).is_dir() or not _ends_in(out, "csv|tmx")):
        hint = f"--out {_bare(out)}.csv, or {_bare(out)}.tmx"
        raise UsageError(f"--out {out}: texts to be translated are written as CSV or TMX", hint=hint)
    return out


def dataset_folder(out: Path) -> Path:
    """Check where `export` writes: a folder."""
    if _ends_in(out, f"jsonl?|ndjson|{_OTHER_FORMS}") and not out.is_dir():
        raise UsageError(f"--out {out}: a dataset is a folder", hint=f"--out {_bare(out)}; --format chooses its files")
    return out


def model_file(out: Path) -> Path:
    """Check where `train` writes: one file, under a name that promises no other form."""
    if str(out) == STREAM:
        raise UsageError("--out -: a model is one file, for prepare to read it again", hint="--out team.model")
    if out.is_dir():
        raise UsageError(f"--out {out}: a folder, and a model is one file", hint=f"--out {out / 'team.model'}")
    if _ends_in(out, f"jsonl|ndjson|{_OTHER_FORMS}"):
        raise UsageError(f"--out {out}: a model is a file of its own form", hint=f"--out {_bare(out)}.model")
    return out


def page_file(out: Path | None) -> Path | None:
    """Check where `report` writes: FILE.html, so that no file of the dataset can become the page."""
    if out is not None and not _ends_in(out, "html?"):
        page = out / "report.html" if out.is_dir() else f"{_bare(out)}.html"
        raise UsageError(f"--out {out}: a report is a page in HTML", hint=f"--out {page}")
    return out


def _ends_in(out: str | Path, endings: str) -> bool:
    return re.fullmatch(rf"\.(?:{endings})", Path(out).suffix, re.IGNORECASE) is not None


def _bare(out: str | Path) -> Path:
    """Return the name without such endings: `t.jsonl.gz` is `t`."""
    path = Path(out)
    while _ends_in(path, f"jsonl?|ndjson|{_OTHER_FORMS}"):
        path = path.with_suffix("")
    return path
